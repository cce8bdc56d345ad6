"""Figures for the supervisor: a table, a drawing, and CSV."""

from __future__ import annotations

from decimal import Decimal

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.cases.drawing import bars
from portal.requests.words import KINDS
from portal.security.permissions import Permission
from portal.staff.figures import PERIODS, read_figures
from portal.staff.figures_csv import figures_csv, in_words
from portal.staff.views.blueprint import blueprint
from portal.web import clock, context, db
from portal.web.access import staff_only
from portal.web.downloads import csv_file
from portal.web.filters import month_and_year


@blueprint.get("/figures")
@staff_only(Permission.LEAD_QUEUE)
def figures() -> ResponseReturnValue:
    """What is open and late, how long answers take, how decisions come out."""
    days = request.args.get("days", PERIODS[0], type=int)
    days = days if days in PERIODS else PERIODS[0]
    found = read_figures(db(), context().agency, clock.now())
    pairs = [(it.first, Decimal(it.came_in), Decimal(it.answered)) for it in found.months]
    return render_template(
        "staff/figures.html",
        figures=found,
        days=days,
        periods=PERIODS,
        in_words=in_words,
        picture=bars(pairs, _label()),
        month_and_year=month_and_year,
    )


@blueprint.get("/figures.csv")
@staff_only(Permission.LEAD_QUEUE)
def figures_file() -> ResponseReturnValue:
    """The same as CSV, all periods."""
    text = figures_csv(read_figures(db(), context().agency, clock.now()), KINDS)
    return csv_file(text, "figures.csv")


def _label() -> str:
    return str(
        _(
            "Two bars a month: how many requests came in and how many were answered."
            " The table has the same figures."
        )
    )
