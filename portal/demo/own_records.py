"""What two of the demo's parents noted for themselves: most of it as the agency has it.

The first payor whom one can be wrote down two payments that the agency does not have (one of them
with a picture of the stub), the first custodial parent left out one that the agency sent.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.context import Context
from portal.demo.people import Person
from portal.ledger.case_view import CaseView, open_cases
from portal.own_records.compare_log import compare_log
from portal.own_records.entry import Entry, How, Payment
from portal.own_records.keep_entries import add_entry
from portal.own_records.receipts import add_receipt
from portal.requests.add_evidence import StoredFile
from portal.requests.clean_upload import clean_upload
from portal.requests.evidence_store import EvidenceStore
from portal.rules.own_records import Side, State

DAYS = 100
"""How far back they wrote it down."""


def make_own_records(context: Context, people: Sequence[Person]) -> tuple[str, ...]:
    """Write the logs; returns the keys of who has one now."""
    kept: list[str] = []
    for side in Side:
        for person in people:
            if person.registered and not person.is_staff and person.key not in kept:
                with context.database.transaction() as session:
                    if _write(session, context, person, side):
                        kept.append(person.key)
                        break
    return tuple(kept)


def _write(session: Session, context: Context, person: Person, side: Side) -> bool:
    now = context.now()
    today = context.agency.local_date(now)
    views = open_cases(session, person.participant_id, agency=context.agency, today=today)
    account = session.query(Account).filter_by(participant_id=person.participant_id).first()
    for view in views:
        known = _known(session, view, side)
        if account is None or view.is_payor is not (side is Side.MADE) or len(known) < 6:
            continue
        payments = _as_made(known) if side is Side.MADE else _as_received(known)
        for place, payment in enumerate(payments):
            row, _new = add_entry(session, context.sealer, account, view.case_id, payment,
                                  f"demo:{view.case_id}:{place}", now)  # fmt: skip
            if payment.note.startswith("stub"):
                add_receipt(session, context.sealer, account, row, _stub(context, payment), now,
                            is_scanned=False)  # fmt: skip
        return True
    return False


def _known(session: Session, view: CaseView, side: Side) -> list[Payment]:
    """What the agency has of the last weeks, the oldest first, as the parent would note it."""
    first = view.as_of - timedelta(days=DAYS)
    how = How.EMPLOYER if side is Side.MADE else How.DEPOSIT
    probe = Entry("", Payment(first, Decimal("0.01"), how))
    compared = compare_log(session, view, [probe])
    rows = [row for month in compared.months for row in month.rows]
    return sorted(
        (
            Payment(row.on, row.agency, how)
            for row in rows
            if row.state in (State.ONLY_AGENCY, State.ON_THE_WAY)
            and row.known is not None
            and row.known.side is side
            and row.agency is not None
            and row.on >= first
        ),
        key=lambda it: (it.on, it.amount),
    )


def _as_made(known: Sequence[Payment]) -> list[Payment]:
    third, last = known[len(known) // 3], known[-1]
    missing = [
        Payment(third.on - timedelta(days=3), last.amount + Decimal("7.50"), How.EMPLOYER,
                "stub of an extra shift"),
        Payment(known[0].on + timedelta(days=11), Decimal("60.00"), How.CHECK_OR_MONEY_ORDER,
                "money order 20441"),
    ]  # fmt: skip
    return [*known, *missing]


def _as_received(known: Sequence[Payment]) -> list[Payment]:
    left_out = len(known) // 2
    return [
        Payment(it.on + timedelta(days=1), it.amount, it.how)
        for place, it in enumerate(known)
        if place != left_out
    ]


def _stub(context: Context, payment: Payment) -> StoredFile:
    picture = Image.new("RGB", (640, 360), "white")
    drawing = ImageDraw.Draw(picture)
    lines = ("PAY STUB (demo)", f"{payment.on:%m/%d/%Y}", f"Child support  ${payment.amount:,.2f}")
    for place, line in enumerate(lines):
        drawing.text((40, 60 + 70 * place), line, fill="black", font_size=32)
    data = io.BytesIO()
    picture.save(data, "JPEG")
    cleaned = clean_upload("stub.jpg", data.getvalue())
    return StoredFile(cleaned, EvidenceStore(context.settings.evidence_url), context.sealer)
