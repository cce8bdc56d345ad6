"""Letters that the staff write: shown before they go, then kept as they went out for ever.

A letter is delivered in the addressee's account. It carries no address, and the mail about it says
only that there is one.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.audit.trail import record_event
from portal.context import Context
from portal.notices.letter_models import FIGURES, PDF, WORDS, PortalLetter
from portal.notices.letter_pages import LetterText, lay_out
from portal.notices.letter_pdf import make_pdf
from portal.record.models import Participant
from portal.record.names import full_name
from portal.requests.mails import tell_of_letter
from portal.requests.models import Submission
from portal.staff.case_parents import CaseParent
from portal.staff.letter_texts import one_case


class AlreadySent(Exception):
    """The letter, of which there is only one, went out before."""


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
    """Of an addressee without an account; one with an account has its language (BCP 47)."""
    dated_on: date
    """Agency-local."""
    respond_by: date | None
    """The last day to answer it or to go to court, agency-local."""
    title: str
    paragraphs: tuple[str, ...]
    table: LetterTable | None = None
    rights: tuple[str, ...] = ()
    """What stands under "Your rights", a paragraph each."""
    once: str | None = None
    """What it is about, in codes, where it may go out once only: a second one is refused."""
    figures: Mapping[str, str] | None = None
    """What it promises, in codes, days (ISO 8601) and dollars: the export tells the agency."""

    @classmethod
    def to_sender(
        cls,
        submission: Submission,
        kind: str,
        language: str,
        dated_on: date,
        title: str,
        paragraphs: tuple[str, ...],
        *,
        respond_by: date | None = None,
        table: LetterTable | None = None,
        rights: tuple[str, ...] = (),
    ) -> NewLetter:
        """A letter to whoever sent a request, about it; filed under its case where it has one."""
        return cls(
            kind=kind,
            participant_id=submission.participant_id,
            account_id=submission.account_id,
            case_id=one_case(submission),
            submission_id=submission.id,
            language=language,
            dated_on=dated_on,
            respond_by=respond_by,
            title=title,
            paragraphs=paragraphs,
            table=table,
            rights=rights,
        )

    @classmethod
    def to_parent(
        cls,
        parent: CaseParent,
        case_id: str,
        kind: str,
        dated_on: date,
        title: str,
        paragraphs: tuple[str, ...],
        *,
        respond_by: date,
        once: str,
        figures: Mapping[str, str],
        table: LetterTable | None = None,
        rights: tuple[str, ...] = (),
    ) -> NewLetter:
        """A letter to a parent on a case, about the case and no request."""
        return cls(
            kind=kind,
            participant_id=parent.participant_id,
            account_id=parent.account_id,
            case_id=case_id,
            submission_id=None,
            language=parent.language,
            dated_on=dated_on,
            respond_by=respond_by,
            title=title,
            paragraphs=paragraphs,
            table=table,
            rights=rights,
            once=once,
            figures=figures,
        )


def preview_letter(session: Session, context: Context, letter: NewLetter) -> bytes:
    """The PDF as it would be sent.

    Raises `LookupError` where the addressee is not in the record, and
    `portal.notices.letter_pdf.CannotPrint` where a sign is not in the letters' font.
    """
    return _printed(json.dumps(_page(session, context, letter)), letter.dated_on)


@lru_cache(maxsize=4)
def _printed(page: str, dated_on: date) -> bytes:
    """The letter that is looked at now: each picture of a page is drawn from the same print."""
    return make_pdf(json.loads(page), dated_on)


def letter_says(session: Session, context: Context, letter: NewLetter) -> dict[str, Any]:
    """What the letter would say, part by part, to be looked at on a page.

    Raises what `preview_letter` raises.
    """
    preview_letter(session, context, letter)
    return _page(session, context, letter)


def send_letter(
    session: Session, context: Context, worker: Account, letter: NewLetter, now: datetime
) -> PortalLetter:
    """Keep the letter, sealed, and tell the addressee by mail that there is one; flushes.

    The audit row is written with it. Raises what `preview_letter` raises, and `AlreadySent` where
    a letter that goes once was sent.
    """
    page = _page(session, context, letter)
    pdf = make_pdf(page, letter.dated_on)
    letter_id = _id_of(letter)
    if letter.once and session.get(PortalLetter, letter_id) is not None:
        raise AlreadySent(letter_id)
    kept = PortalLetter(
        id=letter_id,
        kind=letter.kind,
        participant_id=letter.participant_id,
        case_id=letter.case_id,
        submission_id=letter.submission_id,
        language=page["lang"],
        dated_on=letter.dated_on,
        respond_by=letter.respond_by,
        written_by=worker.id,
        at=now,
        sha256=hashlib.sha256(pdf).hexdigest(),
        pdf=context.sealer.seal(pdf, PDF, letter_id),
        words=context.sealer.seal(json.dumps(page), WORDS, letter_id),
        figures=_sealed_figures(context, letter, letter_id),
    )
    try:
        with session.begin_nested():
            session.add(kept)
    except IntegrityError:  # two sent it at the same moment
        raise AlreadySent(letter_id) from None
    record_event(
        session,
        "letter:sent",
        now=now,
        actor_id=worker.id,
        subject=("letter", letter_id),
        detail={"kind": letter.kind, "participant": letter.participant_id, "sha256": kept.sha256},
    )
    account = session.get(Account, letter.account_id) if letter.account_id else None
    if account is not None:
        tell_of_letter(session, context.sealer, account, kept, now)
    return kept


def _id_of(letter: NewLetter) -> str:
    if letter.once is None:
        return uuid.uuid4().hex
    named = f"{letter.kind}:{letter.participant_id}:{letter.once}"
    return hashlib.sha256(named.encode()).hexdigest()[:32]


def _sealed_figures(context: Context, letter: NewLetter, letter_id: str) -> bytes | None:
    if letter.figures is None:
        return None
    return context.sealer.seal(json.dumps(dict(letter.figures)), FIGURES, letter_id)


def _page(session: Session, context: Context, letter: NewLetter) -> dict[str, Any]:
    person = session.get(Participant, letter.participant_id)
    if person is None:
        raise LookupError(letter.participant_id)
    request = session.get(Submission, letter.submission_id) if letter.submission_id else None
    account = session.get(Account, letter.account_id) if letter.account_id else None
    text = LetterText(
        kind=letter.kind,
        name=full_name(person),
        number=request.number if request else None,
        case_id=letter.case_id,
        language=account.language if account else letter.language,
        dated_on=letter.dated_on,
        respond_by=letter.respond_by,
        title=letter.title,
        paragraphs=letter.paragraphs,
        table=asdict(letter.table) if letter.table else None,
        rights=letter.rights,
    )
    return lay_out(text, context.agency)
