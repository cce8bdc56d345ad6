"""Forms for the letters about a case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from portal.rules.closing import ClosingReason
from portal.staff import closing_notice, overpayment_notice
from portal.staff.look_up_forms import REASONS, SIDES, words_field
from portal.staff.overpayment_notice import OverpaidBecause
from portal.web import clock
from portal.web.forms import DateField, MoneyField, PortalForm, TidyField


class CaseLetterForm(PortalForm):
    """About which case, and which letter."""

    case = TidyField(_l("Case number"), validators=[DataRequired(_l("Enter the case number"))])
    kind = RadioField(
        _l("Which letter?"),
        choices=[
            SelectChoice("closing", _l("Closing notice")),
            SelectChoice("overpayment", _l("Overpayment notice")),
            SelectChoice("sent", _l("None: see those that were sent")),
        ],
        validators=[InputRequired(_l("Choose a letter"))],
    )
    reason = RadioField(
        _l("Why do you open this case?"),
        choices=[SelectChoice(reason.value, words) for reason, words in REASONS.items()],
        validators=[InputRequired(_l("Choose a reason"))],
    )
    about = SelectField(
        _l("Whose reason is it?"),
        default="",
        choices=[SelectChoice("", _l("Nobody’s in particular")), *SIDES],
    )
    words = words_field()


class ClosingNoticeForm(PortalForm):
    """Why the case is to be closed."""

    reason = RadioField(
        _l("Why is the case to be closed?"), validators=[InputRequired(_l("Choose the reason"))]
    )
    words = TextAreaField(
        _l("What would keep the case open?"),
        validators=[
            Length(max=closing_notice.MOST_WORDS, message=_l("Use 2,000 letters or fewer"))
        ],
    )

    def __init__(self, reasons: Iterable[ClosingReason], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reason.choices = [
            SelectChoice(reason.value, closing_notice.REASONS[reason]) for reason in reasons
        ]


class OverpaymentForm(PortalForm):
    """Which payment was too much, by how much, and how it is taken back."""

    payment = SelectField(
        _l("Which payment?"), validators=[InputRequired(_l("Choose the payment"))]
    )
    because = RadioField(
        _l("Why was it too much?"),
        choices=[
            SelectChoice(code.value, overpayment_notice.REASONS[code]) for code in OverpaidBecause
        ],
        validators=[InputRequired(_l("Choose the reason"))],
    )
    amount = MoneyField(
        _l("How much of it was too much?"), validators=[InputRequired(_l("Enter the amount"))]
    )
    each = MoneyField(
        _l("How much is taken from each later payment?"),
        validators=[InputRequired(_l("Enter the amount"))],
    )
    since = DateField(_l("From when?"), validators=[InputRequired(_l("Enter the first day"))])
    words = TextAreaField(
        _l("More for the parent to know"),
        validators=[
            Length(max=overpayment_notice.MOST_WORDS, message=_l("Use 2,000 letters or fewer"))
        ],
    )

    def __init__(self, payments: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.payment.choices = [SelectChoice(key, label) for key, label in payments]

    def validate_since(self, field: DateField) -> None:
        """Nothing is taken back before the letter."""
        if field.data and field.data <= clock.today():
            raise ValidationError(_l("Enter a day after today"))
