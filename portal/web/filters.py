"""How money, dates and moments read on a page. All follow the person's language."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from flask import Flask
from flask_babel import format_currency, format_date, format_decimal, format_time, ngettext
from flask_babel import gettext as _

from portal.web.clock import today
from portal.web.edge import context


def money(value: Decimal | None) -> str:
    """``$1,234.50``; a minus sign before the currency sign for a credit."""
    if value is None:
        return ""
    shown = format_currency(abs(value), context().agency.currency)
    return f"\N{MINUS SIGN}{shown}" if value < 0 else str(shown)


def day(value: date | None) -> str:
    """``November 20, 2026``."""
    return "" if value is None else str(format_date(value, "long"))


def short_day(value: date | None) -> str:
    """``Nov 20, 2026``."""
    return "" if value is None else str(format_date(value, "medium"))


def month_and_year(first: date) -> str:
    """``November 2026``."""
    return str(format_date(first, "LLLL y"))


def moment(value: datetime | None) -> str:
    """``Nov 20, 2026, 3:04 PM`` in the agency's time."""
    if value is None:
        return ""
    local = value.astimezone(context().agency.timezone)
    return f"{format_date(local.date(), 'medium')}, {format_time(local, 'short', rebase=False)}"


def days_left(value: date) -> str:
    """How many days are left until the end of a date, in words."""
    days = (value - today()).days
    if days < 0:
        return str(ngettext("%(num)s day ago", "%(num)s days ago", -days))
    if days == 0:
        return str(_("today is the last day"))
    return str(ngettext("%(num)s day left", "%(num)s days left", days))


def number(value: int) -> str:
    """``1,204``."""
    return str(format_decimal(value))


def init_app(app: Flask) -> None:
    """Give the filters to the templates of ``app``."""
    for function in (money, day, short_day, month_and_year, moment, days_left, number):
        app.add_template_filter(function)
