"""What the codes of one's own log are called for parents."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.own_records.entry import MOST_NOTE, How, ways
from portal.own_records.read_csv import MOST_ROWS, Problem, Why
from portal.rules.own_records import State

HOW: Mapping[How, str] = {
    How.EMPLOYER: _l("My employer took it from my pay"),
    How.ONLINE: _l("Online or by card"),
    How.CHECK_OR_MONEY_ORDER: _l("Check or money order to the agency"),
    How.CASH: _l("Cash to the agency"),
    How.TO_OTHER_PARENT: _l("Straight to the other parent"),
    How.OTHER: _l("Another way"),
    How.DEPOSIT: _l("To my bank account"),
    How.CARD: _l("On my payment card"),
    How.CHECK: _l("Check by mail"),
    How.FROM_OTHER_PARENT: _l("Straight from the other parent"),
    How.OTHER_WAY: _l("Another way"),
}

SHORT: Mapping[How, str] = {
    How.EMPLOYER: _l("employer"),
    How.ONLINE: _l("online"),
    How.CHECK_OR_MONEY_ORDER: _l("check"),
    How.CASH: _l("cash"),
    How.TO_OTHER_PARENT: _l("other parent"),
    How.OTHER: _l("other"),
    How.DEPOSIT: _l("bank"),
    How.CARD: _l("card"),
    How.CHECK: _l("check"),
    How.FROM_OTHER_PARENT: _l("other parent"),
    How.OTHER_WAY: _l("other"),
}
"""As a spreadsheet's column may say it."""

STATES_PAYOR: Mapping[State, tuple[str, str]] = {
    State.BOTH: (_l("we have it too"), "good"),
    State.OTHER_AMOUNT: (_l("we have another amount"), "problem"),
    State.MISSING: (_l("we do not have it"), "problem"),
    State.TAKEN_BACK: (_l("we had it, and it was taken back"), "problem"),
    State.DIRECT: (_l("did not come to us"), ""),
    State.TOO_NEW: (_l("too new to compare"), "waiting"),
    State.TOO_OLD: (_l("older than our list"), ""),
    State.ONLY_AGENCY: (_l("only we have it"), ""),
    State.ON_THE_WAY: (_l("only we have it"), ""),
}
STATES_RECEIVER: Mapping[State, tuple[str, str]] = {
    **STATES_PAYOR,
    State.OTHER_AMOUNT: (_l("we sent another amount"), "problem"),
    State.MISSING: (_l("we did not send it"), "problem"),
    State.DIRECT: (_l("did not come from us"), ""),
    State.ONLY_AGENCY: (_l("we sent it, you do not have it"), "problem"),
    State.ON_THE_WAY: (_l("may be on its way to you"), "waiting"),
}


def states(*, is_payor: bool) -> Mapping[State, tuple[str, str]]:
    """How a row stands, in words, and the kind of tag that it is shown with."""
    return STATES_PAYOR if is_payor else STATES_RECEIVER


def ways_by_name(*, is_payor: bool) -> dict[str, How]:
    """What may stand in the column *how* of a file, in small letters."""
    found: dict[str, How] = {}
    for how in ways(is_payor=is_payor):
        found |= {how.value: how, str(SHORT[how]).lower(): how, str(HOW[how]).lower(): how}
        found[how.value.replace("_", " ")] = how
    return found


_PROBLEMS: Mapping[Why, str] = {
    Why.EMPTY: _l("This file is empty."),
    Why.TOO_LARGE: _l("This file is too large. Send it in parts of up to 200 KB."),
    Why.WORKBOOK: _l("This is a workbook. In your spreadsheet, save it as CSV and choose that."),
    Why.NOT_TEXT: _l("This file is not plain text. In your spreadsheet, save it as CSV."),
    Why.QUOTES: _l("A quotation mark is opened and not closed, or stands in a wrong place."),
    Why.NO_HEADER: _l("The first row must name the columns: date, amount, how, note."),
    Why.MISSING_COLUMN: _l("This column is missing."),
    Why.UNKNOWN_COLUMN: _l("We know no such column. Take it out. We know: date, amount, how, note"),
    Why.TWICE: _l("This column is there twice."),
    Why.NO_ROWS: _l("There are no payments in this file."),
    Why.TOO_MANY_CELLS: _l("There are more cells than columns. Put a note with commas in quotes."),
    Why.MISSING: _l("Nothing is there."),
    Why.DATE: _l("Write the date as 11/06/2026 or 2026-11-06."),
    Why.TWO_DIGIT_YEAR: _l("Write the year with four digits, such as 11/06/2026."),
    Why.FUTURE: _l("This day is in the future."),
    Why.TOO_EARLY: _l("Check the year."),
    Why.AMOUNT: _l("Write dollars and cents, such as 1,234.50."),
    Why.NOT_ABOVE_ZERO: _l("The amount must be more than zero."),
    Why.TOO_MUCH: _l("This is more than we can take. Check the amount."),
}


def problem_words(problem: Problem, *, is_payor: bool) -> str:
    """Where it is and what is wrong, such as ``Row 3, date: “13/45/2026”. Write the date as …``."""
    where = _where(problem)
    told = _what(problem, is_payor=is_payor)
    return f"{where}: {told}" if where else told


def _where(problem: Problem) -> str:
    if problem.row is None:
        return ""
    if problem.column is None:
        return str(_("Row %(row)s", row=problem.row))
    return str(_("Row %(row)s, %(column)s", row=problem.row, column=problem.column))


def _what(problem: Problem, *, is_payor: bool) -> str:
    text = f"“{problem.text}”. " if problem.text else ""
    if problem.why is Why.TOO_MANY_ROWS:
        return str(_("There are more than %(most)s payments. Send them in parts.", most=MOST_ROWS))
    if problem.why is Why.NOTE:
        return str(_("The note is longer than %(most)s letters.", most=MOST_NOTE))
    if problem.why is Why.HOW:
        known = ", ".join(str(SHORT[how]) for how in ways(is_payor=is_payor))
        return text + str(_("Write one of these: %(known)s. Or leave it empty.", known=known))
    return text + str(_PROBLEMS[problem.why])
