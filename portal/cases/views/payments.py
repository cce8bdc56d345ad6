"""Payments: the list, the same as CSV, and one of them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.cases.already_asked import asked_of
from portal.cases.forms import PaymentFilter
from portal.cases.note_federal import note_federal
from portal.cases.page import case_for, disagree_address, render_case
from portal.cases.payments_csv import payments_csv
from portal.cases.payments_page import PaymentsPage, payments_page
from portal.cases.reason_words import explain, next_payment
from portal.cases.trace import trace
from portal.cases.views.blueprint import blueprint
from portal.cases.waiting_words import waiting_in_words
from portal.ledger.case_view import CaseView
from portal.ledger.payments import Payment, find_payment, payments_shown
from portal.ledger.reasons import outlook, smaller
from portal.ledger.recovered import recovered
from portal.ledger.unsent import unsent
from portal.requests.disputes import dispute_of_payment
from portal.web import context, db
from portal.web.access import signed_in
from portal.web.downloads import csv_file


@blueprint.get("/cases/<case>/payments")
@signed_in
def payments(case: str) -> ResponseReturnValue:
    """The payments of four years, filtered, a page at a time."""
    view = case_for(case)
    found = payments_shown(db(), view)
    form = PaymentFilter(view, found, formdata=request.args)
    return _page(view, found, form, payments_page(view, found, form, _number()))


@blueprint.get("/cases/<case>/payments.csv")
@signed_in
def payments_file(case: str) -> ResponseReturnValue:
    """The payments that the filter shows, all pages of them, as CSV.

    A filter that cannot be read is answered by the page that says what is wrong with it: a file of
    everything would pass for what was asked for.
    """
    view = case_for(case)
    found = payments_shown(db(), view)
    form = PaymentFilter(view, found, formdata=request.args)
    listed = payments_page(view, found, form, _number())
    if form.errors:
        return _page(view, found, form, listed), 400
    text = payments_csv(view, listed.all)
    return csv_file(text, "payments.csv")


@blueprint.get("/cases/<case>/payments/<payment>")
@signed_in
def payment(case: str, payment: str) -> ResponseReturnValue:
    """One payment: where it came from, how it was applied, where it went."""
    view = case_for(case)
    known = payments_shown(db(), view)
    found = find_payment(context().opaque, view, known, payment)
    if found is None:
        abort(404)
    note_federal(current_user.id, view, [found])
    return render_case(
        "cases/payment.html",
        view,
        payment=found,
        events=trace(view, found),
        waiting=waiting_in_words(view, unsent(view, found)),
        why=explain(view, smaller(db(), view, found, known), known),
        review_href=disagree_address(view, payment),
        asked=asked_of(current_user.id, view, dispute_of_payment(view.case_id, found)),
    )


def _page(
    view: CaseView, payments: Sequence[Payment], form: PaymentFilter, listed: PaymentsPage
) -> str:
    note_federal(current_user.id, view, [payment for payment, _address in listed.shown])
    coming = next_payment(view, outlook(db(), view, payments))
    return render_case(
        "cases/payments.html",
        view,
        form=form,
        listed=listed,
        coming=coming,
        kept=recovered(payments),
    )


def _number() -> int:
    return request.args.get("page", 1, type=int)
