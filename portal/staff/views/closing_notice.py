"""Writing the notice that a case will be closed."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.notices.letter_pdf import CannotPrint
from portal.rules.closing import ClosingReason
from portal.rules.deadlines import closing_on
from portal.security.permissions import Permission
from portal.staff.closing_notice import (
    NotToClose,
    closing_letters,
    send_closing_notice,
    still_running,
)
from portal.staff.letter_drafts import LetterDrafts, look_at
from portal.staff.letter_forms import ClosingNoticeForm
from portal.staff.letters import AlreadySent
from portal.staff.views.blueprint import blueprint, worker
from portal.staff.views.case_letters import case_behind
from portal.staff.views.not_printed import why_not_printed
from portal.web import clock, context, db
from portal.web.access import staff_only


@blueprint.route("/cases/<case>/closing-notice", methods=["GET", "POST"])
@staff_only(Permission.WORK_REQUESTS)
def closing_notice(case: str) -> ResponseReturnValue:
    """The reason, the letters to look at, and the button that sends them."""
    found, services = case_behind(case), context()
    form = ClosingNoticeForm(services.agency.notices.closing_reasons)
    drafts = LetterDrafts()
    if form.validate_on_submit():
        reason, words = ClosingReason(form.reason.data), form.words.data or ""
        try:
            letters = closing_letters(services, found, reason, words, clock.today())
            drafts = look_at(db(), services, tuple(zip(found.parents, letters, strict=True)))
            if request.form.get("action") == "send" and request.form.get("seen") == drafts.mark:
                send_closing_notice(
                    db(), services, worker(), found.case_id, reason, words, clock.now()
                )
                flash(_("The letters were sent."), "success")
                return redirect(url_for("staff.sent_letters", case=case))
        except CannotPrint as problem:
            form.words.errors = [why_not_printed(problem)]
        except (NotToClose, AlreadySent):
            return redirect(url_for("staff.closing_notice", case=case))
    return render_template(
        "staff/closing_notice.html",
        case=found,
        token=case,
        form=form,
        drafts=drafts.shown,
        seen=drafts.mark,
        last_day=closing_on(clock.today(), services.agency),
        running=still_running(db(), found.case_id, clock.today()),
    )
