"""The forms of statements: a period, a code, a file."""

from __future__ import annotations

from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms.fields import HiddenField
from wtforms.validators import InputRequired, Length, ValidationError

from portal.ledger.case_view import CaseView
from portal.rules.spans import Span
from portal.web.forms import DateField, PortalForm, TidyField


class PeriodForm(PortalForm):
    """From which day to which; four years back at most."""

    class Meta:
        csrf = False  # it changes nothing

    first = DateField(_l("From"), [InputRequired(_l("Enter the first day"))], name="from")
    last = DateField(_l("To"), [InputRequired(_l("Enter the last day"))], name="to")

    def __init__(self, view: CaseView, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._view = view
        for field in (self.first, self.last):
            if field.data and field.raw_data:  # shown as the hint says, however it was written
                field.raw_data = [field.data.strftime("%m/%d/%Y")]

    @property
    def period(self) -> Span:
        """The days chosen; of a form without errors."""
        assert self.first.data is not None
        assert self.last.data is not None
        return Span(self.first.data, self.last.data)

    def validate_first(self, field: DateField) -> None:
        """:raises ValidationError: for a day before those that statements go back to."""
        earliest = self._view.history_from
        if field.data and field.data < earliest:
            shown = format_date(earliest, "long")
            raise ValidationError(_("Enter %(day)s or a later day", day=shown))

    def validate_last(self, field: DateField) -> None:
        """:raises ValidationError: for a day to come, or one before the first."""
        if field.data and field.data > self._view.today:
            raise ValidationError(_("Enter today or an earlier day"))
        if field.data and self.first.data and field.data < self.first.data:
            raise ValidationError(_("Enter a day that is not before the first one"))


class ShareForm(PeriodForm):
    """Makes a statement for others: it changes something, so it has its CSRF token."""

    class Meta:
        csrf = True

    once = HiddenField(validators=[InputRequired(), Length(max=64)])


class CodeForm(PortalForm):
    """The code on a statement."""

    code = TidyField(_l("Code on the statement"), [InputRequired(_l("Enter the code"))])


class FileForm(PortalForm):
    """The file of a statement, to be compared with what we made."""

    file = FileField(_l("The file you were sent"))
