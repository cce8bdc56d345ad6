"""The made-up agency as an extract: the same families, seed and date give the same bytes.

The first families each show something and have people one can be; the rest are drawn by lot. A
family's rows depend on the seed, the date and its place only, so a larger agency begins with the
same families. Families are made one at a time: memory does not grow with their number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import chain
from pathlib import Path
from random import Random

from portal.demo.extract_files import ExtractWriter, write_manifest
from portal.demo.extract_people import Numbers, People, Person, Persona
from portal.demo.extract_plan import Family
from portal.demo.extract_planted import PLANTED, planted_numbers
from portal.demo.extract_planted_rows import Rows
from portal.demo.extract_random import random_family
from portal.demo.extract_simulation import Row, Simulation
from portal.demo.extract_special import Maker, Special
from portal.demo.extract_special_cases import CASE_FAMILIES
from portal.demo.extract_special_money import MONEY_FAMILIES
from portal.demo.extract_special_pay import PAY_FAMILIES
from portal.demo.extract_special_reasons import REASON_FAMILIES, reason_numbers
from portal.rules.agency import Agency

__all__ = ["FEWEST_FAMILIES", "Persona", "write_extract"]

_SPECIAL = (*PAY_FAMILIES, *CASE_FAMILIES, *MONEY_FAMILIES)
FEWEST_FAMILIES = len(_SPECIAL)
"""Below this number not every kind of family is there."""
_WRITTEN_AGO = (12, 45, 20, 32, 27, 45) * 4
"""Days since the first families by lot got a notice of delinquency, if they owe: the demo's
requests answer some of these notices."""


def write_extract(
    folder: Path,
    *,
    families: int,
    seed: int,
    as_of: date,
    sequence: int,
    agency: Agency,
    planted: bool = False,
    reasons: bool = False,
) -> list[Persona]:
    """Write a full extract of that many families into a folder; returns the people one can be.

    It says it was made as `as_of` began, agency time: never in days to come, and the same each
    time. The special families come first; fewer `families` than `FEWEST_FAMILIES` show fewer of
    them. `planted` adds the twelve families in whose record something is wrong, `reasons` those of
    whom one payment is smaller than the others.
    """
    personas: list[Persona] = []
    with ExtractWriter(folder) as writer:
        made = _families(families, seed, as_of, agency)
        wrong = _planted(seed, as_of, agency) if planted else ()
        smaller = _reasons(seed, as_of, agency) if reasons else ()
        for special, rows in chain(made, wrong, smaller):
            personas.extend(special.personas)
            for name, row in rows:
                writer.write(name, row)
    created_at = datetime.combine(as_of, time(0), tzinfo=agency.timezone)
    write_manifest(
        folder,
        agency=agency.code,
        sequence=sequence,
        as_of=as_of,
        created_at=created_at,
        files=writer.files,
    )
    return personas


def _families(
    count: int, seed: int, as_of: date, agency: Agency
) -> Iterator[tuple[Special, Iterable[Row]]]:
    numbers = Numbers()
    for place in range(count):
        random = Random(f"{seed}/{as_of}/{place}")  # noqa: S311 - repeatable, guards nothing
        people = People(random, numbers, as_of)
        if place < len(_SPECIAL):
            special = _SPECIAL[place](Maker(people, as_of, agency))
        else:
            family = random_family(people, random, as_of)
            special = Special(_written_to(family, place - len(_SPECIAL), as_of), ())
        yield special, _rows(special, agency, as_of, numbers, random)


def _planted(seed: int, as_of: date, agency: Agency) -> Iterator[tuple[Special, Iterable[Row]]]:
    numbers = planted_numbers()
    for place, mistake in enumerate(PLANTED):
        random = Random(f"{seed}/{as_of}/planted/{place}")  # noqa: S311 - guards nothing
        maker = Maker(People(random, numbers, as_of), as_of, agency)
        special = mistake.make(maker)
        rows = Rows(_rows(special, agency, as_of, numbers, random))
        mistake.alter(rows, maker)
        yield special, rows.rows


def _reasons(seed: int, as_of: date, agency: Agency) -> Iterator[tuple[Special, Iterable[Row]]]:
    numbers = reason_numbers()
    for place, make in enumerate(REASON_FAMILIES):
        random = Random(f"{seed}/{as_of}/reasons/{place}")  # noqa: S311 - guards nothing
        special = make(Maker(People(random, numbers, as_of), as_of, agency))
        yield special, _rows(special, agency, as_of, numbers, random)


def _written_to(family: Family, place: int, as_of: date) -> Family:
    letters = [as_of - timedelta(days=ago) for ago in _WRITTEN_AGO[place : place + 1]]
    return replace(family, delinquency_on=(*family.delinquency_on, *letters))


def _rows(
    special: Special, agency: Agency, as_of: date, numbers: Numbers, random: Random
) -> Iterator[Row]:
    families = (special.family, *special.also)
    for person in _people(families, special.others):
        yield "participants.csv", person.row()
    for family in families:
        yield from Simulation(family, agency, as_of, numbers, random).run()


def _people(families: Iterable[Family], others: Iterable[Person]) -> Iterable[Person]:
    everyone: dict[str, Person] = {}
    for family in families:
        for person in (family.payor, *_of_cases(family)):
            everyone.setdefault(person.participant_id, person)
    for person in others:
        everyone.setdefault(person.participant_id, person)
    return everyone.values()


def _of_cases(family: Family) -> Iterator[Person]:
    for case in family.cases:
        yield case.custodial
        if case.guardian:
            yield case.guardian
        yield from case.children
