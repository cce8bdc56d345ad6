"""Races on PostgreSQL, where no lock of the whole database helps: OTP-1, OTP-3, LNK-2, RCV-1."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal.accounts import disown, known_devices
from portal.accounts.check_code import check_code, check_recovery_code
from portal.accounts.models import Account
from portal.accounts.sign_in import check_password
from portal.context import Context
from portal.security import links
from tests.support.accounts import make_account
from tests.support.clock import Clock
from tests.support.race import race, race_in_edges

pytestmark = pytest.mark.postgresql
TIMES = 12


def test_one_code_one_recovery_code_one_link(postgresql_context: Context, clock: Clock) -> None:
    """OTP-1, RCV-1, LNK-2: exactly one success each."""
    context, now = postgresql_context, clock()
    account = make_account(context)
    code = account.totp_now(clock)

    def me(session: Session) -> Account:
        found = session.get(Account, account.id)
        assert found is not None
        return found

    codes = race(context, lambda s: check_code(s, context, me(s), code, now).is_right, times=10)
    assert codes.count(True) == 1
    recovery = account.codes[0]
    used = race_in_edges(
        context,
        lambda s, edges: check_recovery_code(edges, context, me(s), recovery, now).is_right,
        times=10,
    )
    assert used.count(True) == 1
    with context.database.transaction() as session:
        link = links.issue(session, links.Purpose.RESET_PASSWORD, account.id, "state", now)
        token = links.token(context.keyring, link)

    def spend(session: Session) -> bool:
        found = links.find(session, context.keyring, links.Purpose.RESET_PASSWORD, token, now,
                           context.settings.link_life)  # fmt: skip
        return found is not None and links.spend(session, found, now)

    assert race(context, spend, TIMES).count(True) == 1


def test_parallel_guesses_are_all_counted(postgresql_context: Context, clock: Clock) -> None:
    """PWD-5, OTP-3: known and unknown subjects alike, from the very first try on."""
    context, now = postgresql_context, clock()
    account = make_account(context)
    for email in (account.email, "nobody@example.org"):
        answers = race_in_edges(
            context,
            lambda _s, edges, e=email: check_password(edges, context, e, "wrong", now).closed_until,
            TIMES,
        )
        assert answers.count(None) == 5


def test_one_press_and_one_device(postgresql_context: Context, clock: Clock) -> None:
    """LNK-2, PWD-5: of parallel presses of one "this wasn't me" one acts; parallel sign-ins in one
    browser come to one known device."""
    context, now = postgresql_context, clock()
    account = make_account(context)
    second = make_account(context, email="robin@example.org")
    with context.database.transaction() as session:
        link = links.issue(session, links.Purpose.NOT_ME, account.id, account.id, now)
        token = links.token(context.keyring, link)
        held = known_devices.remember(session, second.id, None, "", now).token

    def remember(session: Session) -> bool:
        return known_devices.remember(session, account.id, held, "Chrome, Mac", now).is_new

    assert race(context, remember, TIMES).count(True) == 1

    def press(session: Session) -> bool:
        found = disown.find_link(session, context, token, now)
        return found is not None and disown.disown(session, context, *found, now)

    assert race(context, press, TIMES).count(True) == 1
    with context.database.session() as session:
        assert known_devices.all_of(session, account.id, now) == []
