"""Many payments from a spreadsheet: looked at first, then kept, all or none."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage

from portal.cases.page import case_for
from portal.ledger.case_view import CaseView
from portal.own_records import keep_entries as service
from portal.own_records import read_csv
from portal.own_records.entry import How, Payment
from portal.own_records.forms import RowsForm, SpreadsheetForm
from portal.own_records.views.blueprint import UPLOADS, blueprint, render
from portal.own_records.views.entries import too_many_words
from portal.own_records.words import problem_words, ways_by_name
from portal.own_records.write_csv import write_csv
from portal.requests.views.blueprint import actor
from portal.requests.views.taking_files import uploader
from portal.web import begin_writing, clock, context, db, reads_first
from portal.web.access import signed_in
from portal.web.limits import limiter

MOST_FORM_BYTES = 400_000
"""Of the rows that go from the preview into the form that keeps them."""


@blueprint.route("/cases/<case>/own-records/csv", methods=["GET", "POST"])
@limiter.limit(UPLOADS, key_func=uploader, methods=["POST"])
@signed_in
@reads_first
def spreadsheet(case: str) -> ResponseReturnValue:
    """Choose a file; it is read and shown. Nothing is kept yet."""
    view, form = case_for(case), SpreadsheetForm()
    if not form.validate_on_submit():
        return _ask(view, form)
    upload: FileStorage | None = form.file.data or None
    data = upload.stream.read(read_csv.MOST_BYTES + 1) if upload else None
    if data is None:
        form.file.errors = [_("Choose a file")]
        return _ask(view, form)
    try:
        payments = _read(view, data)
    except read_csv.CsvRefused as refused:
        form.file.errors = [_("We took nothing from this file. See what to change")]
        return _ask(view, form, refused)
    return _preview(view, payments, secrets.token_urlsafe(32))


@blueprint.post("/cases/<case>/own-records/csv/rows")
@limiter.limit(UPLOADS, key_func=uploader)
@signed_in
@reads_first
def rows(case: str) -> ResponseReturnValue:
    """Keep what was looked at, once (CON-1). It is read again: a form can say anything."""
    view, form = case_for(case), RowsForm()
    if not form.validate_on_submit():
        abort(400)
    try:
        payments = _read(view, (form.rows.data or "").encode(), most_bytes=MOST_FORM_BYTES)
    except read_csv.CsvRefused:
        abort(400)
    begin_writing()
    once, now = form.once.data or "", clock.now()
    try:
        kept = service.add_all(
            db(), context().sealer, actor(), view.case_id, payments, once, now
        )  # fmt: skip
    except service.TooManyEntries:
        form.form_errors = [too_many_words()]
        return _preview(view, payments, once, form)
    message = ngettext(
        "%(num)s payment is in your records.", "%(num)s payments are in your records.", kept
    )
    flash(message, "success")
    return redirect(url_for("own_records.index", case=case))


def _read(
    view: CaseView, data: bytes, *, most_bytes: int = read_csv.MOST_BYTES
) -> tuple[Payment, ...]:
    names = ways_by_name(is_payor=view.is_payor)
    other = How.OTHER if view.is_payor else How.OTHER_WAY
    found = read_csv.read_csv(data, names, other, clock.today(), most_bytes=most_bytes)
    if len(write_csv(found).encode()) > MOST_FORM_BYTES:
        raise read_csv.CsvRefused([read_csv.Problem(read_csv.Why.TOO_LARGE)])
    return found


def _ask(view: CaseView, form: SpreadsheetForm, refused: read_csv.CsvRefused | None = None) -> str:
    problems = refused.problems if refused else ()
    return render(
        "spreadsheet",
        view,
        form=form,
        problems=[problem_words(it, is_payor=view.is_payor) for it in problems],
        more_problems=refused.more if refused else 0,
        most_rows=read_csv.MOST_ROWS,
    )


def _preview(
    view: CaseView, payments: Sequence[Payment], once: str, form: RowsForm | None = None
) -> str:
    places = service.new_places(db(), context().sealer, actor(), view.case_id, payments)
    return render(
        "preview",
        view,
        form=form or RowsForm(),
        payments=payments,
        new_places=frozenset(places),
        text=write_csv(payments),
        once=once,
    )
