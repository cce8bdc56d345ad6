"""Have an upload cleaned by a process of its own, and say in words of ours what came of it."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

MOST_BYTES = 10 * 1024 * 1024
MOST_NAME = 150
_PROGRAM = Path(__file__).with_name("clean_file.py")
_SECONDS = 60
_AT_ONCE = threading.BoundedSemaphore(2)
"""How many files one process of the server has cleaned at a time; the others wait."""
_EXTENSIONS = {
    "pdf": frozenset({"application/pdf"}),
    **dict.fromkeys(("jpg", "jpeg", "png", "heic", "heif"), frozenset({"image/jpeg", "image/png"})),
}
_SHOWN_AS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
_ACTIVE = re.compile(
    r"exe|com|bat|cmd|msi|scr|ps1|vbs|jse?|mjs|wsf|hta|jar|apk|sh|php\d?|phtml|phar|pl|py|rb|aspx?"
    r"|jsp|cgi|html?|xhtml|shtml|svg|xml|swf|do[ct]m|xl[st]m|ppt?m|lnk|iso|zip|rar|7z|gz"
)
"""Kinds of files that act: no part of a name may be one of them (double extensions)."""


class Why(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NAME = "name"
    KIND = "kind"
    TWO_IN_ONE = "two_in_one"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_LARGE_INSIDE = "too_large_inside"
    LOCKED = "locked"
    UNREADABLE = "unreadable"


class FileRefused(Exception):
    """The file is not taken, and why. Nothing of it was kept."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class CleanedFile:
    """A file as it may be kept: a safe name to show, its media type and its bytes."""

    name: str
    media_type: str
    data: bytes


def clean_upload(name: str, data: bytes) -> CleanedFile:
    """Check and clean what a parent sent (UPL-1, UPL-2, UPL-4). Takes up to seconds.

    Raises `FileRefused`.
    """
    if not data:
        raise FileRefused(Why.EMPTY)
    if len(data) > MOST_BYTES:
        raise FileRefused(Why.TOO_LARGE)
    extension = _extension(name)
    media_type, cleaned = _run(data)
    if media_type not in _EXTENSIONS[extension]:
        raise FileRefused(Why.KIND)
    return CleanedFile(safe_name(name, _SHOWN_AS[media_type]), media_type, cleaned)


def _extension(name: str) -> str:
    """The last part of the name. Raises `FileRefused` for a name that is made to deceive."""
    parts = name.lower().split(".")
    if "\x00" in name or len(name) > 1000:
        raise FileRefused(Why.NAME)
    if parts[-1].strip() not in _EXTENSIONS or len(parts) < 2:
        raise FileRefused(Why.KIND)
    if any(_ACTIVE.fullmatch(part.strip()) for part in parts[1:-1]):
        raise FileRefused(Why.NAME)
    return parts[-1].strip()


def safe_name(name: str, extension: str) -> str:
    """A name to show and to save under: no folders, no control or direction signs, our extension
    (UPL-3)."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    stem = last.rsplit(".", 1)[0]
    kept = "".join(
        char for char in stem if unicodedata.category(char)[0] not in "CZ" or char == " "
    )
    kept = re.sub(r"[\"'<>:|?*;%&`$#=@+\\]", "_", kept)
    kept = re.sub(r"\s+", " ", kept).strip(" .-_")[:MOST_NAME].strip()
    return f"{kept or 'file'}.{extension}"


def _run(data: bytes) -> tuple[str, bytes]:
    try:
        with _AT_ONCE:
            done = subprocess.run(  # noqa: S603  (our own program, no shell, no argument of the upload)
                [sys.executable, "-I", str(_PROGRAM)],
                input=data,
                capture_output=True,
                timeout=_SECONDS,
                env={},
                check=False,
            )
    except subprocess.TimeoutExpired:
        raise FileRefused(Why.TOO_LARGE_INSIDE) from None
    head, _, cleaned = done.stdout.partition(b"\n")
    verdict, _, word = head.decode("ascii", "replace").partition(" ")
    if verdict == "ok" and done.returncode == 0 and cleaned:
        return word, cleaned
    if verdict == "refused":
        raise FileRefused(Why(word))
    raise FileRefused(Why.UNREADABLE)
