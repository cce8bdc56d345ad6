"""Requests of every age in the queue, made from one that was really sent."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import event

from portal.context import Context
from portal.requests.models import Submission, SubmissionCase
from portal.rules.vocabulary import RequestKind
from tests.support.page import Page, Seen, attributes, words


def put(
    context: Context,
    account_id: str,
    participant_id: str,
    *,
    days: int | None = 20,
    cases: Sequence[str] = ("C1",),
    kind: RequestKind = RequestKind.ADMINISTRATIVE_REVIEW,
    **changed: Any,
) -> str:
    """An open request whose answer is due in so many days; its number. What it says is rubbish:
    whoever opened it to show the queue would fail."""
    now, key = context.now(), uuid.uuid4().hex
    number = f"{key[:4]}-{key[4:8]}".upper()
    values: dict[str, Any] = {
        "id": key,
        "number": number,
        "kind": kind.value,
        "account_id": account_id,
        "participant_id": participant_id,
        "state": "submitted",
        "due_on": None if days is None else context.agency.local_date(now) + timedelta(days=days),
        "submitted_at": now - timedelta(days=5),
        "idempotency_key": key,
        "fields": b"not sealed by us",
    }
    with context.database.transaction() as session:
        session.add(Submission(**(values | changed)))
        session.flush()
        for position, case in enumerate(cases):
            session.add(SubmissionCase(submission_id=key, case_id=case, position=position))
    return number


def numbers(seen: Seen) -> list[str]:
    """The requests of the list, in its order."""
    return [words(it) for it in seen.document.query("main tbody th[scope=row] a")]


def row(seen: Seen, number: str) -> str:
    """The words of a request's line."""
    rows = [words(it) for it in seen.document.query("main tbody tr")]
    return next(it for it in rows if number in it)


def href_of(seen: Seen, label: str) -> str:
    """Where a link with these words leads."""
    for it in seen.document.query("main a[href]"):
        if words(it) == label:
            return str(attributes(it)["href"])
    raise AssertionError(label)


def queries(context: Context, page: Page, path: str) -> int:
    """How many statements a page takes, once it is warm."""
    page.get(path)
    count = 0

    def counted(*_arguments: object) -> None:
        nonlocal count
        count += 1

    event.listen(context.database.engine, "before_cursor_execute", counted)
    try:
        assert page.get(path).status == 200
    finally:
        event.remove(context.database.engine, "before_cursor_execute", counted)
    return count
