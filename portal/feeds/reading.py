"""Reading the files of an extract as streams.

Every file is read twice: first its bytes (hash, row count, encoding), before anything is written,
then its rows. The hash is taken again while the rows are read, so that a file that changes in
between is refused as well.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from portal.feeds.errors import FileRefused
from portal.feeds.sources import BLOCK, Source, Stream

if TYPE_CHECKING:
    from portal.feeds.schema import File

CHUNK_ROWS = 2_000
_NEWLINE = re.compile("\n")


def inspect(source: Source, file: File, rows: int, sha256: str) -> None:
    """Check a file's bytes against the manifest: hash, row count, encoding, header.

    :param rows: the data rows and
    :param sha256: the hash that the manifest names.
    :raises FileRefused: with the line where one can be named.
    """
    name = file.filename
    digest = hashlib.sha256()
    counter = _LineCounter(name)
    with source.open(name) as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
            counter.take(block)
    counter.end()
    if digest.hexdigest() != sha256:
        raise FileRefused(name, "its SHA-256 is not the one in the manifest")
    with Rows(source, file) as parsed:
        counted = counter.rows
        if counted != rows:
            counted = sum(len(chunk.rows) for chunk in parsed.chunks())
    if counted != rows:
        raise FileRefused(name, f"holds {counted:,} rows, the manifest says {rows:,}")


class _LineCounter:
    """Counts the lines of CSV without taking the rows apart: a newline in quotes ends no row."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._quoted = False
        self._lines = 0
        self._physical = 0
        self._last = b"\n"

    @property
    def rows(self) -> int:
        return self._lines - 1

    def take(self, block: bytes) -> None:
        if b"\0" in block:
            self._refuse("holds a NUL byte", block[: block.index(b"\0")])
        try:
            self._decoder.decode(block)
        except UnicodeDecodeError as error:
            self._refuse("is not UTF-8", block[: max(error.start, 0)])
        newlines = block.count(b"\n")
        ended = newlines
        if self._quoted or b'"' in block:
            parts = block.split(b'"')
            ended = sum(part.count(b"\n") for part in parts[int(self._quoted) :: 2])
            self._quoted ^= len(parts) % 2 == 0
        self._physical += newlines
        self._lines += ended
        self._last = block[-1:]

    def end(self) -> None:
        try:
            self._decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            self._refuse("is not UTF-8", b"")
        if self._last != b"\n":
            self._lines += 1
            self._last = b"\n"

    def _refuse(self, reason: str, before: bytes) -> None:
        raise FileRefused(self._name, reason, self._physical + before.count(b"\n") + 1)


class Chunk(NamedTuple):
    """Rows that follow one another: ``first_line`` is the line on which the first begins."""

    first_line: int
    rows: list[list[str]]
    one_line_each: bool

    def lines(self) -> Sequence[int]:
        """The line on which each row begins."""
        if self.one_line_each:
            return range(self.first_line, self.first_line + len(self.rows))
        found, line = [], self.first_line
        for row in self.rows:
            found.append(line)
            line += 1 + sum(len(_NEWLINE.findall(cell)) for cell in row)
        return found


class Rows:
    """The rows of a file, in chunks, its columns in the file's own order (``header``)."""

    def __init__(self, source: Source, file: File) -> None:
        self._file = file
        self._hashing = _Hashing(source.open(file.filename))
        buffered = io.BufferedReader(self._hashing, BLOCK)
        # Only \n ends a line for us; the csv module knows \r\n.
        self._text = io.TextIOWrapper(buffered, encoding="utf-8-sig", newline="\n")
        self._reader = csv.reader(self._text, strict=True)
        try:
            self.header = self._read_header()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Rows:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._text.close()

    @property
    def sha256(self) -> str:
        """The hash of what was read, once all chunks were."""
        return self._hashing.digest.hexdigest()

    def _read_header(self) -> list[str]:
        name = self._file.filename
        header = next(self._guarded(1), None)
        if not header:
            raise FileRefused(name, "has no header row")
        columns = self._file.column_names
        for column in header[0]:
            if column not in columns:
                raise FileRefused(name, f"has the unknown column {column[:40]!r}", 1)
            if header[0].count(column) > 1:
                raise FileRefused(name, f"has the column {column!r} twice", 1)
        for column in columns:
            if column not in header[0]:
                raise FileRefused(name, f"lacks the column {column!r}", 1)
        return header[0]

    def chunks(self, size: int = CHUNK_ROWS) -> Iterator[Chunk]:
        """All rows after the header.

        :raises FileRefused: where a row is not CSV, or has too few or too many fields.
        """
        width = len(self.header)
        before = self._reader.line_num
        for rows in self._guarded(size):
            after = self._reader.line_num
            chunk = Chunk(before + 1, rows, after - before == len(rows))
            if set(map(len, rows)) != {width}:
                self._refuse_width(chunk, width)
            yield chunk
            before = after

    def _guarded(self, size: int) -> Iterator[list[list[str]]]:
        name = self._file.filename
        try:
            while rows := list(islice(self._reader, size)):
                yield rows
        except csv.Error as error:
            line = self._reader.line_num
            raise FileRefused(name, f"is not CSV ({error})", line) from error
        except UnicodeDecodeError as error:
            raise FileRefused(name, "is not UTF-8", self._reader.line_num + 1) from error

    def _refuse_width(self, chunk: Chunk, width: int) -> None:
        for line, row in zip(chunk.lines(), chunk.rows, strict=True):
            if len(row) != width:
                reason = f"has {len(row)} fields where the header has {width}"
                raise FileRefused(self._file.filename, reason, line)


class _Hashing(io.RawIOBase):
    """Passes bytes on and hashes them."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        self.digest.update(data)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()
