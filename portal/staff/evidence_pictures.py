"""Papers and photos as pictures that the server makes: the one way the staff looks at them.

What is still being checked, and what was refused, is not shown (UPL-2, UPL-3).
"""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.context import Context
from portal.requests.add_evidence import READY
from portal.requests.evidence_store import EvidenceStore
from portal.requests.models import EvidenceFile, Submission
from portal.requests.open_file import OpenedFile, opened

WIDTH = 1000
"""Of a picture, in pixels."""
_PROGRAM = Path(__file__).with_name("draw_page.py")
_SECONDS = 30
_AT_ONCE = threading.BoundedSemaphore(2)
"""How many pages one process of the server has drawn at a time; the others wait."""


class CannotDraw(Exception):
    """The file cannot be shown as a picture; it can still be saved."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page as a PNG, and how many pages the file has."""

    pages: int
    width: int
    height: int
    png: bytes


def draw_page(data: bytes, page: int = 1, width: int = WIDTH) -> Drawn:
    """One page (from 1) of a cleaned file, drawn by a process of its own. Raises `CannotDraw`."""
    try:
        with _AT_ONCE:
            done = subprocess.run(  # noqa: S603  (our own program, no shell, numbers alone)
                [sys.executable, "-I", str(_PROGRAM), str(page), str(width)],
                input=data,
                capture_output=True,
                timeout=_SECONDS,
                env={},
                check=False,
            )
    except subprocess.TimeoutExpired:
        raise CannotDraw from None
    head, _, png = done.stdout.partition(b"\n")
    words = head.decode("ascii", "replace").split()
    if done.returncode != 0 or len(words) != 4 or words[0] != "ok" or not png:
        raise CannotDraw
    return Drawn(int(words[1]), int(words[2]), int(words[3]), png)


def open_evidence(
    session: Session, context: Context, submission: Submission, file_id: str
) -> OpenedFile:
    """A file of the request, as it was cleaned, once it is ready.

    Raises `LookupError` for anything else and `OSError` where the store cannot be read.
    """
    file = session.scalars(
        select(EvidenceFile).where(
            EvidenceFile.id == file_id,
            EvidenceFile.submission_id == submission.id,
            EvidenceFile.state == READY,
        )
    ).one_or_none()
    if file is None:
        raise LookupError(file_id)
    store = EvidenceStore(context.settings.evidence_url)
    return opened(context.sealer, store, file)
