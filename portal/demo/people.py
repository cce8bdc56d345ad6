"""The people one can be: kept in the demo's instance folder, beside its database.

Their Social Security numbers were never issued and their passwords are for show; nothing of this
file exists outside demo mode.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

FILE = "people.json"


@dataclasses.dataclass(frozen=True)
class Person:
    """One person of the demo agency whom a visitor can be."""

    key: str
    name: str
    role: str
    why: str
    ssn: str
    pin: str
    birth_date: str
    participant_id: str
    email: str = ""
    password: str = ""
    totp_secret: str = ""
    account_id: str = ""
    """Of the agency's staff, who stand on no case; empty for parents."""

    @property
    def is_staff(self) -> bool:
        """Whether the person works for the agency."""
        return bool(self.account_id)

    @property
    def registered(self) -> bool:
        """Whether the person has an account already, which one tap signs in."""
        return bool(self.email)


@dataclasses.dataclass(frozen=True)
class Demo:
    """What the demo agency was made with, and its people."""

    families: int
    seed: int
    as_of: str
    people: tuple[Person, ...]

    def person(self, key: str) -> Person | None:
        """The person of that key, or None."""
        return next((person for person in self.people if person.key == key), None)


def read_demo(instance: Path) -> Demo | None:
    """The demo that this instance folder holds, or None when it holds no whole one."""
    try:
        found = json.loads((instance / FILE).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    found["people"] = tuple(Person(**person) for person in found["people"])
    return Demo(**found)


def write_demo(instance: Path, demo: Demo) -> None:
    """Write the people last of all: the file says that the demo is whole."""
    path = instance / FILE
    unfinished = path.with_suffix(".part")
    unfinished.write_text(json.dumps(dataclasses.asdict(demo), indent=1), "utf-8")
    unfinished.replace(path)
