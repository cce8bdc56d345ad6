"""Which of one's own requests are about a line, a payment or a month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.requests.disputes import Dispute, disputes_from
from portal.requests.models import Submission, SubmissionCase
from portal.requests.sealed import FIELDS, open_json
from portal.requests.summary import RequestSummary, summaries
from portal.rules.calendar import first_of_month
from portal.rules.transitions import State
from portal.rules.vocabulary import RequestKind
from portal.security.sealing import Sealer

Asked = Mapping[str, tuple[RequestSummary, tuple[Dispute, ...]]]
"""By request number: the request and what it disputes on the case."""

_KINDS = (RequestKind.ADMINISTRATIVE_REVIEW.value, RequestKind.QUESTION.value)
_ENDED = (State.WITHDRAWN.value, State.REFUSED.value)


def asked_about(session: Session, sealer: Sealer, account_id: str, case_id: str) -> Asked:
    """What the account's own reviews and questions are about on a case, those taken back or refused
    aside."""
    chosen = (
        select(Submission)
        .join(SubmissionCase, SubmissionCase.submission_id == Submission.id)
        .where(
            Submission.account_id == account_id,
            Submission.kind.in_(_KINDS),
            Submission.state.not_in(_ENDED),
            SubmissionCase.case_id == case_id,
        )
        .order_by(Submission.submitted_at.desc(), Submission.id)
    )
    rows = session.scalars(chosen).all()
    found: dict[str, tuple[RequestSummary, tuple[Dispute, ...]]] = {}
    for row, summary in zip(rows, summaries(session, rows), strict=True):
        fields = open_json(sealer, row.fields, FIELDS, row.id)
        here = [it for it in disputes_from(fields.get("disputes", [])) if it.case_id == case_id]
        if here:
            found[row.number] = (summary, tuple(here))
    return found


def request_about(asked: Asked, wanted: Dispute) -> RequestSummary | None:
    """The newest request that disputes just this."""
    return _first(
        summary
        for summary, disputes in asked.values()
        if any(it.identity == wanted.identity for it in disputes)
    )


def requests_in_month(asked: Asked, first: date) -> list[RequestSummary]:
    """The requests that dispute a month, given by its first day, or something of it."""
    return [
        summary
        for summary, disputes in asked.values()
        if any(first_of_month(it.on) == first for it in disputes)
    ]


def _first(found: Iterable[RequestSummary]) -> RequestSummary | None:
    return next(iter(found), None)
