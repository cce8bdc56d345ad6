"""Participants: numbers, birth dates, contacts and employers are sealed before they are written."""

from __future__ import annotations

import json

from portal.feeds.kinds import Values
from portal.security.keys import Keyring
from portal.security.sealing import Sealer

PLACE = "participants.private"
SEALED = (
    "birth_date",
    "ssn",
    "pin",
    "email",
    "cell_phone",
    "home_phone",
    "mail_line1",
    "mail_line2",
    "mail_city",
    "mail_state",
    "mail_postal_code",
    "mail_country",
    "employer_name",
    "employer_phone",
    "employer_address",
)
_PLAIN = (
    "participant_id",
    "first_name",
    "middle_name",
    "last_name",
    "suffix",
    "language",
    "family_violence",
    "deceased_on",
)


def seal_columns(columns: dict[str, Values], keyring: Keyring, sealer: Sealer) -> dict[str, Values]:
    """The columns of participants.csv as the record's columns.

    The PIN is kept sealed beside its look-up, so that this can be made anew under a newer key.
    """
    keys = columns["participant_id"]
    sealed: dict[str, Values] = {name: columns[name] for name in _PLAIN}
    sealed["ssn_lookup"] = [
        None if ssn is None else keyring.lookup("ssn", str(ssn)) for ssn in columns["ssn"]
    ]
    sealed["pin_lookup"] = [
        None if pin is None else keyring.lookup("pin", f"{key}:{pin}")
        for key, pin in zip(keys, columns["pin"], strict=True)
    ]
    rows = zip(*(columns[name] for name in SEALED), strict=True)
    sealed["private"] = [
        sealer.seal(
            json.dumps(
                {name: value for name, value in zip(SEALED, row, strict=True) if value is not None}
            ),
            PLACE,
            str(key),
        )
        for key, row in zip(keys, rows, strict=True)
    ]
    return sealed
