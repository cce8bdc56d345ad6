"""The demo's families of whom one payment is smaller, loaded, and on which days to look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from portal.demo.extract import write_extract
from portal.demo.extract_people import Numbers, People
from portal.demo.extract_special import Maker
from portal.demo.extract_special_reasons import TELLINGS, Telling
from portal.feeds.load import load
from portal.rules.agency import Agency, load_agency
from portal.rules.reasons import ReasonKind
from tests.cases.family import Family, new_family

AS_OF = date(2026, 11, 20)
AGENCY = load_agency("massachusetts")


@dataclass(frozen=True)
class Demo:
    """The families, loaded, and who is who in them."""

    family: Family
    people: dict[str, str]


def tellings(as_of: date = AS_OF, agency: Agency = AGENCY) -> dict[ReasonKind, Telling]:
    """The families' days; who is in them is another matter."""
    made = (tell(Maker(People(Random(1), Numbers(), as_of), as_of, agency)) for tell in TELLINGS)
    return {it.kind: it for it in made}


def load_reasons(folder: Path, as_of: date = AS_OF, agency: Agency = AGENCY) -> Demo:
    """An installation with these families alone."""
    personas = write_extract(
        folder / "extract",
        families=0,
        seed=1,
        as_of=as_of,
        sequence=1,
        agency=agency,
        reasons=True,
    )
    family = new_family(folder)
    load(family.context, folder / "extract")
    return Demo(family, {it.key: it.participant_id for it in personas})


def key_of(kind: ReasonKind) -> str:
    """The custodial parent; the payor's ends in `-payor`."""
    return f"why-{kind.value.replace('_', '-')}"
