"""The first step of an administrative review: which letter it answers, or none."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.ledger.case_view import CaseView
from portal.requests.drafts import begin_draft, save_draft
from portal.requests.file_review import KIND
from portal.requests.forms import LetterForm
from portal.requests.review_letters import (
    AnswerableLetter,
    answerable_letters,
    letter_asked_for,
    token_of_letter,
    tokens_of_cases,
)
from portal.requests.views.blueprint import actor, blueprint, my_draft, my_views, person, until_when
from portal.web import clock, context, db
from portal.web.access import signed_in
from portal.web.filters import day, days_left

ALL_CASES = "all"
Options = dict[str, tuple[str, dict[str, Any]]]
"""By token: the label, and what a draft keeps of the choice."""


@blueprint.route("/requests/administrative-review/new", methods=["GET", "POST"])
@signed_in
def review_letter() -> ResponseReturnValue:
    """Which letter it answers, or none."""
    views = my_views()
    letters = answerable_letters(db(), actor().id, views)
    asked = _asked_for(views, letters)
    found = my_draft(KIND, lock=request.method == "POST")
    options = _options(letters, views)
    form = LetterForm(
        [(token, label) for token, (label, _answer) in options.items()],
        data={"about": asked or _chosen(found[1] if found else {}, options)},
    )
    if views and form.validate_on_submit():
        draft = found[0] if found else None
        if draft is None:
            draft = begin_draft(db(), context().sealer, actor().id, KIND, clock.now())
        save_draft(db(), context().sealer, draft, clock.now(), **options[form.about.data][1])
        return redirect(url_for("requests.review_grounds"))
    return render_template(
        "requests/review_letter.html",
        form=form,
        letters=letters,
        hints=_hints(letters),
        kept_until=until_when(found[0] if found else None),
        back=_back(begun=found is not None),
    )


def _options(letters: list[AnswerableLetter], views: list[CaseView]) -> Options:
    opaque = context().opaque
    options: Options = {}
    over = [view.case_id for view in views if view.ended_on is not None]
    for letter in letters:
        if letter.answered_by is None:
            label = _("Notice of delinquency dated %(day)s", day=day(letter.dated_on))
            answer: dict[str, Any] = {"letter": letter.as_json(), "cases": [], "over": over}
            options[token_of_letter(opaque, person(), letter)] = (label, answer)
    if len(views) > 1:
        every = [view.case_id for view in views]
        options[ALL_CASES] = (
            _("Something else, on all my cases"),
            {"letter": None, "cases": every, "over": over},
        )
    for case_id, token in tokens_of_cases(opaque, person(), views).items():
        label = (
            _("Something else, on case %(case)s", case=case_id)
            if len(views) > 1
            else _("Something else on my case, without a letter")
        )
        options[token] = (label, {"letter": None, "cases": [case_id], "over": over})
    return options


def _hints(letters: list[AnswerableLetter]) -> dict[str, str]:
    opaque, hints = context().opaque, {}
    for letter in letters:
        hints[token_of_letter(opaque, person(), letter)] = (
            _("The last day was %(day)s. You can still ask.", day=day(letter.last_day))
            if letter.is_late
            else _("Ask by %(day)s:", day=day(letter.last_day)) + f" {days_left(letter.last_day)}."
        )
    return hints


def _asked_for(views: list[CaseView], letters: list[AnswerableLetter]) -> str | None:
    """What a link of the case's pages named, as a choice of the form; what is not one's own is
    not found (ACL-1)."""
    case, letter = request.args.get("case"), request.args.get("letter")
    if case is None and letter is None:
        return None
    opaque = context().opaque
    try:
        asked = letter_asked_for(db(), opaque, views, letters, case or "", letter)
    except LookupError:
        abort(404)
    return case if asked is None else token_of_letter(opaque, person(), asked)


def _chosen(data: dict[str, Any], options: Options) -> str | None:
    """The choice that a draft holds; a letter is known by its date, whatever else has moved."""
    same = _sign(data)
    return next((token for token, (_l, answer) in options.items() if _sign(answer) == same), None)


def _sign(answer: dict[str, Any]) -> tuple[str | None, list[str] | None]:
    letter = answer.get("letter")
    return (letter["dated_on"] if letter else None), answer.get("cases")


def _back(*, begun: bool) -> tuple[str, str]:
    """Where the step was reached from: its address and its name."""
    case, letter = request.args.get("case"), request.args.get("letter")
    if case and letter:
        return url_for("cases.letter", case=case, letter=letter), _("Your letter")
    if case:
        return url_for("cases.overview", case=case), _("Your case")
    if begun:
        return url_for("requests.index"), _("Requests")
    return url_for("requests.new"), _("Back")
