"""Periodic jobs: one worker does each, in time, whatever dies."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from portal.context import Context
from portal.database import Base
from portal.notices import jobs
from portal.notices import worker as worker_module
from portal.notices.jobs import LONGEST, register, run_due
from portal.notices.worker import run_forever
from tests.notices.greeting import item, queue
from tests.support.clock import Clock
from tests.support.waiting import wait_until


@pytest.fixture(autouse=True)
def only_these_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_jobs", {})


def test_a_job_runs_at_most_once_in_its_time(context: Context, clock: Clock) -> None:
    runs: list[datetime] = []
    register("test.count", timedelta(minutes=10), lambda context, now: runs.append(now))
    for _ in range(3):
        run_due(context, context.now())
    clock.forward(minutes=9)
    run_due(context, context.now())
    clock.forward(minutes=1)
    run_due(context, context.now())
    assert len(runs) == 2
    assert runs[1] - runs[0] == timedelta(minutes=10)


def test_where_the_clock_stands_still_jobs_go_on(sending: Callable[..., Context]) -> None:
    runs: list[datetime] = []
    register("test.count", timedelta(minutes=10), lambda context, now: runs.append(now))
    context = sending(clock=datetime(2026, 11, 22, 15, 0, tzinfo=UTC))
    for _ in range(3):
        run_due(context, context.now())
    assert len(runs) == 3


def test_of_many_workers_one_does_it(context: Context) -> None:
    runs: list[datetime] = []
    register("test.count", timedelta(minutes=10), lambda context, now: runs.append(now))
    start = threading.Barrier(5)

    def worker() -> None:
        start.wait()
        run_due(context, context.now())

    threads = [threading.Thread(target=worker) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(runs) == 1


def test_a_failing_job_does_not_keep_the_others(context: Context, clock: Clock) -> None:
    runs: list[str] = []

    def fail(context: Context, now: datetime) -> None:
        runs.append("fails")
        raise RuntimeError

    register("test.fails", timedelta(minutes=1), fail)
    register("test.works", timedelta(minutes=1), lambda context, now: runs.append("works"))
    run_due(context, context.now())
    clock.forward(minutes=1)
    run_due(context, context.now())
    assert runs == ["fails", "works"] * 2


def test_a_job_whose_worker_died_is_done_again(context: Context, clock: Clock) -> None:
    runs: list[datetime] = []

    def die(context: Context, now: datetime) -> None:
        runs.append(now)
        if len(runs) == 1:
            raise SystemExit

    register("test.dies", timedelta(minutes=1), die)
    with pytest.raises(SystemExit):
        run_due(context, context.now())
    clock.forward(seconds=LONGEST.total_seconds() - 1)
    run_due(context, context.now())
    assert len(runs) == 1
    clock.forward(seconds=1)
    run_due(context, context.now())
    assert len(runs) == 2


def test_two_jobs_cannot_share_a_name() -> None:
    register("test.name", timedelta(minutes=1), print)
    register("test.name", timedelta(minutes=1), print)
    with pytest.raises(ValueError, match="Two jobs"):
        register("test.name", timedelta(minutes=1), repr)


def test_a_long_job_does_not_keep_mails_waiting_and_the_worker_stops_when_told(
    context: Context,
) -> None:
    inside, go_on, stop = threading.Event(), threading.Event(), threading.Event()

    def long(context: Context, now: datetime) -> None:
        inside.set()
        go_on.wait(120)

    register("test.long", timedelta(minutes=1), long)
    worker = threading.Thread(target=run_forever, args=(context, stop))
    worker.start()
    try:
        assert inside.wait(60)
        queued = queue(context)
        wait_until(lambda: item(context, queued).sent_at is not None, "the mail")
    finally:
        go_on.set()
        stop.set()
        worker.join(60)
    assert not worker.is_alive()


def test_a_database_that_is_down_is_waited_for(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CRS-3: recovery by itself."""
    monkeypatch.setattr(worker_module, "LOOK_EVERY_SECONDS", 0.05)
    runs, stop = threading.Event(), threading.Event()
    register("test.runs", timedelta(minutes=1), lambda context, now: runs.set())
    Base.metadata.drop_all(context.database.engine)
    worker = threading.Thread(target=run_forever, args=(context, stop))
    worker.start()
    try:
        assert not runs.wait(0.5)
        assert worker.is_alive()
        Base.metadata.create_all(context.database.engine)
        queued = queue(context)
        assert runs.wait(60)
        wait_until(lambda: item(context, queued).sent_at is not None, "the mail")
    finally:
        stop.set()
        worker.join(60)
    assert not worker.is_alive()
