"""What a request's pages share: finding it, refusing parties, answering a form that is late."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import abort, g, render_template, request
from flask.typing import ResponseReturnValue

from portal.cases import difference_words, explain_words
from portal.cases.words import CATEGORIES
from portal.requests.lifecycle import IllegalTransition
from portal.requests.models import Submission
from portal.rules.transitions import State
from portal.staff import refusals, request_words
from portal.staff.hold import PartyToCase, Stale
from portal.staff.latest_steps import latest_steps
from portal.staff.note_opening import note_opening
from portal.staff.queue_forms import language_name
from portal.staff.read_request import find_request
from portal.staff.steps import NotOwner
from portal.staff.views.blueprint import blueprint, worker
from portal.web import db

View = Callable[..., ResponseReturnValue]
REFUSALS = (Stale, NotOwner, IllegalTransition)
"""What keeps a step from being taken, beside its own words."""


def on_request(view: View) -> View:
    """For views below a request's address: 404 for none of that number, 403 for its parties
    (ACL-4), and opening it is noted for its sender (AUD-4)."""

    @wraps(view)
    def run(number: str, **kwargs: Any) -> ResponseReturnValue:
        try:
            submission = find_request(db(), worker(), number)
        except LookupError:
            abort(404)
        except PartyToCase:
            refusals.note(worker().id, request.endpoint or "", "close")
            return render_template("staff/party.html"), 403
        # Posts too: a form with an error is answered with all of the request.
        note_opening(worker(), submission.participant_id, "request", submission.id)
        g.staff_request = submission
        return view(number, **kwargs)

    return run


def requested() -> Submission:
    """The request of a view under `on_request`, which found it and may be read by the worker."""
    found: Submission = g.staff_request
    return found


def posted_version(name: str = "version") -> int:
    """The version that the form was made of; one that no request has where it carries none."""
    return request.form.get(name, default=-1, type=int)


def why(problem: Exception, state: str) -> str:
    """A code for what keeps a step from being taken."""
    if isinstance(problem, NotOwner):
        return "not_owner"
    if state == State.WITHDRAWN.value:
        return "withdrawn"
    return "closed" if isinstance(problem, IllegalTransition) else "stale"


def conflict(problem: Exception) -> dict[str, Any]:
    """What a page says of a step that could not be taken: why, and who did what lately."""
    submission = requested()
    return {"why": why(problem, submission.state), "steps": latest_steps(db(), submission)}


def conflict_page(number: str, problem: Exception, *typed: str) -> ResponseReturnValue:
    """The page of its own, for steps whose form is gone: what was typed stays to be copied."""
    return (
        render_template(
            "staff/request_conflict.html",
            number=number,
            conflict=conflict(problem),
            typed=[text for text in typed if text],
        ),
        409,
    )


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {
        "staff_words": request_words,
        "language_name": language_name,
        "ledger_words": explain_words,
        "category_words": CATEGORIES,
        "difference_words": difference_words,
    }
