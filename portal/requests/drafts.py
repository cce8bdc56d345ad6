"""What a parent has begun and not sent: kept sealed as it goes, one of a kind for each account."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.requests.add_evidence import take_out
from portal.requests.models import Draft
from portal.requests.sealed import DRAFT, open_json, seal_json
from portal.security.sealing import Sealer


def find_draft(session: Session, account_id: str, kind: str, *, lock: bool = True) -> Draft | None:
    """What the account has begun of a kind; with `lock` nobody else writes it meanwhile.

    :param kind: of the request that it becomes; or a name of its own where it becomes none.
    """
    chosen = select(Draft).where(Draft.account_id == account_id, Draft.kind == str(kind))
    return session.scalars(chosen.with_for_update() if lock else chosen).one_or_none()


def begin_draft(
    session: Session, sealer: Sealer, account_id: str, kind: str, now: datetime
) -> Draft:
    """The account's draft of a kind, held: a new empty one where none was begun.

    Of two that begin at once, the second is given what the first began (CON-1).
    """
    draft = find_draft(session, account_id, kind)
    while draft is None:
        draft = _add_draft(session, sealer, account_id, kind, now)
        draft = draft or find_draft(session, account_id, kind)
    return draft


def _add_draft(
    session: Session, sealer: Sealer, account_id: str, kind: str, now: datetime
) -> Draft | None:
    """A new draft; None where another transaction was quicker, and has committed by now."""
    draft_id = uuid.uuid4().hex
    draft = Draft(
        id=draft_id,
        account_id=account_id,
        kind=str(kind),
        started_at=now,
        saved_at=now,
        data=seal_json(sealer, {}, DRAFT, draft_id),
    )
    try:
        with session.begin_nested():
            session.add(draft)
    except IntegrityError:
        return None
    return draft


def read_draft(sealer: Sealer, draft: Draft) -> dict[str, Any]:
    """The answers so far."""
    return open_json(sealer, draft.data, DRAFT, draft.id)


def save_draft(
    session: Session, sealer: Sealer, draft: Draft, now: datetime, **answers: Any
) -> dict[str, Any]:
    """Add or replace answers (JSON values); returns all of them."""
    data = {**read_draft(sealer, draft), **answers}
    draft.data = seal_json(sealer, data, DRAFT, draft.id)
    draft.saved_at = now
    session.flush()
    return data


def discard_draft(session: Session, draft: Draft) -> None:
    """Forget what was begun, with its files."""
    take_out(session, draft.id)
    session.delete(draft)
    session.flush()
