"""Asking for an administrative review, step by step."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal.ledger.case_view import CaseView
from portal.requests.disputes import disputes_from, without_dispute
from portal.requests.drafts import save_draft
from portal.requests.file_review import (
    KIND,
    LetterAnswered,
    SaidPayment,
    answer_sent,
    file_review,
    payments_from,
    present_review,
)
from portal.requests.forms import GroundsForm, PaymentsForm
from portal.requests.grounds import HowPaid, grounds_for
from portal.requests.said_payments import compare, known_payments
from portal.requests.submit import NotReadyToSend
from portal.requests.views.blueprint import actor, blueprint, my_draft, my_views, person
from portal.requests.views.taking_files import named_files
from portal.requests.words import GROUNDS
from portal.rules.deadlines import days_left, decide_by
from portal.web import clock, context, db
from portal.web.access import signed_in


@blueprint.route("/requests/administrative-review/grounds", methods=["GET", "POST"])
@signed_in
def review_grounds() -> ResponseReturnValue:
    """What is wrong."""
    found = my_draft(KIND, lock=request.method == "POST")
    if found is None or "cases" not in found[1]:
        return redirect(url_for("requests.review_letter"))
    draft, data = found
    views = _views_about(data)
    if not views:
        return redirect(url_for("requests.review_letter"))
    offered = grounds_for(is_payor=any(view.is_payor for view in views))
    form = GroundsForm(
        offered, data={"grounds": data.get("grounds"), "words": data.get("words", "")}
    )
    if form.validate_on_submit():
        save_draft(
            db(),
            context().sealer,
            draft,
            clock.now(),
            grounds=form.grounds.data,
            words=form.words.data,
        )
        return redirect(url_for("requests.review_payments"))
    hints = {ground.value: GROUNDS[ground][1] for ground in offered}
    return render_template(
        "requests/review_grounds.html",
        form=form,
        hints=hints,
        disputes=disputes_from(data.get("disputes", [])),
    )


@blueprint.post("/requests/administrative-review/disputes/<int:number>/removal")
@signed_in
def dispute_removal(number: int) -> ResponseReturnValue:
    """Take a line, payment or month out of what is disputed; they count from 0."""
    found = my_draft(KIND, lock=True)
    rows = found[1].get("disputes", []) if found else []
    if found is None or number >= len(rows):
        abort(404)
    left = without_dispute(rows, number)
    save_draft(db(), context().sealer, found[0], clock.now(), disputes=left)
    return redirect(url_for("requests.review_grounds"))


def _views_about(data: dict[str, Any]) -> list[CaseView]:
    """The cases that a draft is about, as the person may see them now."""
    letter = data.get("letter")
    ids = {case["case_id"] for case in letter["cases"]} if letter else set(data["cases"])
    return [view for view in my_views() if view.case_id in ids]


@blueprint.route("/requests/administrative-review/payments", methods=["GET", "POST"])
@signed_in
def review_payments() -> ResponseReturnValue:
    """The payments the parent says were made, beside what the agency has."""
    found = my_draft(KIND, lock=request.method == "POST")
    if found is None or not found[1].get("grounds"):
        return redirect(url_for("requests.review_grounds"))
    draft, data = found
    said = payments_from(data.get("payments", []))
    rows = [{"on": it.on, "amount": it.amount, "how": it.how.value} for it in said]
    form = PaymentsForm(data={"payments": rows})
    action = request.form.get("action")
    if action == "add":
        form.add_rows()
    elif form.validate_on_submit():
        said = tuple(
            SaidPayment(row.on.data, row.amount.data, HowPaid(row.how.data))
            for row in form.payments
            if not row.form.is_empty
        )
        kept = [payment.as_json() for payment in said]
        save_draft(db(), context().sealer, draft, clock.now(), payments=kept)
        here = url_for("requests.review_payments", _anchor="compared")
        return redirect(here if action == "compare" else url_for("requests.review_evidence"))
    views = _views_about(data)
    return render_template(
        "requests/review_payments.html",
        form=form,
        months=compare(said, known_payments(db(), views)) if said else [],
        several=len(views) > 1,
        is_payor=any(view.is_payor for view in views),
        shares=any(len(view.mine) > 1 for view in views),
    )


@blueprint.route("/requests/administrative-review/check", methods=["GET", "POST"])
@signed_in
def review_check() -> ResponseReturnValue:
    """Check your answers, and send."""
    person()
    if request.method == "POST":
        return _send(request.form.get("draft", ""))
    return _checked()


def _checked() -> str | Response:
    """What is about to be sent, or why it cannot be."""
    services, now = context(), clock.now()
    found = my_draft(KIND)
    review = present_review(db(), services.agency, actor(), found[1], now) if found else None
    if found is None or review is None:
        return redirect(url_for("requests.review_letter"))
    last_day = review.last_day
    return render_template(
        "requests/review_check.html",
        draft=found[0],
        review=review,
        answered_by=answer_sent(db(), actor().id, review),
        stays=review.stays(now, services.agency),
        decide_by=decide_by(now, services.agency),
        days_left=None if last_day is None else days_left(last_day, clock.today()),
        files=named_files(found[0]),
    )


def _send(draft_id: str) -> ResponseReturnValue:
    services = context()
    try:
        sent = file_review(db(), services.sealer, services.agency, actor(), draft_id, clock.now())
    except NotReadyToSend:
        return redirect(url_for("requests.review_letter"))
    except LetterAnswered:
        return _checked(), 409
    except LookupError:
        abort(404)
    return redirect(url_for("requests.receipt", number=sent.number))
