"""A step that waits a day, in which the account's owner can stop it (RCV-2).

What is the same for all of them: the day, who is told, the mailed link that stops it, stopping, and
doing each one that is due. What is asked for and what is done then is each module's own:
`lost_everything`, `factor_removal`, `email_correction`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import structlog
from sqlalchemy import ColumnElement, Update, select, update
from sqlalchemy.orm import Session

from portal.accounts import mail
from portal.accounts.contact import email_key
from portal.accounts.find_account import email_of
from portal.accounts.mailboxes import recorded_elsewhere
from portal.accounts.match_person import add_letter
from portal.accounts.models import Account
from portal.accounts.recovery_models import Waiting
from portal.audit.trail import record_event
from portal.context import Context
from portal.database import rows_changed
from portal.security import links
from portal.security.links import Purpose
from portal.security.models import Link

log = structlog.get_logger(__name__)

WAIT = timedelta(hours=24)
LINK_LIFE = WAIT
"""Of every link of a step: as long as the wait (63B 4.2.1.2: 24 hours by e-mail)."""
Row = TypeVar("Row", bound=Waiting)


class NotAllDone(RuntimeError):
    """Some that were due failed; they are logged, and tried again when the job is next due."""


@dataclass(frozen=True, eq=False)
class WaitingStep(Generic[Row]):
    """One kind of step. A row waits from when its ``due_at`` is set until it is stopped or done."""

    rows: type[Row]
    stop_link: Purpose
    """Of the mailed link that stops it."""
    asked_mail: str
    """The template for the account's own address."""
    check_mail: str
    """The template for the record's address, where that is another: it tells nothing (RCV-2)."""
    letter: str
    """The kind of letter to the address on record."""
    stopped_event: str
    question: str
    """What the page says on which the owner stops it, translated when shown."""
    stopped: str
    """What the page says once it is stopped."""
    do: Callable[[Session, Context, Row, Account, datetime], None]
    """Do one that is due and mark it, in a transaction of its own; the row is locked."""
    only: tuple[ColumnElement[bool], ...] = ()
    """Which of the waiting rows ``do`` is still to be called for."""
    empties: Mapping[str, None] = field(default_factory=dict)
    """Columns that are emptied when it is stopped."""
    ends: Purpose | None = None
    """Links of the account that end when it is stopped."""

    def __post_init__(self) -> None:
        _steps[self.stop_link.value] = self

    def tell(
        self, session: Session, context: Context, row: Row, account: Account, now: datetime,
        *, but: str = "",
    ) -> None:  # fmt: skip
        """Tell every address on file, with one link that stops it, and the person by letter.

        :param but: an address that is told otherwise.
        """
        link = links.issue(session, self.stop_link, row.id, row.id, now)
        own = email_of(context.sealer, account)
        mail.send(session, context, self.asked_mail, own, account.language, now, link)
        other = recorded_elsewhere(session, context, account)
        if other is not None and email_key(other) != email_key(but):
            mail.send(session, context, self.check_mail, other, account.language, now, link)
        if account.participant_id is not None:
            add_letter(session, account.participant_id, self.letter, now)

    def waiting_until(self, session: Session, account: Account) -> datetime | None:
        """When the one that is under way is due; None where there is none."""
        mine = select(self.rows.due_at).where(self.rows.account_id == account.id)
        return session.scalars(mine.where(*self._waits())).first()

    def cancel_open(self, session: Session, account: Account, now: datetime) -> bool:
        """End what is under way: its owner signed in, said that it was not them, or asked anew."""
        mine = update(self.rows).where(self.rows.account_id == account.id, *self._waits())
        if _count(session, mine.values(cancelled_at=now, **self.empties)) == 0:
            return False
        if self.ends is not None:
            links.end_all(session, account.id, now, self.ends)
        record_event(session, self.stopped_event, now=now,
                     subject=("account", account.id))  # fmt: skip
        return True

    def find_link(
        self, session: Session, context: Context, purpose: Purpose, token: str, now: datetime
    ) -> tuple[Link, Row, Account] | None:
        """A live link of a row that still waits; changes nothing (LNK-4)."""
        link = links.find(session, context.keyring, purpose, token, now, LINK_LIFE)
        row = session.get(self.rows, link.owner_id, populate_existing=True) if link else None
        if link is None or row is None or row.cancelled_at is not None or row.done_at is not None:
            return None
        return link, row, session.get_one(Account, row.account_id)

    def find_cancel_link(
        self, session: Session, context: Context, token: str, now: datetime
    ) -> tuple[Link, Account] | None:
        """The live link that stops it and its account; changes nothing (LNK-4)."""
        found = self.find_link(session, context, self.stop_link, token, now)
        return (found[0], found[2]) if found is not None else None

    def cancel(self, session: Session, link: Link, account: Account, now: datetime) -> bool:
        """Stop it by the mailed link; false when another was faster (LNK-2)."""
        return links.spend(session, link, now) and self.cancel_open(session, account, now)

    def change(self, session: Session, row_id: str, **values: object) -> bool:
        """Note something about a row that still waits; false where it does not any more."""
        one = update(self.rows).where(self.rows.id == row_id, *self._waits())
        return _count(session, one.values(**values)) == 1

    def do_due(self, context: Context, now: datetime) -> None:
        """Do each that has waited its day, one transaction each; called by the worker.

        One that fails holds up no other. :raises NotAllDone: at the end, where one failed.
        """
        with context.database.session() as session:
            due = select(self.rows.id).where(*self._is_due(now)).order_by(self.rows.due_at)
            ids = session.scalars(due).all()
        done = [self._do_one(context, row_id, now) for row_id in ids]
        if not all(done):
            raise NotAllDone(f"{self.stop_link.value}: {done.count(False)} of {len(done)}")

    def _do_one(self, context: Context, row_id: str, now: datetime) -> bool:
        try:
            with context.database.transaction() as session:
                due = select(self.rows).where(self.rows.id == row_id, *self._is_due(now))
                row = session.scalars(due.with_for_update()).one_or_none()
                if row is not None:  # not stopped, nor done by another worker, at this moment
                    account = session.get_one(Account, row.account_id)
                    self.do(session, context, row, account, now)
        except Exception:
            log.exception("waiting_step_failed", step=self.stop_link.value, row=row_id)
            return False
        return True

    def _waits(self) -> tuple[ColumnElement[bool], ...]:
        rows = self.rows
        return rows.due_at.is_not(None), rows.cancelled_at.is_(None), rows.done_at.is_(None)

    def _is_due(self, now: datetime) -> tuple[ColumnElement[bool], ...]:
        return self.rows.due_at <= now, *self._waits(), *self.only


_steps: dict[str, WaitingStep[Any]] = {}


def steps() -> Iterator[WaitingStep[Any]]:
    """Every kind that was defined."""
    return iter(_steps.values())


def step_of(stop_link: str) -> WaitingStep[Any]:
    """The kind that links of this purpose stop. :raises KeyError: where there is none."""
    return _steps[stop_link]


def cancel_all(session: Session, account: Account, now: datetime) -> None:
    """End whatever is under way for an account: its owner is here, or said that it was not them."""
    for step in steps():
        step.cancel_open(session, account, now)


def _count(session: Session, statement: Update) -> int:
    return rows_changed(session.execute(statement))
