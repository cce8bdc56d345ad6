"""The letter of a decision: the figures filled in, the reasons, and the way to a court."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from portal.context import Context
from portal.requests.dispute_words import dispute_name
from portal.requests.models import Submission
from portal.requests.words import DECISIONS, GROUNDS, HOW_PAID
from portal.rules.agency import Agency
from portal.rules.deadlines import judicial_review_by
from portal.rules.transitions import decision_of
from portal.rules.vocabulary import NoticeKind
from portal.staff.decided import DecidedLine, Decision
from portal.staff.decision_draft import DisputedLine, LineOutcome
from portal.staff.letter_texts import dated, dollars, in_language_of, paragraphs_of
from portal.staff.letters import LetterTable, NewLetter

KIND = NoticeKind.REVIEW_DECISION.value


def decision_letter(
    session: Session, context: Context, submission: Submission, decision: Decision, now: datetime
) -> NewLetter:
    """The letter in the sender's language, dated today (agency-local)."""
    agency = context.agency
    today = agency.local_date(now)
    with in_language_of(session, submission) as language:
        outcome = decision_of(decision.event)
        assert outcome is not None
        title = _("Decision on your request for an administrative review")
        paragraphs = (
            _asked(submission, agency),
            _("We decided on %(day)s. %(outcome)s.", day=dated(today), outcome=DECISIONS[outcome]),
            *_reasons(decision, agency),
            *paragraphs_of(decision.paragraphs),
            *_what_follows(submission),
        )
        last_day = judicial_review_by(today, agency)
        rights = _rights(agency, language, today_is=dated(today), last_day=dated(last_day))
        return NewLetter.to_sender(
            submission, KIND, language, today, title, paragraphs,
            respond_by=last_day, table=_table(decision, agency), rights=rights,
        )  # fmt: skip


def line_in_words(line: DisputedLine, *, to_staff: bool = False) -> str:
    """A disputed line as the letter names it, or the staff's pages."""
    if line.payment is not None:
        return str(
            _("Payment of %(day)s (%(how)s)", day=dated(line.payment.on),
              how=str(HOW_PAID[line.payment.how]).lower())
        )  # fmt: skip
    if line.dispute is not None:
        name = dispute_name(line.dispute, to_staff=to_staff)
        if line.on_case is None:
            return name
        return str(_("%(name)s (case %(case)s)", name=name, case=line.on_case))
    assert line.ground is not None
    return str(GROUNDS[line.ground][0])


def _asked(submission: Submission, agency: Agency) -> str:
    sent_on = dated(agency.local_date(submission.submitted_at))
    number = submission.number
    if submission.notice_dated_on is None:
        return str(
            _("On %(sent)s you asked us for an administrative review (request %(number)s).",
              sent=sent_on, number=number)
        )  # fmt: skip
    return str(
        _("On %(sent)s you asked us for an administrative review (request %(number)s). It "
          "answers our Notice of Child Support Delinquency dated %(dated)s.",
          sent=sent_on, number=number, dated=dated(submission.notice_dated_on))
    )  # fmt: skip


def _answer(decided: DecidedLine) -> str:
    words = {
        LineOutcome.GRANTED: _("We agree"),
        LineOutcome.PARTLY: _("We agree in part"),
        LineOutcome.DENIED: _("We do not agree"),
    }
    return str(words[decided.outcome])


def _reasons(decision: Decision, agency: Agency) -> tuple[str, ...]:
    """A paragraph for each line: the answer, the amounts, the reason in the worker's words."""
    found = []
    for number, decided in enumerate(decision.lines, start=1):
        about, answer = line_in_words(decided.line), _answer(decided)
        if decided.outcome is LineOutcome.PARTLY and decided.granted is not None:
            answer = f"{answer} ({dollars(decided.granted, agency)})"
        found.append(f"{number}. {about}: {answer}. {decided.reason}")
    return tuple(found)


def _amount(amount: Decimal | None, agency: Agency) -> str:
    return "–" if amount is None else dollars(amount, agency)


def _table(decision: Decision, agency: Agency) -> LetterTable:
    rows = tuple(
        (
            f"{number}. {line_in_words(decided.line)}",
            _amount(decided.line.claimed, agency),
            _answer(decided),
            _amount(decided.granted, agency),
        )
        for number, decided in enumerate(decision.lines, start=1)
    )
    of_payments_only = len(decision.payments) == len(decision.lines)
    total = (
        str(_("Together") if of_payments_only else _("Payments together")),
        dollars(decision.claimed, agency),
        "",
        dollars(decision.granted, agency),
    )
    return LetterTable(
        caption=_("What you asked us to look at, and our answer"),
        head=(_("What it is about"), _("You say"), _("Our answer"), _("We agree to")),
        rows=rows,
        money=(1, 3),
        total=total if decision.payments else None,
    )


def _what_follows(submission: Submission) -> tuple[str, ...]:
    if any(case.is_stayed for case in submission.cases):
        return (
            _("While we looked at your request, new enforcement was paused because of it. That "
              "pause ends with this decision."),
        )  # fmt: skip
    return ()


def _rights(agency: Agency, language: str, *, today_is: str, last_day: str) -> tuple[str, ...]:
    court = agency.review.court.in_language(language)
    ask = _(
        "If you do not agree with this decision, you can ask a judge to look at it. Go to "
        "%(court)s.",
        court=court,
    )
    by = _(
        "The last day to ask is %(day)s. That is %(days)s days from the date of this letter, "
        "%(today)s. Take this letter with you.",
        day=last_day,
        days=agency.review.judicial_review_days,
        today=today_is,
    )
    if agency.review.court_is_free:
        by = f"{by} {_('The court asks no fee for this.')}"
    return (ask, by)
