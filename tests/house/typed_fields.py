"""Every field that takes what a person types or sends, and where a payload is put into it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from wtforms.fields import PasswordField, StringField
from wtforms.fields.core import Field, UnboundField
from wtforms.fields.simple import FileField, HiddenField
from wtforms.form import BaseForm

import portal
from portal.accounts.forms.fields import UnkeptField
from portal.web.forms import DateField, MoneyField

NEVER_SHOWN: dict[type[Field], str] = {
    PasswordField: "hashed, and never shown again",
    UnkeptField: "a secret or a number: compared, and never shown again",
    HiddenField: "ours: another value is refused, and shown to nobody",
}
"""Kinds of fields that no page shows again, with why."""
IN_THE_WALK: dict[str, str] = {
    "requests.forms.GroundsForm.words": "words of a review",
    "requests.forms.EvidenceForm.file": "name of a file",
    "requests.forms.MoreForm.file": "name of a file",
    "requests.forms.MoreForm.words": "words of the parent's answer",
    "requests.forms.QuestionForm.words": "words of a parent's question",
    "requests.forms.ClosingAnswerForm.words": "words of an answer to a closing notice",
    "requests.forms.ForeignLinesForm.line1": "address.line1",
    "requests.forms.ForeignLinesForm.line2": "address.line2",
    "requests.forms.ForeignLinesForm.city": "address.city",
    "requests.forms.ForeignLinesForm.state": "address.state",
    "requests.forms.ForeignLinesForm.postal_code": "address.postal_code",
    "staff.request_forms.NoteForm.words": "words of a note",
    "staff.request_forms.MoreForm.words": "words of a question",
    "staff.request_forms.AnswerForm.words": "answer to a question",
    "staff.request_forms.LineForm.reason": "reason of a decision",
    "staff.request_forms.DecisionForm.paragraphs": "paragraphs of a decision",
    "staff.queue_forms.EscalationForm.reason": "reason for the supervisors",
    "staff.look_up_forms.LookUpForm.words": "words of a look-up",
    "staff.letter_forms.CaseLetterForm.words": "words of opening a case",
    "staff.letter_forms.ClosingNoticeForm.words": "words of a closing notice",
    "staff.letter_forms.OverpaymentForm.words": "words of an overpayment notice",
}
"""Fields that the walk in a browser fills, and as what (`tests.browser.test_staff_payloads`)."""
REFUSED_IN_THE_WALK = {
    "requests.forms.PaymentRowForm.on",
    "requests.forms.PaymentRowForm.amount",
    "staff.request_forms.LineForm.amount",
    "staff.look_up_forms.LookUpForm.first_name",
    "staff.look_up_forms.LookUpForm.last_name",
    "staff.look_up_forms.LookUpForm.email",
    "staff.look_up_forms.LookUpForm.case",
    "staff.letter_forms.OverpaymentForm.amount",
    "staff.letter_forms.OverpaymentForm.each",
    "staff.letter_forms.OverpaymentForm.since",
}
"""Fields that the same walk fills with what they do not take: the page shows it again."""
HERE: dict[str, set[str]] = {
    "own_records.forms.PaymentForm.note": {"payor", "file"},
    "own_records.forms.PaymentForm.on": {"payor"},
    "own_records.forms.PaymentForm.amount": {"payor"},
    "own_records.forms.PaymentForm.file": {"payor"},
    "own_records.forms.SpreadsheetForm.file": {"payor", "file"},
    "requests.forms.AddressKindForm.since": {"payor"},
    "requests.forms.UsLinesForm.line1": {"payor", "desk"},
    "requests.forms.UsLinesForm.line2": {"payor", "desk"},
    "requests.forms.UsLinesForm.city": {"payor", "desk"},
    "requests.forms.UsLinesForm.postal_code": {"payor"},
    "cases.forms.PaymentFilter.first": {"payor"},
    "cases.forms.PaymentFilter.last": {"payor"},
    "statements.forms.PeriodForm.first": {"payor"},
    "statements.forms.PeriodForm.last": {"payor"},
    "statements.forms.CodeForm.code": {"anybody"},
    "accounts.forms.sign_in.SignInForm.email": {"anybody"},
    "accounts.forms.sign_in.ForgottenForm.email": {"anybody"},
    "accounts.forms.account.ChangeEmailForm.email": {"payor"},
    "accounts.forms.fields.PhoneForm.phone": {"payor"},
    "accounts.forms.passkeys.NewPasskeyForm.name": {"payor"},
    "accounts.forms.passkeys.NameForm.name": {"payor"},
    "staff.look_up_forms.WhyForm.words": {"boss"},
    "staff.look_up_forms.CorrectEmailForm.email": {"desk"},
    "staff.look_up_forms.CorrectEmailForm.words": {"boss"},
    "staff.look_up_forms.LookUpForm.born": {"desk"},
    "staff.letter_forms.CaseLetterForm.case": {"desk"},
    "staff.request_forms.MoreForm.until": {"desk"},
    "staff.request_forms.RefusalForm.reason": {"payor"},
    "staff.people_forms.InviteForm.name": {"boss", "other boss"},
    "staff.people_forms.InviteForm.email": {"boss"},
    "staff.people_forms.InviteForm.reason": {"other boss"},
    "staff.people_forms.NewRoleForm.reason": {"other boss"},
    "staff.audit_forms.DaysForm.first": {"boss"},
    "staff.audit_forms.DaysForm.last": {"boss"},
}
"""Fields that `test_typed_payloads` fills, and who is shown it."""
NOWHERE: dict[str, str] = {
    "statements.forms.FileForm.file": "compared bit by bit; neither its name nor a part is kept",
    "accounts.forms.register.PersonForm.birth_date": "never shown again, as a number is not",
    "accounts.forms.register.ContactForm.email": "the field and the page's macro of ChangeEmailForm",
    "accounts.forms.fields.TextPhoneForm.phone": "the field and the page's macro of PhoneForm",
}
"""Fields in which no payload is put, with why."""


def free_fields() -> dict[str, type[Field]]:
    """``room.module.Form.field`` of every field that takes more than a choice."""
    for module in pkgutil.walk_packages(portal.__path__, "portal."):
        if not module.name.startswith(("portal.migrations", "portal.demo", "portal.serve")):
            importlib.import_module(module.name)
    return {
        f"{form.__module__.removeprefix('portal.')}.{form.__name__}.{name}": value.field_class
        for form in _below(BaseForm)
        if form.__module__.startswith("portal.")
        for name, value in vars(form).items()
        if isinstance(value, UnboundField)
        and issubclass(value.field_class, StringField | FileField | DateField | MoneyField)
    }


def _below(kind: type) -> Iterator[type]:
    for it in kind.__subclasses__():
        yield it
        yield from _below(it)
