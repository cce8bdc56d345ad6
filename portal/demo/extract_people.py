"""The people of the made-up agency. No Social Security number here was ever given to anyone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields
from datetime import date, timedelta
from random import Random
from typing import Any

from portal.demo.extract_names import (
    AREA_CODES,
    CHILDREN,
    EMPLOYERS,
    FIRST_NAMES,
    LAST_NAMES,
    STATE,
    STREETS,
    TOWNS,
)

_PER_AREA = 99 * 9999
_SPREAD = 7919  # prime, so that neighbours get numbers far apart and none comes twice


class Numbers:
    """Counts up the keys of an extract: one row of numbers for each kind of row.

    `keys_after` and `people_after`: the numbers begin after these.
    """

    def __init__(self, keys_after: int = 0, people_after: int = 0) -> None:
        self._last: Counter[str] = Counter()
        self._keys_after, self._people_after = keys_after, people_after

    def next(self, prefix: str) -> str:
        """The next key, such as `R000000017`."""
        self._last[prefix] += 1
        return f"{prefix}{self._keys_after + self._last[prefix]:09d}"

    def next_case(self) -> str:
        """The next case number: digits only, as parents know them."""
        self._last["case"] += 1
        return str(10_000_000 + self._keys_after + self._last["case"])

    def next_person(self) -> int:
        """Counts the people, from 1."""
        self._last["person"] += 1
        return self._people_after + self._last["person"]


def never_issued_ssn(number: int) -> str:
    """Nine digits of area 666 or 000, which are never given out; another for each number from 1.

    Raises `ValueError` where the two areas are used up.
    """
    if not 0 < number <= 2 * _PER_AREA:
        raise ValueError("no number of these areas is left")
    turn, place = divmod(number, _PER_AREA)
    group, serial = divmod(place * _SPREAD % _PER_AREA, 9999)
    area = "000" if (place % 7 == 3) != bool(turn % 2) else "666"
    return f"{area}{group + 1:02d}{serial + 1:04d}"


@dataclass(frozen=True, slots=True)
class Address:
    """Where mail goes."""

    line1: str
    city: str
    state: str
    postal_code: str
    country: str = "US"
    line2: str = ""


@dataclass(frozen=True, slots=True)
class Employer:
    """Who a person works for."""

    name: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class Person:
    """One participant, as the extract has them."""

    participant_id: str
    last_name: str
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    birth_date: date | None = None
    ssn: str = ""
    pin: str = ""
    email: str = ""
    cell_phone: str = ""
    home_phone: str = ""
    address: Address | None = None
    language: str = "en"
    family_violence: bool = False
    employer: Employer | None = None
    deceased_on: date | None = None

    @property
    def name(self) -> str:
        """The whole name in one line."""
        parts = (self.first_name, self.middle_name, self.last_name, self.suffix)
        return " ".join(part for part in parts if part)

    def row(self) -> dict[str, Any]:
        """The row of participants.csv."""
        own = (field.name for field in fields(self) if field.name not in ("address", "employer"))
        row: dict[str, Any] = {name: getattr(self, name) for name in own}
        if self.address:
            row |= {
                "mail_line1": self.address.line1,
                "mail_line2": self.address.line2,
                "mail_city": self.address.city,
                "mail_state": self.address.state,
                "mail_postal_code": self.address.postal_code,
                "mail_country": self.address.country,
            }
        if self.employer:
            row |= {
                "employer_name": self.employer.name,
                "employer_phone": self.employer.phone,
                "employer_address": self.employer.address,
            }
        return row


@dataclass(frozen=True, slots=True)
class Persona:
    """Someone a visitor of the demo can be. `registered`: best shown with an account already."""

    key: str
    name: str
    roles: tuple[str, ...]
    why: str
    participant_id: str
    ssn: str
    pin: str
    birth_date: date
    registered: bool


class People:
    """Makes people of one family; the same random source makes the same people."""

    def __init__(self, random: Random, numbers: Numbers, as_of: date) -> None:
        self._random = random
        self._numbers = numbers
        self._as_of = as_of

    def adult(self, **known: Any) -> Person:
        """A parent or guardian who can register; what is `known` is kept as given."""
        pick, number = self._random, self._numbers.next_person()
        first, last = pick.choice(FIRST_NAMES), pick.choice(LAST_NAMES)
        made: dict[str, Any] = {
            "first_name": first,
            "middle_name": pick.choice("ABCDEFGHJKLMNPRST") if pick.random() < 0.4 else "",
            "last_name": last,
            "birth_date": self._as_of - timedelta(days=pick.randrange(22 * 365, 56 * 365)),
            "ssn": never_issued_ssn(number),
            "pin": f"{pick.randrange(1_000_000):06d}",
            "cell_phone": self.phone() if pick.random() < 0.8 else "",
            "home_phone": self.phone() if pick.random() < 0.25 else "",
            "address": self.address(),
            "language": pick.choices(("en", "es", "pt", "ht", "zh", "vi"), (70, 14, 7, 4, 3, 2))[0],
        }
        if pick.random() < 0.5:
            made["email"] = f"{first}.{last}.{number}@mail.example".lower().replace("'", "")
        if "first_name" in known:
            made["middle_name"] = ""
        return Person(f"P{number:09d}", **(made | known))

    def child(self, last_name: str, youngest: int = 1, oldest: int = 17) -> Person:
        """A child, whom no number of their own lets in."""
        age = self._random.randrange(youngest * 365, oldest * 365)
        return Person(
            f"P{self._numbers.next_person():09d}",
            last_name,
            first_name=self._random.choice(CHILDREN),
            birth_date=self._as_of - timedelta(days=age),
        )

    def phone(self) -> str:
        """A number of the block that is kept for fiction (555-0100 to 555-0199)."""
        return f"+1{self._random.choice(AREA_CODES)}55501{self._random.randrange(100):02d}"

    def address(self) -> Address:
        """A made-up house on a common street of a real town."""
        city, postal_code = self._random.choice(TOWNS)
        line = f"{self._random.randrange(1, 400)} {self._random.choice(STREETS)}"
        flat = f"Apt {self._random.randrange(1, 30)}" if self._random.random() < 0.3 else ""
        return Address(line, city, STATE, postal_code, line2=flat)

    def employer(self) -> Employer:
        """One of the made-up employers."""
        place = self.address()
        return Employer(
            self._random.choice(EMPLOYERS),
            self.phone(),
            f"{place.line1}, {place.city}, {place.state} {place.postal_code}",
        )
