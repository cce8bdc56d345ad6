"""What was sent: the list, one request, its receipt, taking it back, dropping a draft."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from portal.accounts.reauthentication import is_recent
from portal.accounts.safety_marks import is_marked
from portal.notices.portal_letters import letter_token, letters_about
from portal.requests.caseworkers import names_for_parents
from portal.requests.drafts import discard_draft, find_draft
from portal.requests.forms import countries
from portal.requests.give_more import asked_of, own_asked_request
from portal.requests.lifecycle import IllegalTransition
from portal.requests.read_request import OwnRequest, read_own_request
from portal.requests.summary import my_requests
from portal.requests.views.blueprint import actor, blueprint, person, until_when
from portal.requests.withdraw import withdraw
from portal.rules.vocabulary import RequestKind
from portal.web import clock, context, current_session, db
from portal.web.access import signed_in

DRAFTS = {
    "change-of-address": RequestKind.CHANGE_OF_ADDRESS,
    "administrative-review": RequestKind.ADMINISTRATIVE_REVIEW,
    "closing-response": RequestKind.CLOSING_RESPONSE,
    "question": RequestKind.QUESTION,
}


@blueprint.get("/requests")
@signed_in
def index() -> ResponseReturnValue:
    """Everything sent in, and what was begun."""
    person()
    begun = [
        (slug, kind, until_when(draft))
        for slug, kind in DRAFTS.items()
        if (draft := find_draft(db(), actor().id, kind, lock=False)) is not None
    ]
    found = my_requests(db(), actor().id)
    return render_template(
        "requests/index.html",
        requests=found,
        begun=begun,
        names=names_for_parents(db(), context().agency, found),
        today=clock.today(),
    )


@blueprint.get("/requests/new")
@signed_in
def new() -> ResponseReturnValue:
    """What happened?"""
    person()
    return render_template("requests/new.html")


@blueprint.get("/requests/<number>")
@signed_in
def show(number: str) -> ResponseReturnValue:
    """One request, its owner, due date, timeline and outcome."""
    return render_template("requests/show.html", **_shown(number))


@blueprint.get("/requests/<number>/receipt")
@signed_in
def receipt(number: str) -> ResponseReturnValue:
    """The receipt: the number, by when, and what happens next."""
    return render_template("requests/receipt.html", **_shown(number))


@blueprint.route("/requests/<number>/withdrawal", methods=["GET", "POST"])
@signed_in
def withdrawal(number: str) -> ResponseReturnValue:
    """Take a request back."""
    own = _own(number)
    if request.method != "POST":  # HEAD too only reads (CSR-2)
        if not own.can_withdraw:
            return redirect(url_for("requests.show", number=number))
        return render_template("requests/withdrawal.html", own=own)
    try:
        withdraw(db(), context().sealer, actor(), number, clock.now())
    except IllegalTransition:
        return render_template("requests/withdrawal.html", own=own, too_late=True), 409
    return redirect(url_for("requests.show", number=number))


@blueprint.post("/requests/drafts/<slug>/removal")
@signed_in
def draft_removal(slug: str) -> ResponseReturnValue:
    """Drop what was begun."""
    person()
    kind = DRAFTS.get(slug)
    draft = find_draft(db(), actor().id, kind) if kind else None
    if draft is None:
        abort(404)
    discard_draft(db(), draft)
    return redirect(url_for("requests.index"))


def _own(number: str) -> OwnRequest:
    person()
    services = context()
    try:
        return read_own_request(db(), services.sealer, services.agency, actor(), number)
    except LookupError:
        abort(404)


def _shown(number: str) -> dict[str, Any]:
    """What the two pages of a request show; a marked parent's address only where she asked for
    it by signing in again (PRV-2)."""
    own, services = _own(number), context()
    recent = is_recent(current_session().row, clock.now(), services.settings.reauthentication)
    country = own.change.address.country if own.change else "US"
    return {
        "own": own,
        "late": own.summary.is_late(clock.today()),
        "today": clock.today(),
        "names": names_for_parents(db(), services.agency, [own.summary]),
        "masked": is_marked(db(), person()) and not (recent and "shown" in request.args),
        "country": None if country == "US" else dict(countries()).get(country, country),
        "asked": asked_of(db(), services.sealer, own_asked_request(db(), actor(), number)),
        "court": services.agency.review.court.in_language(str(get_locale() or "en")),
        "letters": [
            (letter, letter_token(services.opaque, person(), letter.id))
            for letter in letters_about(db(), services.sealer, person(), own.id)
        ],
    }
