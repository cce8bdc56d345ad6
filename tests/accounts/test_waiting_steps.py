"""What all steps share that wait a day: stopping, and doing each that is due by itself. RCV-2, CRS-2."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

import portal.accounts.jobs  # noqa: F401  (registers the jobs)
from portal.accounts import waiting_step
from portal.accounts.models import Account
from portal.accounts.recovery_models import FactorRemoval, Recovery
from portal.accounts.waiting_step import NotAllDone
from portal.context import Context
from portal.notices.jobs import JobRun, run_due
from portal.security.sealing import SealBroken
from tests.accounts.waiting_steps import KINDS, REMOVAL, Kind, accounts, row_of
from tests.support.accounts import TestAccount, add_person, mails, make_account, newest_link
from tests.support.clock import Clock
from tests.support.page import Page
from tests.support.race import race

PROJECT = Path(__file__).parents[2]
each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def either(request: pytest.FixtureRequest) -> Context:
    """A context on each kind of database."""
    name = "context" if request.param == "sqlite" else "postgresql_context"
    found: Context = request.getfixturevalue(name)
    return found


def told(context: Context, kind: Kind) -> Counter[str]:
    return Counter(to for _name, to, _words in mails(context, kind.done_mail))


def was_done(context: Context, kind: Kind, row_id: str) -> datetime | None:
    row = row_of(context, kind, row_id)
    return row.sent_at if isinstance(row, Recovery) else row.done_at


def break_address(context: Context, account: TestAccount) -> bytes:
    """Its sealed address opens no more: whatever is done to the account fails."""
    with context.database.transaction() as session:
        owner = session.get_one(Account, account.id)
        before, owner.email = owner.email, b"broken" + owner.email
        return before


@each_kind
def test_one_that_fails_holds_up_no_other(context: Context, clock: Clock, kind: Kind) -> None:
    """CRS-2, RCV-2: the failing one changes nothing, is due again, and is done once it can be."""
    owners = accounts(context, 3)
    rows = [kind.begin(context, it) for it in owners]
    address = break_address(context, owners[1])
    clock.forward(hours=24)
    for _time in range(2):
        with pytest.raises(NotAllDone, match="1 of"):
            kind.step.do_due(context, context.now())
    done = [was_done(context, kind, it) is not None for it in rows]
    assert done == [True, False, True]
    with pytest.raises(SealBroken), context.database.session() as session:
        context.sealer.open(session.get_one(Account, owners[1].id).email, "accounts.email",
                            owners[1].id)  # fmt: skip
    with context.database.transaction() as session:
        broken = session.get_one(Account, owners[1].id)
        assert broken.has_factor, "nothing of a step that failed stays"
        assert broken.must_change_password_at is None
        broken.email = address
    kind.step.do_due(context, context.now())
    assert was_done(context, kind, rows[1]) is not None
    assert all(told(context, kind)[it.email] == 1 for it in owners)


def test_the_operators_see_that_one_failed(context: Context, clock: Clock) -> None:
    """CRS-2: the job is marked as failed, though it did all that could be done."""
    first, second = accounts(context, 2)
    rows = [REMOVAL.begin(context, it) for it in (first, second)]
    break_address(context, first)
    clock.forward(hours=24)
    run_due(context, context.now())
    assert was_done(context, REMOVAL, rows[1]) is not None
    with context.database.session() as session:
        assert session.get_one(JobRun, "accounts.factor-removals").failed
        assert not session.get_one(JobRun, "accounts.recoveries").failed


def test_killed_between_two_each_is_done_once(context: Context, clock: Clock) -> None:
    """CRS-2: killed with -9 in the second one, the first stays done; the next worker does the rest."""
    owners = accounts(context, 3)
    rows = [REMOVAL.begin(context, it) for it in owners]
    clock.forward(hours=24)
    killed = subprocess.run(
        [sys.executable, "-m", "tests.accounts.waiting_steps", str(context.settings.instance),
         context.now().isoformat()],
        cwd=PROJECT, check=False, timeout=60,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL
    assert [was_done(context, REMOVAL, it) is not None for it in rows].count(True) == 1
    assert told(context, REMOVAL).total() == 1
    with context.database.session() as session:
        assert sum(session.get_one(Account, it.id).has_factor for it in owners) == 2
    for _time in range(2):
        REMOVAL.step.do_due(context, context.now())
    assert all(was_done(context, REMOVAL, it) is not None for it in rows)
    assert told(context, REMOVAL) == Counter(it.email for it in owners)


@each_kind
def test_eight_workers_at_once_do_each_once(either: Context, clock: Clock, kind: Kind) -> None:
    """CON-1, RCV-2: also on PostgreSQL."""
    owners = accounts(either, 3)
    rows = [kind.begin(either, it) for it in owners]
    clock.forward(hours=24)

    def act(session: Session) -> None:
        session.rollback()
        kind.step.do_due(either, either.now())

    race(either, act, times=8)
    assert all(was_done(either, kind, it) is not None for it in rows)
    assert all(told(either, kind)[it.email] == 1 for it in owners)


def stop_by_mail(page: Page, context: Context, kind: Kind) -> str:
    page.get(newest_link(context, kind.step.asked_mail))
    return page.submit().h1


@each_kind
def test_the_link_of_each_opens_its_page_and_stops_it(
    page: Page, context: Context, clock: Clock, kind: Kind
) -> None:
    """RCV-2, LNK-2, LNK-4: what the page says is of this step; opened it changes nothing, once
    pressed it is over, and the link is dead."""
    row_id = kind.begin(context, make_account(context))
    path = newest_link(context, kind.step.asked_mail)
    seen = page.get(path)
    assert seen.h1 == "Stop this?"
    assert str(kind.step.question) in seen.words
    assert "token" not in seen.path
    assert row_of(context, kind, row_id).cancelled_at is None
    seen = page.submit()
    assert seen.h1 == "It was stopped"
    assert str(kind.step.stopped) in seen.words
    assert row_of(context, kind, row_id).cancelled_at is not None
    assert page.get(path).status == 410
    clock.forward(hours=25)
    kind.step.do_due(context, context.now())
    assert not told(context, kind)


@pytest.mark.parametrize("other", KINDS.values(), ids=KINDS)
@each_kind
def test_no_link_stops_another_kind(page: Page, context: Context, kind: Kind, other: Kind) -> None:
    """LNK-1: each token at the address of each other kind."""
    kind.begin(context, make_account(context))
    path, _mark, token = newest_link(context, kind.step.asked_mail).partition("?")
    address = f"/sign-in/{_NAMES[other.step.stop_link.value]}/cancellation"
    assert page.get(f"{address}?{token}").status == (200 if other is kind else 410)
    assert (path == address) == (other is kind)


_NAMES = {
    "cancel-recovery": "lost-everything",
    "cancel-removal": "factor-removal",
    "cancel-correction": "email-correction",
}


@each_kind
def test_every_address_on_file_is_told(page: Page, context: Context, kind: Kind) -> None:
    """RCV-2: the record's own address too; its mail holds the link that stops it and no name."""
    add_person(context, "Z", ssn="666109999", email="old.box@example.net")
    account = make_account(context, participant_id="Z")
    row_id = kind.begin(context, account)
    sent = {name: (to, words["link"]) for name, to, words in mails(context)
            if name in (kind.step.asked_mail, kind.step.check_mail)}  # fmt: skip
    assert sent[kind.step.asked_mail][0] == account.email
    assert sent[kind.step.check_mail][0] == "old.box@example.net"
    assert sent[kind.step.asked_mail][1] == sent[kind.step.check_mail][1]
    assert stop_by_mail(page, context, kind) == "It was stopped"
    assert row_of(context, kind, row_id).cancelled_at is not None


def test_the_owner_ends_all_of_them(context: Context) -> None:
    """RCV-2: every kind there is, and of no other account."""
    owner, other = accounts(context, 2)
    rows = {
        name: (kind.begin(context, owner), kind.begin(context, other))
        for name, kind in KINDS.items()
    }
    kinds: set[Any] = {kind.step for kind in KINDS.values()}
    assert set(waiting_step.steps()) == kinds
    with context.database.transaction() as session:
        me = session.get_one(Account, owner.id)
        waiting_step.cancel_all(session, me, context.now())
        assert all(kind.step.waiting_until(session, me) is None for kind in KINDS.values())
    for name, (mine, theirs) in rows.items():
        assert row_of(context, KINDS[name], mine).cancelled_at is not None
        assert row_of(context, KINDS[name], theirs).cancelled_at is None


def test_an_account_that_was_closed_is_left_as_it_is(context: Context, clock: Clock) -> None:
    """RCV-2: done without a mail, and not due for ever."""
    account = make_account(context)
    row_id = REMOVAL.begin(context, account)
    with context.database.transaction() as session:
        session.get_one(Account, account.id).disabled_at = context.now()
    clock.forward(hours=24)
    REMOVAL.step.do_due(context, context.now())
    row = row_of(context, REMOVAL, row_id)
    assert isinstance(row, FactorRemoval)
    assert row.done_at is not None
    assert not told(context, REMOVAL)
