"""Parents go on working while a large extract loads."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, select

from portal.context import Context
from portal.feeds.load import load
from portal.requests.models import Submission
from tests.feeds.large import write_large
from tests.feeds.test_kills import forked
from tests.requests.parents import (
    begin_review,
    load_parents,
    number_of,
    photo,
    signed_in,
    to_check,
    upload,
)
from tests.support.extract import ExtractBuilder
from tests.support.page import Page

PROBE = 60_000
FEWEST_PAYMENTS, MOST_PAYMENTS = 200_000, 600_000
SECONDS_OF_LOAD = 9
FEWEST_REVIEWS = 5
MOST_LOADS = 4
MOST_SECONDS = 2.0
"""What is promised to parents, so here a test does assert a wall-clock time, which no other one does.
A machine so busy that receipts are slow without any load is given three times what they take then.
"""


def file_review(payor: Page, about: int, evidence: bytes | None) -> tuple[str, float]:
    """A whole review: its number, and the seconds from *Send* to the receipt."""
    begin_review(payor, about)
    stated = {
        "payments-0-on": "11/18/2026",
        "payments-0-amount": "120.00",
        "payments-0-how": "employer",
    }
    payor.submit("/payments", button="action=compare", **stated)
    payor.submit("/payments", button="action=continue")
    if evidence:
        assert "stub.jpg" in upload(payor, evidence).words
    to_check(payor)
    began = time.monotonic()
    number = number_of(payor.submit("/check"))
    return number, time.monotonic() - began


@contextmanager
def waits_for_the_write_lock(context: Context) -> Iterator[list[float]]:
    """How many seconds each writing transaction of this process waited to begin."""
    waits: list[float] = []
    opened = 0.0

    def connected(_connection: Connection) -> None:
        nonlocal opened
        opened = time.monotonic()

    def began(connection: Connection) -> None:
        """After the portal's own listener, which takes the lock."""
        if connection.get_execution_options().get("write"):
            waits.append(time.monotonic() - opened)

    engine = context.database.engine
    event.listen(engine, "engine_connect", connected)
    event.listen(engine, "begin", began)
    try:
        yield waits
    finally:
        event.remove(engine, "engine_connect", connected)
        event.remove(engine, "begin", began)


def payments_of_a_long_load(context: Context, builder: ExtractBuilder, folder: Path) -> int:
    """How many payments take long to load here; a smaller extract, loaded, tells."""
    probe = write_large(folder / "probe", builder, PROBE, sequence=2)
    began = time.monotonic()
    assert load(context, probe).not_adding_up == 0
    rate = PROBE / (time.monotonic() - began)
    return min(max(int(rate * SECONDS_OF_LOAD), FEWEST_PAYMENTS), MOST_PAYMENTS)


def numbers_kept(context: Context) -> set[str]:
    with context.database.transaction(write=False) as session:
        return set(session.scalars(select(Submission.number)))


@dataclass
class Meanwhile:
    """What parents did while one load ran."""

    took: float
    receipts: list[float]
    """The seconds that each review waited for its receipt."""
    in_time: int
    """How many of them came before the load had ended."""
    longest_wait: float
    """For the write lock."""

    @property
    def slowest(self) -> float:
        return max(self.receipts)


def reviews_while_loading(
    context: Context, payor: Page, evidence: bytes, folder: Path
) -> Meanwhile:
    """A review begun every second until the load, in a process of its own, has ended."""
    done: dict[str, float] = {}

    def work(mine: Context) -> None:
        load(mine, folder)

    with waits_for_the_write_lock(context) as waits:
        child, started = forked(context, work), time.monotonic()
        in_time = 0
        while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0):
            in_time = len(done)
            number, seconds = file_review(payor, -1, evidence if len(done) % 2 else None)
            done[number] = seconds
            time.sleep(max(0.0, started + len(done) - time.monotonic()))
    assert os.waitstatus_to_exitcode(ended[1]) == 0, "the load was refused or broke off"
    assert done.keys() <= numbers_kept(context)
    return Meanwhile(time.monotonic() - started, list(done.values()), in_time, max(waits))


@pytest.mark.slow
def test_fed_1_a_review_filed_every_second_of_a_large_load_gets_its_receipt_within_two(
    context: Context, page: Page, tmp_path: Path
) -> None:
    """FED-1: all steps of a review, every other one with a photo, once a second until the load ends.

    The load, of as many payments as this machine takes some ten seconds for, runs in a process
    of its own. No receipt takes longer than two seconds, and nothing that the parent does waits that
    long for the write lock. A load that was over too soon, or that something else on the machine
    slowed down, is followed by a larger one: what holds parents up holds them up in all of them.
    """
    parents = load_parents(context, tmp_path / "parents")
    builder = parents.family.builder
    payments = payments_of_a_long_load(context, builder, tmp_path)
    payor, evidence = signed_in(page, parents.payor), photo()
    usual = max(file_review(payor, about, evidence)[1] for about in (0, -1))
    limit, all_of_them = max(MOST_SECONDS, 3 * usual), []
    for sequence in range(3, 3 + MOST_LOADS):
        folder = write_large(tmp_path / str(sequence), builder, payments, sequence=sequence)
        found = reviews_while_loading(context, payor, evidence, folder)
        all_of_them.append(found)
        if found.in_time < FEWEST_REVIEWS:
            payments = min(payments * 2, 2 * MOST_PAYMENTS)
        elif max(found.slowest, found.longest_wait) < limit:
            break
    else:
        raise AssertionError(f"over {limit:.2f} s, or over too soon, each time: {all_of_them}")
    print(f"{found.in_time} reviews in {found.took:.0f} s of a load; slowest {found.slowest:.2f} s")
    print(f"longest wait for the write lock {found.longest_wait:.3f} s")
