"""The figures as CSV: a row for each kind and period."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from flask_babel import gettext as _

from portal.rules.vocabulary import RequestKind
from portal.staff.figures import Figures
from portal.web.csv_text import Cell, csv_text


def figures_csv(figures: Figures, kinds: Mapping[RequestKind, str]) -> str:
    """The file's text."""
    rows: list[list[Cell]] = [[_("As of"), _("Kind"), _("Open now"), _("Late now"),
              _("Still to be entered now"), _("Days since the oldest of these was decided"),
              _("Last days"), _("Answered"),
              _("Median days to answer"), _("Decided"), _("Granted, whole or in part"),
              _("Granted, percent of decided")]]  # fmt: skip
    now = {it.kind: it for it in figures.now}
    rows += [
        [
            figures.today, kinds[it.kind],
            now[it.kind].open, now[it.kind].late, now[it.kind].to_enter,
            now[it.kind].oldest_entry_days, it.days, it.answered,
            in_words(it.median_days), it.decided, it.reversed, it.reversed_percent,
        ]
        for it in figures.periods
    ]  # fmt: skip
    return csv_text(rows)


def in_words(days: Decimal | None) -> str:
    """``12`` or ``12.5``; nothing for none."""
    if days is None:
        return ""
    return f"{days:.0f}" if days == days.to_integral_value() else f"{days:.1f}"
