"""The log beside the agency's record, month by month, and the log as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue

from portal.cases.page import case_for
from portal.ledger.case_view import CaseView
from portal.own_records.choices import Chosen, offered
from portal.own_records.compare_log import Comparison, compare_log
from portal.own_records.entry import Entry
from portal.own_records.forms import ReviewForm
from portal.own_records.read_log import read_log
from portal.own_records.views.blueprint import blueprint, render
from portal.own_records.write_csv import write_csv
from portal.requests.begin_dispute import letters_for
from portal.requests.review_letters import AnswerableLetter, answerable_letters, token_of_letter
from portal.requests.views.blueprint import actor, my_views, person
from portal.requests.views.dispute import letter_choices, letter_hints
from portal.web import context, db
from portal.web.access import signed_in
from portal.web.downloads import csv_file
from portal.web.paging import cut

A_PAGE = 12
"""Months."""


@dataclass(frozen=True, slots=True)
class LogPage:
    """What the page is made from: one reading of the log and of the record."""

    view: CaseView
    log: Sequence[Entry]
    compared: Comparison
    chosen: Sequence[Chosen]
    letters: dict[str, AnswerableLetter]
    form: ReviewForm


def log_page(view: CaseView) -> LogPage:
    """Read all of it; the form has what was posted, or proposes."""
    services = context()
    log = read_log(db(), services.sealer, actor().id, view.case_id)
    compared = compare_log(db(), view, log)
    chosen = offered(services.opaque, actor().id, view, compared)
    letters = letters_of(view) if chosen else {}
    choices = letter_choices(letters)
    form = ReviewForm(
        [(it.token, it.words) for it in chosen],
        choices,
        data={
            "which": [it.token for it in chosen if it.is_proposed],
            "letter": choices[0][0] if len(choices) == 1 else None,
        },
    )
    return LogPage(view, log, compared, chosen, letters, form)


def letters_of(view: CaseView) -> dict[str, AnswerableLetter]:
    """The letters that a review of the case can answer in time, by token."""
    found = letters_for(view, answerable_letters(db(), actor().id, my_views()))
    return {token_of_letter(context().opaque, person(), it): it for it in found}


def show(page: LogPage) -> str:
    """The page as it is, with what is wrong with the form."""
    months = page.compared.months
    shown = cut(len(months), A_PAGE, request.args.get("page", 1, type=int))
    return render(
        "index",
        page.view,
        log=page.log,
        compared=page.compared,
        months=shown.of(months),
        page=shown.page,
        pages=shown.pages,
        form=page.form,
        chosen=page.chosen,
        hints=letter_hints(page.letters),
    )


@blueprint.get("/cases/<case>/own-records")
@signed_in
def index(case: str) -> ResponseReturnValue:
    """What one noted, beside what the agency has."""
    return show(log_page(case_for(case)))


@blueprint.get("/cases/<case>/own-records.csv")
@signed_in
def records_file(case: str) -> ResponseReturnValue:
    """The whole log of the case as CSV, the oldest day first: what can be read in again."""
    view = case_for(case)
    log = read_log(db(), context().sealer, actor().id, view.case_id)
    text = write_csv(entry.payment for entry in reversed(log))
    return csv_file(text, "own-records.csv")
