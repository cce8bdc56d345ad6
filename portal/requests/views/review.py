"""Asking for an administrative review, step by step."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.ledger.case_view import CaseView
from portal.requests.add_evidence import files_of_draft, name_of
from portal.requests.drafts import begin_draft, save_draft
from portal.requests.file_review import (
    KIND,
    SaidPayment,
    file_review,
    payments_from,
    review_from_draft,
)
from portal.requests.forms import GroundsForm, LetterForm, PaymentsForm
from portal.requests.grounds import HowPaid, grounds_for
from portal.requests.review_letters import (
    AnswerableLetter,
    answerable_letters,
    letter_asked_for,
    token_of_letter,
    tokens_of_cases,
    views_of,
)
from portal.requests.said_payments import compare, known_payments
from portal.requests.submit import NotReadyToSend
from portal.requests.views.blueprint import actor, blueprint, my_draft, person
from portal.requests.words import GROUNDS
from portal.rules.deadlines import days_left, decide_by
from portal.web import clock, context, db
from portal.web.access import signed_in
from portal.web.filters import day
from portal.web.filters import days_left as days_words

ALL_CASES = "all"


def my_views() -> list[CaseView]:
    """The person's cases."""
    return views_of(db(), person(), agency=context().agency, today=clock.today())


@blueprint.route("/requests/administrative-review/new", methods=["GET", "POST"])
@signed_in
def review_letter() -> ResponseReturnValue:
    """Which letter it answers, or none."""
    views = my_views()
    letters = answerable_letters(db(), actor().id, views)
    found = my_draft(KIND, lock=request.method == "POST")
    options = _about_options(letters, views)
    form = LetterForm(
        [(token, label) for token, (label, _answer) in options.items()],
        data={"about": _asked_for(letters) or _chosen(found[1] if found else {}, options)},
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
        hints=_about_hints(letters, views),
        begun=found is not None,
    )


def _about_options(
    letters: list[AnswerableLetter], views: list[CaseView]
) -> dict[str, tuple[str, dict[str, Any]]]:
    """By token: the label, and what a draft keeps of the choice."""
    opaque = context().opaque
    options: dict[str, tuple[str, dict[str, Any]]] = {}
    for letter in letters:
        if letter.answered_by is None:
            label = _("Notice of delinquency dated %(day)s", day=day(letter.dated_on))
            answer: dict[str, Any] = {"letter": letter.as_json(), "cases": []}
            options[token_of_letter(opaque, person(), letter)] = (label, answer)
    if len(views) > 1:
        every = [view.case_id for view in views]
        options[ALL_CASES] = (
            _("Something else, on all my cases"),
            {"letter": None, "cases": every},
        )
    for case_id, token in tokens_of_cases(opaque, person(), views).items():
        label = (
            _("Something else, on case %(case)s", case=case_id)
            if len(views) > 1
            else _("Something else on my case, without a letter")
        )
        options[token] = (label, {"letter": None, "cases": [case_id]})
    return options


def _about_hints(letters: list[AnswerableLetter], views: list[CaseView]) -> dict[str, str]:
    opaque, hints = context().opaque, {}
    for letter in letters:
        hints[token_of_letter(opaque, person(), letter)] = (
            _("The last day was %(day)s. You can still ask.", day=day(letter.last_day))
            if letter.is_late
            else _("Ask by %(day)s:", day=day(letter.last_day)) + f" {days_words(letter.last_day)}."
        )
    return hints


def _asked_for(letters: list[AnswerableLetter]) -> str | None:
    """The letter that a link of the case's pages named, as a choice of the form."""
    services = context()
    case, letter = request.args.get("case", ""), request.args.get("letter", "")
    asked = letter_asked_for(
        db(),
        services.opaque,
        person(),
        letters,
        case,
        letter,
        agency=services.agency,
        today=clock.today(),
    )
    if asked is not None:
        return token_of_letter(services.opaque, person(), asked)
    return case or None


def _chosen(data: dict[str, Any], options: dict[str, tuple[str, dict[str, Any]]]) -> str | None:
    same = (data.get("letter"), data.get("cases"))
    for token, (_label, answer) in options.items():
        if (answer["letter"], answer["cases"]) == same:
            return token
    return None


@blueprint.route("/requests/administrative-review/grounds", methods=["GET", "POST"])
@signed_in
def review_grounds() -> ResponseReturnValue:
    """What is wrong."""
    found = my_draft(KIND, lock=request.method == "POST")
    if found is None or "cases" not in found[1]:
        return redirect(url_for("requests.review_letter"))
    draft, data = found
    offered = grounds_for(is_payor=any(view.is_payor for view in _views_about(data)))
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
            words="\n".join((form.words.data or "").strip().splitlines()),
        )
        return redirect(url_for("requests.review_payments"))
    hints = {ground.value: GROUNDS[ground][1] for ground in offered}
    return render_template("requests/review_grounds.html", form=form, hints=hints)


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
    services = context()
    if request.method == "POST":
        return _send(request.form.get("draft", ""))
    found = my_draft(KIND)
    review = review_from_draft(found[1]) if found else None
    if found is None or review is None:
        return redirect(url_for("requests.review_letter"))
    files = files_of_draft(db(), found[0].id)
    now = clock.now()
    last_day = review.last_day
    return render_template(
        "requests/review_check.html",
        draft=found[0],
        review=review,
        stays=review.stays(now, services.agency),
        decide_by=decide_by(now, services.agency),
        days_left=None if last_day is None else days_left(last_day, clock.today()),
        files=[(file, name_of(services.sealer, file)) for file in files],
    )


def _send(draft_id: str) -> ResponseReturnValue:
    services = context()
    try:
        sent = file_review(db(), services.sealer, services.agency, actor(), draft_id, clock.now())
    except NotReadyToSend:
        return redirect(url_for("requests.review_grounds"))
    except LookupError:
        abort(404)
    return redirect(url_for("requests.receipt", number=sent.number))
