"""The filter of the payments list: in the address, so that a filtered list can be kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields import SelectField
from wtforms.form import BaseForm
from wtforms.validators import Optional, ValidationError

from portal.cases import phrases, words
from portal.ledger.case_view import CaseView
from portal.ledger.payments import Payment, PaymentStatus
from portal.rules.disclosing import SourceKind, copied
from portal.rules.vocabulary import Source
from portal.web.forms import DateField, PortalForm


class ListField(SelectField):
    """A list whose error names the fix."""

    def pre_validate(self, form: BaseForm) -> None:
        """:raises ValidationError: when what was sent is not on the list."""
        try:
            super().pre_validate(form)
        except ValidationError as error:
            raise ValidationError(_("Choose one from the list")) from error


class PaymentFilter(PortalForm):
    """Which payments to show."""

    class Meta:
        csrf = False  # it changes nothing

    first = DateField(_l("From"), [Optional()], name="from")
    last = DateField(_l("To"), [Optional()], name="to")
    source = ListField(_l("Source"), [Optional()])
    status = ListField(_l("Status"), [Optional()])

    def __init__(self, view: CaseView, payments: Sequence[Payment], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.source.choices = [("", _("All sources")), *_sources(payments)]
        self.status.choices = [("", _("All statuses")), *_statuses(view, payments)]

    def validate_last(self, field: DateField) -> None:
        """:raises ValidationError: when the range ends before it starts."""
        first = self.first.data
        if first and field.data and field.data < first:
            raise ValidationError(_("Enter a day that is not before the first one"))


def filtered(
    payments: Iterable[Payment], first: date | None, last: date | None, source: str, status: str
) -> list[Payment]:
    """The payments that fit. A source is matched as a copy says it: nothing can be sifted out."""
    return [
        it
        for it in payments
        if (first or date.min) <= it.on <= (last or date.max)
        and source in ("", it.copied_source or "")
        and status in ("", it.status)
    ]


def _sources(payments: Iterable[Payment]) -> list[tuple[str, str]]:
    found = {it.copied_source for it in payments if it.copied_source is not None}
    if any(isinstance(source, SourceKind) for source in found):
        found |= {copied(kind) for kind in SourceKind}
    order: list[Source | SourceKind] = [*Source, *SourceKind]
    return [(source.value, str(words.SOURCES[source])) for source in order if source in found]


def _statuses(view: CaseView, payments: Iterable[Payment]) -> list[tuple[str, str]]:
    found = {it.status for it in payments}
    return [(it.value, phrases.status_name(view, it)) for it in PaymentStatus if it in found]
