"""What a parent says in a request, read back: for the parent and for whoever works on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.requests.disputes import Dispute, disputes_from
from portal.requests.file_review import SaidPayment, payments_from
from portal.requests.grounds import Ground
from portal.requests.models import Submission
from portal.requests.sealed import FIELDS, open_json
from portal.rules.calendar import day_from
from portal.security.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Said:
    """What a review says; of an answer to a closing notice the words and the letter's days, of a
    question the words and what it is about."""

    grounds: tuple[Ground, ...]
    words: str
    payments: tuple[SaidPayment, ...]
    notice_dated_on: date | None
    notice_respond_by: date | None
    in_time: bool | None
    disputes: tuple[Dispute, ...] = ()


def said_in(sealer: Sealer, submission: Submission) -> Said:
    """What a review, an answer to a closing notice, or a question says."""
    fields = open_json(sealer, submission.fields, FIELDS, submission.id)
    return Said(
        grounds=tuple(Ground(ground) for ground in fields.get("grounds", [])),
        words=fields["words"],
        payments=payments_from(fields.get("payments", [])),
        notice_dated_on=day_from(fields.get("notice_dated_on")),
        notice_respond_by=day_from(fields.get("notice_respond_by")),
        in_time=fields.get("in_time"),
        disputes=disputes_from(fields.get("disputes", [])),
    )
