"""Letters and notices to the person signed in."""

from __future__ import annotations

from flask import abort
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.cases.letters import answer_address, answer_to
from portal.cases.letters_page import letters_page
from portal.cases.page import case_for, render_case
from portal.cases.views.blueprint import blueprint
from portal.ledger.letters import find_letter, letters_shown
from portal.web import context, db
from portal.web.access import signed_in


@blueprint.get("/cases/<case>/letters")
@signed_in
def letters(case: str) -> ResponseReturnValue:
    """All letters, the newest first, with the last day to answer."""
    view = case_for(case)
    found = letters_page(db(), current_user.id, view, letters_shown(db(), view))
    return render_case("cases/letters.html", view, letters=found)


@blueprint.get("/cases/<case>/letters/<letter>")
@signed_in
def letter(case: str, letter: str) -> ResponseReturnValue:
    """One letter."""
    view = case_for(case)
    found = find_letter(context().opaque, view, letters_shown(db(), view), letter)
    if found is None:
        abort(404)
    return render_case(
        "cases/letter.html",
        view,
        letter=found,
        answer_href=answer_address(view, found),
        answer=answer_to(db(), view, current_user.id, found),
    )
