"""Rows of one file, a chunk at a time: what is sound goes on, what is not is written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from operator import itemgetter

from portal.feeds.kinds import Values, read_column
from portal.feeds.reading import Chunk
from portal.feeds.rejects import Rejects
from portal.feeds.removals import key_parts
from portal.feeds.schema import BY_NAME, File
from portal.rules.money import from_cents

Missing = Callable[[str, set[object]], set[object]]
"""Told a file's name and keys, gives those that are not there to be referred to."""
Rejected = Callable[[File, list[str], list[str]], None]
"""Told the keys of rejected rows and the cases that lost them, as they stand in the file."""


@dataclass(frozen=True, slots=True)
class Sound:
    """The sound rows of a chunk, column by column, and the line that each begins on."""

    columns: dict[str, Values]
    lines: Sequence[int]


@dataclass(slots=True)
class _Wrong:
    """What is wrong in a chunk, by row index: column, value and reason of each finding."""

    findings: dict[int, list[tuple[str, object, str]]] = field(default_factory=dict)
    warnings: list[tuple[int, str, object, str]] = field(default_factory=list)

    def add(self, index: int, column: str, value: object, reason: str) -> None:
        """Reject a row."""
        self.findings.setdefault(index, []).append((column, value, reason))

    def warn(self, index: int, column: str, value: object, reason: str) -> None:
        """Warn of a value; it counts only where the row is not rejected."""
        self.warnings.append((index, column, value, reason))


class Validator:
    """Checks the chunks of one file."""

    def __init__(
        self,
        file: File,
        header: Sequence[str],
        *,
        latest: str,
        missing: Missing,
        rejects: Rejects,
        rejected: Rejected,
    ) -> None:
        """:param latest: the agency-local date on which the extract was made, ``YYYY-MM-DD``."""
        self._file = file
        self._header = tuple(header)
        self._latest = latest
        self._missing = missing
        self._rejects = rejects
        self._rejected = rejected

    def check(self, chunk: Chunk) -> Sound:
        """The sound rows of ``chunk``; rejected rows and warnings are written down."""
        raw = dict(zip(self._header, zip(*chunk.rows, strict=True), strict=True))
        lines = chunk.lines()
        wrong = _Wrong()
        columns = self._read(raw, wrong)
        rule = _RULES.get(self._file.name)
        if rule is not None:
            rule(columns, wrong)
        self._check_references(columns, wrong)
        self._check_spans(columns, wrong)
        for index, name, value, reason in sorted(wrong.warnings, key=itemgetter(0)):
            if index not in wrong.findings:
                self._rejects.warning(self._file.name, lines[index], name, value, reason)
        if not wrong.findings:
            return Sound(columns, lines)
        return self._without(wrong, raw, columns, lines)

    def _read(self, raw: Mapping[str, Sequence[str]], wrong: _Wrong) -> dict[str, Values]:
        columns: dict[str, Values] = {}
        for column in self._file.columns:
            values = raw[column.name]
            read = read_column(column, values, self._latest)
            columns[column.name] = read.values
            for index, reason in read.rejected.items():
                wrong.add(index, column.name, values[index], reason)
            for index, reason in read.warned.items():
                wrong.warn(index, column.name, values[index], reason)
        return columns

    def _check_references(self, columns: dict[str, Values], wrong: _Wrong) -> None:
        for column in self._file.columns:
            target = column.refers
            if target in (None, "payments", "disbursements"):
                continue  # by SQL, when the file is whole
            values = columns[column.name]
            if target == "orders":  # an order of another case is no order of this one
                values = [
                    None if value is None else (case_id, value)
                    for case_id, value in zip(columns["case_id"], values, strict=True)
                ]
            wanted = set(values)
            wanted.discard(None)
            absent = self._missing(target, wanted)
            if absent:
                for index, value in enumerate(values):
                    if value in absent and index not in wrong.findings:
                        shown = columns[column.name][index]
                        wrong.add(index, column.name, shown, f"is not in {target}.csv")

    def _check_spans(self, columns: dict[str, Values], wrong: _Wrong) -> None:
        for start, end in self._file.spans:
            ends = columns[end]
            if not any(ends):
                continue
            for index, (first, last) in enumerate(zip(columns[start], ends, strict=True)):
                if last and first and str(last) < str(first):
                    wrong.warn(index, end, last, f"is before {start}")

    def _without(
        self,
        wrong: _Wrong,
        raw: Mapping[str, Sequence[str]],
        columns: dict[str, Values],
        lines: Sequence[int],
    ) -> Sound:
        for index in sorted(wrong.findings):
            for number, (column, value, reason) in enumerate(wrong.findings[index]):
                self._rejects.rejected(
                    self._file.name, lines[index], column, value, reason, int(number == 0)
                )
        keys = ["|".join(raw[name][index] for name in self._file.key) for index in wrong.findings]
        cases = [raw["case_id"][index] for index in wrong.findings] if "case_id" in raw else []
        self._rejected(self._file, keys, cases)
        keep = [index not in wrong.findings for index in range(len(lines))]
        kept: dict[str, Values] = {
            name: list(compress(values, keep)) for name, values in columns.items()
        }
        return Sound(kept, list(compress(lines, keep)))


def _charge_rule(columns: Mapping[str, Values], wrong: _Wrong) -> None:
    """Only an adjustment or an opening may be negative."""
    for index, amount in enumerate(columns["amount"]):
        if isinstance(amount, int) and amount < 0 and columns["kind"][index] == "charge":
            shown = from_cents(amount)
            wrong.add(index, "amount", shown, "may not be negative for a charge")


def _disbursement_rule(columns: Mapping[str, Values], wrong: _Wrong) -> None:
    """What goes to the family names the participant it goes to."""
    if None not in columns["payee_id"]:
        return
    for index, payee_id in enumerate(columns["payee_id"]):
        if payee_id is None and columns["payee"][index] == "family":
            wrong.add(index, "payee_id", "", "is required where the payee is the family")


def _removal_rule(columns: Mapping[str, Values], wrong: _Wrong) -> None:
    """A removal names a file and a key of as many parts as that file's key has."""
    for index, (table, key) in enumerate(zip(columns["table"], columns["key"], strict=True)):
        if table not in BY_NAME:
            wrong.add(index, "table", table, "is no file of an extract")
        elif key_parts(str(table), str(key)) is None:
            wrong.add(index, "key", key, f"is no key of {table}")


_RULES: dict[str, Callable[[Mapping[str, Values], _Wrong], None]] = {
    "charges": _charge_rule,
    "disbursements": _disbursement_rule,
    "removals": _removal_rule,
}
