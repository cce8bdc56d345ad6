"""What of a case the other parent sees, in the words of the parent it is told to.

A row for each cell of the disclosure table that can be the other parent's: a datum, or a cell that
says something new, has no words until they are written here. Nothing here is made of a record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from portal.rules.disclosure import TABLE, Datum, Shown, Viewer


class Group(StrEnum):
    """Under which heading something stands."""

    SEES = "sees"
    NEVER = "never"
    THEIR_OWN = "their_own"
    """Each parent's own, which only that parent sees."""


@dataclass(frozen=True, slots=True)
class Told:
    """One datum: what it is called, and what the other parent sees of it."""

    group: Group
    name: str
    text: str = ""


Cell = tuple[Datum, Shown]


def _sees(name: str, text: str = "") -> Told:
    return Told(Group.SEES, name, text)


def _never(name: str, text: str = "") -> Told:
    return Told(Group.NEVER, name, text)


_SOME = Mapping[Cell, Told]

_EITHER: _SOME = {
    (Datum.CASE_NUMBER, Shown.YES): _sees(_l("The case number")),
    (Datum.CASE_STATUS, Shown.YES): _sees(_l("Whether the case is open")),
    (Datum.COURT_AND_DOCKET, Shown.YES): _sees(_l("The court and the docket number")),
    (Datum.ANOTHER_AGENCY, Shown.YES): _sees(
        _l("That another agency takes part"), _l("Where one does. Never which one.")
    ),
    (Datum.CHILDRENS_NAMES, Shown.FIRST_NAMES): _sees(_l("The children’s first names")),
    (Datum.ORDER, Shown.YES): _sees(_l("The court’s orders")),
    (Datum.CHARGES, Shown.YES): _sees(
        _l("What fell due"), _l("Each entry, with interest, penalties and fees.")
    ),
    (Datum.BALANCES, Shown.YES): _sees(_l("What is owed"), _l("For what, and to whom.")),
    (Datum.WORKERS_WORDS, Shown.CODED_REASON): _sees(
        _l("Why the agency corrected a balance"),
        _l("A reason from a short list. Never what a worker wrote."),
    ),
    (Datum.CLAIM_AGAINST_ME, Shown.WITHOUT_PROOF): _sees(
        _l("A direct payment that you tell us of"),
        _l("Its date, its amount and how it was paid. Never the proof you send."),
    ),
    (Datum.WHICH_AGENCY_OFFICE_WORKER, Shown.NEVER): _never(
        _l("Which office and which worker see to the case")
    ),
    (Datum.OTHER_PARENTS_NAME, Shown.NEVER): _never(
        _l("Your name"), _l("You are called “the other parent”.")
    ),
    (Datum.OTHER_PARENTS_DATA, Shown.NEVER): _never(
        _l("Your address, phone numbers, e-mail, employer, birth date, Social Security number,"
           " driver’s license and language, and that you sign in here")
    ),
    (Datum.OTHER_PARENTS_REQUESTS, Shown.NEVER): _never(
        _l("Your requests and reviews, what waits because of them, and a safety mark"),
        _l("Nor whether there are any."),
    ),
    (Datum.LETTERS, Shown.ADDRESSEE): _never(
        _l("Letters to you"), _l("Each parent sees only letters to that parent.")
    ),
    (Datum.OWN_NAME, Shown.YES): Told(Group.THEIR_OWN, _l("Their own name")),
    (Datum.OWN_RECORDS, Shown.YES): Told(
        Group.THEIR_OWN, _l("Their own profile, letters, requests and notes of payments")
    ),
}  # fmt: skip
_PAYOR: _SOME = {
    (Datum.PAYMENT_AMOUNT, Shown.WHOLE_AND_OWN_PARTS): _sees(
        _l("Payments, and how they were applied"),
        _l("Of their own payments the whole amount too, not only the part for this case."),
    ),
    (Datum.PAYMENT_SOURCE, Shown.YES): _sees(_l("Where their own payments came from")),
    (Datum.WITHHELD_ON, Shown.YES): _sees(_l("The day an employer took money from their pay")),
    (Datum.PAYER_NAME, Shown.YES): _sees(_l("Who sent in their own payments")),
    (Datum.PAYMENT_REFERENCE, Shown.MASKED): _sees(
        _l("The last signs of the reference of their own payments")
    ),
    (Datum.REFUND, Shown.TO_ONESELF): _sees(_l("What we sent back to them")),
    (Datum.OTHER_HOUSEHOLDS, Shown.YES): _sees(
        _l("Cases of their own, if there are any others"), _l("Never cases of yours.")
    ),
    (Datum.SENT_TO_FAMILY, Shown.FIRST_DAY): _sees(
        _l("The day we first sent money of a payment on"),
        _l("Never how it was sent, how much went where, or whether it reached you."),
    ),
    (Datum.SENT_TO_OTHERS, Shown.FIRST_DAY): _sees(
        _l("Money sent to the state or another agency"), _l("Only the same first day.")
    ),
    (Datum.ENFORCEMENT, Shown.WITHOUT_REASON): _sees(
        _l("What is done to collect"), _l("Which action, where it stands, and its dates.")
    ),
}
_CUSTODIAL: _SOME = {
    (Datum.PAYMENT_AMOUNT, Shown.THIS_CASE): _sees(
        _l("Payments, and how they were applied"),
        _l("Only the part for this case. Never the whole amount."),
    ),
    (Datum.PAYMENT_SOURCE, Shown.KIND): _sees(
        _l("The kind of source that a payment came from"),
        _l("An employer, yourself, a federal tax refund, or “enforcement or other”. No more."),
    ),
    (Datum.SENT_TO_FAMILY, Shown.TO_ONESELF): _sees(
        _l("Money sent to them"), _l("The day, the amount, how, and whether it was cashed.")
    ),
    (Datum.SENT_TO_OTHERS, Shown.AMOUNT_AND_DAY): _sees(
        _l("Money sent to the state, to another agency or kept by us"),
        _l("The amount and the day."),
    ),
    (Datum.ENFORCEMENT, Shown.GROUPED): _sees(
        _l("That something was done to collect"),
        _l("Its date. Never which action, why, or whether it waits."),
    ),
    (Datum.OTHER_HOUSEHOLDS, Shown.NEVER): _never(_l("Whether you have other cases")),
    (Datum.WITHHELD_ON, Shown.NEVER): _never(_l("The day your employer took money from your pay")),
    (Datum.PAYER_NAME, Shown.NEVER): _never(_l("The name of your employer, or of who sent money")),
    (Datum.PAYMENT_REFERENCE, Shown.NEVER): _never(_l("The reference of a payment")),
    (Datum.REFUND, Shown.NEVER): _never(_l("What we sent back to you")),
}
WORDS: Mapping[Viewer, _SOME] = {
    Viewer.PAYOR: {**_EITHER, **_PAYOR},
    Viewer.CUSTODIAL: {**_EITHER, **_CUSTODIAL},
}


def told(other: Viewer) -> list[tuple[Datum, Told]]:
    """What the other parent sees, and does not, who looks like that."""
    rows = WORDS[other].items()
    return [(datum, words) for (datum, cell), words in rows if TABLE[datum][other] is cell]
