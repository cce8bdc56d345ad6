"""Which openings of parents' records are unusual: plain rules for the auditor (AUD-4).

Tries that were refused are looked at, too: nobody trawls numbers, or for whom they know.

A finding accuses nobody: it says what to look at. Pure functions of what was written down.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from portal.rules.agency import Agency


class Rule(StrEnum):
    """Why something is shown."""

    MANY_PEOPLE = "many_people"
    """More different people in a day than the agency's profile calls usual."""
    OUTSIDE_HOURS = "outside_hours"
    """Before or after the agency's hours, or on a day without work."""
    WITHOUT_REQUEST = "without_request"
    """The person had no open request at that moment."""
    MANY_REFUSED = "many_refused"
    """More look-ups in a day that found nobody, or were stopped, than mistyping explains."""
    CLOSE_TRIED = "close_tried"
    """A try at the record, a case or a request of somebody the worker is close to."""


REFUSED_A_DAY = 5
"""How many refused look-ups in a day mistyped numbers explain."""
CLOSE = "close"
"""Why a try was refused, as the trail has it (`portal.staff.look_up`, `portal.staff.refusals`)."""


@dataclass(frozen=True, slots=True)
class Opened:
    """One opening as the rules see it."""

    worker_id: str
    participant_id: str
    at: datetime
    has_request: bool
    """Whether the person had an open request at that moment."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A try that was refused, as the rules see it."""

    worker_id: str
    at: datetime
    is_look_up: bool
    why: str
    """A code."""


It = TypeVar("It", Opened, Refused)


@dataclass(frozen=True, slots=True)
class Finding:
    """A worker's day: how many people (for many people), openings, or tries it is about."""

    rule: Rule
    worker_id: str
    day: date
    """Agency-local."""
    count: int


def findings(
    openings: Iterable[Opened], agency: Agency, tries: Iterable[Refused] = ()
) -> list[Finding]:
    """What all the rules find, the newest day first."""
    rows, refused = list(openings), list(tries)
    found = [it for rule in (many_people, outside_hours, without_request)
             for it in rule(rows, agency)]  # fmt: skip
    found += [it for rule in (many_refused, close_tried) for it in rule(refused, agency)]
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


def many_refused(tries: Iterable[Refused], agency: Agency) -> list[Finding]:
    """Days with more than `REFUSED_A_DAY` refused look-ups."""
    found = _counted(Rule.MANY_REFUSED, tries, agency, lambda it: it.is_look_up)
    return [it for it in found if it.count > REFUSED_A_DAY]


def close_tried(tries: Iterable[Refused], agency: Agency) -> list[Finding]:
    """Tries at what concerns somebody the worker is close to: one is enough (ACL-4)."""
    return _counted(Rule.CLOSE_TRIED, tries, agency, lambda it: it.why == CLOSE)


def _counted(
    rule: Rule, rows: Iterable[It], agency: Agency, fits: Callable[[It], bool]
) -> list[Finding]:
    days: dict[tuple[str, date], int] = defaultdict(int)
    for it in rows:
        if fits(it):
            days[it.worker_id, agency.local_date(it.at)] += 1
    return [Finding(rule, worker_id, day, count) for (worker_id, day), count in days.items()]
