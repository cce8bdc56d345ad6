"""FED-1: killed at any moment, a load leaves the old record or the new one; readers never see between.

Each load runs in a forked process that is killed with SIGKILL: at random moments (the seed is in the
test's name) and at the exact steps where something is handed from one place to the next.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.context import Context, open_context
from portal.feeds import candidate as candidate_module
from portal.feeds import hand_over as hand_over_module
from portal.feeds import leftovers
from portal.feeds import load as load_module
from portal.feeds.build_sqlite import SqliteBuilder
from portal.feeds.errors import FeedRefused
from portal.feeds.load import load
from portal.feeds.lock import one_at_a_time
from portal.feeds.models import Load
from portal.feeds.rejects import Rejects
from portal.record import models as record
from tests.support.extract import ExtractBuilder
from tests.support.waiting import wait_until

CASES = 120
FEWEST_READS = 10
"""On each side of the switch."""
FEWEST_IN_TIME = 10
"""Kills of the fifty that come before a load has ended."""


def extract(folder: Path, sequence: int) -> Path:
    """An extract in which everything tells its sequence."""
    builder = ExtractBuilder()
    for number in range(CASES):
        payor = builder.participant(f"P{number}", last_name=f"S{sequence}")
        case_id = builder.case(f"C{number}", office=f"S{sequence}")
        builder.member(case_id, payor, "noncustodial")
        builder.charge(case_id, "2026-11-06", "90.00")
        for day in range(1, 9):
            parts = {
                (case_id, "current_support"): "6.00",
                (f"C{(number + 1) % CASES}", "fee"): "4.00",
            }
            builder.payment(payor, f"2026-10-{day:02d}", "10.00", parts, reference=f"S{sequence}")
    builder.settle()
    return builder.write(folder / f"extract-{sequence}", sequence=sequence)


def seen(context: Context) -> int:
    """The sequence that the record shows. Fails where two of them are mixed, or rows are missing."""
    with context.database.transaction(write=False) as session:
        sequence = session.scalars(select(record.Extract.sequence)).one()
        word = f"S{sequence}"
        assert session.scalars(select(record.Case.office).distinct()).all() == [word]
        assert session.scalars(select(record.Payment.reference).distinct()).all() == [word]
        assert session.scalars(select(record.Participant.last_name).distinct()).all() == [word]
        assert len(session.scalars(select(record.Payment.payment_id)).all()) == CASES * 16
        assert len(session.scalars(select(record.Allocation.amount)).all()) == CASES * 16
        assert not session.scalars(select(record.CaseCheck.case_id)).all()
        newest = session.scalars(select(Load).order_by(Load.sequence.desc())).first()
        assert newest is not None
        if context.database.is_sqlite:
            assert newest.sequence == sequence
        else:  # read committed: a later statement may see a later load's row, never its record
            assert newest.sequence >= sequence
    return sequence


def forked(context: Context, work: Callable[[Context], None]) -> int:
    """Run `work` in a process of its own, with connections of its own; its process id."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        work(open_context(context.settings, context.read_clock))
        status = 0
    except FeedRefused:
        status = 3
    finally:
        os._exit(status)


def end(child: int) -> int:
    """Wait for a process; its exit status, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def took(context: Context, folder: Path) -> float:
    """The seconds that a load takes."""
    began = time.monotonic()
    load(context, folder)
    return time.monotonic() - began


def only_the_needed_files(context: Context) -> None:
    if context.database.is_sqlite:
        names = {path.name for path in context.database.folder.glob("record_*")}
        assert len(names) <= 2, names
        assert all(name.endswith(".db") for name in names), names


@pytest.mark.slow
@pytest.mark.parametrize("seed", [20261122])
def test_fed_1_killed_fifty_times(context: Context, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    load(context, extract(tmp_path, 1))
    usual = took(context, extract(tmp_path, 2))
    left_old = left_new = 0
    for sequence in range(3, 53):
        folder = extract(tmp_path, sequence)
        child = forked(context, lambda mine, folder=folder: load(mine, folder))  # type: ignore[misc]
        # Where kills came too late so far, the ones after come earlier, down to none at all.
        late = left_old < FEWEST_IN_TIME and sequence > 53 - 2 * FEWEST_IN_TIME
        time.sleep(0 if late else chance.uniform(0, usual * 1.2))
        os.kill(child, signal.SIGKILL)
        end(child)
        found = seen(context)
        assert found in (sequence - 1, sequence)
        left_old, left_new = left_old + (found < sequence), left_new + (found == sequence)
        began = time.monotonic()
        again = load(context, folder)
        assert again.already == (found == sequence)
        if not again.already:
            usual = min(usual, time.monotonic() - began)
        assert seen(context) == sequence
        only_the_needed_files(context)
    assert left_old >= FEWEST_IN_TIME, "too few kills came in time to prove anything"
    print(f"killed 50 times: {left_old} left the old record, {left_new} the new one")


def _die(*_args: object, **_kwargs: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _die_after(module: object, name: str) -> None:
    real = getattr(module, name)

    def then_die(*args: object, **kwargs: object) -> None:
        real(*args, **kwargs)
        _die()

    setattr(module, name, then_die)


STEPS: dict[str, tuple[Callable[[], None], bool]] = {
    "before the files are read": (lambda: setattr(candidate_module, "inspect_files", _die), False),
    "with the record built": (lambda: setattr(load_module, "hand_over", _die), False),
    "before the file has its name": (lambda: setattr(SqliteBuilder, "finish", _die), False),
    "once the file has its name": (lambda: _die_after(SqliteBuilder, "finish"), False),
    "with the pointer written": (lambda: _die_after(hand_over_module, "switch_to"), False),
    "just before the commit": (lambda: _die_after(Rejects, "close"), False),
    "just after the commit": (lambda: _die_after(load_module, "hand_over"), True),
    "with old records removed": (lambda: _die_after(leftovers, "clean"), False),
}


@pytest.mark.parametrize("step", STEPS)
def test_fed_1_killed_at_a_step(context: Context, tmp_path: Path, step: str) -> None:
    load(context, extract(tmp_path, 1))
    folder = extract(tmp_path, 2)
    prepare, is_new = STEPS[step]

    def work(mine: Context) -> None:
        prepare()
        load(mine, folder)

    assert end(forked(context, work)) == -signal.SIGKILL
    assert seen(context) == (2 if is_new else 1)
    assert load(context, folder).already == is_new
    assert seen(context) == 2
    only_the_needed_files(context)


def loads(context: Context, folder: Path) -> bool:
    """Load, unless another load still holds the lock."""
    try:
        load(context, folder)
    except FeedRefused as error:
        if "Another load is running" not in str(error):
            raise
        return False
    return True


@pytest.mark.postgresql
def test_fed_1_killed_on_postgresql(postgresql_context: Context, tmp_path: Path) -> None:
    context = postgresql_context
    chance = random.Random(4)
    load(context, extract(tmp_path, 1))
    for sequence in range(2, 8):
        folder = extract(tmp_path, sequence)
        child = forked(context, lambda mine, folder=folder: load(mine, folder))  # type: ignore[misc]
        time.sleep(chance.uniform(0, 1.0))
        os.kill(child, signal.SIGKILL)
        end(child)
        assert seen(context) in (sequence - 1, sequence)
        # The server notices after a moment that the client is gone.
        wait_until(lambda folder=folder: loads(context, folder), "the dead load's lock")  # type: ignore[misc]
        assert seen(context) == sequence


def test_fed_1_readers_see_the_old_or_the_new(either: Context, tmp_path: Path) -> None:
    """A reader that never stops reads the old record many times, then the new one as often.

    Each read fails where it finds two records mixed. Further loads follow until enough was read
    before a switch: what counts is the number of reads, never the time.
    """
    load(either, extract(tmp_path, 1))
    before, newest = 0, 1
    while before < FEWEST_READS:
        assert newest < 12, f"no more than {before} reads fitted into ten loads"
        newest += 1
        folder = extract(tmp_path, newest)
        child = forked(either, lambda mine, folder=folder: load(mine, folder))  # type: ignore[misc]
        found: list[int] = []
        while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0):
            found.append(seen(either))
        assert os.waitstatus_to_exitcode(ended[1]) == 0
        found += [seen(either) for _ in range(FEWEST_READS)]
        assert found[-FEWEST_READS:] == [newest] * FEWEST_READS
        assert found == sorted(found), "a reader went back to the old record"
        assert set(found) <= {newest - 1, newest}
        before += found.count(newest - 1)


def test_fed_2_a_second_load_is_refused_meanwhile(either: Context, tmp_path: Path) -> None:
    folder = extract(tmp_path, 1)
    with one_at_a_time(either.database):
        assert end(forked(either, lambda mine: load(mine, folder) and None)) == 3
        with pytest.raises(FeedRefused, match="Another load is running"):
            load(either, folder)
    assert not load(either, folder).already
