"""Letters that the staff write: shown before they go, then kept as they went out for ever.

A letter is delivered in the addressee's account. It carries no address, and the mail about it says
only that there is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.context import Context
from portal.notices.letter_models import PortalLetter


@dataclass(frozen=True, slots=True)
class LetterTable:
    """Figures in a letter: a caption, the heads of the columns, and rows of words and figures as
    they are to be printed. The columns of `money` (counted from 0) stand to the right; the first
    column names its row."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    money: tuple[int, ...] = ()
    total: tuple[str, ...] | None = None
    """A last row that sums the others."""


@dataclass(frozen=True, slots=True)
class NewLetter:
    """A letter before it is sent. All words are in the addressee's language already
    (`portal.notices.letter_words.words_in`); whoever wrote them, they are printed as they are."""

    kind: str
    participant_id: str
    """The addressee."""
    account_id: str | None
    """The addressee's account, which is told by mail; None where there is none yet."""
    case_id: str | None
    submission_id: str | None
    language: str
    dated_on: date
    """Agency-local."""
    respond_by: date | None
    """The last day to answer it or to go to court, agency-local."""
    title: str
    paragraphs: tuple[str, ...]
    table: LetterTable | None = None
    rights: tuple[str, ...] = ()
    """What stands under "Your rights", a paragraph each."""


def preview_letter(session: Session, context: Context, letter: NewLetter) -> bytes:
    """The PDF as it would be sent today.

    Raises `LookupError` where the addressee is not in the record, and
    `portal.notices.letter_pdf.CannotPrint` where a character has no glyph in the letters' fonts.
    """
    raise NotImplementedError


def send_letter(
    session: Session, context: Context, worker: Account, letter: NewLetter, now: datetime
) -> PortalLetter:
    """Keep the letter, sealed, and tell the addressee by mail that there is one; flushes.

    The audit row is written with it. Raises what `preview_letter` raises.
    """
    raise NotImplementedError
