"""Changes of address that a newer record shows: they count as applied.

Both sides go through the same normaliser. What the extract has no column for (a residential
address) is applied by an outcome only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.requests.addresses import from_fields, same_address
from portal.requests.lifecycle import OPEN_STATES, move
from portal.requests.mails import tell_of_news
from portal.requests.models import Submission
from portal.requests.replaced import replace_earlier
from portal.requests.sealed import FIELDS, open_json
from portal.rules.agency import Agency
from portal.rules.transitions import Cause, Event
from portal.rules.vocabulary import RequestKind
from portal.security.sealing import Sealer

PrivateValues = Callable[[Sequence[str]], Iterable[tuple[str, Mapping[str, str | None]]]]
"""Gives the new record's `(participant_id, private columns)` for the ids it is asked for."""

MAILING = "mailing"
_CHUNK = 500

Item = TypeVar("Item")


def find_carried(
    session: Session,
    sealer: Sealer,
    agency: Agency,
    private_values: PrivateValues,
    *,
    as_of: date,
) -> list[str]:
    """The ids of the pending changes of address that the record of `as_of` carries.

    Only reads: comparing addresses takes about a millisecond each, which is no work to do under
    the write lock. Only an `as_of` later than the agency-local day of the request counts.
    """
    pending = [
        submission
        for submission in session.scalars(_pending())
        if agency.local_date(submission.submitted_at) < as_of
    ]
    return [
        submission_id
        for chunk in _batched(pending)
        for submission_id in _carried(sealer, private_values, chunk)
    ]


def apply_carried(session: Session, sealer: Sealer, ids: Sequence[str], now: datetime) -> int:
    """Mark those of the requests as applied that are pending still; returns how many.

    Once all are, each replaces what the parent had sent before it. Runs in the transaction that
    switches to the record that carries them.
    """
    applied: list[Submission] = []
    for chunk in _batched(ids):
        still = _pending().where(Submission.id.in_(chunk)).with_for_update()
        for submission in session.scalars(still).all():
            move(session, sealer, submission, Event.APPLIED, Cause.EXTRACT, now)
            tell_of_news(session, sealer, submission, Event.APPLIED.value, now)
            applied.append(submission)
    for submission in applied:
        replace_earlier(session, sealer, submission, Cause.EXTRACT, now)
    return len(applied)


def _batched(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """The items in chunks that a query can name one by one."""
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))


def _pending() -> Select[Submission]:
    return (
        select(Submission)
        .where(
            Submission.kind == RequestKind.CHANGE_OF_ADDRESS.value,
            Submission.state.in_(OPEN_STATES),
        )
        .order_by(Submission.submitted_at, Submission.id)
    )


def _carried(
    sealer: Sealer, private_values: PrivateValues, chunk: Sequence[Submission]
) -> Iterator[str]:
    carried = dict(private_values(sorted({row.participant_id for row in chunk})))
    for submission in chunk:
        values = carried.get(submission.participant_id)
        fields = open_json(sealer, submission.fields, FIELDS, submission.id)
        if values is None or fields.get("address_type") != MAILING:
            continue
        if same_address(from_fields(fields), from_fields(values)):
            yield submission.id
