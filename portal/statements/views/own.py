"""One's own statement: choose a period, look at it in short, save it as PDF or CSV."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from portal.cases.page import case_for, render_case
from portal.ledger.case_view import CaseView
from portal.statements.content import Statement, make_statement
from portal.statements.forms import PeriodForm
from portal.statements.own_pages import statement_pdf
from portal.statements.periods import default_period, presets
from portal.statements.statement_csv import statement_csv
from portal.statements.views.blueprint import blueprint
from portal.statements.words import figures_in_words
from portal.web import clock, context, db
from portal.web.access import signed_in
from portal.web.downloads import csv_file, saved_file


@blueprint.get("/cases/<case>/statements")
@signed_in
def statements(case: str) -> ResponseReturnValue:
    """The period's figures in short, and the files."""
    view = case_for(case)
    form = period_form(view)
    return _page(view, form, make_statement(db(), view, form.period) if form.validate() else None)


@blueprint.get("/cases/<case>/statements/statement.pdf")
@signed_in
def statement_file(case: str) -> ResponseReturnValue:
    """The statement of a period as PDF; a period that cannot be read is answered by the page."""
    view = case_for(case)
    form = period_form(view)
    if not form.validate():
        return _page(view, form, None), 400
    made = make_statement(db(), view, form.period)
    if made.is_empty:
        return _page(view, form, made), 404
    pdf = statement_pdf(made, context().agency, clock.today())
    return saved_file(pdf, "application/pdf", f"{file_name(made)}.pdf")


@blueprint.get("/cases/<case>/statements/statement.csv")
@signed_in
def statement_table(case: str) -> ResponseReturnValue:
    """The statement of a period as CSV, alike."""
    view = case_for(case)
    form = period_form(view)
    if not form.validate():
        return _page(view, form, None), 400
    made = make_statement(db(), view, form.period)
    if made.is_empty:
        return _page(view, form, made), 404
    return csv_file(statement_csv(made), f"{file_name(made)}.csv")


def file_name(statement: Statement) -> str:
    """Of the file, without its ending: the period alone, for a name can be read by others."""
    first, last = statement.period.first, statement.period.last
    return f"statement-{first.isoformat()}-{last.isoformat()}"


def period_form(view: CaseView) -> PeriodForm:
    """The period that the address names; the usual one where it names none."""
    chosen: MultiDict[str, str] = request.args
    if not request.args.keys() & {"from", "to"}:
        period = default_period(view)
        chosen = MultiDict({"from": period.first.isoformat(), "to": period.last.isoformat()})
    return PeriodForm(view, formdata=chosen)


def _page(view: CaseView, form: PeriodForm, statement: Statement | None) -> str:
    return render_case(
        "statements/statements.html",
        view,
        form=form,
        statement=statement,
        presets=presets(view),
        figures_in_words=figures_in_words,
    )
