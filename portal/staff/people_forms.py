"""The forms that look after the staff: invitations, roles, second persons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from portal.accounts.forms.fields import UnkeptField, email_field
from portal.accounts.forms.register import NewPasswordForm
from portal.requests.forms import CheckboxesField
from portal.security.permissions import StaffRole
from portal.staff.words import ROLE_WORDS
from portal.web.forms import PortalForm, TidyField

LONGEST_NAME = 120
LONGEST_REASON = 1000
LONGEST_NUMBER = 40
TOO_LONG = _l("Use %(max)d characters or fewer")


def _reason() -> TextAreaField:
    return TextAreaField(
        _l("Why"), [DataRequired(_l("Say why")), Length(max=LONGEST_REASON, message=TOO_LONG)]
    )


def _roles(roles: Iterable[StaffRole]) -> list[SelectChoice]:
    return [SelectChoice(role.value, ROLE_WORDS[role]) for role in roles]


class InviteForm(PortalForm):
    """Whom to invite, to what, and why."""

    name = TidyField(
        _l("Name"), [DataRequired(_l("Enter the name")), Length(max=LONGEST_NAME, message=TOO_LONG)]
    )
    email = email_field()
    roles = CheckboxesField(_l("Roles"), choices=_roles(StaffRole))
    reason = _reason()

    def validate_roles(self, field: CheckboxesField) -> None:
        if not field.data:
            raise ValidationError(_("Choose one role or more"))


class NewRoleForm(PortalForm):
    """A further role for a colleague."""

    role = RadioField(_l("Role"), validators=[InputRequired(_l("Choose a role"))])
    reason = _reason()

    def __init__(self, roles: Iterable[StaffRole], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.role.choices = _roles(roles)


class EndRoleForm(PortalForm):
    """A role that is to end."""

    role = RadioField(_l("Role"), validators=[InputRequired(_l("Choose a role"))])

    def __init__(self, roles: Iterable[StaffRole], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.role.choices = _roles(roles)


def _number(*validators: Any) -> UnkeptField:
    return UnkeptField(
        _l("Social Security number or case number"),
        [*validators, Length(max=LONGEST_NUMBER, message=TOO_LONG)],
    )


class CloseForm(PortalForm):
    """Somebody on a case whom a member of the staff is, or is close to."""

    number = _number(DataRequired(_l("Enter a Social Security number or a case number")))


class AcceptForm(NewPasswordForm):
    """A password, and whom on a case the new member is or is close to."""

    password_again = PasswordField(
        _l("New password, once more"), [InputRequired(_l("Enter the password once more"))]
    )
    close = RadioField(
        _l("Are you, or is somebody close to you, a parent on a case here?"),
        choices=[SelectChoice("no", _l("No")), SelectChoice("yes", _l("Yes"))],
        validators=[InputRequired(_l("Choose yes or no"))],
    )
    number = _number()

    def validate_password_again(self, field: PasswordField) -> None:
        if field.data != self.password.data:
            raise ValidationError(_("Enter the same password twice"))

    def validate_number(self, field: StringField) -> None:
        if self.close.data == "yes" and not (field.data or "").strip():
            raise ValidationError(_("Enter a Social Security number or a case number"))

    @property
    def close_to(self) -> str:
        """The number of somebody close; empty for nobody."""
        return (self.number.data or "") if self.close.data == "yes" else ""


class DecisionForm(PortalForm):
    """What the second person says."""

    decision = SelectField(
        choices=[SelectChoice("approve", ""), SelectChoice("refuse", "")], validate_choice=True
    )
