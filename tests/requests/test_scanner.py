"""UPL-2: a real clamd; files wait for it, stay held while it is down, and viruses are told."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from portal import create_app
from portal.context import Context
from portal.requests.check_evidence import check_pending
from portal.requests.models import EvidenceFile, SubmissionEvent
from portal.requests.scanner import ClamdScanner, ScannerDown, scanner_at
from portal.settings import Settings
from tests.requests.hostile_files import EICAR, pdf_with
from tests.requests.parents import (
    begin_review,
    load_parents,
    photo,
    send_review,
    signed_in,
    upload,
)
from tests.support.page import Page
from tests.support.require import require

pytestmark = pytest.mark.scanner

CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin")


@dataclasses.dataclass
class Daemon:
    """clamd with one signature of ours, on a socket of its own."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> Path:
        return self.folder / "clamd.sock"

    @property
    def url(self) -> str:
        return f"unix:{self.socket}"

    def start(self) -> None:
        signatures = self.folder / "db"
        signatures.mkdir(parents=True, exist_ok=True)
        (signatures / "test.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
        config = self.folder / "clamd.conf"
        config.write_text(
            f"LocalSocket {self.socket}\nDatabaseDirectory {signatures}\nForeground yes\n"
            "FixStaleSocket yes\nStreamMaxLength 30M\n" + ("User root\n" * (os.geteuid() == 0))
        )
        assert CLAMD is not None
        self.process = subprocess.Popen(
            [CLAMD, f"--config-file={config}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        scanner, end = ClamdScanner(self.url), time.monotonic() + 120
        while True:
            try:
                assert scanner.is_clean(b"hello")
                return
            except ScannerDown:
                assert time.monotonic() < end, "clamd did not start"
                time.sleep(0.1)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None


@pytest.fixture
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    require(CLAMD, "clamd")
    daemon = Daemon(tmp_path_factory.mktemp("clamd"))
    daemon.start()
    yield daemon
    daemon.stop()


@pytest.fixture
def settings(settings: Settings, clamd: Daemon) -> Settings:
    return dataclasses.replace(settings, scanner_url=clamd.url)


@pytest.fixture
def app(context: Context) -> Flask:
    return create_app(context=context)


@pytest.fixture
def payor(page: Page, context: Context, tmp_path: Path) -> Page:
    return signed_in(page, load_parents(context, tmp_path).payor)


def _states(context: Context) -> list[str]:
    with context.database.session() as session:
        return sorted(row.state for row in session.query(EvidenceFile))


def _events(context: Context) -> list[str]:
    with context.database.session() as session:
        return [row.event for row in session.query(SubmissionEvent).order_by(SubmissionEvent.id)]


def test_files_wait_for_the_scanner(payor: Page, context: Context) -> None:
    begin_review(payor)
    assert "being checked" in upload(payor, photo()).words
    assert check_pending(context, context.now()) == 1
    assert check_pending(context, context.now()) == 0
    assert _states(context) == ["ready"]


def test_a_virus_is_refused_and_told_and_never_exported(payor: Page, context: Context) -> None:
    begin_review(payor)
    upload(payor, pdf_with(b"BT (" + EICAR + b") Tj ET"), "virus.pdf")
    upload(payor, photo(), "stub.jpg")
    number = send_review(payor)
    assert check_pending(context, context.now()) == 2
    assert _states(context) == ["ready", "refused"]
    names = [name for name in _events(context) if name.startswith("evidence")]
    assert sorted(names) == ["evidence_ready", "evidence_refused"]
    seen = payor.get(f"/requests/{number}")
    assert "a virus was found" in seen.words
    links = [href for href in seen.links().values() if "/evidence/" in href]
    assert len(links) == 1
    with context.database.session() as session:
        held = session.query(EvidenceFile).filter_by(state="refused").one().id
    assert payor.get(f"/requests/{number}/evidence/{held}").status == 404


def test_while_the_scanner_is_down_files_stay_held(
    payor: Page, context: Context, clamd: Daemon
) -> None:
    """CRS-3: no fail-open; it goes on by itself once clamd is back."""
    clamd.stop()
    begin_review(payor)
    upload(payor, photo())
    number = send_review(payor)
    assert check_pending(context, context.now()) == 0
    assert _states(context) == ["being_checked"]
    seen = payor.get(f"/requests/{number}")
    assert "being checked" in seen.words
    assert not [href for href in seen.links().values() if "/evidence/" in href]
    clamd.start()
    assert check_pending(context, context.now()) == 1
    assert _events(context)[-1] == "evidence_ready"


@pytest.mark.parametrize("url", ["http://localhost", "unix:", "clamd"])
def test_an_unreadable_setting_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="PORTAL_SCANNER_URL"):
        scanner_at(url)
