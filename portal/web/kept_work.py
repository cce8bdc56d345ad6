"""Typed work survives the end of a session (SES-3, CSR-1).

A post from a session that has ended changes nothing. Its fields are sealed for the account that the
session belonged to and shown again on the same page once that account has signed in.
"""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

from flask import current_app, request
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from portal.web.edge import begin_writing, context, db, write_afterwards
from portal.web.models import KeptWork

KEPT_FOR = timedelta(hours=24)
MOST_BYTES = 100_000
PLACE = "kept_work.fields"
_NEVER = ("password", "code", "pin", "ssn", "csrf_token", "answer", "credential")
_NO_SECRET = frozenset({"postal_code"})


def keep(account_id: str) -> bool:
    """Seal the fields of this post for ``account_id``; secrets and files are left out.

    Returns whether there was anything to keep and a page to show it on again.
    """
    fields = [list(pair) for pair in typed_fields()]
    text = json.dumps({"path": request.path, "fields": fields})
    if not fields or len(text) > MOST_BYTES or not can_be_opened(request.path):
        return False
    if not db().info.get("writes"):  # a view that reads first has not come to its writing
        begin_writing()
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
    return True


def typed_fields() -> list[tuple[str, str]]:
    """Names and values of this post's fields that may be shown again: no password, no code."""
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name in _NO_SECRET or not any(word in name.lower() for word in _NEVER)
    ]


def typed_words() -> list[str]:
    """What was typed in words, of several words each: the rest is quickly chosen again."""
    return [value for _name, value in typed_fields() if len(value.split()) > 1]


def can_be_opened(path: str) -> bool:
    """Whether there is a page at the address of a post."""
    routes = current_app.create_url_adapter(request)
    return routes is not None and routes.test(path, method="GET")


def kept_fields(account_id: str, path: str) -> MultiDict[str, str] | None:
    """What the account posted to ``path`` before its session ended, or None."""
    recent = KeptWork.kept_at > context().now() - KEPT_FOR
    row = db().scalar(select(KeptWork).where(*_of(account_id, path), recent))
    if row is None:
        return None
    kept = json.loads(context().sealer.open(row.fields, PLACE, row.id))
    pairs = kept["fields"] if isinstance(kept, dict) else kept  # a list: from an older version
    return MultiDict([(name, value) for name, value in pairs])


def sent_anew(account_id: str, path: str) -> None:
    """Drop what was kept for a page, if anything was: its form was sent (again)."""
    found = db().scalar(select(KeptWork.id).where(*_of(account_id, path)))
    if found is not None:
        # Not now: a view that reads first writes nothing before its slow work is done.
        write_afterwards(lambda session: forget(session, account_id, path))


def forget(session: Session, account_id: str, path: str) -> None:
    """Drop what was kept for a page."""
    session.execute(delete(KeptWork).where(*_of(account_id, path)))


def _of(account_id: str, path: str) -> tuple[ColumnElement[bool], ...]:
    lookups = context().keyring.lookups("kept_work", path)
    return KeptWork.account_id == account_id, KeptWork.path_lookup.in_(lookups)
