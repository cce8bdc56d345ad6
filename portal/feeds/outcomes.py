"""Outcomes of an extract: which of them are new, looked up before any lock is taken.

A full extract brings every outcome there ever was; only those that are no event yet are handed
over.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.feeds.builder import Builder
from portal.feeds.rejects import Rejects
from portal.requests.models import Submission
from portal.requests.outcomes import OutcomeRow, seen_outcomes
from portal.rules.transitions import event_of_outcome
from portal.rules.vocabulary import Outcome

_CHUNK = 500


def new_outcomes(session: Session, builder: Builder, rejects: Rejects) -> list[OutcomeRow]:
    """The outcomes that are to become events; those of unknown submissions are warned of."""
    found: list[OutcomeRow] = []
    rows = _staged(builder)
    while chunk := list(islice(rows, _CHUNK)):
        known = _known(session, {row.submission_id for row in chunk})
        seen = seen_outcomes(session, known)
        for row in chunk:
            if row.submission_id not in known:
                rejects.warning(
                    "outcomes",
                    row.line,
                    "submission_id",
                    row.submission_id,
                    "no submission has this number",
                )
            elif (row.submission_id, event_of_outcome(Outcome(row.outcome)).value) not in seen:
                found.append(row)
    return found


def _staged(builder: Builder) -> Iterator[OutcomeRow]:
    rows = builder.rows(
        'SELECT submission_id, outcome, "on", case_id, "text", line FROM stage.outcomes'
        " ORDER BY line"
    )
    for number, outcome, on, case_id, text, line in rows:
        yield OutcomeRow(number, outcome, date.fromisoformat(str(on)), case_id, text, line)


def _known(session: Session, numbers: set[str]) -> set[str]:
    return set(session.scalars(select(Submission.number).where(Submission.number.in_(numbers))))
