"""A parent tells of a new address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.safety_marks import is_marked
from portal.requests.addresses import Address, from_fields
from portal.requests.drafts import read_draft
from portal.requests.events import RELEASED, ActorKind, add_event
from portal.requests.mails import CHANGED, RECEIVED, send_receipt
from portal.requests.models import Submission
from portal.requests.sealed import FIELDS, open_json
from portal.requests.submit import NewRequest, NotReadyToSend, claim, participant_of, submit
from portal.rules.agency import Agency
from portal.rules.vocabulary import RequestKind
from portal.security.sealing import Sealer
from portal.web.actor import Actor

KIND = RequestKind.CHANGE_OF_ADDRESS
HOLD = timedelta(hours=24)
"""How long a marked parent's address is kept back (for an alert to reach her first)."""
MOST_DAYS_AHEAD = 366
MOST_DAYS_BACK = 5 * 366


class AddressType(StrEnum):
    """What the address is for."""

    MAILING = "mailing"
    RESIDENTIAL = "residential"


@dataclass(frozen=True, slots=True)
class AddressChange:
    """What the parent says: the address, what it is for, and from when (agency-local)."""

    address_type: AddressType
    address: Address
    since: date

    def fields(self) -> dict[str, Any]:
        """As the export hands it on: columns of participants.csv for a mailing address."""
        mailing = self.address_type is AddressType.MAILING
        located = self.address.as_fields("mail_" if mailing else "residential_")
        return {"address_type": self.address_type.value, "from": self.since.isoformat(), **located}


def is_absurd(since: date, today: date) -> bool:
    """Whether a day is too far off to be meant: more than a year ahead or five back."""
    return not (
        today - timedelta(days=MOST_DAYS_BACK) <= since <= today + timedelta(days=MOST_DAYS_AHEAD)
    )


def change_from_draft(data: dict[str, Any]) -> AddressChange | None:
    """The change as far as the answers of a draft give it; None while one is missing."""
    try:
        change = AddressChange(
            AddressType(data["address_type"]),
            from_fields(data["address"], ""),
            date.fromisoformat(data["from"]),
        )
    except (KeyError, ValueError):
        return None
    return change if change.address.line1 and change.address.city else None


def change_of(sealer: Sealer, submission: Submission) -> AddressChange:
    """The change that a request asks for."""
    fields = open_json(sealer, submission.fields, FIELDS, submission.id)
    kind = AddressType(fields["address_type"])
    prefix = "mail_" if kind is AddressType.MAILING else "residential_"
    return AddressChange(kind, from_fields(fields, prefix), date.fromisoformat(fields["from"]))


def file_address_change(
    session: Session,
    sealer: Sealer,
    agency: Agency,
    actor: Actor,
    draft_id: str,
    now: datetime,
) -> Submission:
    """Send the draft as a request; sent again, the same request comes back (CON-1).

    A parent with the safety mark has it held for a day: the event `submitted` then goes out
    without the address, which comes with `released`.

    Raises `LookupError` for a draft that is not the actor's, `NotReadyToSend`.
    """
    draft = claim(session, actor, KIND, draft_id)
    if isinstance(draft, Submission):
        return draft
    change = change_from_draft(read_draft(sealer, draft))
    if change is None:
        raise NotReadyToSend
    held = is_marked(session, participant_of(actor))
    told = {"address_type": change.address_type.value, "from": change.since.isoformat()}
    new = NewRequest(
        kind=KIND,
        participant_id=participant_of(actor),
        fields=change.fields(),
        told={**told, "held": True} if held else change.fields(),
        due_on=agency.local_date(now) + timedelta(days=agency.requests.address_days),
        hold_until=now + HOLD if held else None,
    )
    submission = submit(session, sealer, draft, new, now)
    send_receipt(session, sealer, submission, CHANGED if held else RECEIVED, now)
    return submission


def release(session: Session, sealer: Sealer, submission: Submission, now: datetime) -> bool:
    """Let a held address go out to the agency; False where its time has not come."""
    if submission.hold_until is None or now < submission.hold_until:
        return False
    submission.hold_until = None
    fields = change_of(sealer, submission).fields()
    add_event(session, sealer, submission, RELEASED, ActorKind.PORTAL, now, fields=fields)
    return True
