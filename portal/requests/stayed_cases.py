"""Which cases are stayed: what a run that starts enforcement has to ask first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.requests.models import SubmissionCase
from portal.rules.stays import Stay, is_stayed

_BATCH = 500


def stays_of(session: Session, case_ids: Iterable[str], at: datetime) -> list[Stay]:
    """The stays on any of these cases that had begun, and had not ended, at an aware instant."""
    found, keys = [], list(case_ids)
    for start in range(0, len(keys), _BATCH):
        chosen = select(SubmissionCase).where(
            SubmissionCase.case_id.in_(keys[start : start + _BATCH]),
            SubmissionCase.stay_began_at <= at,
            or_(SubmissionCase.stay_ended_at.is_(None), SubmissionCase.stay_ended_at > at),
        )
        for row in session.scalars(chosen):
            if row.stay_began_at is not None:
                stay = Stay(frozenset({row.case_id}), row.stay_began_at, row.stay_ended_at)
                found.append(stay)
    return found


def stayed_cases(session: Session, case_ids: Iterable[str], at: datetime) -> frozenset[str]:
    """Those of the cases on which no *new* enforcement may start at an aware instant.

    What is running already goes on: withholding, liens, interest. It is the agency's to know:
    no page of the other parent may depend on it.
    """
    keys = frozenset(case_ids)
    stays = stays_of(session, keys, at)
    return frozenset(key for key in keys if is_stayed(key, at, stays))
