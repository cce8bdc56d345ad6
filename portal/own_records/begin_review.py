"""Differences between one's own log and the agency's record, put into a draft of a review.

What a payor has and the agency has not, or less of, goes in as payments that were made, with copies
of their receipts; what the agency sent and did not reach its payee, or not in full, goes in as
disputed payments, with what did reach them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.ledger.case_view import CaseView
from portal.own_records.entry import Entry
from portal.own_records.read_log import files_of_records
from portal.requests.add_evidence import (
    BEING_CHECKED,
    MOST_FILES,
    READY,
    AlreadyAdded,
    StoredFile,
    TooManyFiles,
    add_evidence,
    files_of_draft,
    name_of,
)
from portal.requests.begin_dispute import KIND, about_what
from portal.requests.clean_upload import CleanedFile
from portal.requests.disputes import Dispute, with_dispute
from portal.requests.drafts import begin_draft, find_draft, read_draft, save_draft
from portal.requests.evidence_store import EvidenceStore
from portal.requests.file_review import MOST_PAYMENTS, SaidPayment
from portal.requests.grounds import Ground, HowPaid
from portal.requests.models import Draft, EvidenceFile
from portal.requests.open_file import open_stored
from portal.requests.review_letters import AnswerableLetter
from portal.security.sealing import Sealer
from portal.web.actor import Actor

MOST_COPIED_BYTES = 50_000_000
"""Of all receipts copied at one time: they lie in memory on the way."""


class TooManyPayments(Exception):
    """A review holds fewer payments than were chosen."""


@dataclass(frozen=True, slots=True)
class Copies:
    """Copies of receipts, in the store and named by no row yet."""

    files: tuple[StoredFile, ...]
    left_out: int
    """Receipts that do not fit into the review."""


def copy_receipts(
    session: Session,
    sealer: Sealer,
    store: EvidenceStore,
    actor: Actor,
    entries: Sequence[Entry],
) -> Copies:
    """Copy the entries' receipts that the actor's draft does not have. Slow; takes no lock.

    Raises `OSError` and `portal.requests.add_evidence.EvidenceNotStored`.
    """
    draft = find_draft(session, actor.id, KIND, lock=False)
    held = files_of_draft(session, draft.id) if draft else ()
    known = {file.sha256 for file in held}
    copies: list[StoredFile] = []
    left_out, size = 0, 0
    for file in _wanted(session, entries):
        if file.sha256 in known:
            continue
        known.add(file.sha256)
        size += file.size
        if len(held) + len(copies) >= MOST_FILES or size > MOST_COPIED_BYTES:
            left_out += 1
            continue
        data = open_stored(sealer, store, file.id, file.stored_as)
        cleaned = CleanedFile(name_of(sealer, file), file.media_type, data)
        copies.append(StoredFile(cleaned, store, sealer))
    return Copies(tuple(copies), left_out)


def _wanted(session: Session, entries: Sequence[Entry]) -> list[EvidenceFile]:
    """What the scanner refused is not taken along."""
    files = files_of_records(session, [entry.id for entry in entries])
    return [
        file
        for entry in entries
        for file in files.get(entry.id, ())
        if file.state in (READY, BEING_CHECKED)
    ]


def begin_with_payments(
    session: Session,
    sealer: Sealer,
    actor: Actor,
    views: Sequence[CaseView],
    view: CaseView,
    entries: Sequence[Entry],
    letter: AnswerableLetter | None,
    now: datetime,
) -> Draft:
    """Say in the actor's draft that these payments were made; what it has already stays, and the
    same payments said again are not doubled (CON-1).

    Raises `TooManyPayments`, `portal.requests.begin_dispute.AnotherBegun`.
    """
    draft, data = _begin(session, sealer, actor, now)
    about = about_what(data, view, letter)
    payments = _with_payments(data.get("payments", []), entries)
    if len(payments) > MOST_PAYMENTS:
        raise TooManyPayments
    grounds = [*data.get("grounds", [])]
    for entry in entries:
        direct = entry.payment.how.is_direct
        grounds.append((Ground.PAID_DIRECTLY if direct else Ground.PAYMENTS_NOT_CREDITED).value)
    save_draft(
        session, sealer, draft, now, **about,
        over=_over(views), grounds=list(dict.fromkeys(grounds)), payments=payments,
    )  # fmt: skip
    return draft


def begin_with_disputes(
    session: Session,
    sealer: Sealer,
    actor: Actor,
    views: Sequence[CaseView],
    view: CaseView,
    disputes: Sequence[Dispute],
    letter: AnswerableLetter | None,
    now: datetime,
) -> Draft:
    """Say in the actor's draft that these payments did not come, or not in full.

    Raises `portal.requests.begin_dispute.AnotherBegun`.
    """
    draft, data = _begin(session, sealer, actor, now)
    about = about_what(data, view, letter)
    rows: list[dict[str, Any]] = list(data.get("disputes", []))
    for dispute in disputes:
        rows = with_dispute(rows, dispute)
    grounds = [*data.get("grounds", []), Ground.PAYMENTS_NOT_RECEIVED.value]
    save_draft(
        session, sealer, draft, now, **about,
        over=_over(views), grounds=list(dict.fromkeys(grounds)), disputes=rows,
    )  # fmt: skip
    return draft


def add_copies(
    session: Session,
    sealer: Sealer,
    store: EvidenceStore,
    draft: Draft,
    copies: Copies,
    now: datetime,
    *,
    is_scanned: bool,
) -> int:
    """Name the copies in the draft; returns how many receipts did not fit into it."""
    left_out = copies.left_out
    for stored in copies.files:
        try:
            add_evidence(session, sealer, draft, stored, now, is_scanned=is_scanned)
        except (AlreadyAdded, TooManyFiles) as error:
            store.delete(stored.stored_as)
            left_out += isinstance(error, TooManyFiles)
    return left_out


def _begin(
    session: Session, sealer: Sealer, actor: Actor, now: datetime
) -> tuple[Draft, dict[str, Any]]:
    draft = begin_draft(session, sealer, actor.id, KIND, now)
    return draft, read_draft(sealer, draft)


def _over(views: Sequence[CaseView]) -> list[str]:
    return [view.case_id for view in views if view.ended_on is not None]


def _with_payments(
    rows: Sequence[dict[str, str]], entries: Sequence[Entry]
) -> list[dict[str, str]]:
    known = Counter(tuple(sorted(row.items())) for row in rows)
    payments = [*rows]
    for entry in entries:
        it = entry.payment
        row = SaidPayment(it.on, it.amount, HowPaid(it.how.value)).as_json()
        same = tuple(sorted(row.items()))
        if known[same]:
            known[same] -= 1
        else:
            payments.append(row)
    return payments
