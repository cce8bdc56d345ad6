"""Letters of the portal as their addressee reads them: nobody else ever finds one (ACL-1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.notices.letter_models import FIGURES, PDF, WORDS, LetterRead, PortalLetter
from portal.notices.letter_pages import REVIEW_DECISION
from portal.security.opaque import OpaqueIds
from portal.security.sealing import Sealer


@dataclass(frozen=True, slots=True)
class OwnLetter:
    """A letter with what it says (`portal.notices.letter_pages.lay_out`)."""

    id: str
    kind: str
    case_id: str | None
    submission_id: str | None
    language: str
    dated_on: date
    respond_by: date | None
    at: datetime
    says: dict[str, Any]
    read_at: datetime | None

    @property
    def title(self) -> str:
        """What it is called."""
        return str(self.says["title"])

    @property
    def is_decision(self) -> bool:
        """Whether its last day is the one to go to court."""
        return self.kind == REVIEW_DECISION


def letters_to(
    session: Session, sealer: Sealer, participant_id: str, *, case_id: str | None = None
) -> list[OwnLetter]:
    """The person's letters, the newest first: all, or those of a case and those of no one case."""
    chosen = (
        select(PortalLetter, LetterRead.at)
        .outerjoin(LetterRead, LetterRead.letter_id == PortalLetter.id)
        .where(PortalLetter.participant_id == participant_id)
        .order_by(PortalLetter.at.desc(), PortalLetter.id)
    )
    if case_id is not None:
        chosen = chosen.where((PortalLetter.case_id == case_id) | PortalLetter.case_id.is_(None))
    return [_own(sealer, letter, read_at) for letter, read_at in session.execute(chosen)]


def letter_token(opaque: OpaqueIds, participant_id: str, letter_id: str) -> str:
    """The letter in an address of its addressee."""
    return opaque.hide("letter", letter_id, within=participant_id)


def find_letter(
    session: Session, sealer: Sealer, opaque: OpaqueIds, participant_id: str, token: str
) -> OwnLetter:
    """The person's letter behind an address's token.

    Raises `LookupError`, alike for what never was and what is another's (ACL-1).
    """
    letter, read_at = _find(session, opaque, participant_id, token)
    return _own(sealer, letter, read_at)


def open_pdf(
    session: Session, sealer: Sealer, opaque: OpaqueIds, participant_id: str, token: str
) -> bytes:
    """The PDF as it went out. Raises `LookupError` as `find_letter` does."""
    letter, _read_at = _find(session, opaque, participant_id, token)
    return sealer.open_bytes(letter.pdf, PDF, letter.id)


def figures_of(session: Session, sealer: Sealer, letter: OwnLetter) -> Mapping[str, str]:
    """What the letter promises, by code, where it promises something (`staff.letters`)."""
    sealed = session.scalar(select(PortalLetter.figures).where(PortalLetter.id == letter.id))
    found: Mapping[str, str] = json.loads(sealer.open(sealed, FIGURES, letter.id)) if sealed else {}
    return found


def letters_about(
    session: Session, sealer: Sealer, participant_id: str, submission_id: str
) -> list[OwnLetter]:
    """The person's letters about a request, the newest first."""
    chosen = (
        select(PortalLetter, LetterRead.at)
        .outerjoin(LetterRead, LetterRead.letter_id == PortalLetter.id)
        .where(
            PortalLetter.participant_id == participant_id,
            PortalLetter.submission_id == submission_id,
        )
        .order_by(PortalLetter.at.desc(), PortalLetter.id)
    )
    return [_own(sealer, letter, read_at) for letter, read_at in session.execute(chosen)]


def _find(
    session: Session, opaque: OpaqueIds, participant_id: str, token: str
) -> tuple[PortalLetter, datetime | None]:
    key = opaque.reveal("letter", token, within=participant_id)
    letter = session.get(PortalLetter, key) if key else None
    if letter is None or letter.participant_id != participant_id:
        raise LookupError(token)
    read = session.get(LetterRead, letter.id)
    return letter, read.at if read else None


def _own(sealer: Sealer, letter: PortalLetter, read_at: datetime | None) -> OwnLetter:
    return OwnLetter(
        letter.id,
        letter.kind,
        letter.case_id,
        letter.submission_id,
        letter.language,
        letter.dated_on,
        letter.respond_by,
        letter.at,
        json.loads(sealer.open(letter.words, WORDS, letter.id)),
        read_at,
    )
