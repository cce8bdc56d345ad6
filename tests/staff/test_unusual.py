"""The three rules for what is unusual, over any openings at all (AUD-4)."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.rules.agency import load_agency
from portal.staff.unusual import (
    Opened,
    Rule,
    findings,
    many_people,
    outside_hours,
    without_request,
)

MA = load_agency("massachusetts")
AGENCY = dataclasses.replace(MA, staff=dataclasses.replace(MA.staff, people_a_day=2))
openings = st.lists(
    st.builds(
        Opened,
        worker_id=st.sampled_from("vw"),
        participant_id=st.sampled_from("ABCDE"),
        at=st.datetimes(
            datetime(2026, 10, 29),
            datetime(2026, 11, 5),
            timezones=st.just(UTC),
        ),
        has_request=st.booleans(),
    ),
    max_size=30,
)


def opened(at: datetime, person: str = "A", *, has_request: bool = True) -> Opened:
    return Opened("w", person, at, has_request)


@given(openings)
def test_many_people_counts_people_not_openings(rows: list[Opened]) -> None:
    """AUD-4: more than the profile's figure, each person once, however often opened."""
    found = {(it.worker_id, it.day): it.count for it in many_people(rows, AGENCY)}
    for worker in "vw":
        for day in {AGENCY.local_date(row.at) for row in rows}:
            people = {
                row.participant_id
                for row in rows
                if row.worker_id == worker and AGENCY.local_date(row.at) == day
            }
            assert found.pop((worker, day), 0) == (len(people) if len(people) > 2 else 0)
    assert found == {}
    assert many_people(rows + rows, AGENCY) == many_people(rows, AGENCY)


@given(openings)
def test_each_opening_counts_once_by_each_rule(rows: list[Opened]) -> None:
    """AUD-4: the sums are those of the rows."""
    assert sum(it.count for it in without_request(rows, AGENCY)) == sum(
        not row.has_request for row in rows
    )
    assert sum(it.count for it in outside_hours(rows, AGENCY)) == sum(
        sum(it.count for it in outside_hours([row], AGENCY)) for row in rows
    )


@settings(max_examples=50)
@given(openings, openings)
def test_further_openings_never_hide_a_finding(rows: list[Opened], more: list[Opened]) -> None:
    """AUD-4: nobody drowns what was found."""
    before = {(it.rule, it.worker_id, it.day): it.count for it in findings(rows, AGENCY)}
    after = {(it.rule, it.worker_id, it.day): it.count for it in findings(rows + more, AGENCY)}
    assert all(after.get(key, 0) >= count for key, count in before.items())


@given(openings, st.randoms())
def test_the_order_does_not_matter(rows: list[Opened], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert findings(shuffled, AGENCY) == findings(rows, AGENCY)


def test_hours_are_the_agencys_own() -> None:
    """Through the end of daylight saving on November 1, 2026; a Sunday is no workday."""
    hours = {
        datetime(2026, 10, 30, 10, 59, tzinfo=UTC): True,  # 6:59 in the morning, a Friday
        datetime(2026, 10, 30, 11, 0, tzinfo=UTC): False,
        datetime(2026, 10, 30, 22, 59, tzinfo=UTC): False,
        datetime(2026, 10, 30, 23, 0, tzinfo=UTC): True,  # 7:00 in the evening
        datetime(2026, 11, 1, 15, 0, tzinfo=UTC): True,  # a Sunday
        datetime(2026, 11, 2, 11, 59, tzinfo=UTC): True,  # 6:59, an hour later by UTC
        datetime(2026, 11, 2, 12, 0, tzinfo=UTC): False,
    }
    for at, is_outside in hours.items():
        assert bool(outside_hours([opened(at)], MA)) == is_outside, at


def test_the_threshold_is_the_profiles() -> None:
    at = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
    rows = [opened(at + timedelta(minutes=n), f"P{n}") for n in range(41)]
    assert many_people(rows[:40], MA) == []
    (found,) = many_people(rows, MA)
    assert (found.rule, found.count) == (Rule.MANY_PEOPLE, 41)
