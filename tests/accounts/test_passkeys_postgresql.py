"""Races of passkeys on PostgreSQL, where no lock of the whole database helps: PKY-1 to PKY-3."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.add_passkey import add_passkey, offer
from portal.accounts.change_passkeys import LastFactor, find_own, remove_passkey
from portal.accounts.models import Account
from portal.accounts.passkey_models import Passkey
from portal.accounts.use_passkey import ask, check_passkey
from portal.context import Context
from portal.security.passkey_challenges import Ceremony
from tests.support.accounts import make_account
from tests.support.clock import Clock
from tests.support.passkey import SoftPasskey
from tests.support.race import race

pytestmark = pytest.mark.postgresql
BROWSER = "token"


def account_of(session: Session, account_id: str) -> Account:
    found = session.get(Account, account_id)
    assert found is not None
    return found


def add(context: Context, account_id: str, passkey: SoftPasskey, clock: Clock) -> str:
    with context.database.transaction() as session:
        account = account_of(session, account_id)
        answer = passkey.create(offer(session, context, account, BROWSER, clock()))
        row = add_passkey(session, context, account, BROWSER, answer, "phone", clock())
        assert row is not None
        return row.id


def test_one_answer_signs_in_once(postgresql_context: Context, clock: Clock) -> None:
    """PKY-1: one challenge, ten requests at one moment."""
    context, passkey = postgresql_context, SoftPasskey()
    account = make_account(context)
    add(context, account.id, passkey, clock)
    with context.database.transaction() as session:
        answer = passkey.get(ask(session, context, Ceremony.SIGN_IN, None, BROWSER, clock()))

    def sign_in(session: Session) -> bool:
        given = check_passkey(session, context, Ceremony.SIGN_IN, None, BROWSER, answer, clock())
        return given is not None

    assert race(context, sign_in, times=10).count(True) == 1


def test_one_count_of_the_device_is_used_once(postgresql_context: Context, clock: Clock) -> None:
    """PKY-2: a copy that answers another challenge with the same count, at the same moment."""
    context, passkey = postgresql_context, SoftPasskey()
    account = make_account(context)
    add(context, account.id, passkey, clock)
    answers = []
    with context.database.transaction() as session:
        for _ in range(8):
            options = ask(session, context, Ceremony.SIGN_IN, None, BROWSER, clock())
            answers.append(passkey.get(options, sign_count=7))

    def sign_in(session: Session) -> bool:
        given = check_passkey(
            session, context, Ceremony.SIGN_IN, None, BROWSER, answers.pop(), clock()
        )
        return given is not None

    assert race(context, sign_in, times=8).count(True) == 1


def test_one_credential_at_two_accounts_at_one_moment(
    postgresql_context: Context, clock: Clock
) -> None:
    """PKY-3: the database itself keeps it to one."""
    context, passkey = postgresql_context, SoftPasskey()
    ids = [make_account(context, email=f"p{n}@example.org").id for n in range(6)]
    todo = []
    with context.database.transaction() as session:
        for one in ids:
            options = offer(session, context, account_of(session, one), BROWSER, clock())
            todo.append((one, passkey.create(options)))

    def keep(session: Session) -> bool:
        one, answer = todo.pop()
        account = account_of(session, one)
        row = add_passkey(session, context, account, BROWSER, answer, "phone", clock())
        return row is not None

    assert race(context, keep, times=6).count(True) == 1


def test_the_last_two_are_not_both_removed(postgresql_context: Context, clock: Clock) -> None:
    """PKY-3: two removals at one moment leave one factor."""
    context = postgresql_context
    account = make_account(context, totp=False)
    todo = [add(context, account.id, SoftPasskey(), clock) for _ in range(3)]

    def remove(session: Session) -> bool:
        mine = account_of(session, account.id)
        row = find_own(session, mine, todo.pop())
        assert row is not None
        try:
            remove_passkey(session, context, mine, row, clock())
        except LastFactor:
            return False
        return True

    assert race(context, remove, times=3).count(True) == 2
    with context.database.session() as session:
        assert session.scalar(select(func.count()).select_from(Passkey)) == 1
