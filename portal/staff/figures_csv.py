"""The figures as CSV: a row for each kind and period."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from decimal import Decimal

from flask_babel import gettext as _

from portal.cases.payments_csv import BOM, guarded
from portal.rules.vocabulary import RequestKind
from portal.staff.figures import Figures


def figures_csv(figures: Figures, kinds: Mapping[RequestKind, str]) -> str:
    """The file's text. No cell is taken for a formula (INJ-3); the day is an ISO date."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    header = [_("As of"), _("Kind"), _("Open now"), _("Late now"),
              _("Still to be entered now"), _("Days since the oldest of these was decided"),
              _("Last days"), _("Answered"),
              _("Median days to answer"), _("Decided"), _("Granted, whole or in part"),
              _("Granted, percent of decided")]  # fmt: skip
    writer.writerow([guarded(name) for name in header])
    now = {it.kind: it for it in figures.now}
    for it in figures.periods:
        writer.writerow([
            figures.today.isoformat(), guarded(str(kinds[it.kind])),
            now[it.kind].open, now[it.kind].late, now[it.kind].to_enter,
            "" if now[it.kind].oldest_entry_days is None else now[it.kind].oldest_entry_days,
            it.days, it.answered,
            in_words(it.median_days), it.decided, it.reversed,
            "" if it.reversed_percent is None else it.reversed_percent,
        ])  # fmt: skip
    return BOM + file.getvalue()


def in_words(days: Decimal | None) -> str:
    """``12`` or ``12.5``; nothing for none."""
    if days is None:
        return ""
    return f"{days:.0f}" if days == days.to_integral_value() else f"{days:.1f}"
