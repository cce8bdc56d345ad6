"""Letters about a case: choosing one to write, those that were sent, and their files."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from portal.audit.trail import record_event
from portal.security.permissions import Permission
from portal.staff import refusals
from portal.staff.case_parents import CaseToWrite, case_to_write
from portal.staff.letter_forms import CaseLetterForm
from portal.staff.look_up import Reason, Side
from portal.staff.note_opening import LETTER, note_opening
from portal.staff.open_case import TooManyLookUps, open_case, was_opened
from portal.staff.parties import PartyToCase
from portal.staff.sent_letters import letter_to_print, letters_of_case
from portal.staff.views.blueprint import blueprint, worker
from portal.web import clock, context, db
from portal.web.access import staff_only
from portal.web.downloads import saved_file
from portal.web.edge import write_afterwards
from portal.web.filters import moment

_PAGES = {
    "closing": "staff.closing_notice",
    "overpayment": "staff.overpayment_notice",
    "sent": "staff.sent_letters",
}


@blueprint.route("/letters", methods=["GET", "POST"])
@staff_only(Permission.WORK_REQUESTS)
def case_letters() -> ResponseReturnValue:
    """About which case, which letter, and why: it shows who is on the case (AUD-4)."""
    form, status = CaseLetterForm(), 200
    if form.validate_on_submit():
        try:
            reason, words = Reason(form.reason.data), form.words.data or ""
            about = Side(form.about.data) if form.about.data else None
            case = open_case(
                db(), context(), worker(), form.case.data or "", reason, words, clock.now(),
                about=about,
            )  # fmt: skip
        except LookupError:
            form.case.errors = [_("There is no case with this number")]
        except PartyToCase:
            form.case.errors = [_("You cannot work on this case: you are close to somebody on it")]
        except TooManyLookUps as problem:
            status = 429
            form.case.errors = [_("You looked up too many parents. Try again after %(when)s",
                                  when=moment(problem.until))]  # fmt: skip
        else:
            return redirect(url_for(_PAGES[form.kind.data], case=token_of(case.case_id)))
    return render_template("staff/case_letters.html", form=form), status


@blueprint.get("/cases/<case>/letters")
@staff_only(Permission.WORK_REQUESTS)
def sent_letters(case: str) -> ResponseReturnValue:
    """The letters about a case, with when each was opened by the one it is to."""
    found = case_behind(case)
    sent = letters_of_case(db(), found.case_id)
    hide = context().opaque.hide
    listed = [(it, hide("letter", it.letter.id, within=worker().id)) for it in sent]
    return render_template("staff/sent_letters.html", case=found, sent=listed, token=case)


@blueprint.get("/letters/<letter>/letter.pdf")
@staff_only(Permission.WORK_REQUESTS)
def letter_file(letter: str) -> ResponseReturnValue:
    """A letter as it went out, to read, or to print for a parent without an account."""
    services, reader, now = context(), worker(), clock.now()
    key = services.opaque.reveal("letter", letter, within=reader.id)
    try:
        found, pdf = letter_to_print(db(), services, reader, key or "")
    except LookupError:
        abort(404)
    except PartyToCase:
        refusals.note(worker().id, request.endpoint or "", "close")
        abort(404)
    note_opening(reader, found.participant_id, LETTER, found.submission_id)
    letter_id, reader_id = found.id, reader.id

    def write(session: Session) -> None:
        subject = ("letter", letter_id)
        record_event(session, "letter:printed", now=now, actor_id=reader_id, subject=subject)

    write_afterwards(write)
    name = f"letter-{found.dated_on.isoformat()}.pdf"
    return saved_file(pdf, "application/pdf", name)


def token_of(case_id: str) -> str:
    """A case in an address of this worker's."""
    return context().opaque.hide("case", case_id, within=worker().id)


def case_behind(token: str) -> CaseToWrite:
    """The case behind an address, its parents noted as opened; or 404 (ACL-1, ACL-4), or the way
    to say why, where the worker did not or too long ago."""
    key = context().opaque.reveal("case", token, within=worker().id)
    try:
        found = case_to_write(db(), worker(), key or "", clock.today())
    except LookupError:
        abort(404)
    except PartyToCase:
        refusals.note(worker().id, request.endpoint or "", "close")
        abort(404)
    if not was_opened(db(), worker(), found, clock.now()):
        flash(_("Say first why you open this case."), "info")
        abort(redirect(url_for("staff.case_letters")))
    for parent in found.parents:
        note_opening(worker(), parent.participant_id, LETTER)
    return found
