"""From when to when a member sees a case."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.rules.disclosure import Viewer
from portal.rules.spans import (
    Membership,
    Span,
    clip,
    merge,
    viewer_on,
    viewer_over,
    with_access,
    years_before,
)
from portal.rules.vocabulary import Role

TODAY = date(2026, 11, 22)
DAYS = st.dates(date(2020, 1, 1), date(2028, 12, 31))
SPANS = st.builds(Span, DAYS, st.one_of(DAYS, st.just(date.max)))
MEMBERSHIPS = st.lists(st.builds(Membership, st.sampled_from(Role), SPANS), max_size=5)


@given(st.lists(SPANS, max_size=6), DAYS)
def test_merged_spans_hold_the_same_days(spans: list[Span], day: date) -> None:
    merged = merge(spans)
    assert any(span.holds(day) for span in spans) == any(span.holds(day) for span in merged)
    for first, second in itertools.pairwise(merged):
        assert first.last + timedelta(days=1) < second.first


@given(st.lists(SPANS, max_size=6), DAYS, DAYS)
def test_clipping_lets_nothing_older_through(spans: list[Span], first: date, day: date) -> None:
    clipped = clip(merge(spans), first)
    seen = any(span.holds(day) for span in clipped)
    assert seen == (day >= first and any(span.holds(day) for span in spans))


@given(MEMBERSHIPS)
def test_access_is_given_by_roles_that_have_begun_and_never_by_a_childs(
    memberships: list[Membership],
) -> None:
    for held in with_access(memberships, TODAY):
        assert held.role is not Role.CHILD
        assert held.span.first <= TODAY
        assert held.span.first <= held.span.last


@given(MEMBERSHIPS, DAYS)
def test_of_two_roles_on_a_day_the_one_that_sees_less_counts(
    memberships: list[Membership], day: date
) -> None:
    roles = {held.role for held in memberships if held.span.holds(day)}
    expected = None
    if roles & {Role.CUSTODIAL, Role.GUARDIAN}:
        expected = Viewer.CUSTODIAL
    elif Role.NONCUSTODIAL in roles:
        expected = Viewer.PAYOR
    assert viewer_on(memberships, day) is expected
    assert viewer_over(memberships, day, day) is expected


def test_the_role_held_now_comes_last() -> None:
    past = Membership(Role.NONCUSTODIAL, Span(date(2021, 1, 1), date(2023, 6, 30)))
    now = Membership(Role.CUSTODIAL, Span(date(2023, 7, 1)))
    assert with_access([now, past], TODAY) == (past, now)


def test_four_years_before_a_leap_day() -> None:
    assert years_before(date(2028, 2, 29), 4) == date(2024, 2, 29)
    assert years_before(date(2028, 2, 29), 1) == date(2027, 2, 28)
