"""One's own statement as CSV: every entry with what is owed after it."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from flask_babel import gettext as _

from portal.cases import words as case_words
from portal.cases.payments_csv import BOM, guarded
from portal.ledger.lines import Line
from portal.statements.content import Statement
from portal.statements.words import category_in_words, entry_in_words


def statement_csv(statement: Statement) -> str:
    """The file's text: a row an entry, between what was owed first and last; days are ISO dates,
    amounts plain dollars."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    head = [_("Date"), _("What"), _("For"), _("Source"), _("Amount"), _("Owed after it")]
    writer.writerow([guarded(name) for name in head])
    for part in statement.parts:
        opening = guarded(_("Owed when the day began"))
        writer.writerow([part.first.isoformat(), opening, "", "", "", _amount(part.owed_first)])
        writer.writerows(_row(statement, line) for line in part.lines)
        closing = guarded(_("Owed when the day ended"))
        writer.writerow([part.last.isoformat(), closing, "", "", "", _amount(part.owed_last)])
    return BOM + file.getvalue()


def _row(statement: Statement, line: Line) -> list[str]:
    entry = line.entry
    source = statement.sources.get(entry.payment_id or "")
    return [
        entry.on.isoformat(),
        guarded(entry_in_words(entry)),
        guarded(category_in_words(entry.category)),
        guarded(str(case_words.SOURCES[source]) if source else ""),
        _amount(entry.amount),
        _amount(line.owed),
    ]


def _amount(amount: Decimal) -> str:
    return f"{amount:.2f}"
