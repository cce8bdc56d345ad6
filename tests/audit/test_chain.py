"""The chain: whatever is done to a sealed trail behind its back is found."""

from __future__ import annotations

import functools
import itertools
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from portal.audit import seal as seal_module
from portal.audit import settled as settled_module
from portal.audit.anchor import AnchorProblem, read_lines
from portal.audit.models import AuditBatch
from portal.audit.seal import ChainBroken, seal_events
from portal.audit.settled import settled_id
from portal.audit.trail import record_event
from portal.context import Context
from tests.audit.trails import anchor_of, finding, sealed_trail, tamper, whole, with_keys, write
from tests.support.clock import Clock

PROJECT = Path(__file__).parents[2]
BOTH = ["context", pytest.param("postgresql_context", marks=pytest.mark.postgresql)]


@pytest.fixture(params=BOTH)
def either(request: pytest.FixtureRequest) -> Context:
    """A context on SQLite, then one on PostgreSQL."""
    found: Context = request.getfixturevalue(request.param)
    return found


def batches(context: Context) -> list[AuditBatch]:
    with context.database.session() as session:
        return list(session.scalars(select(AuditBatch).order_by(AuditBatch.number)))


def test_a_sealed_trail_is_whole(either: Context) -> None:
    """AUD-2: batches in a row, one line each in the anchor; what is younger is told of."""
    sealed_trail(either, 25, size=10)
    assert [(batch.first_id, batch.last_id, batch.count) for batch in batches(either)] == [
        (1, 10, 10),
        (11, 20, 10),
        (21, 25, 5),
    ]
    write(either, 3)
    report = whole(either)
    assert (report.events, report.batches, report.unsealed) == (25, 3, 3)
    assert report.oldest_unsealed == either.now()
    assert report.not_anchored == 0
    assert len(anchor_of(either).read_text().splitlines()) == 3
    seal_events(either, either.now())
    assert (whole(either).events, whole(either).unsealed) == (28, 0)


def test_nothing_new_makes_no_batch(either: Context) -> None:
    assert seal_events(either, either.now()) == 0
    assert whole(either).batches == 0
    sealed_trail(either, 5)
    assert seal_events(either, either.now()) == 0


SWAP_ROWS = [
    "UPDATE audit_events SET id = 1000 WHERE id = 13",
    "UPDATE audit_events SET id = 13 WHERE id = 14",
    "UPDATE audit_events SET id = 14 WHERE id = 1000",
]
INSERT = (
    "INSERT INTO audit_events (id, at, name, outcome, detail)"
    " VALUES ({}, '2026-11-22 15:00:00', 'test:event:written', 'success', '{{}}')"
)
TAMPERINGS: dict[str, tuple[list[str], str]] = {
    "name edited": (["UPDATE audit_events SET name = 'test:event:other' WHERE id = 3"], "changed"),
    "outcome edited": (["UPDATE audit_events SET outcome = 'failed' WHERE id = 25"], "changed"),
    "actor edited": (["UPDATE audit_events SET actor_id = 'b' WHERE id = 12"], "changed"),
    "actor removed": (["UPDATE audit_events SET actor_id = NULL WHERE id = 12"], "changed"),
    "subject edited": (["UPDATE audit_events SET subject_id = '1' WHERE id = 12"], "changed"),
    "time edited": (
        ["UPDATE audit_events SET at = '2026-11-01 10:00:00.000000' WHERE id = 12"],
        "changed",
    ),
    "detail edited": (
        ["UPDATE audit_events SET detail = '{\"number\": 8}' WHERE id = 8"],
        "changed",
    ),
    "origin edited": (["UPDATE audit_events SET address = 'k1.a' WHERE id = 8"], "changed"),
    "first deleted": (["DELETE FROM audit_events WHERE id = 1"], "1 of its events are missing"),
    "two deleted": (["DELETE FROM audit_events WHERE id IN (12, 17)"], "2 of its events"),
    "last deleted": (["DELETE FROM audit_events WHERE id = 25"], "missing"),
    "all deleted": (["DELETE FROM audit_events"], "10 of its events are missing"),
    "swapped": (SWAP_ROWS, "swapped"),
    "contents swapped across batches": (
        [
            "UPDATE audit_events SET subject_id = 'x' WHERE id = 5",
            "UPDATE audit_events SET subject_id = '00000000000000000000000000000004' WHERE id = 15",
            "UPDATE audit_events SET subject_id = '00000000000000000000000000000014' WHERE id = 5",
        ],
        "swapped",
    ),
    "put in before all": ([INSERT.format(0)], "put in before the first"),
    "put in before all, negative": ([INSERT.format(-7)], "put in before the first"),
    "deleted and put in": (["DELETE FROM audit_events WHERE id = 9", INSERT.format(9)], "changed"),
    "tail cut": (
        ["DELETE FROM audit_chain WHERE number = 3", "DELETE FROM audit_events WHERE id > 20"],
        "the chain ends with batch 2",
    ),
    "tail of the chain cut": (["DELETE FROM audit_chain WHERE number = 3"], "the chain ends"),
    "whole chain cut": (["DELETE FROM audit_chain"], "the chain ends with batch 0"),
    "batch out of the middle": (["DELETE FROM audit_chain WHERE number = 2"], "Batch 2 is missing"),
    "batch's time edited": (
        ["UPDATE audit_chain SET at = '2026-11-01 10:00:00.000000' WHERE number = 2"],
        "changed",
    ),
    "batch shortened": (
        ["UPDATE audit_chain SET last_id = 24, count = 4 WHERE number = 3"],
        "changed",
    ),
    "digest edited": (["UPDATE audit_chain SET digest = previous WHERE number = 2"], "changed"),
    "seal edited": (
        ["UPDATE audit_chain SET seal = 't1.' || digest WHERE number = 2"],
        "not genuine",
    ),
    "seal of a made-up key at the end": (
        ["UPDATE audit_chain SET seal = 'zz.' || digest WHERE number = 3"],
        "not the one that the anchor",
    ),
    "link edited": (["UPDATE audit_chain SET previous = digest WHERE number = 2"], "follow"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_each_tampering_is_found(either: Context, name: str) -> None:
    """AUD-2: an edit, a deletion, a swap, an insertion, a cut tail."""
    sealed_trail(either)
    statements, words = TAMPERINGS[name]
    assert finding(either) is None
    tamper(either, *statements)
    found = finding(either)
    assert found is not None
    assert words in found
    assert "\n" not in found


@pytest.mark.postgresql
def test_an_event_put_into_a_gap_is_found(postgresql_context: Context) -> None:
    """AUD-2: PostgreSQL leaves gaps where a transaction was rolled back; nobody fills them."""
    write(postgresql_context, 3)
    with postgresql_context.database.session() as session:
        record_event(session, "a:b", now=postgresql_context.now())
        session.rollback()
    write(postgresql_context, 3)
    seal_events(postgresql_context, postgresql_context.now())
    assert whole(postgresql_context).events == 6
    tamper(postgresql_context, INSERT.format(4))
    assert "put in after it was sealed" in (finding(postgresql_context) or "")


@pytest.mark.parametrize("column", ["at", "detail"])
def test_a_value_that_cannot_be_read_is_found(context: Context, column: str) -> None:
    sealed_trail(context)
    tamper(context, f"UPDATE audit_events SET {column} = 'nonsense' WHERE id = 3")
    assert "cannot be read" in (finding(context) or "")


def test_a_chain_made_anew_without_the_key_is_found(context: Context) -> None:
    """AUD-2: who has the database but not the keys cannot make a chain that holds."""
    sealed_trail(context)
    kept = anchor_of(context).read_bytes()
    tamper(context, "DELETE FROM audit_chain", "DELETE FROM audit_events WHERE id = 7")
    anchor_of(context).unlink()
    forger = with_keys(context, ("t1", bytes(32)))
    seal_events(forger, forger.now(), size=10)
    assert finding(forger) is None, "the forger's own key would hold"
    anchor_of(context).write_bytes(kept)
    assert "not genuine" in (finding(context) or "")
    write(context, 1)
    with pytest.raises(ChainBroken):
        seal_events(context, context.now())


def test_a_database_put_back_to_an_older_copy_is_found(context: Context, tmp_path: Path) -> None:
    """AUD-2: a rolled-back copy, also after it has grown again to the same length."""
    sealed_trail(context, 12, size=5)
    copy = tmp_path / "copy.db"
    source = sqlite3.connect(str(context.database.url.database))
    target = sqlite3.connect(copy)
    source.backup(target)
    source.close()
    target.close()
    write(context, 12)
    seal_events(context, context.now(), size=5)
    context.database.engine.dispose()
    live = Path(str(context.database.url.database))
    for name in ("-wal", "-shm"):
        live.with_name(live.name + name).unlink(missing_ok=True)
    shutil.copy(copy, live)
    assert "older copy" in (finding(context) or "")
    with context.database.transaction() as session:
        for _ in range(12):
            record_event(session, "test:event:other", now=context.now())
    with pytest.raises(AnchorProblem, match="put back"):
        seal_events(context, context.now(), size=5)
    assert "not the one that the anchor" in (finding(context) or "")


def test_an_anchor_that_has_gone_is_not_begun_anew_by_itself(context: Context) -> None:
    sealed_trail(context)
    kept = anchor_of(context).read_bytes()
    for change in (anchor_of(context).unlink, lambda: anchor_of(context).write_bytes(b"")):
        change()
        write(context, 3)
        with pytest.raises(AnchorProblem):
            seal_events(context, context.now())
        if anchor_of(context).exists():
            assert anchor_of(context).read_bytes() == b""
        else:
            assert "missing" in (finding(context) or "")
    anchor_of(context).write_bytes(kept)
    assert whole(context).not_anchored == 2, "sealed all the same"
    seal_events(context, context.now())
    assert whole(context).not_anchored == 0


def test_an_anchor_that_was_edited_is_found(context: Context, clock: Clock) -> None:
    sealed_trail(context)
    lines = anchor_of(context).read_text().splitlines(keepends=True)
    for changed, words in (
        (lines[0] + lines[2], "missing from the anchor"),
        (lines[1] + lines[0] + lines[2], "does not belong there"),
        (lines[0] + lines[1].replace("a", "b") + lines[2], "not the one"),
        (lines[0] + "nonsense\n" + lines[2], "does not belong there"),
    ):
        anchor_of(context).write_text(changed)
        assert words in (finding(context) or "")
    anchor_of(context).write_text("".join(lines[:2]))
    assert finding(context) is None, "it may lag behind for a while"
    clock.forward(hours=2)
    assert "does not go on after batch 2" in (finding(context) or "")


@pytest.mark.parametrize("cut", [1, 40, 150, 178])
def test_a_line_torn_by_a_power_cut_is_written_again(context: Context, cut: int) -> None:
    sealed_trail(context)
    *whole_lines, last = anchor_of(context).read_text().splitlines(keepends=True)
    torn = "".join(whole_lines) + last[:cut]
    anchor_of(context).write_text(torn)
    assert whole(context).batches == 3
    write(context, 3)
    seal_events(context, context.now())
    assert anchor_of(context).read_text().startswith(torn), "it only grows"
    report = whole(context)
    assert (report.batches, report.not_anchored) == (4, 0)


def test_a_kill_between_a_batch_and_its_line_is_made_good(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed_trail(context)
    write(context, 3)
    calls = []

    def die(*_arguments: object) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(seal_module.anchor, "catch_up", die)
        with pytest.raises(SystemExit):
            seal_events(context, context.now())
    assert whole(context).not_anchored == 1
    seal_events(context, context.now())
    assert (whole(context).batches, whole(context).not_anchored) == (4, 0)


def test_a_kill_before_the_first_line_of_all_is_made_good(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(context, 3)

    def die(_session: object, _path: object, head: int) -> None:
        if head:
            raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(seal_module.anchor, "catch_up", die)
        with pytest.raises(SystemExit):
            seal_events(context, context.now())
    assert not anchor_of(context).exists()
    assert (whole(context).batches, whole(context).not_anchored) == (1, 1)
    seal_events(context, context.now())
    assert (whole(context).batches, whole(context).not_anchored) == (1, 0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_killed_anywhere_the_chain_goes_on(seed: int, context: Context) -> None:
    """AUD-2: a worker killed with -9 at random points leaves a chain that the next one goes on with.

    Six of them, and more where the machine is so busy that those did not get far.
    """
    chance = random.Random(seed)
    for killed in itertools.count():
        if killed >= 6 and whole(context).events > 20:
            break
        worker = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.audit.sealing_worker",
                str(context.settings.instance),
                "3",
            ],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
        )
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"started\n"
        time.sleep(chance.uniform(0.02, 0.4) * max(1, killed - 5))
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        worker.stdout.close()
        assert finding(context) is None
    seal_events(context, context.now())
    report = whole(context)
    assert (report.unsealed, report.not_anchored) == (0, 0)


def test_several_workers_make_one_chain(either: Context) -> None:
    write(either, 40)
    start = threading.Barrier(5)
    errors: list[BaseException] = []

    def work() -> None:
        start.wait()
        try:
            for _ in range(10):
                seal_events(either, either.now(), size=4)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    report = whole(either)
    assert (report.events, report.batches, report.unsealed) == (40, 10, 0)
    assert report.not_anchored == 0


@pytest.mark.postgresql
def test_an_event_still_under_way_is_waited_for_and_nobody_waits_for_us(
    postgresql_context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AUD-2: an id drawn before another and committed after it is sealed all the same."""
    context = postgresql_context
    write(context, 2)
    slow = context.database.session()
    record_event(slow, "test:event:slow", now=context.now())
    write(context, 2)
    soon = functools.partial(settled_id, wait_seconds=0.2)
    assert soon(context.database) is None
    monkeypatch.setattr(seal_module, "settled_id", soon)
    assert seal_while(context, monkeypatch, lambda: write(context, 1)) == 0
    assert whole(context).events == 0
    slow.commit()
    slow.close()
    seal_events(context, context.now())
    assert (whole(context).events, whole(context).unsealed) == (6, 0)


def seal_while(
    context: Context, monkeypatch: pytest.MonkeyPatch, change: Callable[[], None]
) -> int:
    """Seal; the change begins and ends while the sealing waits for the writers before it."""
    waiting, changed, looked = threading.Event(), threading.Event(), settled_module._writers
    in_time: list[bool] = []

    def look_and_wait(connection: Connection) -> set[str]:
        found = looked(connection)
        waiting.set()
        in_time.append(changed.wait(60))
        return found

    monkeypatch.setattr(settled_module, "_writers", look_and_wait)
    with ThreadPoolExecutor(1) as pool:
        sealing = pool.submit(seal_events, context, context.now())
        assert waiting.wait(60)
        change()
        changed.set()
        made = sealing.result()
    assert all(in_time), "a writer waited for the sealing"
    return made


@pytest.mark.postgresql
def test_sealing_while_many_write_out_of_order(postgresql_context: Context) -> None:
    """AUD-2: commits in any order and rollbacks; every event ends in one batch."""
    context = postgresql_context
    stop, errors = threading.Event(), []

    def writer(seed: int) -> None:
        chance = random.Random(seed)
        while not stop.is_set():
            try:
                with context.database.transaction() as session:
                    record_event(session, "a:b", now=context.now())
                    time.sleep(chance.uniform(0, 0.03))
                    record_event(session, "a:b", now=context.now())
                    if chance.random() < 0.2:
                        raise RuntimeError
            except RuntimeError:
                continue
            except BaseException as error:
                errors.append(error)
                return

    threads = [threading.Thread(target=writer, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 3
    while time.monotonic() < until:
        seal_events(context, context.now(), size=7)
        assert finding(context) is None
    stop.set()
    for thread in threads:
        thread.join()
    seal_events(context, context.now(), size=7)
    assert not errors
    assert (whole(context).unsealed, finding(context)) == (0, None)
    with context.database.session() as session:
        assert session.scalar(text("SELECT count(*) FROM audit_events")) == whole(context).events


def test_a_new_key_vouches_for_what_the_old_one_sealed(context: Context) -> None:
    """KEY-3: once the worker has run with the new key first, the old one may go."""
    old, new = context.settings.secret_keys[0], ("t2", bytes(range(1, 33)))
    sealed_trail(context)
    both = with_keys(context, new, old)
    assert seal_events(both, both.now()) == 1
    assert seal_events(both, both.now()) == 0
    only_new = with_keys(context, new)
    assert finding(only_new) is None
    tamper(context, "UPDATE audit_events SET outcome = 'failed' WHERE id = 3")
    assert "changed" in (finding(only_new) or "")


def test_a_key_that_went_too_early_is_told_of(context: Context) -> None:
    sealed_trail(context)
    only_new = with_keys(context, ("t2", bytes(range(1, 33))))
    assert "not in the key ring" in (finding(only_new) or "")
    with pytest.raises(ChainBroken):
        seal_events(only_new, only_new.now())


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_chain SET count = 0", "DELETE FROM audit_chain"]
)
def test_the_chain_only_grows(either: Context, statement: str) -> None:
    """AUD-2: guarded like the trail."""
    sealed_trail(either, 3)
    with pytest.raises(DBAPIError, match="append-only"), either.database.transaction() as session:
        session.execute(text(statement))


@pytest.mark.slow
def test_memory_stays_flat(context: Context) -> None:
    """AUD-2: verifying streams; what it holds at a time is a batch."""

    def peak() -> int:
        tracemalloc.start()
        assert finding(context) is None
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    for _ in range(10):
        write(context, 1_000)
    seal_events(context, context.now(), size=100)
    peak()
    assert peak() < 1_000_000, "ten thousand events at once would take many times that"


def test_reading_the_anchor_stops_at_the_end_it_had(context: Context) -> None:
    sealed_trail(context)
    lines = read_lines(anchor_of(context))
    assert lines is not None
    sealed_trail(context, 5)
    assert len(list(lines)) == 3
