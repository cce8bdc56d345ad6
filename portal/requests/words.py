"""What the codes of requests are called for parents."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from portal.requests.change_address import AddressType
from portal.requests.clean_upload import Why
from portal.requests.grounds import Ground, HowPaid
from portal.requests.summary import RequestSummary
from portal.rules.transitions import State
from portal.rules.vocabulary import Outcome, RequestKind

KINDS: Mapping[RequestKind, str] = {
    RequestKind.CHANGE_OF_ADDRESS: _l("Change of address"),
    RequestKind.ADMINISTRATIVE_REVIEW: _l("Administrative review"),
    RequestKind.CLOSING_RESPONSE: _l("Answer to a closing notice"),
    RequestKind.QUESTION: _l("Question"),
}

STATES: Mapping[State, str] = {
    State.SUBMITTED: _l("Sent"),
    State.RECEIVED: _l("Received by the agency"),
    State.MORE_INFORMATION_ASKED: _l("We asked you for more"),
    State.UNDER_REVIEW: _l("Being looked at"),
    State.DECIDED: _l("Decided"),
    State.APPLIED: _l("Applied to our records"),
    State.WITHDRAWN: _l("Taken back by you"),
    State.REFUSED: _l("Not accepted"),
}

STATE_TAGS: Mapping[State, str] = {
    State.SUBMITTED: "waiting",
    State.RECEIVED: "waiting",
    State.MORE_INFORMATION_ASKED: "problem",
    State.UNDER_REVIEW: "waiting",
    State.DECIDED: "good",
    State.APPLIED: "good",
    State.WITHDRAWN: "",
    State.REFUSED: "problem",
}

REPLACED: str = _l("Replaced by your later change")
"""Where a change of address stands that was applied by way of a later one."""
ANSWERED: str = _l("Answered")
"""Where a question stands that was answered."""


def where_it_stands(request: RequestSummary) -> str:
    """Its state in words."""
    if request.kind is RequestKind.QUESTION and request.state is State.APPLIED:
        return ANSWERED
    return REPLACED if request.was_replaced else STATES[request.state]


def tag_of(request: RequestSummary) -> str:
    """The kind of tag that its state is shown with."""
    return "" if request.was_replaced else STATE_TAGS[request.state]


DECISIONS: Mapping[Outcome, str] = {
    Outcome.GRANTED: _l("We agree with you"),
    Outcome.PARTLY_GRANTED: _l("We agree with part of it"),
    Outcome.DENIED: _l("We do not agree"),
}

GROUNDS: Mapping[Ground, tuple[str, str]] = {
    Ground.PAYMENTS_NOT_CREDITED: (
        _l("Payments I made are missing"),
        _l("For example: my employer took it from my pay, but it is not on my case."),
    ),
    Ground.AMOUNT_WRONG: (
        _l("The amount is wrong"),
        _l("For example: the balance, the interest or a charge does not add up."),
    ),
    Ground.ORDER_CHANGED_OR_ENDED: (
        _l("The court order changed or ended"),
        _l("For example: a judge lowered the amount, or the order stopped when a child grew up."),
    ),
    Ground.CHILD_LIVES_WITH_ME: (
        _l("The child lives with me"),
        _l("For example: the child moved in with me, and the order still says to pay."),
    ),
    Ground.PAID_DIRECTLY: (
        _l("I already paid the other parent directly"),
        _l("For example: by check or money order. You need proof of each payment."),
    ),
    Ground.WRONG_PERSON: (
        _l("I am the wrong person"),
        _l("For example: someone else has the same name."),
    ),
    Ground.PAYMENTS_NOT_RECEIVED: (
        _l("A payment did not reach me, or not all of it"),
        _l("For example: the payment shows as sent, but I never got it, or I got less."),
    ),
    Ground.SENT_ON_WRONGLY: (
        _l("A payment was not applied the right way"),
        _l("For example: it went to past-due support, and this month was left unpaid."),
    ),
    Ground.OTHER: (_l("Something else"), _l("Tell us below in your own words.")),
}

HOW_PAID: Mapping[HowPaid, str] = {
    HowPaid.EMPLOYER: _l("An employer took it from pay"),
    HowPaid.ONLINE: _l("Online or by card"),
    HowPaid.CHECK_OR_MONEY_ORDER: _l("Check or money order to the agency"),
    HowPaid.CASH: _l("Cash to the agency"),
    HowPaid.TO_OTHER_PARENT: _l("Straight from one parent to the other"),
    HowPaid.OTHER: _l("Another way"),
}

ADDRESS_TYPES: Mapping[AddressType, tuple[str, str]] = {
    AddressType.MAILING: (_l("Where I get mail"), _l("Letters and checks go there.")),
    AddressType.RESIDENTIAL: (_l("Where I live"), _l("We use it for your case, not for mail.")),
}

REFUSED_FILES: Mapping[Why, str] = {
    Why.EMPTY: _l("This file is empty. Choose another one."),
    Why.TOO_LARGE: _l("This file is larger than 10 MB. Choose a smaller one, or take a new photo."),
    Why.NAME: _l("This file's name looks unsafe. Give the file a plain name and try again."),
    Why.KIND: _l("Choose a photo (JPEG, PNG or HEIC) or a PDF."),
    Why.TWO_IN_ONE: _l("This file holds a second file inside. Take a photo of the paper instead."),
    Why.TOO_MANY_PIXELS: _l("This picture is too large. Take a new photo at a normal size."),
    Why.TOO_LARGE_INSIDE: _l("This file is too large inside. Take photos of the pages instead."),
    Why.LOCKED: _l("This PDF is locked with a password. Save it without one and try again."),
    Why.UNREADABLE: _l("We could not open this file. Take a photo of the paper instead."),
}

FILE_STATES: Mapping[str, tuple[str, str]] = {
    "being_checked": (_l("being checked"), "waiting"),
    "ready": (_l("ready"), "good"),
    "refused": (_l("refused: a virus was found"), "problem"),
}

CLOSING_EVENTS: Mapping[str, str] = {
    "applied": _l("The case stays open"),
    "refused": _l("The case still closes"),
}
"""What the agency's answers to a closing response mean."""
QUESTION_EVENTS: Mapping[str, str] = {
    "applied": _l("We answered"),
    "confirmed": _l("We answered"),
}
_OF_KIND = {RequestKind.CLOSING_RESPONSE: CLOSING_EVENTS, RequestKind.QUESTION: QUESTION_EVENTS}


def event_name(kind: RequestKind, event: str) -> str:
    """What happened to a request of a kind, in words."""
    return _OF_KIND.get(kind, {}).get(event) or EVENTS.get(event, event)


EVENTS: Mapping[str, str] = {
    "submitted": _l("You sent it"),
    "received": _l("The agency received it"),
    "more_information_asked": _l("We asked you for more"),
    "information_given": _l("You sent more"),
    "taken": _l("A caseworker started on it"),
    "granted": _l("Decided: we agree with you"),
    "partly_granted": _l("Decided: we agree with part of it"),
    "denied": _l("Decided: we do not agree"),
    "applied": _l("The change was made"),
    "confirmed": _l("The agency confirmed the change"),
    "replaced": REPLACED,
    "withdrawn": _l("You took it back"),
    "refused": _l("The agency did not accept it"),
    "released": _l("The address went to the agency"),
    "evidence_ready": _l("A file was checked and is ready"),
    "evidence_refused": _l("A file was refused: a virus was found in it"),
    "stay_began": _l("New enforcement is paused"),
    "stay_ended": _l("The pause of new enforcement ended"),
}
