"""Verifying the trail: every event against its batch, every batch against the one before, the
chain against the anchor (AUD-2). Streams: memory does not grow with the trail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.audit import anchor
from portal.audit.digest import BEGINNING, digest_of, events_between, seal_holds
from portal.audit.models import AuditBatch, AuditEvent
from portal.context import Context

PAGE = 100
"""Batches in one reading transaction."""
ANCHORED_WITHIN = timedelta(hours=1)
"""How long the anchor may lag behind the chain before that is a finding."""


class TrailBroken(Exception):
    """The trail is not what was sealed. The message says what and where, in one line."""


@dataclass
class Report:
    """What was found whole."""

    events: int = 0
    batches: int = 0
    sealed_upto: datetime | None = None
    unsealed: int = 0
    oldest_unsealed: datetime | None = None
    not_anchored: int = 0


def verify(context: Context, now: datetime, *, without_anchor: bool = False) -> Report:
    """Read the whole trail and tell that it is as it was sealed. Changes nothing.

    :param without_anchor: leave the anchor out of it.
    :raises TrailBroken: at the first event, batch or line of the anchor that is not.
    """
    path = Path(context.settings.audit_anchor)
    lines = (
        None if without_anchor else anchor.read_lines(path)
    )  # before the database: a line's batch is then always there
    walk = _Walk(context, path, None if lines is None else _Lines(lines), now)
    while walk.next_page():
        pass
    # Of one batch alone the line may be on its way: sealing begins the file with the first.
    if walk.lines is None and walk.number > 1 and not without_anchor:
        raise TrailBroken(f"The anchor {path} is missing.")
    walk.finish()
    return walk.report


class _Lines:
    """The anchor's lines, one looked at ahead."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.current = next(lines, None)

    def advance(self) -> None:
        self.current = next(self._lines, None)

    @property
    def number(self) -> int | None:
        return None if self.current is None else anchor.number_in(self.current)


class _Walk:
    """One pass over the chain."""

    def __init__(self, context: Context, path: Path, lines: _Lines | None, now: datetime) -> None:
        self.context, self.path, self.lines, self.now = context, path, lines, now
        self.report = Report()
        self.number, self.last_id, self.digest = 0, 0, BEGINNING
        self.unproven: str | None = None
        self.has_begun = False
        """Whether the anchor's first line was reached: it need not begin with the first batch."""

    def next_page(self) -> bool:
        """Verify the next batches; False when there are none."""
        later = select(AuditBatch).where(AuditBatch.number > self.number)
        with self.context.database.session() as session:
            try:
                page = session.scalars(later.order_by(AuditBatch.number).limit(PAGE)).all()
            except (TypeError, ValueError) as error:
                raise TrailBroken("A row of the chain cannot be read any more.") from error
            for batch in page:
                self._batch(session, batch)
        return bool(page)

    def _batch(self, session: Session, batch: AuditBatch) -> None:
        if batch.number != self.number + 1:
            raise TrailBroken(f"Batch {self.number + 1} is missing from the chain.")
        where = (
            f"Batch {batch.number} (events {batch.first_id} to {batch.last_id},"
            f" sealed {batch.at:%Y-%m-%d %H:%M} UTC)"
        )
        if batch.first_id != self.last_id + 1 or batch.previous != self.digest:
            raise TrailBroken(f"{where} does not follow from the batch before it.")
        self._events(session, batch, where)
        holds = seal_holds(self.context.keyring, batch)
        if holds is False:
            raise TrailBroken(f"{where}: its seal is not genuine.")
        self.unproven = None if holds else where
        self._anchored(batch, where)
        self.number, self.last_id, self.digest = batch.number, batch.last_id, batch.digest
        self.report.batches += 1
        self.report.events += batch.count
        self.report.sealed_upto = batch.at

    def _events(self, session: Session, batch: AuditBatch, where: str) -> None:
        wanted = events_between(batch.first_id, batch.last_id, batch.count + 1)
        try:
            rows = session.execute(wanted).all()
            found = digest_of(
                batch.previous, batch.number, batch.first_id, batch.last_id, batch.at, rows
            )
        except (TypeError, ValueError) as error:
            raise TrailBroken(f"{where}: an event cannot be read any more.") from error
        if len(rows) < batch.count:
            raise TrailBroken(f"{where}: {batch.count - len(rows)} of its events are missing.")
        if len(rows) > batch.count:
            raise TrailBroken(f"{where}: events were put in after it was sealed.")
        if found != batch.digest:
            raise TrailBroken(f"{where}: its events or its own row were changed or swapped.")

    def _anchored(self, batch: AuditBatch, where: str) -> None:
        if self.lines is None or self.lines.current is None:
            self._not_anchored(batch)
            return
        number = self.lines.number
        if number is None or number < batch.number:
            raise TrailBroken(f"The anchor {self.path} holds a line that does not belong there.")
        if number > batch.number:
            if self.has_begun:
                raise TrailBroken(f"{where} is missing from the anchor {self.path}.")
            return
        if self.lines.current != anchor.line_of(batch):
            raise TrailBroken(f"{where} is not the one that the anchor {self.path} tells of.")
        self.has_begun = True
        self.lines.advance()

    def _not_anchored(self, batch: AuditBatch) -> None:
        self.report.not_anchored += 1
        if self.lines is not None and self.now - batch.at > ANCHORED_WITHIN:
            raise TrailBroken(
                f"The anchor {self.path} does not go on after batch {batch.number - 1}."
            )

    def finish(self) -> None:
        """What can be told only at the end."""
        if self.lines is not None and self.lines.current is not None:
            raise TrailBroken(
                f"The anchor {self.path} goes on with batch {self.lines.number}, the chain ends"
                f" with batch {self.number}: it was cut, or the database is an older copy."
            )
        if self.unproven is not None:
            raise TrailBroken(f"{self.unproven}: the key that sealed it is not in the key ring.")
        with self.context.database.session() as session:
            if session.scalar(select(func.count()).where(AuditEvent.id < 1)):
                raise TrailBroken("Events were put in before the first one.")
            younger = select(func.count(), func.min(AuditEvent.at))
            count, oldest = session.execute(younger.where(AuditEvent.id > self.last_id)).one()
        self.report.unsealed, self.report.oldest_unsealed = count, oldest
