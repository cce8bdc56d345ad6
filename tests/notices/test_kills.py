"""The worker killed with -9 while the server fails: none lost, none doubled but in one window (CRS-2)."""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.context import Context
from portal.notices.delivery import LEASE, MOST_DEATHS
from portal.notices.models import OutboxItem
from portal.notices.worker import outbox_state
from tests.notices.greeting import item, queue
from tests.support.clock import Clock
from tests.support.smtp import MailServer
from tests.support.waiting import wait_until

PROJECT = Path(__file__).parents[2]
KILLING = range(0, 2 * (MOST_DEATHS - 1), 2)
"""The rounds with kills: however they fall, no mail has so many deaths that it is given up."""


def start_worker(context: Context, url: str, now: datetime) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.notices.outbox_worker",
            str(context.settings.instance),
            url,
            now.isoformat(),
        ],
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def waiting(context: Context) -> int:
    with context.database.session() as session:
        found = select(func.count()).where(OutboxItem.next_try_at.is_not(None))
        return session.scalar(found) or 0


def test_killed_between_the_servers_yes_and_the_mark_the_same_message_goes_once_more(
    context: Context, smtp: MailServer, clock: Clock
) -> None:
    """CRS-2: the one window that cannot be closed. The same Message-ID, to the byte, once more."""
    queued = queue(context)
    victim: list[subprocess.Popen[bytes]] = []
    started = threading.Event()

    def kill_once(message: EmailMessage) -> None:
        started.wait(60)
        if len(smtp.received) == 1:
            victim[0].kill()
            victim[0].wait()

    smtp.before_answer = kill_once
    victim.append(start_worker(context, smtp.url, context.now()))
    started.set()
    assert victim[0].wait(60) == -signal.SIGKILL
    assert item(context, queued).sent_at is None
    assert start_worker(context, smtp.url, context.now()).wait(60) == 0
    assert len(smtp.received) == 1, "the dead worker's lease still holds"
    for _ in range(3):
        clock.forward(seconds=LEASE.total_seconds())
        assert start_worker(context, smtp.url, context.now()).wait(60) == 0
    assert len(smtp.received) == 2
    assert smtp.received[0].as_bytes() == smtp.received[1].as_bytes()
    assert item(context, queued).sent_at is not None


def test_killed_before_the_server_has_it_the_mail_goes_out_once(
    context: Context, smtp: MailServer, clock: Clock
) -> None:
    """CRS-2: none lost, none doubled, at the other side of the window."""
    queue(context)
    smtp.behave = lambda number: "stall" if number == 1 else "accept"
    worker = start_worker(context, smtp.url, context.now())
    wait_until(lambda: smtp.mails, "the worker's first mail")
    worker.kill()
    worker.wait()
    clock.forward(seconds=LEASE.total_seconds())
    assert start_worker(context, smtp.url, context.now()).wait(60) == 0
    assert len(smtp.received) == 1
    assert waiting(context) == 0


def test_a_mail_that_kills_its_worker_is_given_up_and_the_others_go_out(
    context: Context, smtp: MailServer, clock: Clock
) -> None:
    """CRS-2, CRS-3: tried after growing waits, then given up where it shows."""
    deadly = queue(context, crash="1")
    clock.forward(seconds=1)
    others = {f"<{queue(context)}@localhost>" for _ in range(3)}
    began, died_at = context.now(), []
    for _ in range(60):
        status = start_worker(context, smtp.url, context.now()).wait(60)
        if status:
            died_at.append(context.now())
        if item(context, deadly).failed_at is not None:
            break
        until = item(context, deadly).leased_until
        assert until is not None
        if len(died_at) == 1 and not smtp.received:
            continue  # the next worker, at once: the deadly one is still held
        clock.set(until)
    assert len(died_at) == MOST_DEATHS
    waits = [after - before for before, after in itertools.pairwise(died_at)]
    assert waits == sorted(waits)
    assert set(smtp.message_ids) == others
    given_up = item(context, deadly)
    assert (given_up.reason, given_up.next_try_at) == ("worker_died_5", None)
    assert given_up.failed_at is not None
    assert given_up.failed_at - began < timedelta(days=1)
    with context.database.session() as session:
        assert outbox_state(session, context.now()).given_up == 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_random_kills_and_failures_lose_none_and_double_only_in_the_window(
    seed: int, context: Context, smtp: MailServer, clock: Clock
) -> None:
    """CRS-2: two workers at a time, killed at random, a server that refuses, hangs up and lies.

    A mail may come twice only where the server had it and the worker could not write that down:
    it hung up in place of its answer, or the worker was killed at that moment.
    """
    chance = random.Random(seed)
    ids = {f"<{queue(context)}@localhost>" for _ in range(30)}
    moods = ["accept"] * 6 + ["451", "hang up", "accept and hang up", "554"]
    hung_up_after_yes = 0

    def behave(number: int) -> str:
        nonlocal hung_up_after_yes
        mood = chance.choice(moods)
        hung_up_after_yes += mood == "accept and hang up"
        return mood

    smtp.behave = behave
    kills = 0
    for round_ in range(60):
        if not waiting(context):
            break
        if round_ == 8:
            smtp.behave = lambda number: "accept"
        workers = [start_worker(context, smtp.url, context.now()) for _ in range(2)]
        if round_ in KILLING:
            time.sleep(chance.uniform(0.6, 1.6))
            for worker in workers:
                if worker.poll() is None and chance.random() < 0.7:
                    os.kill(worker.pid, signal.SIGKILL)
                    kills += 1
        for worker in workers:
            worker.wait(60)
        clock.forward(hours=13)
    assert waiting(context) == 0
    arrived = Counter(smtp.message_ids)
    assert set(arrived) == ids, "lost"
    doubled = sum(arrived.values()) - len(arrived)
    assert doubled <= hung_up_after_yes + kills, f"{doubled} doubled"
    same = {str(message["Message-ID"]): message.as_bytes() for message in smtp.received}
    assert all(same[str(message["Message-ID"])] == message.as_bytes() for message in smtp.received)
