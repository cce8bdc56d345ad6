"""From a line of the ledger, a payment or a month into a review of it, or a question about it."""

from __future__ import annotations

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.ledger.case_view import CaseView, view_behind
from portal.requests.ask_question import KIND as QUESTION
from portal.requests.ask_question import about_in, begin_question
from portal.requests.asked_about import asked_about, request_about
from portal.requests.begin_dispute import (
    AnotherBegun,
    begin_dispute,
    find_dispute,
    is_other_begun,
    letters_for,
)
from portal.requests.dispute_words import dispute_name, papers_for
from portal.requests.disputes import Dispute, Subject, proposed_grounds
from portal.requests.forms import DisputeForm
from portal.requests.review_letters import AnswerableLetter, answerable_letters, token_of_letter
from portal.requests.views.blueprint import actor, blueprint, my_draft, my_views, person
from portal.web import clock, context, db
from portal.web.access import signed_in
from portal.web.filters import day, days_left

WITHOUT_LETTER = "review"


@blueprint.route("/requests/dispute/<case>/<subject>", methods=["GET", "POST"])
@signed_in
def dispute(case: str, subject: str) -> ResponseReturnValue:
    """What it is about, and which letter a review of it is to answer; or only a question."""
    services, views = context(), my_views()
    try:
        view = view_behind(services.opaque, views, case)
        about = find_dispute(db(), services.opaque, view, subject)
    except LookupError:
        abort(404)
    letters = letters_for(view, answerable_letters(db(), actor().id, views))
    by_token = {token_of_letter(services.opaque, person(), it): it for it in letters}
    only_ask = (QUESTION.value, _("Just ask a question about it"))
    form = DisputeForm([*letter_choices(by_token), only_ask])
    if form.validate_on_submit():
        try:
            return redirect(_begun(form.how.data, by_token, views, view, about))
        except AnotherBegun:
            form.how.errors = [_("Send or drop the review that you have begun first")]
    grounds = proposed_grounds(about, is_payor=view.is_payor)
    return render_template(
        "requests/dispute.html",
        form=form,
        about=about,
        view=view,
        case=case,
        subject=subject,
        hints=letter_hints(by_token) | {QUESTION.value: _about_questions(about)},
        grounds=grounds,
        papers=papers_for(grounds),
        back=_back(case, subject, about),
        asked=request_about(asked_about(db(), services.sealer, actor().id, view.case_id), about),
        other_begun=is_other_begun(db(), services.sealer, actor(), view),
    )


def _begun(
    way: str,
    letters: dict[str, AnswerableLetter],
    views: list[CaseView],
    view: CaseView,
    about: Dispute,
) -> str:
    """Put it into the draft of a question or a review; the address to go on at. Raises
    `AnotherBegun`."""
    sealer, now = context().sealer, clock.now()
    if way == QUESTION.value:
        begin_question(db(), sealer, actor(), about, now)
        return url_for("requests.question")
    begin_dispute(db(), sealer, actor(), views, view, about, letters.get(way), now)
    return url_for("requests.review_grounds")


def _back(case: str, subject: str, about: Dispute) -> str:
    """The page that it was shown on."""
    if about.subject is Subject.PAYMENT:
        return url_for("cases.payment", case=case, payment=subject)
    if about.subject is Subject.MONTH:
        return url_for("cases.month", case=case, month=about.key)
    return url_for("cases.line", case=case, line=subject)


def letter_choices(letters: dict[str, AnswerableLetter]) -> list[tuple[str, str]]:
    """The letters that a review can answer, by token, and a review without one."""
    answers = [
        (token, _("Ask for a review that answers the notice of %(day)s", day=day(it.dated_on)))
        for token, it in letters.items()
    ]
    return [
        *answers,
        (
            WITHOUT_LETTER,
            _("Ask for a review without a notice") if answers else _("Ask for a review"),
        ),
    ]


def _about_questions(about: Dispute) -> str:
    """What a question comes to, and which one that was begun it would take the place of."""
    days = context().agency.requests.question_days
    said = _(
        "We answer in writing within %(days)s days. Nothing is decided, and nothing is paused.",
        days=days,
    )
    found = my_draft(QUESTION)
    begun = about_in(found[1]) if found else None
    if begun is None or begun.identity == about.identity:
        return str(said)
    moves = _("The question that you began, about “%(name)s”, is then about this.",
              name=dispute_name(begun))  # fmt: skip
    return f"{said} {moves}"


def letter_hints(letters: dict[str, AnswerableLetter]) -> dict[str, str]:
    """What follows from each choice."""
    hints = {
        token: _(
            "New enforcement is paused from when you send it until we decide. Send it by"
            " %(last_day)s: %(left)s.",
            last_day=day(it.last_day),
            left=days_left(it.last_day),
        )
        for token, it in letters.items()
    }
    days = context().agency.review.decision_days
    return hints | {
        WITHOUT_LETTER: _(
            "We look at it again and decide in writing within %(days)s days. Without a notice"
            " nothing is paused.",
            days=days,
        )
    }
