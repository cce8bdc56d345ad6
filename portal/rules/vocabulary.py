"""The words that the agency's extract uses, as enumerations.

A member's value is the word in the file and in the database; nothing else in the portal spells
these words out. Words for parents are made in the pages, not here.
"""

from __future__ import annotations

from enum import StrEnum


class Category(StrEnum):
    """What an amount owed is for (`charges.csv`, `balances.csv`)."""

    CURRENT_SUPPORT = "current_support"
    ARREARS = "arrears"
    INTEREST = "interest"
    PENALTY = "penalty"
    FEE = "fee"
    MEDICAL = "medical"
    ALIMONY = "alimony"


class AllocationCategory(StrEnum):
    """How a part of a payment was applied (`allocations.csv`): the categories and two more."""

    CURRENT_SUPPORT = "current_support"
    ARREARS = "arrears"
    INTEREST = "interest"
    PENALTY = "penalty"
    FEE = "fee"
    MEDICAL = "medical"
    ALIMONY = "alimony"
    HELD = "held"
    REFUND = "refund"


NOT_APPLIED = frozenset({AllocationCategory.HELD, AllocationCategory.REFUND})
"""Allocations that lower no balance: received but not applied, and sent back to the payor."""

SUPPORT = frozenset({Category.CURRENT_SUPPORT, Category.ARREARS})
"""Counted together in a balance: unpaid current support becomes arrears without a row."""


class OwedTo(StrEnum):
    """Who a balance is owed to."""

    FAMILY = "family"
    STATE = "state"
    AGENCY = "agency"


class Source(StrEnum):
    """Where a payment came from."""

    INCOME_WITHHOLDING = "income_withholding"
    PAID_ONLINE = "paid_online"
    CHECK_OR_MONEY_ORDER = "check_or_money_order"
    CASH = "cash"
    FEDERAL_TAX_OFFSET = "federal_tax_offset"
    STATE_TAX_OFFSET = "state_tax_offset"
    BANK_LEVY = "bank_levy"
    LIEN = "lien"
    UNEMPLOYMENT = "unemployment"
    WORKERS_COMPENSATION = "workers_compensation"
    INSURANCE_SETTLEMENT = "insurance_settlement"
    LOTTERY_OR_GAMING = "lottery_or_gaming"
    LICENSE_REINSTATEMENT = "license_reinstatement"
    OTHER_STATE = "other_state"
    OTHER = "other"


class EnforcementKind(StrEnum):
    """A remedy on a case."""

    WITHHOLDING_INCREASE = "withholding_increase"
    LIEN = "lien"
    LICENSE_SUSPENSION = "license_suspension"
    REGISTRATION_SUSPENSION = "registration_suspension"
    PASSPORT_DENIAL = "passport_denial"
    BANK_LEVY = "bank_levy"
    PROPERTY_SEIZURE = "property_seizure"
    TAX_OFFSET = "tax_offset"
    LOTTERY_INTERCEPT = "lottery_intercept"
    BENEFIT_INTERCEPT = "benefit_intercept"
    INSURANCE_INTERCEPT = "insurance_intercept"
    CREDIT_REPORTING = "credit_reporting"
    CONTEMPT = "contempt"
    COLLECTION_AGENCY = "collection_agency"
    OTHER = "other"


class EnforcementStatus(StrEnum):
    """Where a remedy stands."""

    ACTIVE = "active"
    STAYED = "stayed"
    RELEASED = "released"


class Role(StrEnum):
    """What a person is on a case; `child` gives no access."""

    CUSTODIAL = "custodial"
    NONCUSTODIAL = "noncustodial"
    GUARDIAN = "guardian"
    CHILD = "child"


class Service(StrEnum):
    """How much the agency does on a case."""

    FULL = "full"
    INCOME_WITHHOLDING_ONLY = "income_withholding_only"


class CaseStatus(StrEnum):
    """Whether the agency works a case."""

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


class Interstate(StrEnum):
    """Another agency's part in a case."""

    NONE = "none"
    INITIATING = "initiating"
    RESPONDING = "responding"


class OrderKind(StrEnum):
    """What an order is for."""

    CURRENT_SUPPORT = "current_support"
    ARREARS = "arrears"
    MEDICAL = "medical"
    ALIMONY = "alimony"


class Frequency(StrEnum):
    """How often an order's amount falls due."""

    WEEKLY = "weekly"
    BIWEEKLY = "biweekly"
    SEMIMONTHLY = "semimonthly"
    MONTHLY = "monthly"


class ChargeKind(StrEnum):
    """What kind of ledger row a charge is."""

    CHARGE = "charge"
    ADJUSTMENT = "adjustment"
    OPENING = "opening"


class ChargeReason(StrEnum):
    """Why an adjustment was made."""

    COURT_ORDER = "court_order"
    COURT_CREDIT = "court_credit"
    WAIVER = "waiver"
    DIRECT_PAYMENT = "direct_payment"
    REVERSAL = "reversal"
    CORRECTION = "correction"
    OTHER = "other"


class NoticeKind(StrEnum):
    """What a letter is about."""

    DELINQUENCY = "delinquency"
    CASE_CLOSURE = "case_closure"
    REVIEW_DECISION = "review_decision"
    OVERPAYMENT = "overpayment"
    GENERAL = "general"


class Payee(StrEnum):
    """Who a disbursement went to."""

    FAMILY = "family"
    STATE = "state"
    OTHER_STATE = "other_state"
    PAYOR = "payor"
    AGENCY = "agency"


class Method(StrEnum):
    """How a disbursement was sent."""

    CHECK = "check"
    DIRECT_DEPOSIT = "direct_deposit"
    DEBIT_CARD = "debit_card"
    INTERNAL = "internal"


class DisbursementStatus(StrEnum):
    """What became of a disbursement."""

    OUTSTANDING = "outstanding"
    CASHED = "cashed"
    VOID = "void"
    STOPPED = "stopped"
    STALE = "stale"
    RETURNED = "returned"


class Outcome(StrEnum):
    """What the agency did with what a parent sent (`outcomes.csv`)."""

    RECEIVED = "received"
    APPLIED = "applied"
    GRANTED = "granted"
    PARTLY_GRANTED = "partly_granted"
    DENIED = "denied"
    REFUSED = "refused"


DECISIONS = frozenset({Outcome.GRANTED, Outcome.PARTLY_GRANTED, Outcome.DENIED})
"""Outcomes that decide a review."""


class RequestKind(StrEnum):
    """What a parent can send (`kind` of an exported submission)."""

    CHANGE_OF_ADDRESS = "change_of_address"
    ADMINISTRATIVE_REVIEW = "administrative_review"
    CLOSING_RESPONSE = "closing_response"
    QUESTION = "question"
