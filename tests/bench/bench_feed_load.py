"""How fast `portal feed load` is, against a bare `csv` + `executemany` load of the same rows.

    python tests/bench/bench_feed_load.py [ROWS ...]        (default: 100000 1000000 payment rows)

An agency is made up once per size: payments in the order they were received, scattered over the cases,
with allocations (some to several categories or cases), people, cases, members and balances. Then, each
in a process of its own:

- *floor*: the files are read with `csv` and inserted with `executemany` into the record's own tables,
  its indexes included, as they come: no hash, no check, no sealing, no sums. Payments get their case
  from a file that was joined beforehand, outside the measured time.
- *floor in case order*: the same with payments and allocations sorted by case beforehand, outside the
  measured time: the order that the tables are kept in, and the best that a bare load can meet.
- *load*: everything that `portal feed load` does, from the manifest to the switch.

Rows a second count payment rows. Peak memory is the process's maximum resident size.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

SIZES = (100_000, 1_000_000)
PAYMENTS_A_CASE = 50
AS_OF = date(2026, 11, 20)
KEY = "b1:" + base64.urlsafe_b64encode(hashlib.sha256(b"bench").digest()).decode()
FLOOR_TABLES = ("payments", "allocations", "balances", "members", "cases")


def make(folder: Path, payments: int, seed: int = 1, sequence: int = 1) -> None:
    """Write the extract to `folder/extract` and the joined files to `folder/joined` and `…/sorted`."""
    from portal.demo.extract_files import COLUMNS, write_manifest

    chance = random.Random(seed)
    extract = folder / "extract"
    joined = folder / "joined"
    for path in (extract, joined, folder / "sorted"):
        path.mkdir(parents=True)
    files = {name: (extract / name).open("w", newline="") for name in COLUMNS}
    out = {name: csv.writer(file, lineterminator="\n") for name, file in files.items()}
    for name, columns in COLUMNS.items():
        out[name].writerow(columns)
    cases = max(payments // PAYMENTS_A_CASE, 2)
    _people_and_cases(out, cases)
    applied: dict[tuple[str, str], int] = {}
    bare = (joined / "payments.csv").open("w", newline="")
    bare_out = csv.writer(bare, lineterminator="\n")
    columns = COLUMNS["payments.csv"]
    bare_out.writerow(("case_id", *columns))
    sources = ("income_withholding",) * 8 + ("paid_online", "state_tax_offset")
    for number in range(payments):
        case = chance.randrange(cases)
        cents = chance.randrange(2_000, 60_000)
        received = AS_OF - timedelta(days=1500 - number * 1500 // payments)
        payment_id = f"PAY{number:09d}"
        row = (
            payment_id, f"P{case:07d}N", (received - timedelta(days=3)).isoformat(),
            received.isoformat(), f"{cents // 100}.{cents % 100:02d}", chance.choice(sources),
            f"Employer {case % 997} Inc", f"REF{number:08d}", "",
        )  # fmt: skip
        out["payments.csv"].writerow(row)
        parts = _parts(chance, case, cases, cents)
        for reached in sorted({f"C{part[0]:07d}" for part in parts}):
            bare_out.writerow((reached, *row))
        for to, category, part in parts:
            amount = f"{part // 100}.{part % 100:02d}"
            out["allocations.csv"].writerow((payment_id, f"C{to:07d}", category, amount))
            key = (f"C{to:07d}", category)
            applied[key] = applied.get(key, 0) + part
    for (case_id, category), cents in applied.items():
        amount = f"-{cents // 100}.{cents % 100:02d}"
        out["balances.csv"].writerow((case_id, AS_OF.isoformat(), category, "family", amount))
    for file in (*files.values(), bare):
        file.close()
    made = datetime.combine(AS_OF, datetime.min.time(), UTC) + timedelta(days=1, hours=3)
    write_manifest(
        extract, agency="MA", sequence=sequence, as_of=AS_OF, created_at=made, kind="full"
    )
    _sort(folder)


def _people_and_cases(out: dict[str, Any], cases: int) -> None:
    from portal.demo.extract_files import COLUMNS

    columns = COLUMNS["participants.csv"]
    for number in range(cases):
        case_id = f"C{number:07d}"
        out["cases.csv"].writerow((case_id, "full", "open", "2020-01-02", "", "Boston", "", "", "0",
                                   "0", "0.00", "none", ""))  # fmt: skip
        for role, letter in (("noncustodial", "N"), ("custodial", "R")):
            person = dict.fromkeys(columns, "")
            person |= {
                "participant_id": f"P{number:07d}{letter}", "first_name": "Pat",
                "last_name": f"Example{number}", "birth_date": "1985-03-02",
                "ssn": f"{900_000_000 + number * 2 + (letter == 'N')}", "pin": "123456",
                "mail_line1": f"{number} Main St", "mail_city": "Boston", "mail_state": "MA",
                "mail_postal_code": "02108", "mail_country": "US", "family_violence": "0",
            }  # fmt: skip
            out["participants.csv"].writerow(person.values())
            out["members.csv"].writerow((case_id, person["participant_id"], role, "2020-01-02", ""))


def _parts(chance: random.Random, case: int, cases: int, cents: int) -> list[tuple[int, str, int]]:
    draw = chance.random()
    if draw < 0.15:
        part = cents // 3
        return [(case, "current_support", cents - part), (case, "arrears", part)]
    if draw < 0.2:
        part = cents // 2
        other = (case + 1) % cases
        return [(case, "current_support", cents - part), (other, "current_support", part)]
    return [(case, "current_support", cents)]


def _sort(folder: Path) -> None:
    """The joined payments and the allocations, in the order of their case."""
    for name, source, key in (
        ("payments.csv", folder / "joined" / "payments.csv", (0, 1)),
        ("allocations.csv", folder / "extract" / "allocations.csv", (1, 0, 2)),
    ):
        with source.open(newline="") as file:
            header, *rows = csv.reader(file)
        rows.sort(key=lambda row: tuple(row[index] for index in key))
        with (folder / "sorted" / name).open("w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows((header, *rows))


def floor(folder: Path, payments: str) -> float:
    """The bare load; `payments` names the folder that holds them, `joined` or `sorted`."""
    from sqlalchemy.dialects import sqlite
    from sqlalchemy.schema import CreateIndex, CreateTable

    from portal.database import RecordBase
    from portal.record import models  # noqa: F401

    target = folder / "floor.db"
    target.unlink(missing_ok=True)
    raw = sqlite3.connect(":memory:", isolation_level=None)
    raw.execute("ATTACH ? AS record", (str(target),))
    raw.execute("PRAGMA record.synchronous=OFF")
    raw.execute("PRAGMA record.journal_mode=OFF")
    raw.execute("PRAGMA record.cache_size=-24000")
    dialect = sqlite.dialect()
    for table in RecordBase.metadata.sorted_tables:
        raw.execute(str(CreateTable(table).compile(dialect=dialect)))
        for index in table.indexes:
            raw.execute(str(CreateIndex(index).compile(dialect=dialect)))
    began = time.perf_counter()
    raw.execute("BEGIN")
    for name in FLOOR_TABLES:
        source = {"payments": payments, "allocations": "sorted" if payments == "sorted" else ""}
        path = folder / (source.get(name) or "extract") / f"{name}.csv"
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.reader(file)
            columns = next(reader)
            marks = ",".join("?" * len(columns))
            raw.executemany(
                f"INSERT INTO record.{name} ({','.join(columns)}) VALUES ({marks})", reader
            )
    raw.execute("COMMIT")
    handle = os.open(target, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
    took = time.perf_counter() - began
    raw.close()
    target.unlink()
    return took


def loaded(folder: Path) -> float:
    """What `portal feed load` does."""
    import portal.models  # noqa: F401  (names every table)
    from portal.context import open_context
    from portal.database import Base
    from portal.feeds.load import load
    from portal.record.current import ensure_record
    from portal.settings import load_settings

    instance = folder / "instance"
    environ = {"PORTAL_MODE": "test", "PORTAL_SECRET_KEYS": KEY, "PORTAL_INSTANCE": str(instance)}
    context = open_context(load_settings(environ))
    Base.metadata.create_all(context.database.engine)
    ensure_record(context.database)
    phases = _Phases()
    began = time.perf_counter()
    load(context, folder / "extract", progress=phases)
    took = time.perf_counter() - began
    if "-v" in sys.argv:
        phases.phase("")
        for name, seconds in phases.seconds.items():
            print(f"    {name:40} {seconds:6.2f} s", file=sys.stderr)
    context.database.engine.dispose()
    return took


class _Phases:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = (time.perf_counter(), "starting")

    def begin(self, total: int) -> None: ...

    def phase(self, name: str) -> None:
        now = time.perf_counter()
        before, last = self._last
        self.seconds[last] = self.seconds.get(last, 0) + now - before
        self._last = (now, name)

    def advance(self, rows: int) -> None: ...


def run(folder: Path, what: str) -> dict[str, Any]:
    """One measured run in a process of its own: seconds, processor seconds, peak memory in KiB."""
    command = [sys.executable, __file__, "--run", what, str(folder)]
    if "-v" in sys.argv:
        command.append("-v")
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def _peak_kib() -> int:
    """Of this process alone: `ru_maxrss` would count the parent's, from before the exec."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def measure(payments: int) -> None:
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as name:
        folder = Path(name)
        make(folder, payments)
        size = sum(path.stat().st_size for path in (folder / "extract").iterdir())
        print(f"{payments:,} payment rows ({size / 1e6:.0f} MB of files)")
        runs = {
            "floor": run(folder, "floor"),
            "floor in case order": run(folder, "floor-sorted"),
            "load": run(folder, "load"),
        }
    ours = runs["load"]
    for what, measured in runs.items():
        seconds = measured["seconds"]
        print(
            f"  {what:20} {seconds:7.2f} s  {payments / seconds:10,.0f} rows/s"
            f"  processor {measured['cpu']:7.2f} s  peak {measured['peak_kib'] / 1024:6.1f} MiB"
        )
    for what in ("floor", "floor in case order"):
        print(
            f"  load against {what}: {runs[what]['seconds'] / ours['seconds']:.2f} of its speed"
            f" ({runs[what]['cpu'] / ours['cpu']:.2f} by processor time)"
        )


def main() -> None:
    if "--run" in sys.argv:
        what, folder = sys.argv[2], Path(sys.argv[3])
        runs = {
            "floor": lambda: floor(folder, "joined"),
            "floor-sorted": lambda: floor(folder, "sorted"),
            "load": lambda: loaded(folder),
        }
        before = time.process_time()
        seconds = runs[what]()
        cpu = time.process_time() - before
        print(json.dumps({"seconds": seconds, "cpu": cpu, "peak_kib": _peak_kib()}))
        return
    for payments in [int(word) for word in sys.argv[1:] if word.isdigit()] or SIZES:
        measure(payments)


if __name__ == "__main__":
    main()
