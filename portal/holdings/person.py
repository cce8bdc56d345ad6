"""What the agency's record holds on the person as such, apart from any case."""

from __future__ import annotations

import json
from typing import Any

from flask_babel import lazy_gettext as _l
from phonenumbers import NumberParseException

from portal.accounts.contact import shown_phone
from portal.record.models import Participant
from portal.rules.calendar import day_from
from portal.web.holdings import Asked, Why, holds

PRIVATE = "participants.private"
_ADDRESS = ("line1", "line2", "city", "state", "postal_code", "country")


@holds(
    "person",
    place=10,
    title=_l("You, in the agency’s records"),
    labels={
        "participant_number": _l("Your number in the agency’s records"),
        "first_name": _l("First name"),
        "middle_name": _l("Middle name"),
        "last_name": _l("Last name"),
        "suffix": _l("Suffix"),
        "birth_date": _l("Birth date"),
        "ssn_last_four": _l("Social Security number, last four digits"),
        "language": _l("Language"),
        "risk_of_harm": _l("Marked as at risk of harm"),
        "deceased_on": _l("Recorded as having died on"),
        "email": _l("E-mail address"),
        "cell_phone": _l("Cell phone"),
        "home_phone": _l("Home phone"),
        "mailing_address": _l("Mailing address"),
        "line1": _l("Line 1"),
        "line2": _l("Line 2"),
        "city": _l("City"),
        "state": _l("State"),
        "postal_code": _l("ZIP or postal code"),
        "country": _l("Country"),
        "employer": _l("Employer"),
        "name": _l("Name"),
        "phone": _l("Phone"),
        "address": _l("Address"),
    },
    told={"participants": "participant_id first_name middle_name last_name suffix language "
          "family_violence deceased_on private"},
    kept_back=[(Why.PROOF, {"participants": "ssn_lookup pin_lookup"})],
)  # fmt: skip
def _person(asked: Asked) -> dict[str, Any] | None:
    """Without the PIN; of the Social Security number the last four digits."""
    person = asked.session.get(Participant, asked.participant_id or "")
    if person is None:
        return None
    private = json.loads(asked.context.sealer.open(person.private, PRIVATE, person.participant_id))
    return {
        "participant_number": person.participant_id,
        "first_name": person.first_name,
        "middle_name": person.middle_name,
        "last_name": person.last_name,
        "suffix": person.suffix,
        "birth_date": day_from(private.get("birth_date")),
        "ssn_last_four": (private.get("ssn") or "")[-4:] or None,
        "language": person.language,
        "risk_of_harm": person.family_violence,
        "deceased_on": person.deceased_on,
        "email": private.get("email"),
        "cell_phone": _phone(private.get("cell_phone")),
        "home_phone": _phone(private.get("home_phone")),
        "mailing_address": {name: private.get(f"mail_{name}") for name in _ADDRESS},
        "employer": {
            "name": private.get("employer_name"),
            "phone": _phone(private.get("employer_phone")),
            "address": private.get("employer_address"),
        },
    }


def _phone(number: str | None) -> str | None:
    """As people write it; as the agency wrote it where that is no number."""
    try:
        return shown_phone(number) if number else None
    except NumberParseException:
        return number
