"""The auditor's filters. They live in the address, but for numbers that name a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, Length

from portal.accounts.forms.fields import UnkeptField
from portal.staff.note_opening import OF_CASE
from portal.staff.unusual import Rule
from portal.web.forms import DateField, PortalForm

REASONS: Mapping[str, str] = {
    "request": _l("A request"),
    "letter": _l("A letter about the case"),
    "call": _l("The parent called"),
    "visit": _l("The parent came"),
    "written": _l("The parent wrote"),
    "case_work": _l("Work on the case"),
    "approval": _l("Approval of what a colleague asked for"),
    "court": _l("A court or another agency asked"),
    "complaint": _l("A complaint"),
    "help": _l("Help with the account"),
}


def reason_words(code: str) -> str:
    """A reason as the auditor reads it."""
    reason = code.removeprefix(OF_CASE)
    words = str(REASONS.get(reason, reason))
    return words if reason == code else _("%(reason)s; the case was opened", reason=words)


RULES: Mapping[Rule, str] = {
    Rule.MANY_PEOPLE: _l("Many different people in one day"),
    Rule.OUTSIDE_HOURS: _l("Outside working hours"),
    Rule.WITHOUT_REQUEST: _l("The person had no open request"),
    Rule.MANY_REFUSED: _l("Many refused look-ups in one day"),
    Rule.CLOSE_TRIED: _l("Tried to open what concerns somebody close"),
}


class DaysForm(PortalForm):
    """From when to when; read from the address."""

    first = DateField(_l("From"))
    last = DateField(_l("To"))

    def __init__(self, usual: tuple[date, date], **kwargs: Any) -> None:
        super().__init__(formdata=request.args, meta={"csrf": False}, **kwargs)
        if self.first.data is None:
            self.first.data = usual[0]
        if self.last.data is None:
            self.last.data = usual[1]

    @property
    def days(self) -> tuple[date, date]:
        """Both included."""
        assert self.first.data is not None
        assert self.last.data is not None
        return self.first.data, self.last.data


class TrailForm(DaysForm):
    """And by which worker."""

    worker = SelectField(_l("Worker"), validate_choice=False)

    def __init__(self, usual: tuple[date, date], workers: Mapping[str, str]) -> None:
        super().__init__(usual)
        named = sorted(workers.items(), key=lambda it: it[1].casefold())
        self.worker.choices = [
            SelectChoice("", _l("Everybody")),
            *(SelectChoice(token, name) for token, name in named),
        ]


class EventsForm(TrailForm):
    """And of which kind, and whether only what was refused."""

    kind = SelectField(_l("Kind"), validate_choice=False)
    refused = BooleanField(_l("Refused only"))

    def __init__(
        self, usual: tuple[date, date], workers: Mapping[str, str], kinds: Mapping[str, str]
    ) -> None:
        super().__init__(usual, workers)
        self.kind.choices = [
            SelectChoice("", _l("All")),
            *(SelectChoice(code, words) for code, words in kinds.items()),
        ]


class WhoForm(PortalForm):
    """A number that names a case or a person: posted, so that no address holds it."""

    number = UnkeptField(
        _l("Case number or Social Security number"),
        [DataRequired(_l("Enter a number")), Length(max=40, message=_l("Use fewer characters"))],
    )
