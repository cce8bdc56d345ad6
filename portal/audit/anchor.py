"""The anchor: a file outside the database with one line a batch, so that a chain cut short or a
database put back to an older copy can be told (AUD-2)."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.models import AuditBatch

_LINE = re.compile(r"(\d+) \S+ [0-9a-f]{64} [0-9A-Za-z]+\.[0-9a-f]{64}")
_TAIL_BYTES = 16_384
_AT_ONCE = 500


class AnchorProblem(Exception):
    """The anchor is missing, or it does not go with the chain. The message is for operators."""


def line_of(batch: AuditBatch) -> str:
    """A batch as the anchor writes it down."""
    at = batch.at.astimezone(UTC).isoformat(timespec="seconds")
    return f"{batch.number} {at} {batch.digest} {batch.seal}"


def number_in(line: str) -> int | None:
    """The batch that a line is of; None when it is no whole line."""
    found = _LINE.fullmatch(line)
    return int(found[1]) if found else None


def catch_up(session: Session, path: Path, head: int) -> None:
    """Write down every batch that the anchor does not have yet; on the disk when it returns.

    A new file is begun only with the first batch of all: a file that has gone must not come back
    unnoticed.

    :param head: the chain's last batch, 0 while there is none.
    :raises AnchorProblem: when the file has gone, or tells of a chain other than this one.
    :raises OSError: when it cannot be written.
    """
    if not head:
        return
    if head > 1 and not path.exists():
        raise AnchorProblem(f"The anchor {path} has gone.")
    with _locked(path) as handle:
        session.rollback()  # a snapshot from before the lock may be older than the file
        last, is_torn = _last(handle)
        if head > 1 and not last:
            raise AnchorProblem(f"The anchor {path} holds none of the chain's batches.")
        known = session.get(AuditBatch, number_in(last) or 0)
        if last and (known is None or line_of(known) != last):
            raise AnchorProblem(
                f"The anchor {path} tells of another chain: has the database been put back?"
            )
        after = known.number if known is not None else 0
        if is_torn:
            _append(handle, "\n")  # the torn line stays: the file may be one that only grows
        while batches := _batches_after(session, after):
            _append(handle, "".join(f"{line_of(batch)}\n" for batch in batches))
            after = batches[-1].number


def begin(session: Session, path: Path) -> None:
    """Begin a new anchor with the newest batch.

    :raises AnchorProblem: when there is a file already, or nothing is sealed yet.
    """
    head = session.scalars(select(AuditBatch).order_by(AuditBatch.number.desc()).limit(1)).first()
    if head is None:
        raise AnchorProblem("Nothing is sealed yet: the worker begins the anchor by itself.")
    if path.exists():
        raise AnchorProblem(f"There is an anchor already: {path}. Move it away and keep it.")
    with _locked(path) as handle:
        _append(handle, f"{line_of(head)}\n")


def read_lines(path: Path) -> Iterator[str] | None:
    """The lines that stand in the file now, without those torn by a kill; None without a file.

    What is added while they are read is left out. A line is taken for torn when it is the beginning
    of the line after it, or the last one.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return None
    size = os.fstat(file.fileno()).st_size

    def lines() -> Iterator[str]:
        with file:
            before: str | None = None
            while file.tell() < size:
                raw = file.readline(4096)
                line = raw.decode("utf-8", "replace").rstrip("\n")
                if before is not None and not line.startswith(before):
                    yield before
                before = line
            if before is not None and number_in(before) is not None:
                yield before

    return lines()


def _batches_after(session: Session, number: int) -> list[AuditBatch]:
    later = select(AuditBatch).where(AuditBatch.number > number)
    return list(session.scalars(later.order_by(AuditBatch.number).limit(_AT_ONCE)))


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    is_new = not path.exists()
    if is_new:
        path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)
    if is_new:
        folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _last(handle: int) -> tuple[str, bool]:
    """The last whole line, and whether the file ends within a line."""
    size = os.fstat(handle).st_size
    tail = os.pread(handle, _TAIL_BYTES, max(size - _TAIL_BYTES, 0)).decode("utf-8", "replace")
    *whole, rest = tail.split("\n")
    last = next((line for line in reversed(whole) if number_in(line) is not None), "")
    return last, bool(rest)


def _append(handle: int, words: str) -> None:
    data = words.encode()
    while data:
        data = data[os.write(handle, data) :]
    os.fsync(handle)
