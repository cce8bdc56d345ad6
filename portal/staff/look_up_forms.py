"""The forms to look a parent up, to help one, to ask for and to decide on a protected location."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, StopValidation, ValidationError

from portal.accounts.contact import BadAddress, normalise_email
from portal.accounts.forms.fields import EmailField, UnkeptField, digits
from portal.staff.correct_email import PROOFS
from portal.staff.look_up import By, Reason, Side, Wanted
from portal.web.forms import DateField, PortalForm, TidyField

LONGEST = 1000
LONGEST_NAME = 120
TOO_LONG = _l("Use %(max)d characters or fewer")
BY = {
    By.CASE: _l("Case number"),
    By.SSN: _l("Social Security number"),
    By.NAME: _l("Name and date of birth"),
    By.EMAIL: _l("E-mail address of the account"),
}
REASONS = {
    Reason.CALL: _l("The parent is on the phone"),
    Reason.VISIT: _l("The parent is here"),
    Reason.WRITTEN: _l("The parent wrote to us"),
    Reason.CASE_WORK: _l("Work on the case"),
    Reason.COURT: _l("A court or another agency asks"),
    Reason.COMPLAINT: _l("A complaint"),
}
SIDES = [
    SelectChoice(Side.PAYOR.value, _l("The one who pays support")),
    SelectChoice(Side.CUSTODIAL.value, _l("The one who receives support, or the guardian")),
]


def words_field() -> TextAreaField:
    """Why, in the worker's own words."""
    return TextAreaField(
        _l("Why, in your own words"),
        [DataRequired(_l("Say why")), Length(max=LONGEST, message=TOO_LONG)],
    )


def _short(label: str) -> TidyField:
    return TidyField(label, [Length(max=LONGEST_NAME, message=TOO_LONG)])


class LookUpForm(PortalForm):
    """Who, and why. What is typed to find somebody is never sent back to the browser."""

    by = RadioField(
        _l("Look up by"),
        choices=[SelectChoice(by.value, words) for by, words in BY.items()],
        validators=[InputRequired(_l("Choose what you look up by"))],
    )
    case = _short(_l("Case number"))
    side = SelectField(
        _l("Which parent of the case"),
        default=Side.PAYOR.value,
        choices=SIDES,
    )
    ssn = UnkeptField(_l("Social Security number"), [Length(max=20, message=TOO_LONG)])
    first_name = _short(_l("First name"))
    last_name = _short(_l("Last name"))
    born = DateField(_l("Date of birth"))
    email = _short(_l("E-mail address"))
    reason = RadioField(
        _l("Why do you open this record?"),
        choices=[SelectChoice(reason.value, words) for reason, words in REASONS.items()],
        validators=[InputRequired(_l("Choose a reason"))],
    )
    words = words_field()

    def _is_by(self, by: By) -> bool:
        return bool(self.by.data == by.value)

    def validate_case(self, field: TidyField) -> None:
        if self._is_by(By.CASE) and not field.data:
            raise ValidationError(_("Enter the case number"))

    def validate_ssn(self, field: UnkeptField) -> None:
        number = digits(field.data)
        if self._is_by(By.SSN) and not (len(number) == 9 and number.isascii() and number.isdigit()):
            raise ValidationError(_("Enter the 9 digits of the Social Security number"))

    def validate_last_name(self, field: TidyField) -> None:
        if self._is_by(By.NAME) and not field.data:
            raise ValidationError(_("Enter the last name"))

    def validate_born(self, field: DateField) -> None:
        if self._is_by(By.NAME) and field.data is None:
            raise ValidationError(_("Enter the date of birth"))

    def validate_email(self, field: TidyField) -> None:
        if not self._is_by(By.EMAIL):
            return
        try:
            field.data = normalise_email(field.data or "")
        except BadAddress as error:
            raise ValidationError(_("Enter an e-mail address such as name@example.com")) from error

    @property
    def wanted(self) -> Wanted:
        """Who is meant."""
        return Wanted(
            By(self.by.data),
            case_id=self.case.data or "",
            side=Side(self.side.data),
            ssn=digits(self.ssn.data),
            first_name=self.first_name.data or "",
            last_name=self.last_name.data or "",
            born=self.born.data,
            email=self.email.data or "",
        )


class WhyForm(PortalForm):
    """The reason for a step."""

    words = words_field()


class LocationForm(PortalForm):
    """What a supervisor says to somebody who asks to see a protected location."""

    decision = RadioField(
        _l("Let this worker see it?"),
        choices=[
            SelectChoice("grant", _l("Yes, for this request, for 24 hours")),
            SelectChoice("refuse", _l("No")),
        ],
        validators=[InputRequired(_l("Choose yes or no"))],
    )


class _NewAddressField(EmailField):
    """The parent's address, which the worker types."""

    def pre_validate(self, form: Any) -> None:
        if not self.data:
            raise StopValidation(_("Enter the new address"))
        super().pre_validate(form)


class CorrectEmailForm(PortalForm):
    """The right e-mail address, and what proof was seen."""

    email = _NewAddressField(_l("New e-mail address"), [InputRequired(_l("Enter the new address"))])
    proof = RadioField(
        _l("What proof did you see?"),
        choices=[SelectChoice(proof.value, words) for proof, words in PROOFS.items()],
        validators=[InputRequired(_l("Choose the proof"))],
    )
    words = words_field()
