"""Everything we hold on a person: each room tells its own part, registered here by that room.

A part says which columns of which tables it tells, and which it keeps back and why. A test holds
these lists against the database: a new column that nobody thought of fails it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.context import Context


class Why(StrEnum):
    """Why a column is not in what a person is given."""

    PROOF = "It proves who somebody is, or is made from what does. A copy could be stolen."
    INSIDE = "It only helps our computer find or order rows, and says nothing about you."
    OTHERS = "It is about somebody else: the other parent, another family, or one of our staff."
    NOBODY = "It is about no person at all."
    AGENCY = "It is the agency's own work on a case, and this site shows it to no parent."
    ELSEWHERE = "The same is told in another part of the file."
    FILE = "It is a file of its own, which you can save from its page. The copy names it."
    MAYBE_OTHERS = "Somebody else may have typed it while saying they were you."


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose data, and with what to find it."""

    session: Session
    context: Context
    account_id: str
    participant_id: str | None
    now: datetime

    @property
    def today(self) -> date:
        """The agency-local day."""
        return self.context.agency.local_date(self.now)


@dataclass(frozen=True, slots=True)
class Word:
    """A code of ours, and what it is called in the reader's language."""

    code: str
    words: str


class Chapters(list[object]):
    """A list of which each item is long enough for a heading of its own."""


Tell = Callable[[Asked], object]
"""Gives `None`, texts, whole numbers, yes or no, dollars (`Decimal`), days, moments, `Word`, and
mappings and lists of these; keys are `snake_case` and always come in the same order."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one part tells."""

    name: str
    place: int
    title: str
    """In the reader's language; lazy."""
    labels: Mapping[str, str]
    """What its keys are called; lazy."""
    tell: Tell = field(repr=False)
    told: frozenset[str]
    """``table.column``"""
    kept_back: Mapping[str, Why]
    """``table.column``"""


_parts: dict[str, Part] = {}
Columns = Mapping[str, str]
"""By table, the columns' names with blanks between them."""


def holds(
    name: str,
    *,
    place: int,
    title: str,
    labels: Mapping[str, str],
    told: Columns,
    kept_back: Sequence[tuple[Why, Columns]] = (),
) -> Callable[[Tell], Tell]:
    """Register the function that tells a part.

    :param place: where it stands among the parts: the smallest comes first.
    :raises ValueError: where the name is taken.
    """
    if name in _parts:
        raise ValueError(f"Two parts are called {name!r}")

    def register(tell: Tell) -> Tell:
        back = {column: why for why, columns in kept_back for column in spelled_out(columns)}
        _parts[name] = Part(name, place, title, labels, tell, frozenset(spelled_out(told)), back)
        return tell

    return register


def spelled_out(columns: Columns) -> Iterator[str]:
    """``table.column`` for each."""
    return (f"{table}.{name}" for table, names in columns.items() for name in names.split())


def parts() -> tuple[Part, ...]:
    """Every registered part, in the order in which they are told."""
    return tuple(sorted(_parts.values(), key=lambda part: (part.place, part.name)))
