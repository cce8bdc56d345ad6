"""What a person of the record is called."""

from __future__ import annotations

from portal.record.models import Participant


def full_name(person: Participant) -> str:
    """First name first, with all that the record has of it."""
    parts = (person.first_name, person.middle_name, person.last_name, person.suffix)
    return " ".join(part for part in parts if part)
