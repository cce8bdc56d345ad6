"""Long lists, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cut:
    """The part of a list that one page shows."""

    page: int
    """The first is 1."""
    pages: int
    """An empty list has one too."""
    length: int
    """How many stand on a page."""

    @property
    def start(self) -> int:
        """How many stand before it."""
        return (self.page - 1) * self.length

    def of(self, found: Sequence[T]) -> Sequence[T]:
        """Those of the whole list that stand on the page."""
        return found[self.start : self.start + self.length]


def cut(count: int, length: int, wanted: int) -> Cut:
    """The page that is wanted, of a list so long; one past an end is the one at that end."""
    pages = max(1, -(-count // length))
    return Cut(min(max(wanted, 1), pages), pages, length)
