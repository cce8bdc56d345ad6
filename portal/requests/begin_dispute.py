"""From a line, a payment or a month into a review that has everything filled in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.ledger.case_view import CaseView
from portal.ledger.explained import explained, find_line
from portal.ledger.payments import find_payment, payments_shown
from portal.requests.disputes import (
    Dispute,
    dispute_of_line,
    dispute_of_month,
    dispute_of_payment,
    proposed_grounds,
    with_dispute,
)
from portal.requests.drafts import begin_draft, find_draft, read_draft, save_draft
from portal.requests.review_letters import AnswerableLetter
from portal.rules.vocabulary import RequestKind
from portal.security.opaque import OpaqueIds
from portal.security.sealing import Sealer
from portal.web.actor import Actor

KIND = RequestKind.ADMINISTRATIVE_REVIEW


class AnotherBegun(Exception):
    """A review was begun that answers a letter about other cases; it has to be sent or dropped."""


def find_dispute(session: Session, opaque: OpaqueIds, view: CaseView, token: str) -> Dispute:
    """What a token of the case's pages names. Raises `LookupError` for what is not shown to this
    person on this case, and for what never was, alike (ACL-1)."""
    payment = find_payment(opaque, view, payments_shown(session, view), token)
    if payment is not None:
        return dispute_of_payment(view.case_id, payment)
    shown = explained(session, view)
    line = find_line(opaque, view, shown, token)
    if line is not None:
        return dispute_of_line(view.case_id, line.entry)
    month = opaque.reveal("month", token, within=view.case_id)
    found = month and dispute_of_month(view.case_id, shown, date.fromisoformat(f"{month}-01"))
    if not found:
        raise LookupError(token)
    return found


def letters_for(view: CaseView, letters: Iterable[AnswerableLetter]) -> list[AnswerableLetter]:
    """The letters that a review of the case can answer in time: it pauses new enforcement then."""
    return [
        letter
        for letter in letters
        if letter.answered_by is None
        and not letter.is_late
        and any(case.case_id == view.case_id for case in letter.cases)
    ]


def begin_dispute(
    session: Session,
    sealer: Sealer,
    actor: Actor,
    views: Sequence[CaseView],
    view: CaseView,
    dispute: Dispute,
    letter: AnswerableLetter | None,
    now: datetime,
) -> None:
    """Put it into the actor's draft of a review, with the grounds that fit; what the draft has
    already stays. Raises `AnotherBegun`.

    :param views: all the actor's cases.
    :param letter: the letter that the review is to answer; None for none.
    """
    draft = begin_draft(session, sealer, actor.id, KIND, now)
    data = read_draft(sealer, draft)
    about = about_what(data, view, letter)
    over = [it.case_id for it in views if it.ended_on is not None]
    proposed = [ground.value for ground in proposed_grounds(dispute, is_payor=view.is_payor)]
    grounds = list(dict.fromkeys([*data.get("grounds", []), *proposed]))
    disputes = with_dispute(data.get("disputes", []), dispute)
    save_draft(session, sealer, draft, now, **about, over=over, grounds=grounds, disputes=disputes)


def is_other_begun(session: Session, sealer: Sealer, actor: Actor, view: CaseView) -> bool:
    """Whether a review was begun that answers a letter about other cases."""
    draft = find_draft(session, actor.id, KIND, lock=False)
    return draft is not None and _is_of_others(read_draft(sealer, draft), view)


def about_what(
    data: dict[str, Any], view: CaseView, letter: AnswerableLetter | None
) -> dict[str, Any]:
    """What the draft is about from now on: a letter, or cases. Raises `AnotherBegun`."""
    if _is_of_others(data, view):
        raise AnotherBegun
    if letter is not None:
        return {"letter": letter.as_json(), "cases": []}
    if data.get("letter"):
        return {"letter": data["letter"], "cases": []}
    return {"letter": None, "cases": sorted({*data.get("cases", []), view.case_id})}


def _is_of_others(data: dict[str, Any], view: CaseView) -> bool:
    letter = data.get("letter")
    return letter is not None and all(it["case_id"] != view.case_id for it in letter["cases"])
