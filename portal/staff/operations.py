"""What the operators look after: extracts, exports, mail, jobs, evidence, the trail.

Counts, codes and times only: no case data (ACL-3).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.audit.models import AuditBatch, AuditEvent
from portal.audit.seal import head_of
from portal.context import Context
from portal.feeds.models import ExportedLine, Load
from portal.feeds.status import status
from portal.notices.jobs import LONGEST, JobRun
from portal.requests.add_evidence import BEING_CHECKED
from portal.requests.models import EvidenceFile
from portal.requests.scanner import is_reachable
from portal.staff.operations_mail import Outbox, read_outbox

VERIFYING = "audit.verify"
"""The job that reads the whole trail."""
SEALED_WITHIN = timedelta(hours=1)
"""Events that wait longer to be sealed mean that no worker runs."""


@dataclass(frozen=True, slots=True)
class LoadShown:
    """An extract that was loaded. ``seconds`` is how long that took."""

    sequence: int
    manifest: str
    """The first characters of its manifest's SHA-256: which extract it was."""
    kind: str
    as_of: date
    finished_at: datetime
    seconds: int
    rows: int
    rejected: int
    warnings: int
    not_adding_up: int


@dataclass(frozen=True, slots=True)
class Exports:
    """The way back: the last position that was given, and when."""

    position: int
    given_at: datetime | None


@dataclass(frozen=True, slots=True)
class JobShown:
    """A periodic job of the worker's."""

    name: str
    finished_at: datetime | None
    failed: bool
    due_at: datetime
    running: bool
    late: bool
    """Due for longer than any job may take: no worker does it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Files that wait for the scanner. ``reachable`` is None where none is configured."""

    waiting: int
    oldest_at: datetime | None
    reachable: bool | None


@dataclass(frozen=True, slots=True)
class Trail:
    """How far the trail is sealed, and when the whole of it was last read."""

    batches: int
    sealed_at: datetime | None
    unsealed: int
    oldest_unsealed_at: datetime | None
    is_late: bool
    verified_at: datetime | None
    is_broken: bool


@dataclass(frozen=True, slots=True)
class Operations:
    """All of it, as of one moment."""

    as_of: datetime
    record: str | None
    loads: tuple[LoadShown, ...]
    exports: Exports
    outbox: Outbox
    jobs: tuple[JobShown, ...]
    evidence: Evidence
    trail: Trail


def read_operations(session: Session, context: Context, now: datetime) -> Operations:
    """Read all of it. Asks the scanner, which may take two seconds."""
    found = status(session)
    jobs = tuple(_job(run, now) for run in session.scalars(select(JobRun).order_by(JobRun.name)))
    loads = tuple(_load(it) for it in found.loads)
    return Operations(
        now, found.record, loads, _exports(session), read_outbox(session), jobs,
        _evidence(session, context), trail_state(session, now),
    )  # fmt: skip


def _load(it: Load) -> LoadShown:
    return LoadShown(
        sequence=it.sequence,
        manifest=it.manifest_sha256[:12],
        kind=it.kind,
        as_of=it.as_of,
        finished_at=it.finished_at,
        seconds=round(it.duration.total_seconds()),
        rows=sum(it.rows.values()),
        rejected=it.rejected,
        warnings=it.warnings,
        not_adding_up=it.not_adding_up,
    )


def _exports(session: Session) -> Exports:
    position, given_at = session.execute(
        select(func.max(ExportedLine.position), func.max(ExportedLine.given_at))
    ).one()
    return Exports(position or 0, given_at)


def _job(run: JobRun, now: datetime) -> JobShown:
    running = run.leased_until is not None and run.leased_until > now
    late = not running and now - run.due_at > LONGEST
    return JobShown(run.name, run.finished_at, run.failed, run.due_at, running, late)


def _evidence(session: Session, context: Context) -> Evidence:
    waiting, oldest = session.execute(
        select(func.count(), func.min(EvidenceFile.added_at)).where(
            EvidenceFile.state == BEING_CHECKED
        )
    ).one()
    return Evidence(waiting, oldest, is_reachable(context.settings.scanner_url))


def trail_state(session: Session, now: datetime) -> Trail:
    """How far the trail is sealed and verified."""
    head: AuditBatch | None = head_of(session)
    after = head.last_id if head else 0
    unsealed, oldest = session.execute(
        select(func.count(), func.min(AuditEvent.at)).where(AuditEvent.id > after)
    ).one()
    run = session.get(JobRun, VERIFYING)
    return Trail(
        batches=head.number if head else 0,
        sealed_at=head.at if head else None,
        unsealed=unsealed,
        oldest_unsealed_at=oldest,
        is_late=oldest is not None and now - oldest > SEALED_WITHIN,
        verified_at=run.finished_at if run else None,
        is_broken=bool(run and run.failed),
    )
