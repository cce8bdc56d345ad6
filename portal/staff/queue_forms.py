"""Forms of the queue: its filter, handing over, putting before the supervisors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from babel import Locale, UnknownLocaleError
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, Length, Optional

from portal.cases.forms import ListField
from portal.requests.words import KINDS
from portal.rules.vocabulary import RequestKind
from portal.staff.notes import MOST_WORDS
from portal.staff.queue import QueueFilter, Stage, Whose
from portal.web.forms import PortalForm

_STAGES = {
    Stage.ANSWER: _l("To be answered"),
    Stage.ENTRY: _l("Granted, to be entered"),
}
_WHOSE = {
    Whose.ALL: _l("All"),
    Whose.MINE: _l("Mine"),
    Whose.NOBODYS: _l("Nobody’s"),
}


def language_name(code: str) -> str:
    """What a language (BCP 47) is called in the worker's; its code where it has no name."""
    try:
        found = Locale.parse(code, sep="-").get_display_name(get_locale() or "en")
    except (UnknownLocaleError, ValueError):
        return code
    return found or code


class QueueFilterForm(PortalForm):
    """Which requests to show; it lives in the address."""

    class Meta:
        csrf = False  # it changes nothing

    stage = ListField(_l("What to do"), [Optional()])
    whose = ListField(_l("Who has it"), [Optional()])
    kind = ListField(_l("Kind"), [Optional()])
    language = ListField(_l("Language"), [Optional()])
    late = BooleanField(_l("Late only"))
    escalated = BooleanField(_l("With supervisors only"))

    def __init__(self, languages: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.stage.choices = [SelectChoice(it.value, words) for it, words in _STAGES.items()]
        self.whose.choices = [SelectChoice(it.value, words) for it, words in _WHOSE.items()]
        every = SelectChoice("", _("All"))
        self.kind.choices = [every, *(SelectChoice(it.value, KINDS[it]) for it in RequestKind)]
        self.language.choices = [every, *(SelectChoice(it, language_name(it)) for it in languages)]

    def wanted(self) -> QueueFilter:
        """The filter; one with an error lets everything through."""
        if not self.validate():
            return QueueFilter()
        return QueueFilter(
            Stage(self.stage.data or ""),
            Whose(self.whose.data or ""),
            self.kind.data or "",
            self.language.data or "",
            late=bool(self.late.data),
            escalated=bool(self.escalated.data),
        )


class HandOverForm(PortalForm):
    """To whom."""

    colleague = ListField(_l("Colleague"), [DataRequired(_l("Choose a colleague"))])

    def __init__(self, colleagues: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        choose = SelectChoice("", _("Choose"))
        self.colleague.choices = [choose, *(SelectChoice(*it) for it in colleagues)]


class EscalationForm(PortalForm):
    """Why the supervisors should look at it."""

    reason = TextAreaField(
        _l("Why?"),
        validators=[
            DataRequired(_l("Say why")),
            Length(max=MOST_WORDS, message=_l("Use 4,000 letters or fewer")),
        ],
    )
