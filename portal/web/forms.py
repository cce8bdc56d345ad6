"""The form all pages build on, and the fields that know the domain's values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from flask import request
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import Field, FieldList
from wtforms.fields import StringField
from wtforms.validators import ValidationError
from wtforms.widgets import TextInput

from portal.web import kept_work
from portal.web.edge import SAFE_METHODS

_DATE_FORMATS = ("%m/%d/%Y", "%m-%d-%Y", "%Y-%m-%d", "%m.%d.%Y", "%m%d%Y")
_MOST_DOLLARS = Decimal(10_000_000)


class PortalForm(FlaskForm):  # type: ignore[misc]
    """A form with its CSRF token that shows again what was typed in a session that had ended."""

    was_kept = False
    """Whether the fields show work kept from a session that had ended, to be sent anew."""
    first_on_page: ClassVar[tuple[str, ...]] = ()
    """The fields that come first on the page, where the classes list them in another order: the
    summary of errors follows the page."""

    def __init__(self, formdata: Any = None, **kwargs: Any) -> None:
        kept = None
        if formdata is None and request:
            account_id = getattr(current_user, "id", None)
            if account_id and request.method in SAFE_METHODS:
                kept = kept_work.kept_fields(account_id, request.path)
            elif account_id:
                kept_work.sent_anew(account_id, request.path)
        if kept is not None:
            super().__init__(formdata=kept, **kwargs)
            self.was_kept = True
        elif formdata is not None:
            super().__init__(formdata=formdata, **kwargs)
        else:
            super().__init__(**kwargs)
        for name in reversed(self.first_on_page):
            self._fields.move_to_end(name, last=False)


class EmptyForm(PortalForm):
    """A button."""


_JOINERS = "\u200c\u200d"
"""Signs that are not seen and without which words of Persian or Hindi are misspelt."""
_IDLE_JOINERS = re.compile(f"(?:(?<=[\\x00-\\x7f])|^)[{_JOINERS}]+")
"""Those that join nothing: at the beginning of a word, or after a letter of English."""


class TidyField(StringField):
    """One line of text: trimmed, runs of space made one, no control characters."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0] if valuelist else ""
        cleaned = "".join(char if char.isprintable() or char in _JOINERS else " " for char in text)
        self.data = _IDLE_JOINERS.sub("", re.sub(r"\s+", " ", cleaned).strip()).strip()


class RowsField(FieldList):  # type: ignore[type-arg]
    """Rows of fields. Of the names posted only those with a plain, small number are a row's: others
    would raise."""

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        row = re.compile(re.escape(prefix) + r"-(\d{1,6})(?:-|$)", re.ASCII)
        for name in formdata:
            if (found := row.match(name)) is not None:
                yield int(found[1])


class DateField(Field):
    """A calendar date typed as 04/30/2026 (or as a date picker sends it)."""

    widget = TextInput()
    data: date | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.strftime("%m/%d/%Y") if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        text = valuelist[0].replace(" ", "") if valuelist else ""
        if not text:
            return
        for pattern in _DATE_FORMATS:
            try:
                self.data = datetime.strptime(text, pattern).date()  # noqa: DTZ007
            except ValueError:
                continue
            if self.data.year >= 1900:
                return
        self.data = None
        raise ValidationError(_what_is_wrong(text))


def _what_is_wrong(text: str) -> str:
    """What keeps a text from being a date, as closely as it can be told."""
    american = re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d+)", text, re.ASCII)
    sortable = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text, re.ASCII)
    if american is not None:
        month, _day, year = american.groups()
    elif sortable is not None:
        year, month, _day = sortable.groups()
    else:
        return str(_("Enter the date as month, day and year, such as 04/30/2026"))
    if len(year) != 4:
        return str(_("Type the year with four digits, such as 04/30/2026"))
    if not 1 <= int(month) <= 12:
        return str(_("There is no such month. Type the month first, such as 04/30/2026"))
    if int(year) < 1900:
        return str(_("Check the year. It must be 1900 or later"))
    return str(_("There is no such day in this month"))


class MoneyField(Field):
    """An amount of dollars typed as 1,234.50; a ``Decimal`` with two places."""

    widget = TextInput()
    data: Decimal | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data:.2f}" if self.data is not None else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        text = re.sub(r"[\s$,]", "", valuelist[0]) if valuelist else ""
        if not text:
            return
        try:
            amount = Decimal(text)
            valid = amount.is_finite() and amount == amount.quantize(Decimal("0.01"))
        except InvalidOperation:
            valid = False
        if not valid or not 0 < amount <= _MOST_DOLLARS:
            raise ValidationError(_("Enter an amount in dollars and cents, such as 125.50"))
        self.data = amount.quantize(Decimal("0.01"))
