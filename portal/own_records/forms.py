"""The forms of one's own log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import RadioField, SelectField
from wtforms.fields import HiddenField
from wtforms.validators import InputRequired, Length, ValidationError

from portal.own_records.entry import EARLIEST, MOST_DOLLARS, MOST_NOTE, How, Payment, ways
from portal.own_records.read_csv import one_line
from portal.own_records.words import HOW
from portal.requests.forms import CheckboxesField
from portal.web import clock
from portal.web.forms import DateField, MoneyField, PortalForm, TidyField

_ONCE = [InputRequired(), Length(max=64)]


class PaymentForm(PortalForm):
    """One payment, with a receipt if there is one."""

    amount = MoneyField(_l("Amount"), [InputRequired(_l("Enter the amount"))])
    on = DateField(_l("Date"), [InputRequired(_l("Enter the date"))])
    how = SelectField(_l("How"), [InputRequired(_l("Choose how"))])
    note = TidyField(
        _l("Note"), [Length(max=MOST_NOTE, message=_l("Use 200 letters or fewer"))], [one_line]
    )
    file = FileField(_l("Receipt: a photo or a PDF"))

    def __init__(self, *, is_payor: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.how.choices = [(it.value, HOW[it]) for it in ways(is_payor=is_payor)]

    def validate_on(self, field: DateField) -> None:
        """A day in the past."""
        if field.data and not EARLIEST <= field.data <= clock.today():
            raise ValidationError(_("Enter a date that is not in the future"))

    def validate_amount(self, field: MoneyField) -> None:
        """An amount that can be meant."""
        if field.data and field.data > MOST_DOLLARS:
            raise ValidationError(_("This is more than we can take. Check the amount"))

    @property
    def payment(self) -> Payment:
        """What was typed; of a form without errors."""
        assert self.on.data is not None
        assert self.amount.data is not None
        return Payment(self.on.data, self.amount.data, How(self.how.data), self.note.data or "")


class NewPaymentForm(PaymentForm):
    """A payment that is added, once."""

    once = HiddenField(validators=_ONCE)


class SpreadsheetForm(PortalForm):
    """A file of many payments, to be looked at first."""

    file = FileField(_l("CSV file"))


class RowsForm(PortalForm):
    """The payments of a file that was looked at, to be kept."""

    rows = HiddenField(validators=[InputRequired()])
    once = HiddenField(validators=_ONCE)


class ReviewForm(PortalForm):
    """What to ask a review about, and which notice it answers."""

    which = CheckboxesField(_l("Which payments?"))
    letter = RadioField(
        _l("What would you like to do?"),
        validators=[InputRequired(_l("Choose what you would like to do"))],
    )

    def __init__(
        self,
        which: Iterable[tuple[str, str]],
        letters: Iterable[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.which.choices = list(which)
        self.letter.choices = list(letters)

    def validate_which(self, field: CheckboxesField) -> None:
        """At least one."""
        if not field.data:
            raise ValidationError(_("Choose at least one payment"))
