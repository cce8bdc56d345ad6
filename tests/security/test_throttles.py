"""Throttles: PWD-5, OTP-3, HNT-4, RAT-1."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.context import Context
from portal.security import throttles
from portal.security.keys import Keyring
from portal.security.models import Throttle
from portal.security.throttles import CODE, HINT, PASSWORD, Policy
from tests.support.clock import Clock
from tests.support.race import race


def fail(context: Context, policy: Policy, subject: str = "someone") -> bool:
    """One wrong try; whether it was let through to be compared."""
    with context.database.transaction() as session:
        now = context.now()
        gate = throttles.look(session, context.keyring, policy, subject, now)
        if gate.closed_until(now) is not None:
            return False
        gate.count(now)
        return True


def test_the_waits_for_a_password_grow_to_an_hour(context: Context, clock: Clock) -> None:
    """PWD-5: 30 seconds to an hour; a day without a try is forgotten."""
    for _ in range(5):
        assert fail(context, PASSWORD)
    waits = []
    for _ in range(10):
        began = clock()
        while not fail(context, PASSWORD):
            clock.forward(seconds=15)
        waits.append((clock() - began).total_seconds())
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    clock.forward(hours=24)
    assert [fail(context, PASSWORD) for _ in range(6)] == [True] * 5 + [False]


def test_at_most_a_hundred_wrong_codes_a_day(context: Context, clock: Clock) -> None:
    """OTP-3: ten, then a wait for each ten more, and a day's rest after a hundred (63B 3.2.2)."""
    let_through = 0
    for _ in range(24 * 12):
        while fail(context, CODE):
            let_through += 1
        clock.forward(minutes=5)
    assert let_through == 100


def test_a_window_of_five_a_day(context: Context, clock: Clock) -> None:
    """HNT-4: five in any twenty-four hours, also across the end of the first ones."""
    tried = []
    for minutes in (0, 23 * 60 + 50, 1, 1, 1, 10, 1, 1, 1, 1, *[59] * 80):
        clock.forward(minutes=minutes)
        if fail(context, HINT):
            tried.append(clock())
    for first in tried:
        assert len([at for at in tried if first <= at < first + timedelta(hours=24)]) <= 5
    assert len(tried) > 10, "it opens again by itself"


@pytest.mark.parametrize(("policy", "free"), [(PASSWORD, 5), (CODE, 10), (HINT, 5)])
def test_parallel_tries_are_all_counted(context: Context, policy: Policy, free: int) -> None:
    """PWD-5: fifty at one moment come to as many comparisons as one after the other."""
    answers = race(
        context,
        lambda session: _try(session, context, policy),
        times=50,
    )
    assert answers.count(True) == free


def _try(session, context: Context, policy: Policy) -> bool:  # type: ignore[no-untyped-def]
    gate = throttles.look(session, context.keyring, policy, "someone", context.now())
    if gate.closed_until(context.now()) is not None:
        return False
    gate.count(context.now())
    return True


def test_subjects_are_stored_as_keyed_hashes_only(context: Context) -> None:
    """KEY-2, LOG-1: an address or a number that was only typed is not kept."""
    fail(context, PASSWORD, "someone@example.org")
    with context.database.session() as session:
        (row,) = session.scalars(select(Throttle))
    assert "someone" not in row.subject
    assert row.subject.startswith(context.keyring.newest + ".")


def test_a_count_outlives_a_change_of_keys(context: Context) -> None:
    """KEY-3: counted under the old key, found under the new ring."""
    for _ in range(5):
        fail(context, HINT)
    ring = Keyring((("t2", bytes(range(1, 33))), ("t1", bytes(range(32)))))
    with context.database.transaction() as session:
        gate = throttles.look(session, ring, HINT, "someone", context.now())
        assert gate.closed_until(context.now()) is not None


def test_old_counters_are_swept(context: Context, clock: Clock) -> None:
    fail(context, PASSWORD)
    clock.forward(hours=23)
    fail(context, HINT)
    clock.forward(hours=2)
    with context.database.transaction() as session:
        throttles.sweep(session, clock())
    with context.database.session() as session:
        assert [row.name for row in session.scalars(select(Throttle))] == ["hint"]


def test_waits_are_within_the_standard() -> None:
    """PWD-5: 63B 3.2.2 names 30 seconds up to an hour."""
    assert PASSWORD.waits[0] == timedelta(seconds=30)
    assert PASSWORD.waits[-1] == timedelta(hours=1)
