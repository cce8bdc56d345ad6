"""How we got here: the ledger, a month of it, a line of it, and the same as CSV."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.cases import difference_words, explain_words
from portal.cases.already_asked import asked_of, asked_of_month
from portal.cases.how_csv import how_csv
from portal.cases.how_page import how_page
from portal.cases.line_page import line_page
from portal.cases.month_page import month_page
from portal.cases.note_federal import note_federal
from portal.cases.page import case_for, render_case, token_of
from portal.cases.views.blueprint import blueprint
from portal.ledger.case_view import CaseView
from portal.ledger.checks import Findings
from portal.ledger.explained import explained, find_line
from portal.ledger.payments import payments_shown
from portal.ledger.recomputed import differences, recomputed
from portal.requests.disputes import dispute_of_line
from portal.rules.recompute import Difference
from portal.web import context, db
from portal.web.access import signed_in
from portal.web.downloads import csv_file


@blueprint.get("/cases/<case>/how-we-got-here")
@signed_in
def how_we_got_here(case: str) -> ResponseReturnValue:
    """Month by month: what was charged, what was paid, what is owed, and what moved it."""
    view = case_for(case)
    again = recomputed(db(), view)
    return _page(
        "cases/how_we_got_here.html",
        view,
        page=how_page(db(), view),
        found=again.differences,
        agreed=len(again.agreed),
        # What does not add up is said on this page by category.
        findings=Findings(view.row.lost_rows, adds_up=True),
        ask_href=url_for("requests.review_letter", case=token_of(view.case_id)),
    )


@blueprint.get("/cases/<case>/how-we-got-here.csv")
@signed_in
def how_we_got_here_file(case: str) -> ResponseReturnValue:
    """Every line as CSV: a copy, so it says of a source only what a copy may say."""
    view = case_for(case)
    text = how_csv(view, explained(db(), view), payments_shown(db(), view))
    return csv_file(text, "how-we-got-here.csv")


@blueprint.get("/cases/<case>/how-we-got-here/<month>")
@signed_in
def month(case: str, month: str) -> ResponseReturnValue:
    """One month, line by line."""
    view = case_for(case)
    first = _first_day(month)
    found = month_page(db(), view, first) if first else None
    if first is None or found is None:
        abort(404)
    again = recomputed(db(), view)
    return _page(
        "cases/month.html",
        view,
        page=found,
        found=difference_words.of_month(again.differences, first),
        agrees=first in again.agreed,
        asked=asked_of_month(current_user.id, view, first),
    )


@blueprint.get("/cases/<case>/lines/<line>")
@signed_in
def line(case: str, line: str) -> ResponseReturnValue:
    """One line: the row it comes from, the rule behind it, its arithmetic."""
    view = case_for(case)
    shown = explained(db(), view)
    found = find_line(context().opaque, view, shown, line)
    if found is None:
        abort(404)
    page = line_page(db(), view, shown, found)
    note_federal(current_user.id, view, [page.payment] if page.payment else [])
    about = {"charge_id": found.entry.charge_id, "payment_id": found.entry.payment_id}
    wrong = difference_words.of_line(differences(db(), view), **about)
    asked = asked_of(current_user.id, view, dispute_of_line(view.case_id, found.entry))
    return _page("cases/line.html", view, page=page, found=wrong, asked=asked)


def _page(template: str, view: CaseView, *, found: tuple[Difference, ...], **values: Any) -> str:
    """A page of the ledger, with what on it differs from the rules."""
    return render_case(
        template,
        view,
        found=found,
        explain=explain_words,
        difference_words=difference_words,
        **values,
    )


def _first_day(month: str) -> date | None:
    """The first day of ``2026-11``; None for what is no month, or is written another way."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        return None
    return first if f"{first:%Y-%m}" == month else None
