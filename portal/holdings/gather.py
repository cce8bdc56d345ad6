"""All parts of what we hold on a person, one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

# Imported for what they register.
from portal.accounts import holdings as accounts
from portal.accounts import holdings_events as accounts_events
from portal.cases import holdings as cases
from portal.holdings import kept_forms, mails, person
from portal.own_records import holdings as own_records
from portal.record.models import Extract
from portal.requests import holdings as requests
from portal.statements import holdings as statements
from portal.web.holdings import Asked, Part, parts

FORMAT = {"name": "portal-everything-we-hold", "version": 1}
"""The version rises when a name in it goes or comes to mean something else."""
ROOMS = (accounts, accounts_events, cases, kept_forms, mails, own_records, person, requests,
         statements)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Everything:
    """What we hold on one person at one moment."""

    made_at: datetime
    made_on: date
    record_as_of: date | None
    """The day that the agency's records speak of; None where there are none yet."""
    told: Sequence[tuple[Part, Any]]

    def as_mapping(self, agency: str) -> Mapping[str, Any]:
        """All of it under its names, always in the same order."""
        return {
            "format": FORMAT,
            "agency": agency,
            "made_at": self.made_at,
            "records_as_of": self.record_as_of,
            **{part.name: value for part, value in self.told},
        }


def gather(asked: Asked) -> Everything:
    """Read all parts. A fixed number of queries, and so many for each case, however long it is."""
    as_of = asked.session.scalar(select(Extract.as_of))
    told = [(part, part.tell(asked)) for part in parts()]
    return Everything(asked.now, asked.today, as_of, told)
