"""The forms of the account's own pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField
from wtforms.validators import InputRequired, Length

from portal.accounts.forms.fields import email_field
from portal.accounts.forms.register import NewPasswordForm
from portal.security.passwords import MAXIMUM
from portal.web.forms import PortalForm


class ChangePasswordForm(NewPasswordForm):
    """The password of now and the next one."""

    first_on_page = ("current_password",)

    current_password = PasswordField(
        _l("Current password"),
        [InputRequired(_l("Enter your current password")), Length(max=MAXIMUM)],
    )


class ChangeEmailForm(PortalForm):
    """The address that is to take the old one's place."""

    email = email_field()
