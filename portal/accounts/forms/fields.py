"""Fields and checks that several forms of this room share."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, StopValidation, ValidationError

from portal.accounts.contact import BadAddress, BadPhone, normalise_email, normalise_phone
from portal.accounts.hints import MAXIMUM as LONGEST_ANSWER
from portal.accounts.hints import QUESTIONS, answer_is_weak
from portal.security.password_rules import Problem, password_problem
from portal.security.passwords import MAXIMUM, MINIMUM
from portal.web import context
from portal.web.forms import PortalForm, TidyField


class UnkeptField(StringField):
    """Text that is never sent back to the browser: a PIN, a Social Security number, a code."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0].replace("\0", "") if valuelist else self.data

    def _value(self) -> str:
        return ""


class EmailField(TidyField):
    """An e-mail address; ``data`` is its normal spelling."""

    def pre_validate(self, form: Any) -> None:
        if not self.data:
            raise StopValidation(_("Enter your e-mail address"))
        try:
            self.data = normalise_email(self.data)
        except BadAddress as error:
            wanted = _("Enter an e-mail address such as name@example.com")
            raise StopValidation(wanted) from error


class PhoneField(TidyField):
    """A phone number; ``number`` is its E.164 spelling, None while the field is empty."""

    number: str | None = None

    def pre_validate(self, form: Any) -> None:
        if not self.data:
            return
        try:
            self.number = normalise_phone(self.data)
        except BadPhone as error:
            wanted = _("Enter a phone number with area code, such as 617-555-0123")
            raise StopValidation(wanted) from error


def password_field() -> PasswordField:
    """The password of a sign-in: as long as may be, and never cut."""
    too_long = _l("This password is longer than %(max)d characters")
    return PasswordField(
        _l("Password"),
        [InputRequired(_l("Enter your password")), Length(max=MAXIMUM, message=too_long)],
    )


def email_field() -> EmailField:
    """An e-mail address that is required."""
    required = InputRequired(_l("Enter your e-mail address"))
    field: EmailField = EmailField(_l("E-mail address"), [required])
    return field


def digits(text: str | None) -> str:
    """What is typed without spaces and hyphens."""
    return "".join(sign for sign in text or "" if sign not in " -\u2010\u2011\u2013\u00a0")


def problem_words(problem: Problem) -> str:
    """Why a password is refused, and what to do (PWD-2)."""
    words = {
        Problem.TOO_SHORT: _("Use %(count)s characters or more", count=MINIMUM),
        Problem.TOO_LONG: _("Use %(count)s characters or fewer", count=MAXIMUM),
        Problem.COMMON: _("This is one of the passwords that are tried first. Choose another"),
        Problem.OWN_WORDS: _(
            "Choose a password that is not made of your e-mail address or of this agency's name"
        ),
        Problem.GUESSABLE: _(
            "This password is easy to guess. Add another word or two that do not belong together"
        ),
    }
    return str(words[problem])


def check_new_password(password: str, email: str) -> None:
    """:raises ValidationError: with the reason why a password cannot be taken."""
    names = context().agency.names
    words = (email, names.site, names.agency, names.division, names.jurisdiction)
    problem = password_problem(password, words)
    if problem is not None:
        raise ValidationError(problem_words(problem))


class PhoneForm(PortalForm):
    """A cell phone, or that there is none."""

    phone = PhoneField(_l("Cell phone number"))
    no_phone = BooleanField(_l("Cell phone number not available"))

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        if bool(self.phone.data) == bool(self.no_phone.data):
            self.phone.errors = (
                _("Enter your cell phone number, or check the box if there is none"),
            )
            return False
        return True


class TextPhoneForm(PortalForm):
    """A cell phone that is to get codes."""

    phone = PhoneField(_l("Cell phone number"))

    def validate_phone(self, field: PhoneField) -> None:
        if field.number is None:
            raise ValidationError(_("Enter your cell phone number"))


class HintForm(PortalForm):
    """A question and its answer."""

    question = SelectField(
        _l("Question"),
        choices=[
            SelectChoice("", _l("Choose a question")),
            *(SelectChoice(key, words) for key, words in QUESTIONS.items()),
        ],
    )
    answer = UnkeptField(_l("Your answer"), [InputRequired(_l("Enter your answer"))])

    def __init__(self, forbidden: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.forbidden = forbidden

    def validate_question(self, field: SelectField) -> None:
        if not field.data:
            raise ValidationError(_("Choose a question"))

    def validate_answer(self, field: StringField) -> None:
        if len(field.data or "") > LONGEST_ANSWER:
            raise ValidationError(_("Use a shorter answer"))
        question = str(QUESTIONS.get(self.question.data, ""))
        if answer_is_weak(field.data or "", question, self.forbidden):
            raise ValidationError(
                _("Choose an answer that is harder to guess and not part of the question")
            )


class CodeForm(PortalForm):
    """A code of the authenticator app or of a text message."""

    code = UnkeptField(_l("Six-digit code"), [InputRequired(_l("Enter the code")), Length(max=40)])
