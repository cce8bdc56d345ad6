"""One's own statement as CSV: every entry with what is owed after it."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.cases import words as case_words
from portal.ledger.lines import Line
from portal.statements.content import Statement
from portal.statements.words import category_in_words, entry_in_words
from portal.web.csv_text import Cell, csv_text


def statement_csv(statement: Statement) -> str:
    """The file's text: a row an entry, between what was owed first and last."""
    rows: list[list[Cell]] = [
        [_("Date"), _("What"), _("For"), _("Source"), _("Amount"), _("Owed after it")]
    ]
    for part in statement.parts:
        opening, closing = _("Owed when the day began"), _("Owed when the day ended")
        rows.append([part.first, opening, None, None, None, part.owed_first])
        rows.extend(_row(statement, line) for line in part.lines)
        rows.append([part.last, closing, None, None, None, part.owed_last])
    return csv_text(rows)


def _row(statement: Statement, line: Line) -> list[Cell]:
    entry = line.entry
    source = statement.sources.get(entry.payment_id or "")
    return [
        entry.on,
        entry_in_words(entry),
        category_in_words(entry.category),
        case_words.SOURCES[source] if source else None,
        entry.amount,
        line.owed,
    ]
