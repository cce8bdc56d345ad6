"""Writing the notice that a parent was paid too much."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.notices.letter_pdf import CannotPrint
from portal.security.permissions import Permission
from portal.staff.case_parents import CaseToWrite
from portal.staff.letter_drafts import LetterDrafts, look_at
from portal.staff.letter_forms import OverpaymentForm
from portal.staff.letters import AlreadySent
from portal.staff.overpayment_notice import (
    OverpaidBecause,
    Overpayment,
    PaidOut,
    TooMuch,
    overpayment_letter,
    payments_out,
    send_overpayment_notice,
    who_was_paid,
)
from portal.staff.views.blueprint import blueprint, worker
from portal.staff.views.case_letters import case_behind
from portal.staff.views.not_printed import why_not_printed
from portal.web import clock, context, db
from portal.web.access import staff_only
from portal.web.filters import day, money


@blueprint.route("/cases/<case>/overpayment-notice", methods=["GET", "POST"])
@staff_only(Permission.WORK_REQUESTS)
def overpayment_notice(case: str) -> ResponseReturnValue:
    """The payment, the amounts, the letter to look at, and the button that sends it."""
    found = case_behind(case)
    payments = _offered(found)
    form = OverpaymentForm([(it.key, _label(found, it)) for it in payments.values()])
    drafts = LetterDrafts()
    if form.validate_on_submit():
        what = _what(form, payments)
        try:
            drafts = _drafts(found, what)
            if request.form.get("action") == "send" and request.form.get("seen") == drafts.mark:
                send_overpayment_notice(db(), context(), worker(), found.case_id, what, clock.now())
                flash(_("The letter was sent."), "success")
                return redirect(url_for("staff.sent_letters", case=case))
        except CannotPrint as problem:
            form.words.errors = [why_not_printed(problem)]
        except TooMuch:
            form.amount.errors = [_("Enter no more than was paid, and take back no more at a time")]
        except AlreadySent:
            form.amount.errors = [_("A letter about this payment and amount was sent before")]
    return render_template(
        "staff/overpayment_notice.html",
        case=found,
        token=case,
        form=form,
        drafts=drafts.shown,
        seen=drafts.mark,
        any_payment=bool(payments),
    )


def _offered(found: CaseToWrite) -> dict[str, PaidOut]:
    """The payments to those who are on the case now, by key."""
    mine = {parent.participant_id for parent in found.parents if parent.gets_services}
    return {it.key: it for it in payments_out(db(), found.case_id) if it.participant_id in mine}


def _label(found: CaseToWrite, payment: PaidOut) -> str:
    name = who_was_paid(found.parents, payment).name
    return f"{day(payment.on)}: {money(payment.amount)}, {name}"


def _what(form: OverpaymentForm, payments: dict[str, PaidOut]) -> Overpayment:
    amount, each, since = form.amount.data, form.each.data, form.since.data
    assert amount is not None
    assert each is not None
    assert since is not None
    return Overpayment(
        payments[form.payment.data],
        OverpaidBecause(form.because.data),
        amount,
        each,
        since,
        form.words.data or "",
    )


def _drafts(found: CaseToWrite, what: Overpayment) -> LetterDrafts:
    parent = who_was_paid(found.parents, what.payment)
    letter = overpayment_letter(context(), found.case_id, parent, what, clock.today())
    return look_at(db(), context(), [(parent, letter)])
