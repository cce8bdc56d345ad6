"""UPL-2: a file that cannot be checked is held, and holds up nobody else's."""

from __future__ import annotations

import pytest

from portal.context import Context
from portal.requests import check_evidence
from portal.requests.add_evidence import BEING_CHECKED
from portal.requests.check_evidence import check_pending
from portal.requests.evidence_store import EvidenceStore
from portal.requests.models import EvidenceFile
from portal.requests.scanner import ScannerDown
from tests.requests.parents import begin_review, photo, upload
from tests.support.page import Page


class Scanner:
    """Finds everything clean; on some bytes it has no verdict, and when it is down on none."""

    def __init__(self) -> None:
        self.is_down = False
        self.chokes_on = b""
        self.asked = 0

    def is_clean(self, data: bytes) -> bool:
        self.asked += 1
        if self.is_down or data == self.chokes_on:
            raise ScannerDown("no verdict")
        return True


@pytest.fixture
def waiting(payor: Page, context: Context) -> list[str]:
    """Three files that wait, the oldest first: their names in the store."""
    begin_review(payor)
    for number in range(3):
        upload(payor, photo(), f"stub {number}.jpg")
    with context.database.transaction() as session:
        files = session.query(EvidenceFile).order_by(EvidenceFile.added_at, EvidenceFile.id).all()
        for file in files:
            file.state = BEING_CHECKED
        return [file.stored_as for file in files]


def states(context: Context) -> list[str]:
    with context.database.session() as session:
        files = session.query(EvidenceFile).order_by(EvidenceFile.added_at, EvidenceFile.id)
        return [file.state for file in files]


def test_an_altered_file_holds_up_no_other(waiting: list[str], context: Context) -> None:
    """KEY-2: its seal is broken; it is never taken for checked."""
    store = EvidenceStore(context.settings.evidence_url)
    store.replace(waiting[0], store.read(waiting[1]))
    assert check_pending(context, context.now(), Scanner()) == 2
    assert states(context) == ["being_checked", "ready", "ready"]
    store.replace(waiting[0], b"not sealed at all")
    assert check_pending(context, context.now(), Scanner()) == 0
    assert states(context) == ["being_checked", "ready", "ready"]


def test_files_out_of_reach_starve_no_other(
    waiting: list[str], context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_evidence, "_BATCH", 1)
    store = EvidenceStore(context.settings.evidence_url)
    kept = [store.read(name) for name in waiting[:2]]
    for name in waiting[:2]:
        store.delete(name)
    assert check_pending(context, context.now(), Scanner()) == 1
    assert states(context) == ["being_checked", "being_checked", "ready"]
    for name, data in zip(waiting, kept, strict=False):
        store.replace(name, data)
    assert check_pending(context, context.now(), Scanner()) == 1, "so many verdicts at a time"
    assert check_pending(context, context.now(), Scanner()) == 1
    assert states(context) == ["ready"] * 3


def test_a_file_without_a_verdict_holds_up_no_other(waiting: list[str], context: Context) -> None:
    scanner = Scanner()
    with context.database.session() as session:
        first = session.query(EvidenceFile).filter_by(stored_as=waiting[0]).one()
        sealed = EvidenceStore(context.settings.evidence_url).read(waiting[0])
        scanner.chokes_on = context.sealer.open_bytes(sealed, "evidence.bytes", first.id)
    assert check_pending(context, context.now(), scanner) == 2
    assert states(context) == ["being_checked", "ready", "ready"]


def test_a_scanner_that_is_down_is_not_asked_for_every_file(
    waiting: list[str], context: Context
) -> None:
    scanner = Scanner()
    scanner.is_down = True
    assert check_pending(context, context.now(), scanner) == 0
    assert scanner.asked == 2, "the file, and whether it answers at all"
    assert states(context) == ["being_checked"] * 3
