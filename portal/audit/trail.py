"""Writing the trail: each event in the transaction of what it tells of (AUD-3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from portal.audit.models import AuditEvent
from portal.audit.origin import current_origin

Outcome = Literal["success", "refused", "failed"]

_NAME = re.compile(r"[a-z][a-z0-9_-]*(:[a-z][a-z0-9_-]*){1,3}")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CODE = re.compile(r"[A-Za-z0-9_.:+/-]{0,100}")


def record_event(
    session: Session,
    name: str,
    *,
    now: datetime,
    actor_id: str | None = None,
    subject: tuple[str, str] | None = None,
    outcome: Outcome = "success",
    detail: Mapping[str, str | int] | None = None,
) -> AuditEvent:
    """Add one event to the session's transaction; it commits with the change or not at all.

    :param name: a tag of two to four words, such as ``account:password:changed``.
    :param actor_id: the account's id, ``feed`` or ``worker``; None for a visitor.
    :param subject: what it happened to: its kind and id, such as ``("account", account.id)``.
    :param detail: ids and codes only, numbers or text without blanks or ``@``.
    :raises ValueError: where the tag or the detail is of another shape, so that words of a
        person can never slip into the trail.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"Not the tag of an event: {name!r}")
    for key, value in (detail or {}).items():
        if not _KEY.fullmatch(key) or not _CODE.fullmatch(str(value)):
            raise ValueError(f"Only ids and codes may stand in the trail, not {name}'s {key}")
    origin = current_origin()
    event = AuditEvent(
        at=now,
        name=name,
        actor_id=actor_id,
        subject_kind=subject[0] if subject else None,
        subject_id=subject[1] if subject else None,
        outcome=outcome,
        request_id=origin.request_id,
        address=origin.address,
        detail=dict(detail or {}),
    )
    session.add(event)
    session.flush()
    return event
