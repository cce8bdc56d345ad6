"""Reading CSV as agencies write it: byte-order marks, either line end, quotes, lines in fields."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.context import Context
from portal.demo.extract_files import COLUMNS
from portal.feeds.errors import FeedRefused
from portal.feeds.kinds import is_key, read_column
from portal.feeds.load import load
from portal.feeds.reading import Rows, _LineCounter
from portal.feeds.schema import FILES, Column, File, Kind
from portal.feeds.sources import FolderSource
from portal.record import models as record
from tests.feeds.helpers import findings, one, rewrite_manifest
from tests.support.extract import one_family, two_households

PAIR = File("pair", (Column("a"), Column("b")), ("a",))


def rows_of(folder: Path, data: bytes, size: int = 2) -> list[tuple[int, list[str]]]:
    """(line, row) of each row, read in chunks of `size`."""
    (folder / "pair.csv").write_bytes(data)
    with Rows(FolderSource(folder), PAIR) as rows:
        return [
            (line, row)
            for chunk in rows.chunks(size)
            for line, row in zip(chunk.lines(), chunk.rows, strict=True)
        ]


def test_marks_line_ends_and_quotes(tmp_path: Path) -> None:
    data = b'\xef\xbb\xbfa,b\r\n1,"x,""y"\r\n2,"two\r\nlines"\r\n3,O"Brien\r\n4,'
    assert rows_of(tmp_path, data) == [
        (2, ["1", 'x,"y']),
        (3, ["2", "two\r\nlines"]),
        (5, ["3", 'O"Brien']),
        (6, ["4", ""]),
    ]


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"a,b\n1,2\n\n3,4\n", 3, "has 0 fields"),
        (b"a,b\n1,2\n1\n", 3, "has 1 fields"),
        (b'a,b\n1,"2\n3,4\n', 3, "is not CSV"),
        (b'a,b\n1,"2"3\n', 2, "is not CSV"),
        (b"a,b\n1,2\r3,4\n", 2, "is not CSV"),
        (b"", None, "has no header row"),
    ],
)
def test_what_is_no_csv(tmp_path: Path, data: bytes, line: int | None, reason: str) -> None:
    with pytest.raises(FeedRefused) as caught:
        rows_of(tmp_path, data)
    assert str(caught.value).startswith(f"pair.csv, line {line}: " if line else "pair.csv: ")
    assert reason in str(caught.value)


@given(
    cells=st.lists(
        st.tuples(
            st.text(alphabet='ab,"\n\ré€😀', max_size=6), st.text(alphabet='x"\n', max_size=4)
        ),
        max_size=12,
    ),
    block=st.integers(1, 7),
)
def test_rows_are_counted_without_taking_them_apart(
    cells: list[tuple[str, str]], block: int
) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([("a", "b"), *cells])
    data = text.getvalue().encode()
    counter = _LineCounter("pair.csv")
    for start in range(0, len(data), block):
        counter.take(data[start : start + block])
    counter.end()
    assert counter.rows == len(cells)


def test_crlf_marks_and_lines_in_fields_load_and_findings_name_the_line(
    context: Context, tmp_path: Path
) -> None:
    builder = two_households().builder
    first, second = builder.rows["notices.csv"][:2]
    first["text"] = 'Dear parent,\nyour balance is "past due".\n'
    second["respond_by"] = "soon"
    folder = builder.write(tmp_path / "extract")
    for path in folder.glob("*.csv"):
        data = path.read_bytes()
        path.write_bytes(b"\xef\xbb\xbf" + data)
    rewrite_manifest(folder)
    done = load(context, folder)
    assert [(row["line"], row["column"]) for row in findings(done)] == [("5", "respond_by")]
    assert one(context, record.Notice, notice_id=first["notice_id"]).text == first["text"]


def test_columns_may_stand_in_any_order(context: Context, tmp_path: Path) -> None:
    builder = one_family().builder
    builder.rows["cases.csv"] = [dict(reversed(row.items())) for row in builder.rows["cases.csv"]]
    folder = builder.write(tmp_path / "extract")
    path = folder / "cases.csv"
    lines = [",".join(reversed(line.split(","))) for line in path.read_text().splitlines()]
    path.write_text("\n".join(lines) + "\n")
    rewrite_manifest(folder)
    assert load(context, folder).rejected == 0
    assert one(context, record.Case, case_id="C1").service == "full"


@given(st.text(max_size=40))
def test_keys_are_read_alike_one_by_one_and_in_columns(text: str) -> None:
    column = Column("key", Kind.KEY, required=True)
    read = read_column(column, ("A1", text, "B2"), "2026-01-01")
    assert (1 not in read.rejected) == is_key(text)
    assert 0 not in read.rejected
    assert 2 not in read.rejected


@given(st.lists(st.text(alphabet="-0123456789.,\n x１", max_size=8), min_size=1, max_size=5))
def test_amounts_are_read_alike_one_by_one_and_in_columns(values: list[str]) -> None:
    for kind in (Kind.MONEY, Kind.SIGNED_MONEY):
        column = Column("amount", kind)
        together = read_column(column, values, "2026-01-01")
        alone = [read_column(column, (value,), "2026-01-01") for value in values]
        assert list(together.values) == [read.values[0] for read in alone]
        assert set(together.rejected) == {n for n, read in enumerate(alone) if read.rejected}


def test_the_files_and_columns_are_those_that_the_demo_writes() -> None:
    """The demo's list was taken from the contract by another hand."""
    assert {file.filename: file.column_names for file in FILES} == dict(COLUMNS)
