"""Signing what a statement says, and checking it (Ed25519)."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.context import Context
from portal.security.sealing import SealBroken
from portal.statements.models import SEED, StatementKey


class SignatureBroken(Exception):
    """What a statement says is not what was signed, or the key that signed it does not open."""


def canonical(content: Mapping[str, Any]) -> bytes:
    """The one way of writing a content: what is signed."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return text.encode("ascii")


def key_to_sign(session: Session, context: Context, now: datetime) -> StatementKey:
    """The key for new statements: the newest one, or the first under the portal's newest key."""
    newest = context.keyring.newest
    wanted = select(StatementKey).where(StatementKey.made_under == newest)
    found = session.scalars(wanted.order_by(StatementKey.made_at, StatementKey.id)).first()
    if found is not None:
        return found
    key_id = uuid.uuid4().hex
    seed = base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()
    key = StatementKey(
        id=key_id, made_under=newest, made_at=now, seed=context.sealer.seal(seed, SEED, key_id)
    )
    session.add(key)
    session.flush()
    return key


def sign(context: Context, key: StatementKey, message: bytes) -> str:
    """The signature: 64 bytes in hex. :raises SealBroken: when the key does not open."""
    return _opened(context, key).sign(message).hex()


def check_signature(
    context: Context, key: StatementKey | None, message: bytes, signature: str
) -> None:
    """Return where the signature is the key's over the message.

    :raises SignatureBroken: where it is not.
    """
    if key is None:
        raise SignatureBroken
    try:
        _opened(context, key).public_key().verify(bytes.fromhex(signature), message)
    except (InvalidSignature, SealBroken, ValueError) as error:
        raise SignatureBroken from error


def _opened(context: Context, key: StatementKey) -> Ed25519PrivateKey:
    seed = context.sealer.open(key.seed, SEED, key.id)
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(seed))
