"""Asking a question, step by step."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.ledger.case_view import CaseView
from portal.requests.ask_question import KIND, about_in, answer_by, file_question, present_question
from portal.requests.disputes import Dispute
from portal.requests.drafts import begin_draft, save_draft
from portal.requests.forms import QuestionForm
from portal.requests.review_letters import tokens_of_cases
from portal.requests.submit import NotReadyToSend
from portal.requests.views.blueprint import actor, blueprint, my_draft, my_views, person, until_when
from portal.web import clock, context, db
from portal.web.access import signed_in


@blueprint.route("/requests/question", methods=["GET", "POST"])
@signed_in
def question() -> ResponseReturnValue:
    """What would you like to know, and on which case."""
    views = my_views()
    if not views:
        return redirect(url_for("requests.new"))
    found = my_draft(KIND, lock=request.method == "POST")
    data = found[1] if found else {}
    about = _about(data, views)
    tokens = {} if about else tokens_of_cases(context().opaque, person(), views)
    form = QuestionForm(
        [(token, _("Case %(case)s", case=case)) for case, token in tokens.items()],
        data={"words": data.get("words", ""), "case": tokens.get(data.get("case", ""))},
    )
    if form.validate_on_submit():
        draft = found[0] if found else None
        if draft is None:
            draft = begin_draft(db(), context().sealer, actor().id, KIND, clock.now())
        chosen = about.case_id if about else _case_of(tokens, form.chosen, views)
        kept = {"case": chosen, "words": form.words.data, "disputes": _rows(about)}
        save_draft(db(), context().sealer, draft, clock.now(), **kept)
        return redirect(url_for("requests.question_check"))
    return render_template(
        "requests/question.html",
        form=form,
        about=about,
        begun=found is not None,
        kept_until=until_when(found[0]) if found and data.get("words") else None,
    )


@blueprint.post("/requests/question/subject/removal")
@signed_in
def question_subject_removal() -> ResponseReturnValue:
    """Ask about the case as a whole, not about the line, payment or month."""
    found = my_draft(KIND, lock=True)
    if found is None or not found[1].get("disputes"):
        abort(404)
    save_draft(db(), context().sealer, found[0], clock.now(), disputes=[])
    return redirect(url_for("requests.question"))


@blueprint.route("/requests/question/check", methods=["GET", "POST"])
@signed_in
def question_check() -> ResponseReturnValue:
    """Check your question, and send."""
    person()
    services, now = context(), clock.now()
    if request.method == "POST":
        return _send(request.form.get("draft", ""))
    found = my_draft(KIND)
    asked = present_question(db(), services.agency, actor(), found[1], now) if found else None
    if found is None or asked is None:
        return redirect(url_for("requests.question"))
    return render_template(
        "requests/question_check.html",
        draft=found[0],
        question=asked,
        answer_by=answer_by(services.agency, now),
    )


def _send(draft_id: str) -> ResponseReturnValue:
    services = context()
    try:
        sent = file_question(db(), services.sealer, services.agency, actor(), draft_id, clock.now())
    except NotReadyToSend:
        return redirect(url_for("requests.question"))
    except LookupError:
        abort(404)
    return redirect(url_for("requests.receipt", number=sent.number))


def _about(data: dict[str, Any], views: list[CaseView]) -> Dispute | None:
    """What a draft is about, on a case that the person may still see."""
    about = about_in(data)
    return about if about and any(it.case_id == about.case_id for it in views) else None


def _rows(about: Dispute | None) -> list[dict[str, str]]:
    return [about.as_json()] if about else []


def _case_of(tokens: dict[str, str], chosen: str | None, views: list[CaseView]) -> str:
    """The case that was chosen; with one case it is that one."""
    return next((case for case, token in tokens.items() if token == chosen), views[0].case_id)
