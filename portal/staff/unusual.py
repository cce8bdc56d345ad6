"""Which openings of parents' records are unusual: three plain rules for the auditor (AUD-4).

A finding accuses nobody: it says what to look at. Pure functions of what was written down.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.rules.agency import Agency


class Rule(StrEnum):
    """Why something is shown."""

    MANY_PEOPLE = "many_people"
    """More different people in a day than the agency's profile calls usual."""
    OUTSIDE_HOURS = "outside_hours"
    """Before or after the agency's hours, or on a day without work."""
    WITHOUT_REQUEST = "without_request"
    """The person had no open request at that moment."""


@dataclass(frozen=True, slots=True)
class Opened:
    """One opening as the rules see it."""

    worker_id: str
    participant_id: str
    at: datetime
    has_request: bool
    """Whether the person had an open request at that moment."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A worker's day: how many people (for many people), or openings, it is about."""

    rule: Rule
    worker_id: str
    day: date
    """Agency-local."""
    count: int


def findings(openings: Iterable[Opened], agency: Agency) -> list[Finding]:
    """What all three rules find, the newest day first."""
    rows = list(openings)
    found = [it for rule in (many_people, outside_hours, without_request)
             for it in rule(rows, agency)]  # fmt: skip
    return sorted(found, key=lambda it: (-it.day.toordinal(), it.worker_id, it.rule))


def many_people(openings: Iterable[Opened], agency: Agency) -> list[Finding]:
    """Days on which a worker opened more people's records than ``staff.people_a_day``."""
    people: dict[tuple[str, date], set[str]] = defaultdict(set)
    for it in openings:
        people[it.worker_id, agency.local_date(it.at)].add(it.participant_id)
    return [
        Finding(Rule.MANY_PEOPLE, worker_id, day, len(seen))
        for (worker_id, day), seen in people.items()
        if len(seen) > agency.staff.people_a_day
    ]


def outside_hours(openings: Iterable[Opened], agency: Agency) -> list[Finding]:
    """Openings before ``opens_at``, from ``closes_at`` on, or on no workday (agency-local)."""

    def is_outside(it: Opened) -> bool:
        local, hours = it.at.astimezone(agency.timezone), agency.staff
        in_hours = hours.opens_at <= local.hour < hours.closes_at
        return not (in_hours and local.weekday() in hours.workdays)

    return _counted(Rule.OUTSIDE_HOURS, openings, agency, is_outside)


def without_request(openings: Iterable[Opened], agency: Agency) -> list[Finding]:
    """Openings of people who had no open request."""
    return _counted(Rule.WITHOUT_REQUEST, openings, agency, lambda it: not it.has_request)


def _counted(
    rule: Rule, openings: Iterable[Opened], agency: Agency, fits: Callable[[Opened], bool]
) -> list[Finding]:
    days: dict[tuple[str, date], int] = defaultdict(int)
    for it in openings:
        if fits(it):
            days[it.worker_id, agency.local_date(it.at)] += 1
    return [Finding(rule, worker_id, day, count) for (worker_id, day), count in days.items()]
