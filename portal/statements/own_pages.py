"""One's own statement laid out for printing: the words around the figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _

from portal.cases import phrases
from portal.cases import words as case_words
from portal.ledger.orders import Order
from portal.ledger.payments import Payment
from portal.notices.letter_pdf import can_print, plain, print_page, printable
from portal.notices.letter_words import spoken
from portal.notices.rendering import locale_of
from portal.rules.agency import Agency
from portal.rules.money import ZERO
from portal.statements.content import Figures, Part, Statement, added
from portal.statements.words import (
    applied_in_words,
    category_in_words,
    entry_in_words,
    figures_in_words,
)
from portal.web.filters import day, money, month_and_year, short_day

Section = dict[str, Any]


def statement_pdf(statement: Statement, agency: Agency, made_on: date) -> bytes:
    """One's own statement as PDF/UA, the same bytes for the same figures on the same day."""
    return print_page("statement.typ", lay_out(statement, agency, made_on), made_on)


def lay_out(statement: Statement, agency: Agency, made_on: date) -> dict[str, Any]:
    """The statement as plain values, in the reader's language."""
    sections = [_orders(statement)]
    for part in statement.parts:
        sections += [_totals(part), _months(part), _lines(statement, part)]
    sections += [_payments(statement), _balances(statement)]
    return {
        **frame(agency, made_on),
        "title": _("Statement of your child support case"),
        "facts": _facts(statement, made_on),
        "check": None,
        "sections": [section for section in sections if section is not None],
        "footer": _("Case %(number)s, made on %(day)s", number=statement.view.case_id,
                    day=day(made_on)),
    }  # fmt: skip


def frame(agency: Agency, made_on: date) -> dict[str, Any]:
    """What every statement has: whose it is, its language, its day, whom to call."""
    locale = locale_of(spoken(str(get_locale() or "en").replace("_", "-")))
    contact = agency.contact
    either = str(_(" or "))
    return {
        "lang": locale.language,
        "region": locale.territory,
        "year": made_on.year,
        "month": made_on.month,
        "day": made_on.day,
        "agency": plain(agency.names.agency),
        "division": plain(agency.names.division),
        "call": [
            _("Call us: %(numbers)s.", numbers=either.join(contact.call_us)),
            _("If you or your child may be in danger, call %(numbers)s.",
              numbers=either.join(contact.risk_of_harm)),
        ],
        "words": {"page": _("Page {page} of {pages}"), "call": _("Questions, or in danger?")},
    }  # fmt: skip


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    money_columns: Sequence[int],
    widths: Sequence[int] = (),
    total: Sequence[str] | None = None,
) -> dict[str, Any]:
    """A table: which columns are amounts, and the shares of the page's width; a column with the
    share 0 is as wide as its words. Unless told, the first takes the room that is left."""
    return {
        "head": list(head),
        "rows": [[plain(cell) for cell in row] for row in rows],
        "money": list(money_columns),
        "widths": list(widths) or [1, *[0] * (len(head) - 1)],
        "total": list(total) if total else None,
    }


def section(
    heading: str,
    shown: dict[str, Any] | None = None,
    paragraphs: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> Section:
    """A heading with what stands under it, in this order: paragraphs, a table, notes."""
    return {
        "heading": heading,
        "paragraphs": list(paragraphs),
        "table": shown,
        "notes": list(notes),
    }


def _facts(statement: Statement, made_on: date) -> list[list[str]]:
    view, period = statement.view, statement.period
    facts = [[_("Name"), name] for name in printable([statement.name or ""])]
    facts += [
        [_("Case"), view.case_id],
        [_("Your part"), str(case_words.ROLES[view.role])],
        [_("Period"), span_in_words(period.first, period.last)],
        [_("Figures as of"), day(statement.as_of)],
        [_("Made on"), day(made_on)],
    ]
    return facts


def span_in_words(first: date, last: date) -> str:
    """``January 1, 2026 to November 20, 2026``."""
    return str(_("%(first)s to %(last)s", first=day(first), last=day(last)))


def _orders(statement: Statement) -> Section | None:
    if not statement.orders:
        return None
    return section(_("What the court ordered"), None, [_order(it) for it in statement.orders])


def _order(order: Order) -> str:
    """In words; without the court where its name cannot be printed."""
    kind = case_words.ORDER_KINDS[order.kind]
    words = plain(f"{kind}: {phrases.order_in_words(order)}")
    if can_print(words):
        return words
    return f"{kind}: {phrases.order_in_words(replace(order, court=None))}"


def figures_table(first: date, last: date, figures: Figures) -> dict[str, Any]:
    """What led from the first figure to the last, in a table of two columns."""
    *rows, total = [(what, money(it)) for what, it in figures_in_words(first, last, figures)]
    return table([_("What"), _("Amount")], rows, [1], total=total)


def _totals(part: Part) -> Section:
    heading = _("In short: %(days)s", days=span_in_words(part.first, part.last))
    return section(heading, figures_table(part.first, part.last, part.figures))


def _months(part: Part) -> Section:
    rows = [
        [
            month_and_year(month.first),
            money(month.charged),
            money(added(month)),
            money(month.adjustments),
            money(-(month.applied - month.taken_back)),
            money(month.owed),
        ]
        for month in part.months
    ]
    head = [_("Month"), _("Fell due"), _("Interest, penalties, fees"), _("Changes"),
            _("Payments"), _("Owed at the end")]  # fmt: skip
    return section(_("Month by month"), table(head, rows, [1, 2, 3, 4, 5]))


def _lines(statement: Statement, part: Part) -> Section:
    rows = [[short_day(part.first), _("Owed when the day began"), "", "", money(part.owed_first)]]
    for line in part.lines:
        entry = line.entry
        source = statement.sources.get(entry.payment_id or "")
        what = entry_in_words(entry)
        if source is not None:
            what = f"{what} ({case_words.SOURCES[source]})"
        rows.append(
            [short_day(entry.on), what, category_in_words(entry.category), money(entry.amount),
             money(line.owed)]
        )  # fmt: skip
    head = [_("Date"), _("What"), _("For"), _("Amount"), _("Owed after it")]
    note = _("Support that is not paid in its month becomes past-due support. That is why current "
             "and past-due support count together in what is owed.")  # fmt: skip
    return section(_("Every entry"), table(head, rows, [3, 4], [0, 1, 0, 0, 0]), notes=[note])


def _payments(statement: Statement) -> Section | None:
    if not statement.payments:
        return None
    is_payor = statement.view.is_payor
    head = [_("Received"), _("For this case"), _("Source"), _("Applied to"), _("Sent"),
            _("Status")]  # fmt: skip
    rows = [_payment(statement, it) for it in statement.payments]
    counted = [it for it in statement.payments if it.reversed_on is None]
    total = [_("Total"), money(sum((it.part for it in counted), ZERO)), "", "", "", ""]
    if is_payor:
        head.insert(1, _("Whole amount"))
        wholes = (it.whole for it in counted if it.whole is not None)
        total.insert(1, money(sum(wholes, ZERO)))
    amounts = [1, 2] if is_payor else [1]
    notes = [_("Payments that were taken back are listed but not counted in the total.")]
    widths = [11, 10, 10, 14, 20, 11, 11] if is_payor else [11, 10, 14, 20, 11, 11]
    shown = table(head, rows, amounts, widths, total)
    return section(_("Payments received"), shown, notes=notes)


def _payment(statement: Statement, payment: Payment) -> list[str]:
    source = payment.copied_source
    applied = ", ".join(
        f"{applied_in_words(category)} {money(amount)}"
        for category, amount in payment.applied.items()
    )
    cells = [
        short_day(payment.received_on),
        money(payment.part) if payment.received_on else "",
        str(case_words.SOURCES[source]) if source else "",
        applied,
        short_day(payment.sent_on),
        phrases.status_in_words(statement.view, payment),
    ]
    if statement.view.is_payor:
        cells.insert(1, money(payment.whole))
    return cells


def _balances(statement: Statement) -> Section | None:
    balances = statement.balances
    if balances is None or not balances.rows:
        return None
    rows = [
        [
            category_in_words(row.category),
            str(case_words.OWED_TO[row.owed_to]) if row.owed_to else "",
            money(row.amount),
        ]
        for row in balances.rows
    ]
    notes = []
    if statement.rest:
        notes.append(
            _("The entries above do not come to these balances. %(amount)s we cannot explain from "
              "what the agency sent. You can ask us to look into it.", amount=money(statement.rest))
        )  # fmt: skip
    head = [_("For"), _("Owed to"), _("Amount")]
    total = [_("All together"), "", money(balances.total)]
    return section(
        _("What the agency’s records say is owed on %(day)s", day=day(balances.as_of)),
        table(head, rows, [2], total=total),
        notes=notes,
    )
