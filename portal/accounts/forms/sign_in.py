"""The forms of signing in and of a forgotten password."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length

from portal.accounts.forms.fields import (
    CodeForm,
    UnkeptField,
    email_field,
    password_field,
)
from portal.web.forms import PortalForm, TidyField


class SignInForm(PortalForm):
    """E-mail address and password."""

    email = TidyField(
        _l("E-mail address"), [InputRequired(_l("Enter your e-mail address")), Length(max=320)]
    )
    password = password_field()


class RecoveryCodeForm(PortalForm):
    """One of the ten codes."""

    code = UnkeptField(
        _l("Recovery code"), [InputRequired(_l("Enter a recovery code")), Length(max=60)]
    )


class CardCodeForm(PortalForm):
    """A code of the printed card."""

    code = UnkeptField(
        _l("Code from your card"), [InputRequired(_l("Enter the code")), Length(max=40)]
    )


class ForgottenForm(PortalForm):
    """Where the link goes."""

    email = email_field()


class AnswerForm(PortalForm):
    """The answer to one's own question."""

    answer = UnkeptField(
        _l("Your answer"), [InputRequired(_l("Enter your answer")), Length(max=200)]
    )


class AuthenticateForm(CodeForm):
    """Password and code once more."""

    first_on_page = ("password",)

    password = password_field()
