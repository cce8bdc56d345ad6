"""Typed work survives the end of a session (SES-3, CSR-1).

A post from a session that has ended changes nothing. Its fields are sealed for the account that the
session belonged to and shown again on the same page once that account has signed in.
"""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

from flask import request
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from portal.web.edge import context, db
from portal.web.models import KeptWork

KEPT_FOR = timedelta(hours=24)
MOST_BYTES = 100_000
PLACE = "kept_work.fields"
_NEVER = ("password", "code", "pin", "ssn", "csrf_token", "answer", "credential")
_NO_SECRET = frozenset({"postal_code"})


def keep(account_id: str) -> None:
    """Seal the fields of this post for ``account_id``; secrets and files are left out."""
    fields = [
        [name, value]
        for name, value in request.form.items(multi=True)
        if name in _NO_SECRET or not any(word in name for word in _NEVER)
    ]
    text = json.dumps({"path": request.path, "fields": fields})
    if not fields or len(text) > MOST_BYTES:
        return
    forget(db(), account_id, request.path)
    row_id = uuid.uuid4().hex
    db().add(
        KeptWork(
            id=row_id,
            account_id=account_id,
            path_lookup=context().keyring.lookup("kept_work", request.path),
            kept_at=context().now(),
            fields=context().sealer.seal(text, PLACE, row_id),
        )
    )
    db().flush()


def kept_fields(account_id: str, path: str) -> MultiDict[str, str] | None:
    """What the account posted to ``path`` before its session ended, or None."""
    lookups = context().keyring.lookups("kept_work", path)
    row = db().scalar(
        select(KeptWork).where(
            KeptWork.account_id == account_id,
            KeptWork.path_lookup.in_(lookups),
            KeptWork.kept_at > context().now() - KEPT_FOR,
        )
    )
    if row is None:
        return None
    kept = json.loads(context().sealer.open(row.fields, PLACE, row.id))
    pairs = kept["fields"] if isinstance(kept, dict) else kept  # a list: from an older version
    return MultiDict([(name, value) for name, value in pairs])


def forget(session: Session, account_id: str, path: str) -> None:
    """Drop what was kept for a page: it was sent anew."""
    lookups = context().keyring.lookups("kept_work", path)
    session.execute(
        delete(KeptWork).where(KeptWork.account_id == account_id, KeptWork.path_lookup.in_(lookups))
    )
