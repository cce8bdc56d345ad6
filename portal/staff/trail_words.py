"""What the events of the trail are called for the auditor, and which of them belong together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from flask_babel import lazy_gettext as _l

from portal.staff.audit_forms import reason_words
from portal.staff.look_up_forms import BY
from portal.staff.request_words import LETTERS
from portal.staff.words import ACTION_WORDS, ROLE_WORDS

K = TypeVar("K", bound=str)


@dataclass(frozen=True, slots=True)
class Kind:
    """Events that belong together."""

    words: str
    events: Mapping[str, str]
    """By tag."""


NOBODY: Mapping[str, str] = {
    "feed": _l("A load of the record"),
    "worker": _l("The portal itself"),
    "command": _l("A command"),
}
"""Who acts without being a person."""
KINDS: Mapping[str, Kind] = {
    "refusals": Kind(
        _l("Refused look-ups and pages"),
        {
            "staff:look-up:refused": _l("A look-up was refused"),
            "staff:page:refused": _l("A page was refused"),
        },
    ),
    "records": Kind(
        _l("Records, papers and letters opened"),
        {
            "staff:record:opened": _l("Opened a record"),
            "staff:evidence:opened": _l("Opened a paper or photo"),
            "letter:printed": _l("Saved a letter that was sent"),
            "staff:trail:searched": _l("Searched the trail for a number"),
        },
    ),
    "staff": Kind(
        _l("Roles, invitations and members of the staff"),
        {
            "staff:role:granted": _l("Gave a role"),
            "staff:role:ended": _l("Ended a role"),
            "staff:invitation:made": _l("Invited somebody"),
            "staff:invitation:accepted": _l("Accepted an invitation"),
            "staff:invitation:withdrawn": _l("Took an invitation back"),
            "staff:member:disabled": _l("Kept somebody out"),
            "staff:member:enabled": _l("Let somebody in again"),
            "staff:member:closed": _l("Closed an account of the staff"),
            "staff:party:told": _l("Told to whom somebody is close"),
            "staff:party:declared": _l("Somebody counts as close to a parent"),
        },
    ),
    "approvals": Kind(
        _l("Steps that take two people"),
        {
            "staff:second-person:asked": _l("Asked for a second person"),
            "staff:second-person:approved": _l("Approved"),
            "staff:second-person:refused": _l("Refused what was asked for"),
            "staff:second-person:withdrawn": _l("Took back what was asked for"),
        },
    ),
    "locations": Kind(
        _l("Leave to see a protected address"),
        {
            "staff:protected-location:asked": _l("Asked to see a protected address"),
            "staff:protected-location:granted": _l("Let a colleague see it for a day"),
            "staff:protected-location:refused": _l("Refused to let a colleague see it"),
            "staff:protected-location:ended": _l("Leave to see it ended"),
        },
    ),
    "accounts": Kind(
        _l("Help with parents’ accounts, lifted safety marks"),
        {
            "account:help:unlocked": _l("Unlocked an account"),
            "account:help:new-pin": _l("Asked for a new PIN for a parent"),
            "account:help:sessions-ended": _l("Signed a parent out everywhere"),
            "account:help:email-taken": _l("A corrected e-mail address was taken already"),
            "account:safety-mark:lifted": _l("Lifted a safety mark"),
            "account:factors:removal-asked": _l("A removal of ways to sign in began"),
            "account:factors:removed": _l("Ways to sign in were removed"),
            "account:email:correction-asked": _l("A correction of an e-mail address began"),
            "account:email:correction-confirmed": _l("A corrected e-mail address was confirmed"),
            "account:email:correction-lapsed": _l("A correction of an e-mail address lapsed"),
            "account:email:corrected": _l("An e-mail address was corrected"),
        },
    ),
    "letters": Kind(_l("Letters sent"), {"letter:sent": _l("Sent a letter")}),
    "requests": Kind(
        _l("Steps with requests"),
        {
            "request:taken": _l("Took a request"),
            "request:handed-over": _l("Handed a request over"),
            "request:given-back": _l("Gave a request back to the queue"),
            "request:escalated": _l("A request was put before the supervisors"),
            "request:escalation:ended": _l("Took the supervisors’ mark off"),
            "request:more:asked": _l("Asked the parent for more"),
            "request:note:added": _l("Added a note"),
            "request:decision:drafted": _l("Saved the draft of a decision"),
            "request:decided": _l("Decided a request"),
            "request:answered": _l("Answered a question"),
            "request:received": _l("Marked a request as received"),
            "request:applied": _l("Marked a request as done"),
            "request:refused": _l("Refused a request"),
        },
    ),
    "system": Kind(
        _l("Keys, seals and mail"),
        {
            "keys:rotation:run": _l("The keys were changed"),
            "audit:anchor:begun": _l("The trail’s seals were begun anew"),
            "mail:retried": _l("Had a mail sent again"),
        },
    ),
}
EVENTS: Mapping[str, str] = {
    tag: words for kind in KINDS.values() for tag, words in kind.events.items()
}
WHY: Mapping[str, str] = {
    "nobody": _l("nobody was found"),
    "close": _l("the worker is close to the person"),
    "throttled": _l("too many tries"),
    "role": _l("not a page of the worker’s roles"),
    "late": _l("it became late"),
}


def _of(words: Mapping[K, str]) -> Callable[[str], str]:
    by_code = {str(code): said for code, said in words.items()}
    return lambda code: str(by_code.get(code, code))


DETAILS: Mapping[str, Callable[[str], str]] = {
    "why": _of(WHY),
    "by": _of(BY),
    "reason": reason_words,
    "page": str,
    "role": _of(ROLE_WORDS),
    "action": _of(ACTION_WORDS),
    "kind": _of(LETTERS),
    "how": str,
}
"""Of what is noted with an event the codes that are shown, with their words; never an id."""
