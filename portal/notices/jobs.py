"""What the worker does from time to time, registered by the rooms that it belongs to.

Any number of workers may run: a job is taken by a conditional update, so one of them does it, and
when that one dies the job is free again after a while.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import String, or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from portal.context import Context
from portal.database import Base, rows_changed

log = structlog.get_logger(__name__)

Work = Callable[[Context, datetime], object]
LONGEST = timedelta(minutes=30)
"""A job that has not finished by then is taken for dead, and the next worker begins anew."""


class JobRun(Base):
    """When a job is next due, and until when a worker has it."""

    __tablename__ = "job_runs"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    failed: Mapped[bool] = mapped_column(default=False)


@dataclass(frozen=True, slots=True)
class Job:
    """One periodic job."""

    name: str
    every: timedelta
    work: Work


_jobs: dict[str, Job] = {}


def register(name: str, every: timedelta, work: Work) -> None:
    """Have the worker call ``work(context, now)`` at most once in ``every``.

    It opens its own transactions (``with context.database.transaction() as session``), small ones,
    and must bear being killed and run again at any point.

    :raises ValueError: where another job has the name.
    """
    if name in _jobs and _jobs[name].work is not work:
        raise ValueError(f"Two jobs are called {name!r}")
    _jobs[name] = Job(name, every, work)


def registered() -> tuple[Job, ...]:
    """Every job, in order of registration."""
    return tuple(_jobs.values())


def run_due(context: Context, now: datetime) -> int:
    """Run the jobs that are due. A failing one is logged and tried again when next due.

    Returns how many were run.
    """
    return sum(_run(context, job, now) for job in registered() if _take(context, job, now))


def _take(context: Context, job: Job, now: datetime) -> bool:
    with context.database.session() as session:
        run = session.get(JobRun, job.name)
        if run is not None and not _is_free(run, now):
            return False
    if run is None:
        _create(context, job, now)
    with context.database.transaction() as session:
        taken = session.execute(
            update(JobRun)
            .where(JobRun.name == job.name, JobRun.due_at <= now)
            .where(or_(JobRun.leased_until.is_(None), JobRun.leased_until <= now))
            .values(leased_until=now + LONGEST)
        )
        return bool(rows_changed(taken))


def _is_free(run: JobRun, now: datetime) -> bool:
    return run.due_at <= now and (run.leased_until is None or run.leased_until <= now)


def _create(context: Context, job: Job, now: datetime) -> None:
    try:
        with context.database.transaction() as session:
            session.add(JobRun(name=job.name, due_at=now))
    except IntegrityError:
        log.debug("job_known", job=job.name)  # another worker was quicker


def _run(context: Context, job: Job, now: datetime) -> int:
    failed = False
    try:
        job.work(context, now)
    except Exception:
        failed = True
        log.exception("job_failed", job=job.name)
    # Where the clock stands still (PORTAL_CLOCK), "in a while" would never come.
    wait = timedelta(0) if context.settings.clock else job.every
    with context.database.transaction() as session:
        session.execute(
            update(JobRun)
            .where(JobRun.name == job.name)
            .values(due_at=now + wait, leased_until=None, finished_at=now, failed=failed)
        )
    return 1
