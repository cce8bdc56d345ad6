"""The record's vocabulary in parents' words, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from portal.ledger import words as ledger_words
from portal.ledger.payments import PaymentStatus
from portal.rules.disclosing import SourceKind
from portal.rules.vocabulary import (
    AllocationCategory,
    CaseStatus,
    Category,
    DisbursementStatus,
    Frequency,
    Method,
    NoticeKind,
    OrderKind,
    OwedTo,
    Payee,
    Role,
    Source,
)

Words = Mapping[StrEnum, str]

CATEGORIES: Words = ledger_words.CATEGORIES
SHORT_CATEGORIES: Words = {
    Category.CURRENT_SUPPORT: _l("current support"),
    Category.ARREARS: _l("arrears"),
    Category.INTEREST: _l("interest"),
    Category.PENALTY: _l("penalties"),
    Category.FEE: _l("fees"),
    Category.MEDICAL: _l("medical support"),
    Category.ALIMONY: _l("alimony"),
}
OWED_TO: Words = {
    OwedTo.FAMILY: _l("owed to the family"),
    OwedTo.STATE: _l("owed to the state"),
    OwedTo.AGENCY: _l("owed to the agency"),
}
APPLIED: Words = {
    **{AllocationCategory(category.value): name for category, name in CATEGORIES.items()},
    AllocationCategory.HELD: _l("Held, not applied yet"),
    AllocationCategory.REFUND: _l("Goes back to you"),
}
RULES: Words = {
    AllocationCategory.CURRENT_SUPPORT: _l("Current support comes first: what is due this month."),
    AllocationCategory.ARREARS: _l("Then past-due support: what was not paid when it was due."),
    AllocationCategory.INTEREST: _l("Interest that was added to past-due support."),
    AllocationCategory.PENALTY: _l("Penalties that were added to past-due support."),
    AllocationCategory.FEE: _l("Fees for services on the case."),
    AllocationCategory.MEDICAL: _l("Medical support that the court ordered."),
    AllocationCategory.ALIMONY: _l("Alimony that the court ordered beside child support."),
    AllocationCategory.HELD: _l("Received, and not applied yet. It may be subject to adjustment."),
    AllocationCategory.REFUND: _l("More than was owed: this part is a refund."),
}
SOURCES: Words = {
    Source.INCOME_WITHHOLDING: _l("Your employer"),
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
    SourceKind.EMPLOYER: _l("Employer"),
    SourceKind.OTHER_PARENT: _l("Paid by the other parent"),
    SourceKind.FEDERAL_TAX_REFUND: _l("Federal tax refund"),
    SourceKind.ENFORCEMENT_OR_OTHER: _l("Enforcement or other"),
}
STATUSES: Words = {
    PaymentStatus.RECEIVED: _l("Received, not sent on"),
    PaymentStatus.HELD: _l("Held for now"),
    PaymentStatus.SENT: _l("Sent on"),
    PaymentStatus.OUTSTANDING: _l("Sent, not cashed yet"),
    PaymentStatus.CASHED: _l("Cashed"),
    PaymentStatus.RETURNED: _l("Came back to us"),
    PaymentStatus.STOPPED: _l("Payment stopped"),
    PaymentStatus.STALE: _l("Not cashed in time"),
    PaymentStatus.VOID: _l("Canceled"),
    PaymentStatus.REFUNDED: _l("Sent back to you"),
    PaymentStatus.REVERSED: _l("Taken back by the sender"),
}
NOT_SENT_TO_YOU = _l("Received, not sent to you")
SENDINGS: Words = {
    DisbursementStatus.OUTSTANDING: _l("Not cashed yet"),
    DisbursementStatus.CASHED: _l("Cashed"),
    DisbursementStatus.RETURNED: _l("It came back to us"),
    DisbursementStatus.STOPPED: _l("We stopped the payment"),
    DisbursementStatus.STALE: _l("It was not cashed in time"),
    DisbursementStatus.VOID: _l("It was canceled"),
}
FATES: Words = {
    DisbursementStatus.OUTSTANDING: _l("was not cashed"),
    DisbursementStatus.CASHED: _l("was cashed"),
    DisbursementStatus.RETURNED: _l("was returned"),
    DisbursementStatus.STOPPED: _l("was stopped"),
    DisbursementStatus.STALE: _l("was not cashed in time"),
    DisbursementStatus.VOID: _l("was canceled"),
}
"""What became of money that was sent again: ``This one replaces the check of … that …``."""
METHODS: Words = {
    Method.CHECK: _l("by check"),
    Method.DIRECT_DEPOSIT: _l("by direct deposit"),
    Method.DEBIT_CARD: _l("to your debit card"),
    Method.INTERNAL: _l("by transfer"),
}
PAYEES: Words = {
    Payee.FAMILY: _l("Sent to you"),
    Payee.STATE: _l("Sent to the state"),
    Payee.OTHER_STATE: _l("Sent to another agency"),
    Payee.AGENCY: _l("Kept by the agency to recover an overpayment"),
    Payee.PAYOR: _l("Sent back to you"),
}
ORDER_KINDS: Words = {
    OrderKind.CURRENT_SUPPORT: _l("Child support"),
    OrderKind.ARREARS: _l("Payment toward past-due support"),
    OrderKind.MEDICAL: _l("Medical support"),
    OrderKind.ALIMONY: _l("Alimony"),
}
FREQUENCIES: Words = {
    Frequency.WEEKLY: _l("every week"),
    Frequency.BIWEEKLY: _l("every two weeks"),
    Frequency.SEMIMONTHLY: _l("twice a month"),
    Frequency.MONTHLY: _l("every month"),
}
CASE_STATUSES: Words = {
    CaseStatus.OPEN: _l("Open"),
    CaseStatus.CLOSING: _l("About to close"),
    CaseStatus.CLOSED: _l("Closed"),
}
ROLES: Words = {
    Role.NONCUSTODIAL: _l("you pay support"),
    Role.CUSTODIAL: _l("you receive support"),
    Role.GUARDIAN: _l("you are the guardian"),
}
LETTERS: Words = {
    NoticeKind.DELINQUENCY: _l("Notice of Child Support Delinquency"),
    NoticeKind.CASE_CLOSURE: _l("We plan to close your case"),
    NoticeKind.REVIEW_DECISION: _l("Decision on your review"),
    NoticeKind.OVERPAYMENT: _l("Overpayment"),
    NoticeKind.GENERAL: _l("Letter"),
}
WEEKDAYS = (
    _l("Mondays"),
    _l("Tuesdays"),
    _l("Wednesdays"),
    _l("Thursdays"),
    _l("Fridays"),
    _l("Saturdays"),
    _l("Sundays"),
)
WEEKDAY = (
    _l("Monday"),
    _l("Tuesday"),
    _l("Wednesday"),
    _l("Thursday"),
    _l("Friday"),
    _l("Saturday"),
    _l("Sunday"),
)
STATUS_TAGS: Mapping[PaymentStatus, str] = {
    PaymentStatus.SENT: "good",
    PaymentStatus.REFUNDED: "good",
    PaymentStatus.CASHED: "good",
    PaymentStatus.HELD: "waiting",
    PaymentStatus.RECEIVED: "waiting",
    PaymentStatus.OUTSTANDING: "waiting",
    PaymentStatus.RETURNED: "problem",
    PaymentStatus.STOPPED: "problem",
    PaymentStatus.STALE: "problem",
    PaymentStatus.VOID: "problem",
    PaymentStatus.REVERSED: "problem",
}
