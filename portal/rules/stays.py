"""When a review keeps new enforcement from starting.

A review that answers a Notice of Child Support Delinquency in time stays *new* enforcement on the
cases of that notice until it is decided or withdrawn. Withholding, liens and interest that are
already running go on. Without a notice, or late, there is no stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from portal.rules.agency import Agency
from portal.rules.deadlines import is_timely
from portal.rules.vocabulary import NoticeKind


@dataclass(frozen=True, slots=True)
class FiledReview:
    """What a stay depends on: aware instants, the notice answered (if any) and its last day.

    `ended_at` is when the review was decided, withdrawn or refused.
    """

    filed_at: datetime
    case_ids: frozenset[str]
    notice_kind: NoticeKind | None = None
    last_day: date | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """New enforcement on these cases may not start from `began_at` until `ended_at`."""

    case_ids: frozenset[str]
    began_at: datetime
    ended_at: datetime | None

    def holds(self, case_id: str, at: datetime) -> bool:
        """Whether the stay covers a case at an aware instant."""
        over = self.ended_at is not None and at >= self.ended_at
        return case_id in self.case_ids and self.began_at <= at and not over


def stay_of(review: FiledReview, agency: Agency) -> Stay | None:
    """The stay that a review brings, or None: no notice of delinquency, or filed too late."""
    if review.notice_kind is not NoticeKind.DELINQUENCY or review.last_day is None:
        return None
    if not is_timely(review.filed_at, review.last_day, agency):
        return None
    return Stay(review.case_ids, review.filed_at, review.ended_at)


def is_stayed(case_id: str, at: datetime, stays: Iterable[Stay]) -> bool:
    """Whether new enforcement on a case is kept from starting at an aware instant."""
    return any(stay.holds(case_id, at) for stay in stays)
