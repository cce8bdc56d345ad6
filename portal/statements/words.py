"""What the lines and the columns of a statement are called, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.cases import words as case_words
from portal.ledger.lines import Entry, LineKind
from portal.rules.vocabulary import NOT_APPLIED, AllocationCategory, Category, ChargeReason

CHARGES: Mapping[Category, str] = {
    Category.CURRENT_SUPPORT: _l("Support due"),
    Category.ARREARS: _l("Past-due support added"),
    Category.INTEREST: _l("Interest added"),
    Category.PENALTY: _l("Penalty added"),
    Category.FEE: _l("Fee added"),
    Category.MEDICAL: _l("Medical support due"),
    Category.ALIMONY: _l("Alimony due"),
}
REASONS: Mapping[ChargeReason, str] = {
    ChargeReason.COURT_ORDER: _l("by order of the court"),
    ChargeReason.COURT_CREDIT: _l("credit given by the court"),
    ChargeReason.WAIVER: _l("given up by the one it was owed to"),
    ChargeReason.DIRECT_PAYMENT: _l("paid directly"),
    ChargeReason.REVERSAL: _l("an earlier entry taken back"),
    ChargeReason.CORRECTION: _l("correction"),
    ChargeReason.OTHER: _l("another reason"),
}


def entry_in_words(entry: Entry) -> str:
    """``Support due``; ``Change: credit given by the court``; ``Payment``."""
    if entry.kind is LineKind.CHARGE:
        return str(CHARGES[entry.category])
    if entry.kind is LineKind.OPENING:
        return str(_("Owed from before"))
    if entry.kind is LineKind.PAYMENT:
        return str(_("Payment"))
    if entry.kind is LineKind.REVERSAL:
        return str(_("Payment taken back"))
    if entry.reason is None:
        return str(_("Change by the agency"))
    return str(_("Change by the agency: %(reason)s", reason=REASONS[entry.reason]))


def category_in_words(category: Category) -> str:
    """``Interest``: what an amount is owed for."""
    return str(case_words.CATEGORIES[category])


def applied_in_words(category: AllocationCategory) -> str:
    """``current support``; ``Held, not applied yet``."""
    if category in NOT_APPLIED:
        return str(case_words.APPLIED[category])
    return str(case_words.SHORT_CATEGORIES[Category(category.value)])
