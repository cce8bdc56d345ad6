"""One payment: add it, look at it and change it, take it out."""

from __future__ import annotations

import re
import secrets
from datetime import date
from decimal import Decimal

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.cases.page import case_for
from portal.ledger.case_view import CaseView
from portal.own_records import keep_entries as service
from portal.own_records.entry import ways
from portal.own_records.forms import NewPaymentForm, PaymentForm
from portal.own_records.read_log import read_entry, read_log
from portal.own_records.receipts import MOST_RECEIPTS
from portal.own_records.views.blueprint import UPLOADS, blueprint, own_record, render
from portal.own_records.views.receipts import name_receipt, store_receipt, why_no_receipt
from portal.requests.views.blueprint import actor
from portal.requests.views.taking_files import NOT_TAKEN, forget, named_or_forgotten, uploader
from portal.web import begin_writing, clock, context, db, reads_first
from portal.web.access import signed_in
from portal.web.forms import EmptyForm
from portal.web.limits import limiter


@blueprint.route("/cases/<case>/own-records/new", methods=["GET", "POST"])
@limiter.limit(UPLOADS, key_func=uploader, methods=["POST"])
@signed_in
@reads_first
def new(case: str) -> ResponseReturnValue:
    """Add a payment: today's, paid as the last one was, unless it is said otherwise."""
    view = case_for(case)
    form = NewPaymentForm(is_payor=view.is_payor)
    if request.method == "GET" and not form.was_kept:
        _fill_in(form, view)
    elif form.validate_on_submit() and _added(view, form):
        flash(_("The payment is in your records."), "success")
        again = request.form.get("action") == "another"
        return redirect(url_for(f"own_records.{'new' if again else 'index'}", case=case))
    if not form.once.data:
        form.once.data = secrets.token_urlsafe(32)
    return render("new", view, form=form)


def _added(view: CaseView, form: NewPaymentForm) -> bool:
    """Add it with its receipt, once; what is wrong is said at the field."""
    try:
        stored = store_receipt(form.file.data, None)
    except NOT_TAKEN as problem:
        form.file.errors = [why_no_receipt(problem)]
        return False
    try:
        with named_or_forgotten(stored):
            begin_writing()
            row, is_new = service.add_entry(
                db(), context().sealer, actor(), view.case_id, form.payment,
                form.once.data or "", clock.now(),
            )  # fmt: skip
            if stored is not None and is_new:
                name_receipt(row, stored)
            elif stored is not None:
                forget(stored)
    except service.TooManyEntries:
        form.amount.errors = [too_many_words()]
        return False
    except NOT_TAKEN:  # others were added at the same moment: the payment itself is in
        flash(_("The file was not added. Open the payment to try again."), "warning")
    return True


def too_many_words() -> str:
    """The log is full."""
    most = service.MOST_ENTRIES
    return str(_("Your records are full: %(most)s payments. Take some out first", most=most))


@blueprint.route("/cases/<case>/own-records/<entry>", methods=["GET", "POST"])
@limiter.limit(UPLOADS, key_func=uploader, methods=["POST"])
@signed_in
@reads_first
def entry(case: str, entry: str) -> ResponseReturnValue:
    """One payment, to look at, change, and add a receipt to."""
    view = case_for(case)
    found = read_entry(db(), context().sealer, own_record(view, entry))
    it = found.payment
    data = {"on": it.on, "amount": it.amount, "how": it.how.value, "note": it.note}
    form = PaymentForm(is_payor=view.is_payor, data=data)
    if form.validate_on_submit() and _changed(view, entry, form):
        flash(_("The change is kept."), "success")
        return redirect(url_for("own_records.index", case=case))
    return render("entry", view, form=form, entry=found, token=entry, most=MOST_RECEIPTS)


def _changed(view: CaseView, token: str, form: PaymentForm) -> bool:
    try:
        stored = store_receipt(form.file.data, own_record(view, token).id)
        with named_or_forgotten(stored):
            begin_writing()
            row = own_record(view, token, lock=True)
            if stored is not None:
                name_receipt(row, stored)
    except NOT_TAKEN as problem:
        form.file.errors = [why_no_receipt(problem)]
        return False
    service.change_entry(db(), context().sealer, actor(), row, form.payment, clock.now())
    return True


@blueprint.route("/cases/<case>/own-records/<entry>/removal", methods=["GET", "POST"])
@signed_in
def removal(case: str, entry: str) -> ResponseReturnValue:
    """Take a payment out, with its receipts."""
    view, form = case_for(case), EmptyForm()
    row = own_record(view, entry, lock=request.method == "POST")
    if form.validate_on_submit():
        service.remove_entry(db(), actor(), row, clock.now())
        flash(_("The payment was taken out of your records."), "success")
        return redirect(url_for("own_records.index", case=case))
    found = read_entry(db(), context().sealer, row)
    return render("removal", view, form=form, entry=found, token=entry)


def _fill_in(form: NewPaymentForm, view: CaseView) -> None:
    """Today, or what a link from the comparison says; how the last one was paid."""
    form.once.data = secrets.token_urlsafe(32)
    form.on.data, form.amount.data = clock.today(), None
    day, amount = request.args.get("date", ""), request.args.get("amount", "")
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", day, re.ASCII):
        try:
            form.on.data = date.fromisoformat(day)
        except ValueError:
            form.on.data = clock.today()
    if re.fullmatch(r"\d{1,7}\.\d{2}", amount, re.ASCII):
        form.amount.data = Decimal(amount)
    known = {how.value for how in ways(is_payor=view.is_payor)}
    log = read_log(db(), context().sealer, actor().id, view.case_id)
    used = [it.payment.how.value for it in log if it.payment.how.value in known]
    form.how.data = used[0] if used else next(iter(ways(is_payor=view.is_payor))).value
