"""Making the next record from an extract, file by file, the same on every database.

Files are read in the order of :data:`portal.feeds.schema.FILES`, so that what a row refers to is in
the record before the row is looked at; a row that refers to a rejected one is rejected in its turn.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC

from portal.feeds import disbursements, payments, removals, sums
from portal.feeds.builder import Builder
from portal.feeds.errors import FileRefused
from portal.feeds.manifest import Manifest
from portal.feeds.participants import seal_columns
from portal.feeds.progress import Progress
from portal.feeds.reading import Rows
from portal.feeds.references import References
from portal.feeds.rejects import Rejects
from portal.feeds.schema import (
    ALLOCATIONS,
    DISBURSEMENTS,
    FILES,
    OUTCOMES,
    PARTICIPANTS,
    PAYMENTS,
    REMOVALS,
    File,
)
from portal.feeds.sources import Source
from portal.feeds.staging import quoted, record_columns, record_key
from portal.feeds.validate import Validator
from portal.record.models import LAYOUT
from portal.security.keys import Keyring
from portal.security.sealing import Sealer


@dataclass(slots=True)
class Assembled:
    """What came of it: rows in the record by file, and cases that do not add up."""

    counts: dict[str, int] = field(default_factory=dict)
    not_adding_up: int = 0


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Rows are plain tuples without cycles; looking for cycles in them cost a fifth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class Assembly:
    """One extract on its way into one record."""

    def __init__(
        self,
        source: Source,
        manifest: Manifest,
        builder: Builder,
        rejects: Rejects,
        progress: Progress,
        *,
        keyring: Keyring,
        sealer: Sealer,
        latest: str,
    ) -> None:
        """:param latest: the agency-local date on which the extract was made, ``YYYY-MM-DD``."""
        self._source = source
        self._manifest = manifest
        self._builder = builder
        self._rejects = rejects
        self._progress = progress
        self._keyring = keyring
        self._sealer = sealer
        self._latest = latest
        self._references = References(builder, delta=not manifest.is_full)

    def run(self) -> Assembled:
        """Fill the record and check it.

        :raises FeedRefused: on a file that cannot be read, or a removal of what is still in use.
        """
        with _collector_resting():
            return self._run()

    def _run(self) -> Assembled:
        self._references.begin()
        self._progress.begin(self._manifest.rows)
        if not self._manifest.is_full:
            self._remove()
        for file in FILES:
            self._take(file)
        if not self._manifest.is_full:
            removals.refuse_in_use(self._builder)
        self._progress.phase("adding up")
        disbursements.warn_overpaid(self._builder, self._rejects)
        not_adding_up = sums.check_cases(self._builder, self._manifest.as_of)
        self._write_extract()
        return Assembled(self._counts(), not_adding_up)

    def _remove(self) -> None:
        removals.make_tables(self._builder)
        if REMOVALS.filename in self._manifest.files:
            self._builder.stage(REMOVALS)
            self._read(REMOVALS)
            self._reject_repeated(REMOVALS)
            removals.apply(self._builder, self._rejects)

    def _take(self, file: File) -> None:
        staged = self._manifest.is_full or file.filename in self._manifest.files
        self._builder.stage(file)
        if staged:
            self._read(file)
            self._reject_repeated(file)
        if file is PAYMENTS or file is OUTCOMES:
            return  # payments wait for their allocations; outcomes are no part of the record
        if file is ALLOCATIONS:
            self._progress.phase("joining payments and allocations")
            payments.settle(self._builder, self._references, self._rejects, self._manifest.is_full)
            return
        if not staged:
            return
        if file is DISBURSEMENTS:
            disbursements.check(self._builder, self._references, self._rejects)
        self._apply(file)

    def _read(self, file: File) -> None:
        entry = self._manifest.files[file.filename]
        self._progress.phase(f"reading {file.filename}")
        with Rows(self._source, file) as rows:
            validator = Validator(
                file,
                rows.header,
                latest=self._latest,
                missing=self._references.missing,
                rejects=self._rejects,
                rejected=self._references.reject,
            )
            read = 0
            for chunk in rows.chunks():
                sound = validator.check(chunk)
                columns = sound.columns
                if file is PARTICIPANTS:
                    columns = seal_columns(sound.columns, self._keyring, self._sealer)
                self._builder.add(file, columns, sound.lines)
                read += len(chunk.rows)
                self._progress.advance(len(chunk.rows))
            if read != entry.rows or rows.sha256 != entry.sha256:
                raise FileRefused(file.filename, "changed while it was being read")

    def _reject_repeated(self, file: File) -> None:
        for line, case_id, *key in self._builder.repeated(file):
            text = "|".join(map(str, key))
            self._rejects.rejected(
                file.name, line, "|".join(file.key), text, "the key stands in more than one row"
            )
            self._references.reject(file, [text], [] if case_id is None else [case_id])
        self._references.flush()

    def _apply(self, file: File) -> None:
        names = ", ".join(record_columns(file.name))
        key = quoted(file.key)
        if not self._manifest.is_full:
            self._builder.run(
                f"DELETE FROM record.{file.name} WHERE ({key})"
                f" IN (SELECT {key} FROM stage.{file.name})"
            )
        self._builder.run(
            f"INSERT INTO record.{file.name} ({names}) SELECT {names} FROM stage.{file.name}"
            f" ORDER BY {', '.join(record_key(file.name))}"
        )
        self._builder.create_indexes(file.name)
        self._builder.run(f"DROP TABLE stage.{file.name}")

    def _write_extract(self) -> None:
        made = self._manifest.created_at.astimezone(UTC)
        values = {
            "sequence": self._manifest.sequence,
            "layout": LAYOUT,
            "agency": self._manifest.agency,
            "kind": self._manifest.kind,
            "as_of": self._manifest.as_of.isoformat(),
            "created_at": made.strftime("%Y-%m-%d %H:%M:%S.%f"),  # as SQLAlchemy writes it
        }
        self._builder.run("DELETE FROM record.extract")
        self._builder.insert("record.extract", tuple(values), [tuple(values.values())])

    def _counts(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for file in FILES:
            if file is OUTCOMES:
                statement = "SELECT COUNT(*) FROM stage.outcomes"
            elif file is PAYMENTS:  # one row a case: count each payment once
                statement = (
                    "SELECT COUNT(*) FROM (SELECT DISTINCT payment_id FROM record.payments) p"
                )
            else:
                statement = f"SELECT COUNT(*) FROM record.{file.name}"
            counts[file.name] = next(iter(self._builder.rows(statement)))[0]
        return counts
