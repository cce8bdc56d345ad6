"""What takes two people takes two: ACL-4, RCV-2, CON-1."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.audit.models import AuditEvent
from portal.context import Context
from portal.security.permissions import StaffRole
from portal.staff import two_people
from portal.staff.grants import ask_role
from portal.staff.models import TwoPersonRequest
from portal.staff.parties import PartyToCase, declare
from portal.staff.two_people import Action, CannotBeDone, NothingToDecide, NotTheSecond
from tests.support.accounts import TestAccount, add_person, make_account
from tests.support.clock import Clock
from tests.support.race import race
from tests.support.staff import make_staff

done: list[str] = []


@pytest.fixture
def removing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Something to do for the removal of factors that only counts."""
    done.clear()
    monkeypatch.setitem(
        two_people._performers,
        Action.REMOVE_FACTORS,
        lambda session, context, asked, worker, now: done.append(worker.id),
    )


@pytest.fixture
def people(either: Context) -> dict[str, TestAccount]:
    supervisor = StaffRole.SUPERVISOR
    return {
        "ada": make_staff(either, supervisor, name="Ada Lane"),
        "ben": make_staff(either, supervisor, name="Ben Cole"),
        "cas": make_staff(either, StaffRole.CASEWORKER, name="Cas Dunn"),
    }


def get(session: Session, account: TestAccount) -> Account:
    return session.get_one(Account, account.id)


def ask(context: Context, by: TestAccount, subject: tuple[str, str]) -> str:
    with context.database.transaction() as session:
        return two_people.ask(
            session,
            context,
            get(session, by),
            Action.REMOVE_FACTORS,
            subject,
            "Lost",
            context.now(),
        ).id


def approve(context: Context, by: TestAccount, asked: str) -> None:
    with context.database.transaction() as session:
        two_people.approve(session, context, get(session, by), asked, context.now())


def test_not_by_one_person(either: Context, people: dict[str, TestAccount], removing: None) -> None:
    """RCV-2: who asked cannot approve, nor can one without the role; another supervisor can, once."""
    parent = make_account(either, participant_id="P")
    asked = ask(either, people["ada"], ("account", parent.id))
    for by in ("ada", "cas"):
        with pytest.raises(NotTheSecond):
            approve(either, people[by], asked)
        with pytest.raises(NotTheSecond), either.database.transaction() as session:
            two_people.refuse(session, get(session, people[by]), asked, either.now())
    approve(either, people["ben"], asked)
    with pytest.raises(NothingToDecide):
        approve(either, people["ben"], asked)
    assert done == [people["ben"].id]
    with either.database.session() as session:
        rows = session.scalars(
            select(AuditEvent.actor_id)
            .where(AuditEvent.name.like("staff:second-person:%"))
            .order_by(AuditEvent.id)
        ).all()
    assert rows == [people["ada"].id, people["ben"].id]


def test_not_by_the_subject_nor_by_family(
    either: Context, people: dict[str, TestAccount], removing: None
) -> None:
    """RCV-2, ACL-4: neither asked for nor approved by somebody close to the parent."""
    if either.database.is_sqlite:
        add_person(either, "P", case="C1")
    parent = make_account(either, participant_id="P")
    with either.database.transaction() as session:
        ben = get(session, people["ben"])
        declare(session, ben.id, "P", by=ben, now=either.now())
    for subject in (("account", parent.id), ("participant", "P")):
        asked = ask(either, people["cas"], subject)
        with pytest.raises(NotTheSecond):
            approve(either, people["ben"], asked)
        with pytest.raises(PartyToCase):
            ask(either, people["ben"], subject)
        approve(either, people["ada"], asked)
    with pytest.raises(PartyToCase):
        ask(either, people["ada"], ("account", people["ada"].id))
    asked = ask(either, people["cas"], ("account", people["ada"].id))
    with pytest.raises(NotTheSecond):
        approve(either, people["ada"], asked)


def test_not_for_an_asker_who_became_close(
    either: Context, people: dict[str, TestAccount], removing: None
) -> None:
    """ACL-4: looked at again at the approval; the step waits on, to be refused or taken back."""
    if either.database.is_sqlite:
        add_person(either, "P", case="C1")
    parent = make_account(either, participant_id="P")
    asked = ask(either, people["cas"], ("account", parent.id))
    with either.database.transaction() as session:
        cas = get(session, people["cas"])
        declare(session, cas.id, "P", by=cas, now=either.now())
    with pytest.raises(CannotBeDone):
        approve(either, people["ada"], asked)
    assert done == []
    with either.database.transaction() as session:
        refused = two_people.refuse(session, get(session, people["ada"]), asked, either.now())
        assert refused.outcome == "refused"


def test_twenty_approvals_at_once_do_it_once(
    either: Context, people: dict[str, TestAccount], removing: None
) -> None:
    """CON-1, RCV-2: exactly one performs it, also on PostgreSQL."""
    parent = make_account(either, participant_id="P")
    asked, now = ask(either, people["cas"], ("account", parent.id)), either.now()

    def act(session: Session) -> bool:
        try:
            two_people.approve(session, either, get(session, people["ada"]), asked, now)
        except NothingToDecide:
            return False
        return True

    assert race(either, act, times=12).count(True) == 1
    assert done == [people["ada"].id]


def test_approving_and_taking_back_at_once_end_in_one_of_them(
    either: Context, people: dict[str, TestAccount], removing: None
) -> None:
    """CON-1: and the outcome tells which."""
    parent = make_account(either, participant_id="P")
    now = either.now()
    for _ in range(5):
        done.clear()
        asked = ask(either, people["cas"], ("account", parent.id))
        turns = iter(range(100))

        def act(session: Session, asked: str = asked, turns: Iterator[int] = turns) -> str:
            try:
                if next(turns) % 2:
                    return str(
                        two_people.withdraw(
                            session, get(session, people["cas"]), asked, now
                        ).outcome
                    )
                worker = get(session, people["ada"])
                return str(two_people.approve(session, either, worker, asked, now).outcome)
            except NothingToDecide:
                return ""

        (won,) = [outcome for outcome in race(either, act, times=8) if outcome]
        assert done == ([people["ada"].id] if won == "approved" else [])
        with either.database.session() as session:
            assert session.get_one(TwoPersonRequest, asked).outcome == won


def test_after_seven_days_nothing_is_left_to_approve(
    either: Context, clock: Clock, people: dict[str, TestAccount], removing: None
) -> None:
    asked = ask(either, people["cas"], ("participant", "P"))
    clock.set(clock() + timedelta(days=7))
    with pytest.raises(NothingToDecide):
        approve(either, people["ada"], asked)
    assert done == []


def test_what_cannot_be_done_is_not_approved(
    either: Context, people: dict[str, TestAccount], monkeypatch: pytest.MonkeyPatch
) -> None:
    """AUD-3: the approval is undone with what it was for."""

    def fail(*_: object) -> None:
        raise two_people.CannotBeDone

    monkeypatch.setitem(two_people._performers, Action.REMOVE_FACTORS, fail)
    asked = ask(either, people["cas"], ("participant", "P"))
    with pytest.raises(two_people.CannotBeDone):
        approve(either, people["ada"], asked)
    with either.database.session() as session:
        assert session.get_one(TwoPersonRequest, asked).decided_at is None


def test_a_reason_is_sealed(either: Context, people: dict[str, TestAccount]) -> None:
    """KEY-1."""
    with either.database.transaction() as session:
        ada, cas = get(session, people["ada"]), get(session, people["cas"])
        asked = ask_role(session, either, ada, cas, StaffRole.AUDITOR, "Quokka", either.now())
        assert b"Quokka" not in asked.reason
        assert two_people.reason_of(either, asked) == "Quokka"
