"""What the demo's parents write and send, by the services behind their pages."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.context import Context
from portal.demo.senders import Sender
from portal.ledger.case_view import open_cases
from portal.ledger.explained import explained
from portal.requests import ask_question, change_address, file_review
from portal.requests.add_evidence import StoredFile, add_evidence
from portal.requests.clean_upload import clean_upload
from portal.requests.disputes import dispute_of_line
from portal.requests.drafts import begin_draft, save_draft
from portal.requests.evidence_store import EvidenceStore
from portal.requests.grounds import Ground, HowPaid
from portal.requests.models import Draft, Submission
from portal.requests.said_payments import known_payments
from portal.rules.vocabulary import Category

Send = Callable[[Session, Context, Account, Sender, datetime], Submission]
_HOUSE = {
    "line1": "48 Maple Street",
    "line2": "Apt 3",
    "city": "Worcester",
    "state": "MA",
    "postal_code": "01609",
    "country": "US",
}


def review(
    session: Session, context: Context, actor: Account, sender: Sender, now: datetime
) -> Submission:
    """A payor says that payments are missing: one that the record has, one that it has not."""
    return _send_review(session, context, _draft_review(session, context, actor, sender, now),
                        actor, now)  # fmt: skip


def review_with_stub(
    session: Session, context: Context, actor: Account, sender: Sender, now: datetime
) -> Submission:
    """The same, with a photo of a pay stub."""
    draft = _draft_review(session, context, actor, sender, now)
    cleaned = clean_upload("pay stub.png", _stub())
    stored = StoredFile(cleaned, EvidenceStore(context.settings.evidence_url), context.sealer)
    add_evidence(session, context.sealer, draft, stored, now, is_scanned=False)
    return _send_review(session, context, draft, actor, now)


def review_of_receiver(
    session: Session, context: Context, actor: Account, sender: Sender, now: datetime
) -> Submission:
    """A custodial parent asks where the money went; no notice is answered."""
    draft = begin_draft(session, context.sealer, actor.id, file_review.KIND, now)
    _say(session, context, draft, now, letter=None, cases=[sender.case_id], payments=[],
         grounds=[Ground.SENT_ON_WRONGLY.value],
         words="Less came to me than was paid. Please look at it again.")  # fmt: skip
    return _send_review(session, context, draft, actor, now)


def question(
    session: Session, context: Context, actor: Account, sender: Sender, now: datetime
) -> Submission:
    """A parent asks about the last support that fell due."""
    sealer, today = context.sealer, context.agency.local_date(now)
    views = open_cases(session, sender.participant_id, agency=context.agency, today=today)
    view = next(it for it in views if it.case_id == sender.case_id)
    lines = [it.entry for it in explained(session, view).lines if it.entry.on <= today]
    support = [it for it in lines if it.category is Category.CURRENT_SUPPORT and it.charge_id]
    for entry in (support or lines)[-1:]:
        about = dispute_of_line(view.case_id, entry)
        ask_question.begin_question(session, sealer, actor, about, now)
    draft = begin_draft(session, sealer, actor.id, ask_question.KIND, now)
    _say(session, context, draft, now, case=view.case_id,
         words="Why does this count from that day, and not from the day I was paid?")  # fmt: skip
    return ask_question.file_question(session, sealer, context.agency, actor, draft.id, now)


def new_address(
    session: Session, context: Context, actor: Account, _sender: Sender, now: datetime
) -> Submission:
    """A parent has moved."""
    sealer, since = context.sealer, context.agency.local_date(now) - timedelta(days=3)
    draft = begin_draft(session, sealer, actor.id, change_address.KIND, now)
    _say(session, context, draft, now, address_type="mailing", address=_HOUSE,
         **{"from": since.isoformat()})  # fmt: skip
    return change_address.file_address_change(session, sealer, context.agency, actor, draft.id, now)


def _draft_review(
    session: Session, context: Context, actor: Account, sender: Sender, now: datetime
) -> Draft:
    draft = begin_draft(session, context.sealer, actor.id, file_review.KIND, now)
    letter = sender.letter.as_json() if sender.letter else None
    _say(session, context, draft, now, letter=letter, cases=[],
         payments=_payments(session, context, sender, now),
         grounds=[Ground.PAYMENTS_NOT_CREDITED.value],
         words="My employer took this from my pay. I do not see it in your letter.")  # fmt: skip
    return draft


def _payments(
    session: Session, context: Context, sender: Sender, now: datetime
) -> list[dict[str, str]]:
    today = context.agency.local_date(now)
    views = open_cases(session, sender.participant_id, agency=context.agency, today=today)
    known = [it for it in known_payments(session, views) if it.on < today][-1:]
    named = [
        {"date": it.on.isoformat(), "amount": str(it.amount), "how": HowPaid.EMPLOYER.value}
        for it in known
    ]
    missing = today - timedelta(days=45)
    return [*named, {"date": missing.isoformat(), "amount": "60.00",
                     "how": HowPaid.CHECK_OR_MONEY_ORDER.value}]  # fmt: skip


def _say(session: Session, context: Context, draft: Draft, now: datetime, **answers: Any) -> None:
    save_draft(session, context.sealer, draft, now, **answers)


def _send_review(
    session: Session, context: Context, draft: Draft, actor: Account, now: datetime
) -> Submission:
    return file_review.file_review(session, context.sealer, context.agency, actor, draft.id, now)


def _stub() -> bytes:
    """A picture that looks a little like a pay stub; the same bytes each time."""
    picture = Image.new("RGB", (640, 360), "#fdfbf3")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((16, 16, 624, 344), outline="#333333", width=2)
    lines = ("PAY STUB", "Made-up Bakery, Worcester", "Gross pay  812.00", "Child support  60.00")
    for number, line in enumerate(lines):
        pen.text((40, 40 + 60 * number), line, fill="#222222", font_size=28)
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()
