"""Who sees what: the disclosure table, as data.

A row is a datum, a column is who looks, a cell says what is shown: "the *source of a payment* is
shown to the *custodial parent* by its *kind*". Every page, export, mail and letter asks this table
(through `portal.rules.disclosing`); nothing else in the portal decides who sees what. What has no
row is shown to nobody. (45 CFR 303.21; IRC 6103(l)(6); G.L. c.119A s.5A.)
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from portal.rules.vocabulary import Role


class Viewer(StrEnum):
    """Who looks. A guardian sees what a custodial parent sees."""

    PAYOR = "payor"
    CUSTODIAL = "custodial"
    STATEMENT = "statement"
    """Whoever is handed the shareable statement."""


class Medium(StrEnum):
    """Where it is shown."""

    PAGE = "page"
    """The parent's own signed-in page, on the screen."""
    COPY = "copy"
    """What can be passed on: CSV, PDF, print, mail, everything we hold."""


class Datum(StrEnum):
    """What there is to show."""

    ORDER = "order"
    CHARGES = "charges"
    BALANCES = "balances"
    PAYMENT_AMOUNT = "payment_amount"
    OTHER_HOUSEHOLDS = "other_households"
    PAYMENT_SOURCE = "payment_source"
    WITHHELD_ON = "withheld_on"
    PAYER_NAME = "payer_name"
    PAYMENT_REFERENCE = "payment_reference"
    REFUND = "refund"
    """Of a payment, the part that goes back to the payor, and its disbursement."""
    SENT_TO_FAMILY = "sent_to_family"
    SENT_TO_OTHERS = "sent_to_others"
    """Disbursements to the state, another agency, or the agency to recover an overpayment."""
    OWN_NAME = "own_name"
    OTHER_PARENTS_NAME = "other_parents_name"
    CHILDRENS_NAMES = "childrens_names"
    CASE_NUMBER = "case_number"
    COURT_AND_DOCKET = "court_and_docket"
    CASE_STATUS = "case_status"
    ANOTHER_AGENCY = "another_agency"
    """That another agency takes part."""
    WHICH_AGENCY_OFFICE_WORKER = "which_agency_office_worker"
    WORKERS_WORDS = "workers_words"
    LETTERS = "letters"
    OTHER_PARENTS_DATA = "other_parents_data"
    """Address, phones, e-mail, employer, birth date, SSN, licence, language, sign-ins."""
    OTHER_PARENTS_REQUESTS = "other_parents_requests"
    """Requests, reviews, stays and the safety mark, and whether there are any."""
    CLAIM_AGAINST_ME = "claim_against_me"
    ENFORCEMENT = "enforcement"
    OWN_RECORDS = "own_records"
    """One's own profile, letters and requests."""


class Shown(StrEnum):
    """What is shown."""

    YES = "yes"
    NEVER = "never"
    TOTALS = "totals"
    WHOLE_AND_OWN_PARTS = "whole, and its part on each of one's own cases"
    THIS_CASE = "the part on this case"
    KIND = "its kind"
    """*Federal tax refund* is a kind on the page only; a copy says *enforcement or other*."""
    MASKED = "masked"
    TO_ONESELF = "those to oneself, all of it"
    FIRST_DAY = "the day money was first sent on"
    AMOUNT_AND_DAY = "amount and day"
    DAYS = "the days sent"
    FIRST_NAMES = "first names"
    CODED_REASON = "the coded reason"
    ADDRESSEE = "the addressee's own"
    WITHOUT_PROOF = "date, amount, how it was paid"
    WITHOUT_REASON = "kind, status, dates"
    GROUPED = "a collection action, with its date"


def _row(payor: Shown, custodial: Shown, statement: Shown) -> Mapping[Viewer, Shown]:
    columns = {Viewer.PAYOR: payor, Viewer.CUSTODIAL: custodial, Viewer.STATEMENT: statement}
    return MappingProxyType(columns)


_YES, _NEVER = Shown.YES, Shown.NEVER

TABLE: Mapping[Datum, Mapping[Viewer, Shown]] = MappingProxyType(
    {
        #                         payor                     custodial, guardian   statement
        Datum.ORDER: _row(_YES, _YES, _YES),
        Datum.CHARGES: _row(_YES, _YES, Shown.TOTALS),
        Datum.BALANCES: _row(_YES, _YES, Shown.TOTALS),
        Datum.PAYMENT_AMOUNT: _row(Shown.WHOLE_AND_OWN_PARTS, Shown.THIS_CASE, Shown.THIS_CASE),
        Datum.OTHER_HOUSEHOLDS: _row(_YES, _NEVER, _NEVER),
        Datum.PAYMENT_SOURCE: _row(_YES, Shown.KIND, _NEVER),
        Datum.WITHHELD_ON: _row(_YES, _NEVER, _NEVER),
        Datum.PAYER_NAME: _row(_YES, _NEVER, _NEVER),
        Datum.PAYMENT_REFERENCE: _row(Shown.MASKED, _NEVER, _NEVER),
        Datum.REFUND: _row(Shown.TO_ONESELF, _NEVER, _NEVER),
        Datum.SENT_TO_FAMILY: _row(Shown.FIRST_DAY, Shown.TO_ONESELF, Shown.DAYS),
        Datum.SENT_TO_OTHERS: _row(Shown.FIRST_DAY, Shown.AMOUNT_AND_DAY, Shown.DAYS),
        Datum.OWN_NAME: _row(_YES, _YES, _YES),
        Datum.OTHER_PARENTS_NAME: _row(_NEVER, _NEVER, _NEVER),
        Datum.CHILDRENS_NAMES: _row(Shown.FIRST_NAMES, Shown.FIRST_NAMES, _NEVER),
        Datum.CASE_NUMBER: _row(_YES, _YES, _YES),
        Datum.COURT_AND_DOCKET: _row(_YES, _YES, _NEVER),
        Datum.CASE_STATUS: _row(_YES, _YES, _NEVER),
        Datum.ANOTHER_AGENCY: _row(_YES, _YES, _NEVER),
        Datum.WHICH_AGENCY_OFFICE_WORKER: _row(_NEVER, _NEVER, _NEVER),
        Datum.WORKERS_WORDS: _row(Shown.CODED_REASON, Shown.CODED_REASON, _NEVER),
        Datum.LETTERS: _row(Shown.ADDRESSEE, Shown.ADDRESSEE, _NEVER),
        Datum.OTHER_PARENTS_DATA: _row(_NEVER, _NEVER, _NEVER),
        Datum.OTHER_PARENTS_REQUESTS: _row(_NEVER, _NEVER, _NEVER),
        Datum.CLAIM_AGAINST_ME: _row(Shown.WITHOUT_PROOF, Shown.WITHOUT_PROOF, _NEVER),
        Datum.ENFORCEMENT: _row(Shown.WITHOUT_REASON, Shown.GROUPED, _NEVER),
        Datum.OWN_RECORDS: _row(_YES, _YES, _NEVER),
    }
)

_VIEWERS = MappingProxyType(
    {
        Role.NONCUSTODIAL: Viewer.PAYOR,
        Role.CUSTODIAL: Viewer.CUSTODIAL,
        Role.GUARDIAN: Viewer.CUSTODIAL,
    }
)


def shown(datum: Datum, viewer: Viewer) -> Shown:
    """The table's cell."""
    return TABLE[datum][viewer]


def viewer_of(role: Role) -> Viewer | None:
    """Who looks, by the role on the case; None for a child, who has no access."""
    return _VIEWERS.get(role)
