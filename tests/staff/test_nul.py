"""A sign that PostgreSQL keeps in no text breaks nothing: it is in no address and no number."""

from __future__ import annotations

import pytest

from portal import create_app
from portal.context import Context
from portal.security.permissions import StaffRole
from tests.support.page import Page
from tests.support.staff import staff_at

ADDRESSES = (
    "/staff/requests/%00", "/staff/requests/a%00b/evidence/x", "/staff/queue/next?after=a%00b",
)  # fmt: skip


def test_it_is_nobodys(either: Context) -> None:
    """INJ-1: neither kind of database is asked for it."""
    page = Page(create_app(context=either))
    staff_at(page, either, *StaffRole, name="Ada Lane")
    for address in ADDRESSES:
        assert page.get(address).status == 404, address
    for path in ("/staff/close-to-me", "/staff/trail/people"):
        page.get("/staff/close-to-me")
        assert page.post(path, {"number": "C\0"}).status == 200, path


@pytest.mark.parametrize("typed", ["\0", "\0\0"])
def test_alone_it_is_nothing_typed(page: Page, context: Context, typed: str) -> None:
    staff_at(page, context, StaffRole.CASEWORKER)
    page.get("/staff/close-to-me")
    assert page.submit(number=typed).errors
