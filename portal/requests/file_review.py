"""A parent asks for an administrative review (G.L. c.119A s.17; either parent may)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from portal.ledger.case_view import open_cases
from portal.requests.disputes import Dispute, disputes_from
from portal.requests.drafts import read_draft
from portal.requests.grounds import Ground, HowPaid
from portal.requests.lifecycle import begin_stays
from portal.requests.mails import RECEIVED, send_receipt
from portal.requests.models import Submission
from portal.requests.review_letters import answerable_letters, answered_letters
from portal.requests.submit import (
    DisputedCase,
    NewRequest,
    NotReadyToSend,
    claim,
    participant_of,
    submit,
)
from portal.rules.agency import Agency
from portal.rules.calendar import day_from
from portal.rules.deadlines import decide_by
from portal.rules.stays import FiledReview, stay_of
from portal.rules.vocabulary import NoticeKind, RequestKind
from portal.security.sealing import Sealer
from portal.web.actor import Actor

KIND = RequestKind.ADMINISTRATIVE_REVIEW
MOST_PAYMENTS = 30


@dataclass(frozen=True, slots=True)
class SaidPayment:
    """A payment that the parent says was made: day, dollars, and how."""

    on: date
    amount: Decimal
    how: HowPaid

    def as_json(self) -> dict[str, str]:
        """As a draft keeps it and the export hands it on."""
        return {"date": self.on.isoformat(), "amount": f"{self.amount:.2f}", "how": self.how.value}


@dataclass(frozen=True, slots=True)
class Review:
    """What the parent says. Without a letter there is no clock and no stay."""

    cases: tuple[DisputedCase, ...]
    grounds: tuple[Ground, ...]
    words: str
    payments: tuple[SaidPayment, ...]
    dated_on: date | None = None
    last_day: date | None = None
    disputes: tuple[Dispute, ...] = ()

    @property
    def case_ids(self) -> tuple[str, ...]:
        """The cases it is about."""
        return tuple(case.case_id for case in self.cases)

    def stays(self, now: datetime, agency: Agency) -> bool:
        """Whether it keeps new enforcement from starting if it is filed at that instant."""
        kind = NoticeKind.DELINQUENCY if self.dated_on else None
        filed = FiledReview(now, frozenset(self.case_ids), kind, self.last_day)
        return stay_of(filed, agency) is not None

    def fields(self, now: datetime, agency: Agency) -> dict[str, Any]:
        """As the export hands it on; days are agency-local."""
        return {
            "grounds": [ground.value for ground in self.grounds],
            "words": self.words,
            "payments": [payment.as_json() for payment in self.payments],
            "disputes": [dispute.as_json() for dispute in self.disputes],
            "notice_dated_on": self.dated_on.isoformat() if self.dated_on else None,
            "notice_respond_by": self.last_day.isoformat() if self.last_day else None,
            "notices": [case.notice_id for case in self.cases if case.notice_id],
            "amounts": {
                case.case_id: f"{case.notice_amount:.2f}"
                for case in self.cases
                if case.notice_amount is not None
            },
            "in_time": self.stays(now, agency) if self.dated_on else None,
            "decide_by": decide_by(now, agency).isoformat(),
        }


class LetterAnswered(Exception):
    """A review answers the letter already: a second one would pause enforcement anew (ACL-5)."""

    def __init__(self, number: str) -> None:
        super().__init__("The letter is answered")
        self.number = number
        """Of the request that answers it."""


def payments_from(rows: Sequence[dict[str, str]]) -> tuple[SaidPayment, ...]:
    """The payments of a draft or of a request's fields."""
    return tuple(
        SaidPayment(date.fromisoformat(row["date"]), Decimal(row["amount"]), HowPaid(row["how"]))
        for row in rows
    )


def review_from_draft(data: dict[str, Any]) -> Review | None:
    """The review as far as the answers of a draft give it; None while what it is about, or the
    grounds, are missing."""
    letter = data.get("letter")
    cases = letter["cases"] if letter else [{"case_id": key} for key in data.get("cases", [])]
    if not cases or not data.get("grounds"):
        return None
    return Review(
        cases=tuple(
            DisputedCase(
                case["case_id"],
                case.get("notice_id"),
                Decimal(case["amount"]) if case.get("amount") else None,
            )
            for case in cases
        ),
        grounds=tuple(Ground(ground) for ground in data["grounds"]),
        words=data.get("words", ""),
        payments=payments_from(data.get("payments", [])),
        dated_on=day_from(letter and letter["dated_on"]),
        last_day=day_from(letter and letter["last_day"]),
        disputes=disputes_from(data.get("disputes", [])),
    )


def present_review(
    session: Session, agency: Agency, actor: Actor, data: dict[str, Any], now: datetime
) -> Review | None:
    """The review of a draft's answers, held against the record as it is now.

    Which cases the letter is about, its amounts and its last day are the record's: that is the
    agency's word. Of the last day now and the one that the draft has kept the later counts, so
    that who was in time by what they were shown is never late. A case that was left since it was
    chosen is not named. None while an answer is missing, or where no case is left.
    """
    kept = review_from_draft(data)
    if kept is None:
        return None
    person, today = participant_of(actor), agency.local_date(now)
    views = [
        view
        for view in open_cases(session, person, agency=agency, today=today)
        if view.ended_on is None or view.case_id in data.get("over", ())
    ]
    letters = answerable_letters(session, actor.id, views) if kept.last_day else []
    letter = next((it for it in letters if it.dated_on == kept.dated_on), None)
    if letter is not None:
        last_day = max(letter.last_day, kept.last_day or letter.last_day)
        return _about(replace(kept, last_day=last_day), letter.cases)
    held = {view.case_id for view in views}
    cases = tuple(case for case in kept.cases if case.case_id in held)
    return _about(kept, cases) if cases else None


def _about(review: Review, cases: tuple[DisputedCase, ...]) -> Review:
    """The review on these cases; what is disputed on others is not named."""
    held = {case.case_id for case in cases}
    disputes = tuple(it for it in review.disputes if it.case_id in held)
    return replace(review, cases=cases, disputes=disputes)


def answer_sent(session: Session, account_id: str, review: Review) -> str | None:
    """The number of the account's request that answers the review's letter already, if any."""
    if review.dated_on is None:
        return None
    return answered_letters(session, account_id).get(review.dated_on)


def file_review(
    session: Session,
    sealer: Sealer,
    agency: Agency,
    actor: Actor,
    draft_id: str,
    now: datetime,
) -> Submission:
    """Send the draft as a request; sent again, the same request comes back (CON-1).

    It is held against the present record first. In time and from a notice, it brings a stay on
    each of the notice's cases. Late, it is taken and stays nothing.

    Raises `LookupError` for a draft that is not the actor's, `NotReadyToSend`, `LetterAnswered`
    for a letter that was answered from another draft meanwhile.
    """
    draft = claim(session, actor, KIND, draft_id)
    if isinstance(draft, Submission):
        return draft
    review = present_review(session, agency, actor, read_draft(sealer, draft), now)
    if review is None:
        raise NotReadyToSend
    number = answer_sent(session, actor.id, review)
    if number is not None:
        raise LetterAnswered(number)
    fields = review.fields(now, agency)
    new = NewRequest(
        kind=KIND,
        participant_id=participant_of(actor),
        fields=fields,
        told=fields,
        due_on=decide_by(now, agency),
        cases=review.cases,
        notice_dated_on=review.dated_on,
        notice_respond_by=review.last_day,
    )
    submission = submit(session, sealer, draft, new, now)
    if review.stays(now, agency):
        begin_stays(session, sealer, submission, now)
    send_receipt(session, sealer, submission, RECEIVED, now)
    return submission
