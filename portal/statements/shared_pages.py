"""A statement for others laid out for printing, with its code and the picture a phone reads."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import segno
from flask_babel import gettext as _

from portal.cases import words as case_words
from portal.notices.letter_pdf import print_page, printable
from portal.rules.agency import Agency
from portal.statements.codes import spelled
from portal.statements.own_pages import figures_table, frame, section, span_in_words, table
from portal.statements.shareable import SharedContent, SharedOrder, SharedPayment
from portal.statements.words import figures_in_words
from portal.web.filters import day, money, short_day


@dataclass(frozen=True, slots=True)
class Days:
    """When it was made, and the last day on which it can be checked; agency-local."""

    made_on: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where it is checked: as a person types it, and with the code for a phone's camera."""

    of_page: str
    of_code: str


def shared_pdf(
    content: SharedContent, agency: Agency, code: str, addresses: Addresses, days: Days
) -> bytes:
    """The statement as PDF/UA."""
    return print_page(
        "statement.typ", lay_out(content, agency, code, addresses, days), days.made_on
    )


def lay_out(
    content: SharedContent, agency: Agency, code: str, addresses: Addresses, days: Days
) -> dict[str, Any]:
    """The statement as plain values, in its owner's language."""
    framed = frame(agency, days.made_on)
    number = _("Case %(number)s, made on %(day)s", number=content.case_id, day=day(days.made_on))
    return {
        **framed,
        "title": _("Child support statement"),
        "facts": [[label, words] for label, words in facts(content, days) if printable([words])],
        "check": _check(code, addresses),
        "sections": [_orders(content), _figures(content), _payments(content)],
        "call": framed["call"][:1],
        "words": {**framed["words"], "call": _("Questions")},
        "footer": f"{number} · {spelled(code)}",
    }


def facts(content: SharedContent, days: Days) -> list[tuple[str, str]]:
    """Whose it is, of which case and days, and until when it holds."""
    pays, receives = _("pays child support"), _("receives child support")
    return [
        (_("Name"), content.name or ""),
        (_("This person"), pays if content.pays else receives),
        (_("Case"), content.case_id),
        (_("Period"), span_in_words(content.first, content.last)),
        (_("Figures as of"), day(content.as_of)),
        (_("Made on"), day(days.made_on)),
        (_("Can be checked until"), day(days.valid_until)),
    ]


def order_in_words(order: SharedOrder) -> str:
    """``Child support: $100.00 every week, since March 3, 2023``."""
    often = case_words.FREQUENCIES[order.frequency]
    what = _("%(kind)s: %(amount)s %(often)s", kind=case_words.ORDER_KINDS[order.kind],
             amount=money(order.amount), often=often)  # fmt: skip
    if order.until is None:
        return str(_("%(what)s, since %(day)s", what=what, day=day(order.since)))
    return str(
        _("%(what)s, from %(first)s to %(last)s", what=what, first=day(order.since),
          last=day(order.until))
    )  # fmt: skip


def figure_rows(content: SharedContent) -> list[tuple[str, Decimal]]:
    """What led from what was owed first to what was owed last; the last row is the result."""
    return figures_in_words(content.first, content.last, content.figures)


def has_notes(content: SharedContent) -> bool:
    """Whether there is more to say of any payment."""
    return any(it.taken_back is not None for it in content.payments)


def payment_in_words(payment: SharedPayment) -> tuple[str, str, str, str]:
    """Received, amount, first sent on, and what else there is to say."""
    note = ""
    if payment.taken_back is not None:
        note = str(_("taken back on %(day)s", day=short_day(payment.taken_back)))
    return short_day(payment.on), money(payment.amount), short_day(payment.sent), note


def _check(code: str, addresses: Addresses) -> dict[str, Any]:
    picture = io.BytesIO()
    qr_code(addresses.of_code).save(picture, kind="svg", border=2, xmldecl=False, svgns=True)
    return {
        "heading": _("Check this statement"),
        "lines": [
            _("Make sure that it is ours and that nobody changed it. Point the camera of a phone "
              "at the picture, or go to this address and type the code."),
        ],
        "address": addresses.of_page,
        "code": spelled(code),
        "picture": picture.getvalue().decode(),
        "alt": _("Picture for a phone’s camera: the address below the heading, with the code"),
    }  # fmt: skip


def qr_code(address: str) -> segno.QRCode:
    """The address as a QR code that is still read with a seventh of it smudged."""
    return segno.make(address, error="m", micro=False)


def _orders(content: SharedContent) -> dict[str, Any]:
    orders = [order_in_words(it) for it in content.orders]
    return section(_("What the court ordered"), None, orders or [_("No order in this period.")])


def _figures(content: SharedContent) -> dict[str, Any]:
    shown = figures_table(content.first, content.last, content.figures)
    return section(_("What was owed and paid"), shown)


def _payments(content: SharedContent) -> dict[str, Any]:
    heading = _("Payments for this case")
    if not content.payments:
        return section(heading, None, [_("No payment in this period.")])
    head = [_("Received"), _("Amount"), _("First sent on"), _("Note")]
    columns = 4 if has_notes(content) else 3
    rows = [payment_in_words(it)[:columns] for it in content.payments]
    total = [_("Total"), money(content.received), "", ""][:columns]
    notes = [
        _("The total leaves out payments that were taken back. Money received can be applied, and "
          "sent on, on a later day."),
        _("This statement does not say where a payment came from."),
    ]  # fmt: skip
    shown = table(head[:columns], rows, [1], [2, 2, 3, 3][:columns], total)
    return section(heading, shown, notes=notes)
