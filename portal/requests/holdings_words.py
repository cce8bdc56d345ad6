"""What a person said in a request or a draft, with what its fields are called."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.requests import words
from portal.requests.disputes import Subject
from portal.web.holdings import Word

LABELS: Mapping[str, str] = {
    "number": _l("Number"),
    "kind": _l("What it is"),
    "submitted_at": _l("Sent"),
    "started_at": _l("Begun"),
    "saved_at": _l("Last saved"),
    "state": _l("Where it stands"),
    "with": _l("Who has it"),
    "due_on": _l("Answer due by"),
    "asked_until": _l("You can send more until"),
    "decision": _l("Decision"),
    "decided_on": _l("Decided"),
    "letter_dated_on": _l("Date of the letter it answers"),
    "letter_answer_by": _l("Last day to answer that letter"),
    "held_until": _l("Kept back until"),
    "cases": _l("Cases it is about"),
    "case": _l("Case"),
    "letter_amount": _l("Amount in the letter"),
    "pause_began_at": _l("Pause of new enforcement began"),
    "pause_ended_at": _l("Pause ended"),
    "you_said": _l("What you said"),
    "events": _l("What happened to it"),
    "files": _l("Files"),
    "at": _l("When"),
    "event": _l("What"),
    "by": _l("By"),
    "on": _l("Day"),
    "text": _l("Words"),
    "replaced_by": _l("Replaced by"),
    "name": _l("Name"),
    "media_type": _l("Kind of file"),
    "size": _l("Bytes"),
    "sha256": _l("SHA-256"),
    "added_at": _l("Added"),
    "checked_at": _l("Checked for viruses"),
    # what was said
    "address_type": _l("What the address is for"),
    "address": _l("Address"),
    "from": _l("From"),
    **{
        f"{prefix}{name}": label
        for prefix in ("mail_", "residential_")
        for name, label in {
            "line1": _l("Address line 1"),
            "line2": _l("Address line 2"),
            "city": _l("City"),
            "state": _l("State"),
            "postal_code": _l("ZIP or postal code"),
            "country": _l("Country"),
        }.items()
    },
    "grounds": _l("Reasons"),
    "words": _l("Your words"),
    "payments": _l("Payments you named"),
    "date": _l("Day"),
    "amount": _l("Amount"),
    "how": _l("How"),
    "disputes": _l("What you do not agree with"),
    "what": _l("What"),
    "category": _l("For"),
    "sent": _l("Of which we sent to you"),
    "got": _l("Of which arrived"),
    "month": _l("Month"),
    "letter": _l("Letter it answers"),
    "dated_on": _l("Dated"),
    "last_day": _l("Last day to answer"),
    "amounts": _l("Amount in the letter, by case"),
    "notice_dated_on": _l("Date of the letter"),
    "notice_respond_by": _l("Last day to answer"),
    "in_time": _l("Sent in time for a pause of new enforcement"),
    "decide_by": _l("Decision due by"),
}
ACTORS: Mapping[str, str] = {
    "parent": _l("you"),
    "staff": _l("our staff"),
    "agency": _l("the agency"),
    "extract": _l("the agency’s records"),
    "portal": _l("this site"),
}
FILE_STATES: Mapping[str, str] = {
    **{state: name for state, (name, _tag) in words.FILE_STATES.items()},
    "removed": _l("taken out"),
}
SUBJECTS: Mapping[Subject, str] = {
    Subject.CHARGE: _l("An amount that fell due"),
    Subject.ADJUSTMENT: _l("A change by the agency"),
    Subject.CARRIED_OVER: _l("What was owed from before"),
    Subject.APPLIED: _l("How a payment was applied"),
    Subject.TAKEN_BACK: _l("A payment that was taken back"),
    Subject.PAYMENT: _l("A payment"),
    Subject.MONTH: _l("A month"),
}
_CODES: Mapping[str, Mapping[str, str]] = {
    "address_type": {key.value: name for key, (name, _hint) in words.ADDRESS_TYPES.items()},
    "grounds": {key.value: name for key, (name, _hint) in words.GROUNDS.items()},
    "how": {key.value: name for key, name in words.HOW_PAID.items()},
    "what": {key.value: name for key, name in SUBJECTS.items()},
}
_DAYS = ("date", "from", "dated_on", "last_day", "decide_by", "notice_dated_on",
         "notice_respond_by")  # fmt: skip
_INSIDE = ("id", "key", "notices", "href", "once", "over")


def said(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What was said, without the keys of rows: codes in words, days as days, dollars as dollars."""
    return {
        "case" if key == "case_id" else key: _value(key, value)
        for key, value in fields.items()
        if key == "case_id" or not (key in _INSIDE or key.endswith("_id"))
    }


def _value(key: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        if key == "amounts":
            return [{"case": case, "amount": Decimal(amount)} for case, amount in value.items()]
        return said(
            {f"mail_{name}": it for name, it in value.items()} if key == "address" else value
        )
    if isinstance(value, list | tuple):
        return [_value(key, item) for item in value]
    if isinstance(value, str) and value:
        if key in _CODES:
            return Word(value, str(_CODES[key].get(value, value)))
        if key in _DAYS:
            return date.fromisoformat(value)
        if key in ("amount", "sent", "got"):
            return Decimal(value)
    return value
