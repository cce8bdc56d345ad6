"""Writes the files of an extract, version 1: CSV files row by row, and the manifest last.

Rows stream to disk and are counted and hashed on the way, so memory does not grow with them.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, BinaryIO, Self

FORMAT = "portal-extract/1"

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        name: tuple(columns.split())
        for name, columns in {
            "participants.csv": "participant_id first_name middle_name last_name suffix birth_date"
            " ssn pin email cell_phone home_phone mail_line1 mail_line2 mail_city mail_state"
            " mail_postal_code mail_country language family_violence employer_name employer_phone"
            " employer_address deceased_on",
            "cases.csv": "case_id service status opened_on closed_on office caseworker_name"
            " caseworker_phone public_assistance owed_to_state overpayment_due interstate"
            " other_jurisdiction",
            "members.csv": "case_id participant_id role since until",
            "orders.csv": "order_id case_id kind amount frequency effective_on ended_on court"
            " docket issuing_state",
            "charges.csv": "charge_id case_id order_id due_on kind category amount reason note",
            "balances.csv": "case_id as_of category owed_to amount",
            "payments.csv": "payment_id payor_id withheld_on received_on amount source payer_name"
            " reference reversed_on",
            "allocations.csv": "payment_id case_id category amount",
            "disbursements.csv": "disbursement_id payment_id case_id payee payee_id issued_on"
            " amount method status status_on replaces",
            "enforcement.csv": "action_id case_id kind status started_on ended_on reason",
            "notices.csv": "notice_id case_id participant_id kind dated_on respond_by amount"
            " subject text",
            "outcomes.csv": "submission_id outcome on case_id text",
        }.items()
    }
)
"""The columns of each file, in the order they are written."""

_KNOWN = {name: frozenset(columns) for name, columns in COLUMNS.items()}
_TEXT: Mapping[type, Callable[[Any], str]] = {bool: "{:d}".format, Decimal: "{:.2f}".format}


@dataclass(slots=True)
class _Output:
    """One file being written: what the csv module writes is hashed on its way to disk."""

    file: BinaryIO
    sha256: hashlib._Hash = field(default_factory=hashlib.sha256)
    rows: int = 0

    def write(self, text: str) -> int:
        data = text.encode()
        self.sha256.update(data)
        return self.file.write(data)


class ExtractWriter:
    """Opens every file of a full extract; `write` adds rows; leaving the block closes them."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._outputs: dict[str, _Output] = {}
        self._writers: dict[str, Callable[[Iterable[object]], Any]] = {}
        for name, columns in COLUMNS.items():
            output = _Output((folder / name).open("wb", buffering=1 << 18))
            self._outputs[name] = output
            writer = csv.writer(output, lineterminator="\n")
            writer.writerow(columns)
            self._writers[name] = writer.writerow

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for output in self._outputs.values():
            output.file.close()

    def write(self, name: str, row: Mapping[str, object]) -> None:
        """Add a row; a column left out or None is empty. Raises `ValueError` for unknown ones."""
        columns = COLUMNS[name]
        if not row.keys() <= _KNOWN[name]:
            raise ValueError(f"{name} has no column {min(row.keys() - _KNOWN[name])}")
        values = map(row.get, columns)
        self._writers[name](
            [_TEXT[type(value)](value) if type(value) in _TEXT else value for value in values]
        )
        self._outputs[name].rows += 1

    @property
    def files(self) -> dict[str, dict[str, object]]:
        """Row counts and hashes so far, as the manifest has them."""
        return {
            name: {"rows": output.rows, "sha256": output.sha256.hexdigest()}
            for name, output in self._outputs.items()
        }


def write_manifest(
    folder: Path,
    *,
    agency: str,
    sequence: int,
    as_of: date,
    created_at: datetime,
    kind: str = "full",
    files: Mapping[str, Mapping[str, object]] | None = None,
) -> Path:
    """Write `manifest.json` (`created_at` is aware). Without `files`, the folder's are measured."""
    if files is None:
        files = {path.name: measure(path) for path in sorted(folder.glob("*.csv"))}
    manifest = {
        "format": FORMAT,
        "agency": agency,
        "sequence": sequence,
        "kind": kind,
        "as_of": as_of.isoformat(),
        "created_at": created_at.isoformat(),
        "files": files,
    }
    path = folder / "manifest.json"
    path.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8", newline="\n")
    return path


def measure(path: Path) -> dict[str, object]:
    """A CSV file's data rows and SHA-256, as the manifest has them."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = sum(1 for _ in csv.reader(file)) - 1
    return {"rows": max(rows, 0), "sha256": sha256}
