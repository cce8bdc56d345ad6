"""Where an extract lies: a folder or a zip, streamed, never unpacked by the names it holds."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO, Protocol

from portal.feeds.errors import FeedRefused, FileRefused

BLOCK = 1 << 20
MOST_RATIO = 400
RATIO_COUNTS_FROM = 50_000_000
"""A member of a zip that unpacks to more than this and to ``MOST_RATIO`` times its size is a
bomb.
"""
Stream = io.BufferedIOBase | BinaryIO


class Source(Protocol):
    """Where the files of an extract lie."""

    def names(self) -> list[str]: ...
    def has(self, name: str) -> bool: ...
    def open(self, name: str) -> Stream: ...
    def read(self, name: str, most: int) -> bytes: ...
    def close(self) -> None: ...


def open_source(path: Path) -> Source:
    """The extract at ``path``, a folder or a zip.

    :raises FeedRefused: when it is neither, or the zip is not safe to read.
    """
    if path.is_dir():
        return FolderSource(path)
    if not path.exists():
        raise FeedRefused(f"{path} is not there.")
    return ZipSource(path)


class FolderSource:
    """An extract as a folder of files."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> list[str]:
        return sorted(entry.name for entry in self._path.iterdir() if entry.is_file())

    def has(self, name: str) -> bool:
        return (self._path / name).is_file()

    def open(self, name: str) -> Stream:
        try:
            return (self._path / name).open("rb", buffering=BLOCK)
        except OSError as error:
            raise FileRefused(name, f"cannot be opened ({error.strerror})") from error

    def read(self, name: str, most: int) -> bytes:
        return _read_whole(self, name, most)

    def close(self) -> None:
        """Nothing stays open."""


class ZipSource:
    """An extract as a zip. Its members are read as streams and never unpacked by name."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise FeedRefused(f"{path.name} is neither a folder nor a readable zip.") from error
        try:
            self._members = self._checked(path.name)
        except FeedRefused:
            self._zip.close()
            raise

    def _checked(self, zip_name: str) -> dict[str, zipfile.ZipInfo]:
        found: dict[str, zipfile.ZipInfo] = {}
        for member in self._zip.infolist():
            name = member.filename
            if "/" in name or "\\" in name or name in ("", ".", "..") or ":" in name:
                raise FeedRefused(
                    f"{zip_name} holds {name!r}: its files must lie at the top, without folders."
                )
            if name in found:
                raise FeedRefused(f"{zip_name} holds {name!r} twice.")
            if member.flag_bits & 0x1:
                raise FeedRefused(f"{zip_name} is encrypted; hand it over unencrypted.")
            packed = max(member.compress_size, 1)
            if member.file_size > RATIO_COUNTS_FROM and member.file_size / packed > MOST_RATIO:
                raise FeedRefused(f"{zip_name} holds {name!r}, packed more tightly than data is.")
            found[name] = member
        return found

    def names(self) -> list[str]:
        return sorted(self._members)

    def has(self, name: str) -> bool:
        return name in self._members

    def open(self, name: str) -> Stream:
        if name not in self._members:
            raise FileRefused(name, "is not in the zip")
        try:
            return _Unpacked(self._zip.open(self._members[name]), name)
        except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError) as error:
            raise FileRefused(name, "cannot be read from the zip") from error

    def read(self, name: str, most: int) -> bytes:
        return _read_whole(self, name, most)

    def close(self) -> None:
        self._zip.close()


class _Unpacked(io.BufferedIOBase):
    """A member as it is unpacked; what is broken in it is told in one line."""

    def __init__(self, stream: object, name: str) -> None:
        self._stream: zipfile.ZipExtFile = stream  # type: ignore[assignment]
        self._name = name

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        try:
            return self._stream.read(-1 if size is None else size)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise FileRefused(self._name, "is broken inside the zip") from error

    def close(self) -> None:
        self._stream.close()
        super().close()


def _read_whole(source: Source, name: str, most: int) -> bytes:
    if not source.has(name):
        raise FileRefused(name, "is missing")
    with source.open(name) as stream:
        data = stream.read(most + 1)
    if len(data) > most:
        raise FileRefused(name, f"is larger than {most:,} bytes")
    return data
