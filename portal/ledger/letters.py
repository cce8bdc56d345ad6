"""Letters and notices: to their addressee only, whenever they are from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from portal.ledger.case_view import CaseView
from portal.record.read_case import NoticeRow, read_notices
from portal.rules.agency import Agency
from portal.rules.deadlines import closing_on, days_left, judicial_review_by, respond_by
from portal.rules.disclosure import Datum, Shown, shown
from portal.rules.vocabulary import NoticeKind
from portal.security.opaque import OpaqueIds


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as its addressee sees it."""

    notice_id: str
    """For `letter_token` alone."""
    kind: NoticeKind
    dated_on: date
    answer_by: date | None
    days_left: int | None
    """Days to `answer_by`; 0 on the last day, negative when it is over."""
    amount: Decimal | None
    subject: str | None
    text: str | None
    also: tuple[tuple[str, Decimal | None], ...]
    """The member's other cases that the letter is about, with its amount on each."""

    @property
    def is_open(self) -> bool:
        """Whether there is still time to answer."""
        return self.days_left is not None and self.days_left >= 0


def letters_shown(session: Session, view: CaseView) -> tuple[Letter, ...]:
    """The member's letters about this case, the newest first.

    Rows of one kind and date are one letter: its last day is the latest of them.
    """
    if shown(Datum.LETTERS, view.viewer) is not Shown.ADDRESSEE:
        return ()
    return _letters(view, read_notices(session, view.mine, view.participant_id))


def letters_of_all(session: Session, views: Sequence[CaseView]) -> dict[str, tuple[Letter, ...]]:
    """What `letters_shown` gives for each of one member's cases, in one query."""
    if not views:
        return {}
    rows = read_notices(session, views[0].mine, views[0].participant_id)
    return {
        view.case_id: _letters(view, rows)
        for view in views
        if shown(Datum.LETTERS, view.viewer) is Shown.ADDRESSEE
    }


def _letters(view: CaseView, rows: Sequence[NoticeRow]) -> tuple[Letter, ...]:
    letters: dict[tuple[NoticeKind, date], list[NoticeRow]] = {}
    for row in rows:
        letters.setdefault((row.kind, row.dated_on), []).append(row)
    return tuple(
        _shown(row, letters[row.kind, row.dated_on], view)
        for row in rows
        if row.case_id == view.case_id
    )


def letter_token(opaque: OpaqueIds, view: CaseView, letter: Letter) -> str:
    """The letter in an address."""
    return opaque.hide("notice", letter.notice_id, within=view.case_id)


def find_letter(
    opaque: OpaqueIds, view: CaseView, letters: Iterable[Letter], token: str
) -> Letter | None:
    """The letter behind an address's token; None for one that is not the member's."""
    key = opaque.reveal("notice", token, within=view.case_id)
    return next((it for it in letters if it.notice_id == key), None)


def answer_by(
    kind: NoticeKind, dated_on: date, printed: date | None, agency: Agency
) -> date | None:
    """The last day to answer a letter, agency-local; None where there is nothing to answer.

    A decision of a review may be taken to court (G.L. c.119A s.17).
    """
    match kind:
        case NoticeKind.DELINQUENCY:
            return respond_by(dated_on, printed, agency)
        case NoticeKind.CASE_CLOSURE:
            return max(closing_on(dated_on, agency), printed or dated_on)
        case NoticeKind.REVIEW_DECISION:
            return max(judicial_review_by(dated_on, agency), printed or dated_on)
        case _:
            return printed


def _shown(row: NoticeRow, letter: list[NoticeRow], view: CaseView) -> Letter:
    printed = max((it.respond_by for it in letter if it.respond_by), default=None)
    last = answer_by(row.kind, row.dated_on, printed, view.agency)
    return Letter(
        row.notice_id,
        row.kind,
        row.dated_on,
        last,
        None if last is None else days_left(last, view.today),
        row.amount,
        row.subject,
        row.text,
        tuple((it.case_id, it.amount) for it in letter if it.case_id != view.case_id),
    )
