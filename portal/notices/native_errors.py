"""Standard error without what machine code writes there past the log (LOG-1).

A library in machine code tells of its own faults straight to the descriptor, with the text that it
worked on. While it works the descriptor leads nowhere; Python's own lines, the log's among them, go
to a descriptor of their own and are never lost.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_ERRORS = 2
_lock = threading.Lock()
_inside = 0
_kept = -1
"""What the descriptor was, while it leads nowhere."""


@contextmanager
def native_errors_dropped() -> Iterator[None]:
    """Drop what machine code writes to standard error meanwhile, in whatever thread."""
    global _inside
    with _lock:
        if not _inside:
            _turn_aside()
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside:
                _turn_back()


def _turn_aside() -> None:
    global _kept
    try:
        _kept = os.dup(_ERRORS)
    except OSError:  # closed: nobody would read it
        return
    _part_pythons_own()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _ERRORS)
    os.close(nowhere)


def _turn_back() -> None:
    global _kept
    if _kept >= 0:
        os.dup2(_kept, _ERRORS)
        os.close(_kept)
        _kept = -1


def _part_pythons_own() -> None:
    """Give `sys.stderr` a descriptor of its own, once: another thread may write at any moment."""
    stream = sys.stderr
    try:
        is_shared = stream.fileno() == _ERRORS
    except (AttributeError, OSError, ValueError):  # none, or one that is no file
        return
    if is_shared:
        stream.flush()
        sys.stderr = open(  # noqa: SIM115 - it stays for as long as the process lives
            os.dup(_ERRORS), "w", buffering=1, encoding=stream.encoding, errors=stream.errors
        )
