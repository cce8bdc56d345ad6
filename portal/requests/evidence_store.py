"""Where evidence is kept: sealed bytes under names of our own, behind one address (fsspec).

A file is written whole and brought safely to disk before the row that names it is committed; a
file that no row names is swept after a day.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from fsspec.core import url_to_fs

_NAME = re.compile(r"[0-9a-f]{32}\.sealed")


class EvidenceStore:
    """The files below ``PORTAL_EVIDENCE_URL`` (``file://…``)."""

    def __init__(self, url: str) -> None:
        self._fs: Any
        self._fs, self._root = url_to_fs(url)
        self._local = "file" in _protocols(self._fs)

    def write(self, data: bytes) -> str:
        """Store bytes under a new random name, synced to disk; returns the name.

        Raises `OSError` where they cannot be stored whole; nothing is left behind then.
        """
        name = f"{secrets.token_hex(16)}.sealed"
        path = self._path(name)
        try:
            self._fs.makedirs(self._root, exist_ok=True)
            if self._local:
                os.chmod(self._root, 0o700)
            with self._fs.open(path, "wb") as file:
                file.write(data)
                file.flush()
                if self._local:
                    os.fchmod(file.fileno(), 0o600)
                    os.fsync(file.fileno())
            self._sync_folder()
        except OSError:
            self.delete(name)
            raise
        return name

    def replace(self, name: str, data: bytes) -> None:
        """Put other bytes under a name, at one stroke: a reader gets the old ones or the new.

        Raises `OSError`; the old bytes are still there then.
        """
        if not self._local:
            self._fs.pipe_file(self._path(name), data)
            return
        beside = self.write(data)
        os.replace(self._path(beside), self._path(name))
        self._sync_folder()

    def read(self, name: str) -> bytes:
        """The bytes under a name. Raises `OSError`."""
        with self._fs.open(self._path(name), "rb") as file:
            found: bytes = file.read()
        return found

    def delete(self, name: str) -> None:
        """Remove a file; one that is not there, or cannot be reached, is passed over."""
        try:
            self._fs.rm_file(self._path(name))
        except OSError:
            return

    def written(self) -> Iterator[tuple[str, datetime]]:
        """Every file of ours with the time it was last written, in UTC."""
        if not self._fs.isdir(self._root):
            return
        for found in self._fs.ls(self._root, detail=True):
            name = str(found["name"]).rsplit("/", 1)[-1]
            if _NAME.fullmatch(name):
                moment = self._fs.modified(found["name"])
                yield name, moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def _path(self, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise ValueError("Not a name of a stored file.")
        return f"{self._root}/{name}"

    def _sync_folder(self) -> None:
        if not self._local:
            return
        handle = os.open(self._root, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _protocols(fs: Any) -> tuple[str, ...]:
    return (fs.protocol,) if isinstance(fs.protocol, str) else tuple(fs.protocol)
