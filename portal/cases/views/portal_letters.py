"""A letter of the portal: read on the site, or saved as it went out."""

from __future__ import annotations

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.cases.answer_letter import closing_answer
from portal.cases.dispute_letter import overpayment_dispute
from portal.cases.open_letter import note_opened
from portal.cases.page import my_case_list, token_of
from portal.cases.views.blueprint import blueprint
from portal.notices.portal_letters import OwnLetter, find_letter, open_pdf
from portal.rules.deadlines import days_left
from portal.web import clock, context, db
from portal.web.access import signed_in
from portal.web.downloads import saved_file


@blueprint.get("/letters/<letter>")
@signed_in
def portal_letter(letter: str) -> ResponseReturnValue:
    """What the letter says; the first time, that it was read."""
    found = _own(letter)
    note_opened(current_user.id, found.id)
    last = found.respond_by
    return render_template(
        "cases/portal_letter.html",
        letter=found,
        says=found.says,
        token=letter,
        letters_href=_letters(found),
        days_left=None if last is None else days_left(last, clock.today()),
        dispute_href=overpayment_dispute(db(), found),
        answer=closing_answer(db(), current_user.id, found, letter),
    )


@blueprint.get("/letters/<letter>/letter.pdf")
@signed_in
def portal_letter_file(letter: str) -> ResponseReturnValue:
    """The PDF as it went out, to save."""
    found, services = _own(letter), context()
    pdf = open_pdf(db(), services.sealer, services.opaque, current_user.participant_id, letter)
    note_opened(current_user.id, found.id, saved=True)
    name = f"letter-{found.dated_on.isoformat()}.pdf"
    return saved_file(pdf, "application/pdf", name)


def _own(token: str) -> OwnLetter:
    """The person's own letter, or 404, alike for all who may not (ACL-1)."""
    services, person = context(), current_user.participant_id
    if person is None:
        abort(404)
    try:
        return find_letter(db(), services.sealer, services.opaque, person, token)
    except LookupError:
        abort(404)


def _letters(letter: OwnLetter) -> str:
    """The list that the letter stands in."""
    mine = [label.case_id for label in my_case_list()]
    if not mine:
        return url_for("cases.index")
    case_id = letter.case_id if letter.case_id in mine else mine[0]
    return url_for("cases.letters", case=token_of(case_id))
