"""Evidence on the pages: adding, limits, taking out, getting it back, and nothing half."""

from __future__ import annotations

import hashlib
import io
import os
import resource
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.context import Context
from portal.feeds.models import ExportedLine
from portal.requests.add_evidence import (
    MOST_FILES,
    AlreadyAdded,
    EvidenceNotStored,
    StoredFile,
    add_evidence,
)
from portal.requests.check_evidence import sweep_unreferenced
from portal.requests.clean_upload import CleanedFile
from portal.requests.drafts import find_draft
from portal.requests.evidence_store import EvidenceStore
from portal.requests.export_events import open_evidence
from portal.requests.models import EvidenceFile
from portal.requests.views import taking_files
from portal.rules.vocabulary import RequestKind
from tests.requests.hostile_files import GPS, HTML, active_pdf, photo_with_place
from tests.requests.parents import (
    REVIEW,
    Parents,
    begin_review,
    exported,
    photo,
    send_review,
    signed_in,
    upload,
)
from tests.support.clock import Clock
from tests.support.page import Page
from tests.support.race import race


def _files(context: Context) -> list[EvidenceFile]:
    with context.database.session() as session:
        return list(session.scalars(select(EvidenceFile).order_by(EvidenceFile.added_at)))


def _stored(context: Context) -> list[Path]:
    folder = Path(context.settings.evidence_url.removeprefix("file://"))
    return sorted(folder.iterdir()) if folder.exists() else []


def test_the_papers_that_help_are_listed_for_each_reason(payor: Page) -> None:
    """Of every review, however it was begun; of a reason that says nothing of papers, none."""
    begin_review(payor, grounds=("payments_not_credited", "wrong_person", "other"))
    words = payor.get(f"{REVIEW}/evidence").words
    for told in (
        "Payments I made are missing pay stubs that show what was taken from your pay",
        "bank statements, or both sides of the check",
        "I am the wrong person a picture of your license or passport",
    ):
        assert told in words, told
    assert "Something else" not in words
    assert "the court order" not in words
    assert "the other parent signed" not in words
    begin_review(payor, grounds=("other",))
    words = payor.get(f"{REVIEW}/evidence").words
    assert "Papers that help" not in words
    assert "pay stubs, checks (both sides), receipts, a court order" in words


def test_files_are_sealed_under_names_of_ours(payor: Page, context: Context) -> None:
    """UPL-3, UPL-4, KEY-2"""
    begin_review(payor)
    upload(payor, photo_with_place(), "pay stub.jpg")
    upload(payor, active_pdf(), "order.pdf")
    stored = _stored(context)
    assert len(stored) == 2
    for path in stored:
        assert path.suffix == ".sealed"
        assert path.stat().st_mode & 0o077 == 0
        data = path.read_bytes()
        assert not data.startswith((b"\xff\xd8", b"%PDF"))
        assert GPS.encode() not in data
    assert payor.get(path.as_uri().removeprefix("file://")).status == 404


def test_what_is_refused_is_said_and_kept_nowhere(payor: Page, context: Context) -> None:
    """UPL-2"""
    begin_review(payor)
    seen = upload(payor, HTML, "page.pdf")
    assert seen.title.startswith("Error:")
    assert "Choose a photo" in seen.errors
    assert _files(context) == []
    assert _stored(context) == []


def test_no_file_chosen(payor: Page) -> None:
    begin_review(payor)
    payor.get(f"{REVIEW}/evidence")
    assert "Choose a file" in payor.post(f"{REVIEW}/evidence", {}).errors


def test_ten_megabytes_and_no_byte_more(payor: Page, context: Context) -> None:
    """UPL-1"""
    begin_review(payor)
    seen = upload(payor, bytes(10 * 1024 * 1024 + 1), "big.jpg")
    assert "larger than 10 MB" in seen.errors
    assert upload(payor, bytes(12 * 1024 * 1024), "big.jpg").status == 413
    assert _files(context) == []


def test_twenty_files_and_not_one_more(payor: Page, context: Context) -> None:
    """UPL-1"""
    begin_review(payor)
    upload(payor, photo())
    with context.database.transaction() as session:
        first = session.scalars(select(EvidenceFile)).one()
        for number in range(MOST_FILES - 1):
            values = {c.name: getattr(first, c.name) for c in EvidenceFile.__table__.columns}
            values |= {"id": f"{number:032d}", "stored_as": f"{number:032d}.sealed"}
            values |= {"name": context.sealer.seal("x.jpg", "evidence_files.name", values["id"])}
            session.add(EvidenceFile(**values))
    seen = payor.get(f"{REVIEW}/evidence")
    assert not seen.document.query("input[type=file]")
    seen = upload(payor, photo())
    assert "enough files" in seen.text
    assert len(_files(context)) == MOST_FILES


def test_a_file_can_be_taken_out_again(payor: Page, context: Context) -> None:
    begin_review(payor)
    upload(payor, photo())
    (file,) = _files(context)
    seen = payor.submit("/removal")
    assert "Added" not in seen.words
    assert [it.state for it in _files(context)] == ["removed"]
    assert payor.post(f"{REVIEW}/evidence/{file.id}/removal").status == 404
    sweep_unreferenced(context, context.now() + timedelta(hours=25))
    assert _files(context) == []


def test_sixty_files_a_day_and_not_one_more(payor: Page, context: Context) -> None:
    """UPL-1: taking them out again makes no room on the disk, nor here."""
    begin_review(payor)
    for _number in range(3):
        upload(payor, photo(20, 20))
        payor.submit("/removal")
    with context.database.transaction() as session:
        first = session.scalars(select(EvidenceFile)).first()
        for number in range(57):
            values = {c.name: getattr(first, c.name) for c in EvidenceFile.__table__.columns}
            values |= {"id": f"{number:032d}", "stored_as": f"{number:032d}.sealed"}
            session.add(EvidenceFile(**values))
    assert "enough files" in upload(payor, photo(20, 20)).errors


def test_the_owner_gets_the_cleaned_file_as_an_attachment(payor: Page, context: Context) -> None:
    """UPL-3: fixed type, attachment, sandbox."""
    begin_review(payor)
    upload(payor, photo(), "pay 'stub'\u202e.jpg")
    number = send_review(payor)
    (file,) = _files(context)
    seen = payor.get(f"/requests/{number}/evidence/{file.id}")
    assert seen.status == 200
    assert seen.headers["Content-Type"] == "image/jpeg"
    assert seen.headers["Content-Disposition"] == 'attachment; filename="pay _stub.jpg"'
    assert "sandbox" in seen.headers["Content-Security-Policy"]
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    assert seen.headers["Cache-Control"] == "no-store"
    assert seen.body.startswith(b"\xff\xd8")


def test_the_export_hands_on_the_same_bytes(payor: Page, context: Context, clock: Clock) -> None:
    begin_review(payor)
    upload(payor, photo(), "one.jpg")
    clock.forward(seconds=1)
    upload(payor, active_pdf(), "two.pdf")
    send_review(payor)
    store = EvidenceStore(context.settings.evidence_url)
    (told,) = [line for line in exported(context) if line["event"] == "submitted"]
    assert [file["name"] for file in told["evidence"]] == ["one.jpg", "two.pdf"]
    with context.database.session() as session:
        line = session.get_one(ExportedLine, told["position"])
        for file, named in zip(line.evidence, told["evidence"], strict=True):
            data = open_evidence(session, context.sealer, store, file["file_id"])
            assert hashlib.sha256(data).hexdigest() == file["sha256"] == named["sha256"]


def test_a_store_that_is_down_is_said_and_leaves_nothing(payor: Page, context: Context) -> None:
    """CRS-3: a file stands where the folder should be."""
    begin_review(payor)
    folder = Path(context.settings.evidence_url.removeprefix("file://"))
    folder.write_bytes(b"")
    seen = upload(payor, photo())
    assert "could not keep this file" in seen.errors
    assert _files(context) == []
    folder.unlink()
    assert "stub.jpg" in upload(payor, photo()).words


def test_a_file_that_cannot_be_read_is_said(payor: Page, context: Context) -> None:
    """CRS-3"""
    begin_review(payor)
    upload(payor, photo())
    number = send_review(payor)
    (file,), (path,) = _files(context), _stored(context)
    path.rename(path.with_suffix(".away"))
    assert payor.get(f"/requests/{number}/evidence/{file.id}").status == 503
    path.with_suffix(".away").rename(path)
    assert payor.get(f"/requests/{number}/evidence/{file.id}").status == 200


def test_a_full_disk_leaves_nothing_behind(context: Context) -> None:
    """CRS-3: the kernel takes only the first 4 KB of the file."""
    store = EvidenceStore(context.settings.evidence_url)
    file = CleanedFile("a.jpg", "image/jpeg", bytes(100_000))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(EvidenceNotStored):
            StoredFile(file, store, context.sealer)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert _stored(context) == []
    assert store.read(StoredFile(file, store, context.sealer).stored_as)


def test_files_that_no_row_names_are_swept_after_a_day(
    payor: Page, context: Context, clock: Clock
) -> None:
    begin_review(payor)
    upload(payor, photo())
    store = EvidenceStore(context.settings.evidence_url)
    orphan = store.write(b"sealed")
    for path in _stored(context):
        os.utime(path, (clock().timestamp(),) * 2)
    assert sweep_unreferenced(context, clock() + timedelta(hours=23)) == 0
    assert sweep_unreferenced(context, clock() + timedelta(hours=25)) == 1
    (kept,) = _stored(context)
    assert kept.name != orphan


def test_slow_cleaning_holds_no_write_lock(
    payor: Page, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another parent's transaction commits while a file is being cleaned."""
    import portal.requests.views.taking_files as views

    committed: list[int] = []

    def slow(name: str, data: bytes) -> CleanedFile:
        with context.database.transaction() as session:  # would wait for 15 s, and fail
            committed.append(session.scalar(select(func.count()).select_from(EvidenceFile)) or 0)
        return CleanedFile("a.jpg", "image/jpeg", data)

    begin_review(payor)
    monkeypatch.setattr(views, "clean_upload", slow)
    assert upload(payor, photo()).status == 200
    assert committed == [0]
    assert len(_files(context)) == 1


def test_uploads_never_lie_in_plain_on_the_disk(
    payor: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KEY-2: no temporary file is opened while a large photo is taken in."""
    import tempfile

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a temporary file was opened")

    begin_review(payor)
    data = photo(1600, 1200, quality=95)
    assert len(data) > 600_000
    payor.get(f"{REVIEW}/evidence")
    for name in ("TemporaryFile", "SpooledTemporaryFile", "NamedTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", refuse, raising=False)
    monkeypatch.setattr("werkzeug.formparser.TemporaryFile", refuse, raising=False)
    file = io.BytesIO(data)
    assert "big.jpg" in payor.post(f"{REVIEW}/evidence", {"file": (file, "big.jpg")}).words


def test_continue_takes_along_a_file_that_was_chosen_and_not_added(payor: Page) -> None:
    """Whoever chooses a photo and presses the large button must not lose it."""
    begin_review(payor)
    payor.get(f"{REVIEW}/evidence")
    data = {"file": (io.BytesIO(photo()), "stub.jpg"), "action": "continue"}
    seen = payor.post(f"{REVIEW}/evidence", data)
    assert seen.path == f"{REVIEW}/check"
    assert "stub.jpg" in seen.words
    payor.get(f"{REVIEW}/evidence")
    assert payor.submit("/evidence", button="action=continue").path == f"{REVIEW}/check"


@pytest.mark.parametrize(
    ("data", "name"), [(photo(40, 30), "stub.jpg"), (active_pdf(), "order.pdf")]
)
def test_the_same_file_twice_is_kept_once(
    payor: Page, context: Context, data: bytes, name: str
) -> None:
    """Compared as it was cleaned, whatever it is called the second time."""
    begin_review(payor)
    upload(payor, data, name)
    seen = upload(payor, data, f"again-{name}")
    assert seen.title.startswith("Error:")
    assert f"You already added this file. It is called “{name}”." in seen.errors
    assert seen.words.count("again-") == 0
    assert len(_files(context)) == len(_stored(context)) == 1
    payor.submit("/removal")
    assert "again-" in upload(payor, data, f"again-{name}").words, "taken out, it may come back"


def test_two_parents_may_add_the_same_file(payor: Page, marked: Page, context: Context) -> None:
    """PRV-1: what another parent has added is not told."""
    data = photo(40, 30)
    for page in (payor, marked):
        begin_review(page)
        assert "stub.jpg" in upload(page, data).words
    assert len(_files(context)) == 2


def test_one_file_added_eight_times_at_once_is_kept_once(
    payor: Page, parents: Parents, context: Context
) -> None:
    begin_review(payor)
    data = photo(40, 30)

    def add(session: Session) -> str:
        draft = find_draft(session, parents.payor.id, RequestKind.ADMINISTRATIVE_REVIEW)
        assert draft is not None
        store = EvidenceStore(context.settings.evidence_url)
        file = StoredFile(CleanedFile("a.jpg", "image/jpeg", data), store, context.sealer)
        try:
            add_evidence(session, context.sealer, draft, file, context.now(), is_scanned=False)
        except AlreadyAdded:
            return "already"
        return "added"

    assert sorted(race(context, add, 8)) == ["added", *["already"] * 7]
    assert len(_files(context)) == 1


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Have something happen in another window while the first upload is being cleaned."""
    clean_upload, acts = taking_files.clean_upload, [act]

    def clean_slowly(name: str, data: bytes) -> CleanedFile:
        if acts:
            with ThreadPoolExecutor(1) as window:
                window.submit(acts.pop()).result()
        return clean_upload(name, data)

    monkeypatch.setattr(taking_files, "clean_upload", clean_slowly)


def test_a_file_that_found_no_room_in_the_end_is_not_left_in_the_store(
    payor: Page, other_page: Page, parents: Parents, context: Context,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """UPL-1: another window took the last place while this file was being cleaned."""
    monkeypatch.setattr("portal.requests.add_evidence.MOST_FILES", 1)
    other = signed_in(other_page, parents.payor)
    begin_review(payor)
    meanwhile(monkeypatch, lambda: upload(other, photo(), "theirs.jpg"))
    seen = upload(payor, photo(), "mine.jpg")
    assert "That is enough files" in seen.errors
    assert "theirs.jpg" in seen.words
    assert len(_files(context)) == len(_stored(context)) == 1


def test_a_file_for_a_draft_that_was_dropped_meanwhile_is_not_left_in_the_store(
    payor: Page, other_page: Page, parents: Parents, context: Context,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """UPL-1"""
    other = signed_in(other_page, parents.payor)
    begin_review(payor)
    other.get("/requests")
    meanwhile(monkeypatch, lambda: other.submit("/administrative-review/removal"))
    assert upload(payor, photo(), "mine.jpg").status == 404
    assert (_files(context), _stored(context)) == ([], [])
