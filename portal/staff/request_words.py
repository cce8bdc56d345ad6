"""What the codes of requests are called among the staff."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from portal.requests.change_address import AddressType
from portal.requests.summary import RequestSummary
from portal.rules.disclosing import SourceKind
from portal.rules.transitions import State
from portal.rules.vocabulary import Outcome, RequestKind, Source
from portal.staff.compare_disputes import Standing
from portal.staff.compare_months import Match
from portal.staff.decision_draft import LineOutcome

STATES: Mapping[State, str] = {
    State.SUBMITTED: _l("New"),
    State.RECEIVED: _l("Received"),
    State.MORE_INFORMATION_ASKED: _l("Waiting for the parent"),
    State.UNDER_REVIEW: _l("Being looked at"),
    State.DECIDED: _l("Decided"),
    State.APPLIED: _l("Done in our system"),
    State.WITHDRAWN: _l("Taken back by the parent"),
    State.REFUSED: _l("Refused"),
}

DECISIONS: Mapping[Outcome, str] = {
    Outcome.GRANTED: _l("granted"),
    Outcome.PARTLY_GRANTED: _l("granted in part"),
    Outcome.DENIED: _l("denied"),
}

EVENTS: Mapping[str, str] = {
    "submitted": _l("The parent sent it"),
    "received": _l("Received"),
    "more_information_asked": _l("The parent was asked for more"),
    "information_given": _l("The parent sent more"),
    "taken": _l("Taken"),
    "granted": _l("Decided: granted"),
    "partly_granted": _l("Decided: granted in part"),
    "denied": _l("Decided: denied"),
    "applied": _l("Done in our system"),
    "withdrawn": _l("The parent took it back"),
    "refused": _l("Refused"),
    "released": _l("The address that was held went out"),
    "replaced": _l("A later one took its place"),
    "evidence_ready": _l("A file was checked and is ready"),
    "evidence_refused": _l("A file was refused: a virus was found in it"),
    "stay_began": _l("New enforcement is paused"),
    "stay_ended": _l("The pause of new enforcement ended"),
}

CLOSING_EVENTS: Mapping[str, str] = {
    "applied": _l("The case stays open"),
    "refused": _l("The case still closes"),
}
"""What the answers to a closing response mean."""
QUESTION_EVENTS: Mapping[str, str] = {"applied": _l("Answered")}
_OF_KIND = {RequestKind.CLOSING_RESPONSE: CLOSING_EVENTS, RequestKind.QUESTION: QUESTION_EVENTS}


def event_name(kind: RequestKind, event: str) -> str:
    """What happened to a request of a kind, in words."""
    return _OF_KIND.get(kind, {}).get(event) or EVENTS.get(event, event)


def state_name(request: RequestSummary) -> str:
    """Where a request stands, in words."""
    if request.kind is RequestKind.QUESTION and request.state is State.APPLIED:
        return QUESTION_EVENTS["applied"]
    return STATES[request.state]


STEPS: Mapping[str, str] = {
    "request:submitted": _l("sent it"),
    "request:withdrawn": _l("took it back"),
    "request:more:asked": _l("asked the parent for more"),
    "request:more:given": _l("sent more"),
    "request:note:added": _l("added a note"),
    "request:decision:drafted": _l("saved the draft of the decision"),
    "request:decided": _l("decided it"),
    "request:received": _l("marked it received"),
    "request:applied": _l("marked it done in our system"),
    "request:refused": _l("refused it"),
    "request:answered": _l("answered it"),
    "request:taken": _l("took it"),
    "request:handed-over": _l("handed it over"),
    "request:given-back": _l("gave it back to the queue"),
    "request:escalated": _l("put it before the supervisors"),
    "request:escalation:ended": _l("took the supervisors’ mark off"),
}
"""Rows of the trail, after the name of whoever did it."""

ADDRESSES: Mapping[AddressType, str] = {
    AddressType.MAILING: _l("Mailing address"),
    AddressType.RESIDENTIAL: _l("Residential address"),
}

LETTERS: Mapping[str, str] = {
    "review_decision": _l("Decision"),
    "more_information": _l("We need more from you"),
    "request_refused": _l("Not carried out"),
    "question_answered": _l("Answer to a question"),
    "case_closure": _l("Closing notice"),
    "overpayment": _l("Overpayment notice"),
}

MATCHES: Mapping[Match, tuple[str, str]] = {
    Match.SAME: (_l("in our record"), "good"),
    Match.OTHER_AMOUNT: (_l("another amount"), "problem"),
    Match.REVERSED: (_l("was reversed"), "problem"),
    Match.MISSING: (_l("not in our record"), "problem"),
}

STANDINGS: Mapping[Standing, tuple[str, str]] = {
    Standing.UNCHANGED: (_l("in our record"), "good"),
    Standing.CHANGED: (_l("another amount now"), "problem"),
    Standing.TAKEN_BACK: (_l("was reversed"), "problem"),
    Standing.GONE: (_l("no longer in our record"), "problem"),
    Standing.NOT_SHOWN: (_l("no longer on the parent’s pages"), "waiting"),
}

LEDGER_SUMS: Mapping[str, str] = {
    "charged": _l("Support that fell due"),
    "applied": _l("Payments applied"),
    "taken_back": _l("Payments taken back"),
    "interest": _l("Interest"),
    "penalty": _l("Penalties"),
    "fees": _l("Fees"),
    "adjustments": _l("Adjustments"),
}
"""What moved a month, by the names of `portal.staff.ledger_beside.MonthBeside.sums`."""

LINE_OUTCOMES: Mapping[LineOutcome, str] = {
    LineOutcome.GRANTED: _l("Granted"),
    LineOutcome.PARTLY: _l("In part"),
    LineOutcome.DENIED: _l("Denied"),
}

SOURCES: Mapping[Source | SourceKind, str] = {
    Source.INCOME_WITHHOLDING: _l("Income withholding"),
    Source.PAID_ONLINE: _l("Paid online"),
    Source.CHECK_OR_MONEY_ORDER: _l("Check or money order"),
    Source.CASH: _l("Cash"),
    Source.FEDERAL_TAX_OFFSET: _l("Federal tax refund"),
    Source.STATE_TAX_OFFSET: _l("State tax refund"),
    Source.BANK_LEVY: _l("Bank levy"),
    Source.LIEN: _l("Lien"),
    Source.UNEMPLOYMENT: _l("Unemployment benefits"),
    Source.WORKERS_COMPENSATION: _l("Workers’ compensation"),
    Source.INSURANCE_SETTLEMENT: _l("Insurance settlement"),
    Source.LOTTERY_OR_GAMING: _l("Lottery or gaming prize"),
    Source.LICENSE_REINSTATEMENT: _l("Payment to get a license back"),
    Source.OTHER_STATE: _l("Another state"),
    Source.OTHER: _l("Other"),
    SourceKind.EMPLOYER: _l("Income withholding"),
    SourceKind.OTHER_PARENT: _l("Paid by the payor"),
    SourceKind.FEDERAL_TAX_REFUND: _l("Federal tax refund"),
    SourceKind.ENFORCEMENT_OR_OTHER: _l("Enforcement or other"),
}

PROBLEMS: Mapping[str, tuple[str, str]] = {
    "outcome": ("outcome", _l("Choose an answer for this line")),
    "amount": ("amount", _l("Enter the amount we agree to, such as 80.00")),
    "too_much": ("amount", _l("Enter less than was claimed, or choose “Granted”")),
    "reason": ("reason", _l("Say why, in words for the parent")),
}
"""What is missing of an answer: the field, and what to do."""
