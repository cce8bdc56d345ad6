"""What the lines and the columns of a statement are called, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.cases import words as case_words
from portal.cases.entry_words import ENTRIES, REASONS
from portal.ledger.lines import Entry, LineKind
from portal.rules.vocabulary import NOT_APPLIED, AllocationCategory, Category
from portal.statements.content import Figures
from portal.web.filters import day

CHARGES: Mapping[Category, str] = {
    Category.CURRENT_SUPPORT: _l("Support due"),
    Category.ARREARS: _l("Past-due support added"),
    Category.INTEREST: _l("Interest added"),
    Category.PENALTY: _l("Penalty added"),
    Category.FEE: _l("Fee added"),
    Category.MEDICAL: _l("Medical support due"),
    Category.ALIMONY: _l("Alimony due"),
}


def entry_in_words(entry: Entry) -> str:
    """``Support due``; ``Change: credit given by the court``; ``Payment``."""
    if entry.kind is LineKind.CHARGE:
        return str(CHARGES[entry.category])
    if entry.reason is None:
        return str(ENTRIES[entry.kind])
    return f"{ENTRIES[entry.kind]}: {REASONS[entry.reason]}"


def figures_in_words(first: date, last: date, figures: Figures) -> list[tuple[str, Decimal]]:
    """What led from what was owed first to what was owed last; the last row is the result."""
    return [
        (_("Owed when %(day)s began", day=day(first)), figures.owed_first),
        (_("Support that fell due"), figures.due),
        (_("Interest, penalties and fees added"), figures.added),
        (_("Changes by the agency"), figures.changed),
        (_("Payments applied"), -figures.paid),
        (_("Owed when %(day)s ended", day=day(last)), figures.owed_last),
    ]


def category_in_words(category: Category) -> str:
    """``Interest``: what an amount is owed for."""
    return str(case_words.CATEGORIES[category])


def applied_in_words(category: AllocationCategory) -> str:
    """``current support``; ``Held, not applied yet``."""
    if category in NOT_APPLIED:
        return str(case_words.APPLIED[category])
    return str(case_words.SHORT_CATEGORIES[Category(category.value)])
