"""The periods that are offered: a press, in place of typing two dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from portal.ledger.case_view import CaseView
from portal.rules.spans import Span


@dataclass(frozen=True, slots=True)
class Preset:
    """A period with its name."""

    name: str
    period: Span


def default_period(view: CaseView) -> Span:
    """The last twelve months up to the day that the record speaks of."""
    last = view.as_of
    return _since(view, date(last.year - 1, last.month, 1))


def presets(view: CaseView) -> list[Preset]:
    """The last twelve months, this year, the year before, and all there is."""
    last = view.as_of
    before = Span(date(last.year - 1, 1, 1), date(last.year - 1, 12, 31))
    found = [
        Preset(_("The last 12 months"), default_period(view)),
        Preset(str(last.year), _since(view, date(last.year, 1, 1))),
    ]
    if before.first >= view.opens_on:
        found.append(Preset(str(before.first.year), before))
    found.append(Preset(_("Everything we show"), _since(view, view.opens_on)))
    return found


def _since(view: CaseView, first: date) -> Span:
    """Up to the day that the record speaks of; never from before what is shown."""
    earliest, last = max(first, view.history_from), view.as_of
    return Span(min(earliest, view.today), max(last, min(earliest, view.today)))
