"""Looking parents up in tests: forms filled in, openings counted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portal.accounts.models import Account
from portal.accounts.opening_models import RecordOpening
from portal.context import Context
from portal.staff.parties import declare
from tests.support.accounts import TestAccount
from tests.support.page import Page, Seen


def look_up(page: Page, **typed: str) -> Seen:
    """Fill the form in; by Social Security number unless told otherwise."""
    page.get("/staff/look-up")
    wanted = {"by": "ssn", "reason": "call", "words": "CANARYWHY: asks about November"} | typed
    fields: dict[str, Any] = wanted
    return page.submit("/look-up", **fields)


PAYOR = {"by": "ssn", "ssn": "666-20-0001"}
MARKED = {"by": "ssn", "ssn": "666-20-0002"}
OTHER = {"by": "ssn", "ssn": "666-20-0003"}


def openings(context: Context) -> list[RecordOpening]:
    with context.database.session() as session:
        found = list(session.scalars(select(RecordOpening).order_by(RecordOpening.at)))
        session.expunge_all()
        return found


def make_close(context: Context, worker: TestAccount, person: str) -> None:
    """The worker is close to a person of the record."""
    with context.database.transaction() as session:
        me = session.get_one(Account, worker.id)
        declare(session, worker.id, person, by=me, now=context.now())
