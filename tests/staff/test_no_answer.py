"""A parent who was asked for more did not answer by the day: the pages say so, the owner is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import Account
from portal.context import Context
from portal.notices.models import OutboxItem
from portal.notices.registry import notice_of
from portal.notices.rendering import render
from portal.notices.worker import run_once
from portal.staff.no_answer import tell_owners
from tests.requests.parents import signed_in
from tests.staff.desk import desk, mine, parents, sam
from tests.staff.desk import filed as filed
from tests.staff.on_requests import Filed, change, close_to
from tests.staff.queue_of import row
from tests.support.accounts import TestAccount, mails
from tests.support.clock import Clock
from tests.support.page import Page

__all__ = ["desk", "filed", "mine", "parents", "sam"]
MAIL = "staff_no_answer"


@pytest.fixture
def asked(context: Context, mine: Filed) -> Filed:
    """The caseworker's review, more asked for by today."""
    today = context.agency.local_date(context.now())
    change(context, mine, state="more_information_asked", asked_until=today)
    return mine


def told(context: Context) -> list[str]:
    return [to for _name, to, _words in mails(context, MAIL)]


def test_the_queue_and_the_request_say_that_the_day_is_over(
    desk: Page, asked: Filed, clock: Clock, sam: TestAccount
) -> None:
    assert "Waiting for the parent until Nov 22, 2026" in row(
        desk.get("/staff/queue"), asked.number
    )
    seen = desk.get(f"/staff/requests/{asked.number}")
    assert "Waiting for the parent" in seen.words
    assert "Parent asked until November 22, 2026 (today is the last day)" in seen.words
    clock.forward(days=1)
    later = signed_in(Page(desk.app), sam)
    assert "Did not answer by Nov 22, 2026" in row(later.get("/staff/queue"), asked.number)
    seen = later.get(f"/staff/requests/{asked.number}")
    assert "Did not answer by Nov 22, 2026" in seen.words
    assert "Waiting for the parent" not in seen.words


def test_the_owner_is_told_once_without_a_fact(
    context: Context, clock: Clock, asked: Filed, sam: TestAccount
) -> None:
    """N4: in the morning after the last day; a second day that was given is told of anew."""
    tell_owners(context, clock())
    assert told(context) == []
    for _ in range(30):
        clock.forward(hours=1)
        tell_owners(context, clock())
    assert told(context) == [sam.email]
    with context.database.session() as session:
        item = session.scalars(select(OutboxItem).where(OutboxItem.template == MAIL)).one()
        notice = notice_of(item.template)
        made = render(context, notice, item.language, notice.build(context, session, item.ids))
    assert f"/staff/requests/{asked.number}" in made.text
    assert "Pike" not in made.text
    assert "C1" not in made.text.replace(asked.number, "")
    change(context, asked, asked_until=context.agency.local_date(clock()))
    clock.forward(days=1)
    tell_owners(context, clock())
    assert told(context) == [sam.email, sam.email]


def test_nobody_is_told_who_can_do_nothing_about_it(
    context: Context, clock: Clock, asked: Filed, sam: TestAccount
) -> None:
    """ACL-4: nor who is close to a parent of the case by now, nor of what was answered."""
    clock.forward(days=1)
    with context.database.transaction() as session:
        session.get_one(Account, sam.id).disabled_at = clock()
    tell_owners(context, clock())
    assert told(context) == []
    with context.database.transaction() as session:
        session.get_one(Account, sam.id).disabled_at = None
    close_to(context, sam, "A")
    tell_owners(context, clock())
    assert told(context) == []
    change(context, asked, state="under_review", asked_until=None)
    tell_owners(context, clock() + timedelta(hours=1))
    assert told(context) == []


def test_what_was_answered_meanwhile_is_not_told(
    context: Context, clock: Clock, asked: Filed
) -> None:
    clock.forward(days=1)
    tell_owners(context, clock())
    change(context, asked, state="under_review", asked_until=None)
    run_once(context, clock())
    assert [words for _name, _to, words in mails(context, MAIL)] == [{}]
