"""The forms of registering."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, ValidationError

from portal.accounts.forms.fields import (
    PhoneForm,
    UnkeptField,
    check_new_password,
    digits,
    email_field,
    password_field,
)
from portal.web.clock import today
from portal.web.forms import DateField, PortalForm


class PersonForm(PortalForm):
    """The number and the birth date of a person."""

    ssn = UnkeptField(
        _l("Social Security number or ITIN"),
        [InputRequired(_l("Enter your Social Security number"))],
    )
    birth_date = DateField(_l("Date of birth"), [InputRequired(_l("Enter your date of birth"))])

    def validate_ssn(self, field: StringField) -> None:
        field.data = digits(field.data)
        if len(field.data) != 9 or not (field.data.isascii() and field.data.isdecimal()):
            raise ValidationError(_("Enter all 9 digits of your Social Security number"))

    def validate_birth_date(self, field: DateField) -> None:
        born: date | None = field.data
        if born is not None and born >= today():
            raise ValidationError(_("Enter a date of birth in the past"))


class WhoForm(PersonForm):
    """Who you are."""

    first_on_page = ("ssn", "pin")

    pin = UnkeptField(
        _l("PIN from our letter"), [InputRequired(_l("Enter the PIN from our letter"))]
    )

    def validate_pin(self, field: StringField) -> None:
        field.data = digits(field.data)
        right_shape = field.data.isascii() and field.data.isdecimal()
        if not right_shape or not 4 <= len(field.data) <= 12:
            raise ValidationError(_("Enter the PIN as it stands in our letter: 4 to 12 digits"))


class ContactForm(PhoneForm):
    """How you are reached."""

    first_on_page = ("email",)

    email = email_field()


class NewPasswordForm(PortalForm):
    """A new password, refused with its reason where it is easily guessed."""

    password = PasswordField(_l("New password"), [InputRequired(_l("Enter a password"))])

    def __init__(self, email: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.email = email

    def validate_password(self, field: PasswordField) -> None:
        check_new_password(field.data or "", self.email)


class ConfirmForm(PortalForm):
    """The password just chosen, to make the account live."""

    password = password_field()
