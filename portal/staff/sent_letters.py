"""Letters that were sent, as the staff see them: to whom, and when they were opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from portal.accounts.find_account import is_live_account_of
from portal.accounts.models import Account
from portal.context import Context
from portal.notices.letter_models import PDF, LetterRead, PortalLetter
from portal.record.models import Participant
from portal.record.names import full_name
from portal.staff.parties import cases_of, keep_out


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A letter in a line."""

    letter: PortalLetter
    to: str
    """The addressee's name."""
    read_at: datetime | None
    has_account: bool
    """Where there is none the letter is to be printed and mailed."""


def letters_of_case(session: Session, case_id: str) -> list[SentLetter]:
    """The letters about the case, the newest first."""
    return _listed(session, PortalLetter.case_id == case_id)


def letters_of_request(session: Session, submission_id: str) -> list[SentLetter]:
    """The letters about a request, the newest first."""
    return _listed(session, PortalLetter.submission_id == submission_id)


def _listed(session: Session, which: ColumnElement[bool]) -> list[SentLetter]:
    chosen = (
        select(PortalLetter, LetterRead.at, Participant, Account.id)
        .outerjoin(LetterRead, LetterRead.letter_id == PortalLetter.id)
        .outerjoin(Participant, Participant.participant_id == PortalLetter.participant_id)
        .outerjoin(Account, is_live_account_of(PortalLetter.participant_id))
        .where(which)
        .order_by(PortalLetter.at.desc(), PortalLetter.id)
    )
    return [
        SentLetter(
            letter,
            full_name(person) if person else letter.participant_id,
            read_at,
            has_account=account_id is not None,
        )
        for letter, read_at, person, account_id in session.execute(chosen)
    ]


def letter_to_print(
    session: Session, context: Context, worker: Account, letter_id: str
) -> tuple[PortalLetter, bytes]:
    """A letter with its PDF as it went out. Nothing in it tells where its addressee lives.

    Raises `LookupError`, `portal.staff.parties.PartyToCase` (ACL-4).
    """
    letter = session.get(PortalLetter, letter_id)
    if letter is None:
        raise LookupError(letter_id)
    cases = [letter.case_id] if letter.case_id else cases_of(session, letter.participant_id)
    keep_out(session, worker, letter.participant_id, cases)
    return letter, context.sealer.open_bytes(letter.pdf, PDF, letter.id)
