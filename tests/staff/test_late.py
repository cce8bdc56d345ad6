"""What is due in three days or late is told to the supervisors by itself, once a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import Account
from portal.audit.models import AuditEvent
from portal.context import Context
from portal.notices import jobs
from portal.notices.models import OutboxItem
from portal.notices.registry import notice_of
from portal.notices.rendering import render
from portal.notices.worker import run_once
from portal.requests.models import Submission
from portal.security.permissions import StaffRole
from portal.staff import late
from portal.staff.late import tell_of_late
from portal.staff.models import StaffParty
from tests.requests.parents import Parents
from tests.staff.desk import parents, sam
from tests.staff.on_requests import trail
from tests.staff.queue_of import put
from tests.support.accounts import TestAccount, mails
from tests.support.clock import Clock
from tests.support.staff import make_staff

__all__ = ["parents", "sam"]
MAIL = "staff_requests_due"


@pytest.fixture
def lee(context: Context, parents: Parents) -> TestAccount:
    return make_staff(context, StaffRole.SUPERVISOR, name="Lee Head")


def marked(context: Context) -> dict[str, datetime | None]:
    with context.database.session() as session:
        rows = session.execute(select(Submission.number, Submission.escalated_at))
        return {row.number: row.escalated_at for row in rows}


def counts(context: Context) -> list[tuple[str, str]]:
    """To whom, and how many."""
    return [(to, words["count"]) for _name, to, words in mails(context, MAIL)]


def test_one_mail_a_day_with_a_count_and_a_link(
    context: Context, clock: Clock, parents: Parents, lee: TestAccount, sam: TestAccount
) -> None:
    """N4; a mail tells no case."""
    for days in (-2, 0, 3, 4, None):
        put(context, parents.payor.id, "P", days=days)
    put(context, parents.payor.id, "P", days=-9, state="withdrawn")
    for _ in range(3):
        tell_of_late(context, clock())
        clock.forward(hours=1)
    assert counts(context) == [(lee.email, "3")]
    with context.database.session() as session:
        item = session.scalars(select(OutboxItem).where(OutboxItem.template == MAIL)).one()
        subject, text, html = _rendered(context, item)
    assert subject == "3 requests need an answer soon"
    for part in (text, html):
        assert "3 requests are due soon or late." in part
        assert "/staff/queue" in part
        for fact in ("P", "Jordan", "C1", "review"):
            assert f" {fact} " not in part
    clock.forward(days=1)
    tell_of_late(context, clock())
    assert counts(context) == [(lee.email, "3"), (lee.email, "4")]


def _rendered(context: Context, item: OutboxItem) -> tuple[str, str, str]:
    with context.database.session() as session:
        notice = notice_of(item.template)
        words = notice.build(context, session, item.ids)
        made = render(context, notice, item.language, words)
    return made.subject, made.text, made.html


def test_nothing_due_no_mail(
    context: Context, clock: Clock, parents: Parents, lee: TestAccount
) -> None:
    put(context, parents.payor.id, "P", days=4)
    tell_of_late(context, clock())
    assert counts(context) == []


def test_how_soon_is_the_agencys_own_figure(
    context: Context, clock: Clock, parents: Parents, lee: TestAccount
) -> None:
    put(context, parents.payor.id, "P", days=4)
    staff = replace(context.agency.staff, due_soon_days=4)
    tell_of_late(replace(context, agency=replace(context.agency, staff=staff)), clock())
    assert counts(context) == [(lee.email, "1")]


def test_late_ones_are_marked_once(
    context: Context, clock: Clock, parents: Parents, lee: TestAccount
) -> None:
    """A worker's form stays good: the mark raises no version. Neither is a mark of a worker moved."""
    overdue, last_day = (put(context, parents.payor.id, "P", days=it) for it in (-1, 0))
    before = clock() - timedelta(days=3)
    raised = put(context, parents.payor.id, "P", days=-5, escalated_at=before)
    first = clock()
    assert tell_of_late(context, first) == 1
    clock.forward(hours=5)
    assert tell_of_late(context, clock()) == 0
    assert marked(context) == {overdue: first, last_day: None, raised: before}
    assert trail(context, "request:escalated") == [("request:escalated", "worker")]
    with context.database.session() as session:
        assert set(session.scalars(select(Submission.version))) == {0}


def test_the_agencys_day_ends_a_day(
    context: Context, clock: Clock, parents: Parents, lee: TestAccount
) -> None:
    """DAT: due on 22 November it is late when that day is over in Boston, not in Greenwich."""
    number = put(context, parents.payor.id, "P", days=0)
    tell_of_late(context, datetime(2026, 11, 23, 4, 59, tzinfo=UTC))
    assert marked(context) == {number: None}
    night = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
    tell_of_late(context, night)
    assert marked(context) == {number: night}
    sent = len(counts(context))
    tell_of_late(context, datetime(2026, 11, 23, 11, 59, tzinfo=UTC))
    assert len(counts(context)) == sent  # the mail waits for the agency's morning
    tell_of_late(context, datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
    assert len(counts(context)) == sent + 1


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("where", ["_mark", "_tell"])
@pytest.mark.parametrize("after", [1, 2])
def test_killed_and_run_again_it_tells_once(
    context: Context, clock: Clock, parents: Parents, lee: TestAccount,
    monkeypatch: pytest.MonkeyPatch, where: str, after: int,
) -> None:  # fmt: skip
    """CRS-2: killed right after any of its transactions."""
    make_staff(context, StaffRole.SUPERVISOR, name="Mia Head")
    for days in (-3, -2, -1):
        put(context, parents.payor.id, "P", days=days)
    really, calls = getattr(late, where), 0

    def dies(*arguments: object) -> object:
        nonlocal calls
        done, calls = really(*arguments), calls + 1
        if calls == after:
            raise Killed
        return done

    with monkeypatch.context() as patched:
        patched.setattr(late, where, dies)
        with pytest.raises(Killed):
            tell_of_late(context, clock())
    for _ in range(2):
        clock.forward(minutes=40)
        tell_of_late(context, clock())
    assert sorted(counts(context)) == [("lee.head@agency.example", "3"),
                                       ("mia.head@agency.example", "3")]  # fmt: skip
    assert len(trail(context, "request:escalated")) == 3
    assert None not in marked(context).values()


def test_the_worker_does_it(
    context: Context, clock: Clock, parents: Parents, lee: TestAccount
) -> None:
    put(context, parents.payor.id, "P", days=1)
    assert "staff.tell_of_late" in {job.name for job in jobs.registered()}
    for _ in range(4):
        run_once(context, clock())
        clock.forward(hours=1)
    assert counts(context) == [(lee.email, "1")]


def test_who_is_close_is_not_told_of_it(
    context: Context, clock: Clock, parents: Parents, lee: TestAccount
) -> None:
    """ACL-4"""
    mia = make_staff(context, StaffRole.SUPERVISOR, name="Mia Head")
    ned = make_staff(context, StaffRole.SUPERVISOR, name="Ned Gone")
    put(context, parents.payor.id, "P", days=1)
    put(context, parents.other.id, "B", days=1, cases=("C2",))
    with context.database.transaction() as session:
        for account_id, person in ((lee.id, "A"), (mia.id, "P")):
            session.add(StaffParty(account_id=account_id, participant_id=person,
                                   declared_by=account_id, declared_at=clock()))  # fmt: skip
        session.get_one(Account, ned.id).disabled_at = clock()
    tell_of_late(context, clock())
    assert counts(context) == [(lee.email, "1")]


def test_who_is_no_supervisor_any_more_gets_nothing(
    context: Context, clock: Clock, parents: Parents, lee: TestAccount
) -> None:
    put(context, parents.payor.id, "P", days=1)
    tell_of_late(context, clock())
    with context.database.transaction() as session:
        session.get_one(Account, lee.id).disabled_at = clock()
    assert [words for _name, _to, words in mails(context, MAIL)] == [{}]


@pytest.mark.postgresql
def test_the_same_on_postgresql(postgresql_context: Context, clock: Clock) -> None:
    context = postgresql_context
    make_staff(context, StaffRole.SUPERVISOR, name="Lee Head")
    put(context, "nobody", "P", days=-1, cases=())
    for _ in range(2):
        tell_of_late(context, clock())
    assert counts(context) == [("lee.head@agency.example", "1")]
    with context.database.session() as session:
        rows = select(AuditEvent.id).where(AuditEvent.name == "request:escalated")
        assert len(list(session.scalars(rows))) == 1
