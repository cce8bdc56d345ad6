"""Reading changes nothing: CSR-2."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.context import Context
from portal.database import Base
from tests.support.accounts import make_account, sign_in
from tests.support.clock import Clock
from tests.support.page import Page

APART = {"audit_events", "job_runs"}


def everything(context: Context) -> dict[str, list[tuple[object, ...]]]:
    """Every row of ours, but for the trail and the time a session was last seen."""
    found = {}
    with context.database.session() as session:
        for table in Base.metadata.sorted_tables:
            if table.name in APART:
                continue
            columns = [column for column in table.columns if column.name != "seen_at"]
            found[table.name] = [tuple(row) for row in session.execute(select(*columns))]
    return found


@pytest.mark.parametrize("who", ["a visitor", "half signed in", "signed in"])
def test_opening_every_page_of_this_room_twice_changes_nothing(
    page: Page, context: Context, clock: Clock, who: str
) -> None:
    """CSR-2, LNK-4: GET and HEAD never change state, also with a token in the address."""
    account = make_account(context, totp=who != "half signed in")
    if who != "a visitor":
        page.get("/sign-in")
        page.submit(email=account.email, password=account.password)
    if who == "signed in":
        sign_in(page, account, clock, follow=False)
    before = everything(context)
    paths = [
        rule.rule
        for rule in page.app.url_map.iter_rules()
        if rule.endpoint.startswith("accounts.") and "GET" in (rule.methods or ())
    ]
    assert len(paths) > 30
    for path in [*paths, *paths]:
        clock.forward(seconds=5)
        page.get(path, query_string={"token": "made.up.token"}, follow=False)
        page.client.head(path, base_url="http://localhost:8000")
        page.get(path, follow=False)
    assert everything(context) == before
