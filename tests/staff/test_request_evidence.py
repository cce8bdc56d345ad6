"""Evidence for the staff: pictures of the server's, the cleaned file to save, nothing unchecked."""

from __future__ import annotations

import io

import pikepdf
import pytest
from PIL import Image

from portal.context import Context
from portal.requests.add_evidence import BEING_CHECKED, REFUSED, StoredFile, add_evidence
from portal.requests.clean_upload import CleanedFile, clean_upload
from portal.requests.evidence_store import EvidenceStore
from portal.requests.models import EvidenceFile, Submission
from portal.staff.evidence_pictures import CannotDraw, draw_page
from tests.requests.parents import photo
from tests.staff.desk import desk, filed, mine, parents, sam
from tests.staff.on_requests import Filed, file_one, trail
from tests.support.accounts import TestAccount
from tests.support.page import Page

__all__ = ["desk", "filed", "mine", "parents", "sam"]


def paper(pages: int, width: int = 612, height: int = 792) -> bytes:
    """A PDF of so many pages, with a title that nobody should see."""
    target = io.BytesIO()
    pdf = pikepdf.new()
    for _page in range(pages):
        pdf.add_blank_page(page_size=(width, height))
    pdf.docinfo["/Title"] = "CANARYTITLE"
    pdf.save(target)
    return target.getvalue()


def attach(context: Context, filed: Filed, name: str, data: bytes, state: str = "ready") -> str:
    """A cleaned file of the request, as if it was sent with it."""
    cleaned: CleanedFile = clean_upload(name, data)
    stored = StoredFile(cleaned, EvidenceStore(context.settings.evidence_url), context.sealer)
    with context.database.transaction() as session:
        account = session.get_one(Submission, filed.id).account_id
        from portal.requests.drafts import begin_draft
        from portal.requests.file_review import KIND

        draft = begin_draft(session, context.sealer, account, KIND, context.now())
        row = add_evidence(session, context.sealer, draft, stored, context.now(), is_scanned=False)
        row.state, row.submission_id, row.draft_id = state, filed.id, None
        session.flush()
        session.delete(draft)
        return row.id


def _viewer(filed: Filed, file_id: str, tail: str = "") -> str:
    return f"/staff/requests/{filed.number}/evidence/{file_id}{tail}"


def test_a_photo_is_shown_as_a_picture_without_metadata(
    desk: Page, filed: Filed, context: Context, sam: TestAccount
) -> None:
    """UPL-4, CCH-1; opening it is in the trail (AUD-4)."""
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (42.0, 21.0, 0.0)}
    exif[0x010E] = "CANARYEXIF"
    file_id = attach(context, filed, "stub.jpg", photo(exif=exif))
    seen = desk.get(_viewer(filed, file_id))
    assert (seen.h1, seen.status) == ("stub.jpg", 200)
    picture = desk.get(_viewer(filed, file_id, "/pages/1"))
    assert picture.headers["Content-Type"] == "image/png"
    assert picture.headers["Cache-Control"] == "no-store"
    assert "sandbox" in picture.headers["Content-Security-Policy"]
    assert b"CANARY" not in picture.body
    with Image.open(io.BytesIO(picture.body)) as image:
        assert (image.size, image.info, dict(image.getexif())) == ((320, 240), {}, {})
    assert trail(context, "staff:evidence:opened") == [("staff:evidence:opened", sam.id)] * 2


def test_a_paper_is_shown_page_by_page(desk: Page, filed: Filed, context: Context) -> None:
    file_id = attach(context, filed, "stubs.pdf", paper(6))
    seen = desk.get(_viewer(filed, file_id))
    assert "Page 4 of 6" in seen.words
    assert "Page 5 of 6" not in seen.words
    assert "Page 6 of 6" in desk.get(_viewer(filed, file_id, "?page=2")).words
    picture = desk.get(_viewer(filed, file_id, "/pages/6"))
    assert picture.body.startswith(b"\x89PNG")
    assert b"CANARYTITLE" not in picture.body
    for page in ("0", "7", "-1", "x", "99999999999999999999"):
        assert desk.get(_viewer(filed, file_id, f"/pages/{page}")).status == 404, page
    for page in ("0", "-3", "x", "99999"):
        assert desk.get(_viewer(filed, file_id, f"?page={page}")).status == 200, page


def test_the_cleaned_file_is_saved_never_opened(desk: Page, filed: Filed, context: Context) -> None:
    """UPL-3"""
    file_id = attach(context, filed, "stubs.pdf", paper(1))
    seen = desk.get(_viewer(filed, file_id, "/file"))
    assert seen.headers["Content-Disposition"] == "attachment; filename=stubs.pdf"
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in seen.headers["Content-Security-Policy"]
    assert seen.headers["Cache-Control"] == "no-store"
    assert b"CANARYTITLE" not in seen.body


@pytest.mark.parametrize("state", [BEING_CHECKED, REFUSED])
def test_what_is_being_checked_or_was_refused_is_not_shown(
    desk: Page, filed: Filed, context: Context, state: str
) -> None:
    """UPL-2, UPL-3"""
    file_id = attach(context, filed, "stub.jpg", photo(), state)
    seen = desk.get(f"/staff/requests/{filed.number}")
    assert "stub.jpg" in seen.words
    assert file_id not in seen.text
    for tail in ("", "/pages/1", "/file"):
        assert desk.get(_viewer(filed, file_id, tail)).status == 404, tail
    assert trail(context, "staff:evidence:opened") == []


def test_a_file_opens_at_its_own_request_alone(
    desk: Page, filed: Filed, context: Context, parents: object
) -> None:
    """ACL-1: a file of one request is none of another's."""
    from tests.requests.parents import Parents

    assert isinstance(parents, Parents)
    file_id = attach(context, filed, "stub.jpg", photo())
    with context.database.transaction() as session:
        session.get_one(Submission, filed.id).notice_dated_on = None
    other = file_one(context, parents.payor)
    for tail in ("", "/pages/1", "/file"):
        assert desk.get(_viewer(other, file_id, tail)).status == 404
    assert desk.get(_viewer(filed, "f" * 32)).status == 404


def test_a_colleague_who_is_a_party_sees_no_file(
    desk: Page, filed: Filed, context: Context, sam: TestAccount
) -> None:
    """ACL-4"""
    from portal.accounts.models import Account
    from portal.staff.parties import declare

    file_id = attach(context, filed, "stub.jpg", photo())
    with context.database.transaction() as session:
        declare(session, sam.id, "P", by=session.get_one(Account, sam.id), now=context.now())
    for tail in ("", "/pages/1", "/file"):
        assert desk.get(_viewer(filed, file_id, tail)).status == 403


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.7 not really",
        b"\xff\xd8\xff broken",
        b"<html>",
        b"\x89PNG\r\n\x1a\n" + b"x" * 99,
    ],
)
def test_what_cannot_be_drawn_is_refused(data: bytes) -> None:
    with pytest.raises(CannotDraw):
        draw_page(data)


def test_a_page_of_absurd_size_stays_within_its_limits() -> None:
    """UPL-2: miles of paper, and a page thin as a thread."""
    for width, height in ((3, 14400), (14400, 3), (14400, 14400)):
        drawn = draw_page(paper(1, width, height))
        assert drawn.width <= 1000
        assert drawn.height <= 2200


def test_a_picture_of_too_many_pixels_is_refused() -> None:
    target = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(target, "PNG")
    with pytest.raises(CannotDraw):
        draw_page(target.getvalue())


def test_a_file_that_cannot_be_drawn_can_still_be_saved(
    desk: Page, filed: Filed, context: Context
) -> None:
    file_id = attach(context, filed, "stub.jpg", photo())
    with context.database.transaction() as session:
        row = session.get_one(EvidenceFile, file_id)
        store = EvidenceStore(context.settings.evidence_url)
        store.replace(row.stored_as, context.sealer.seal(b"broken", "evidence.bytes", row.id))
    seen = desk.get(_viewer(filed, file_id))
    assert "cannot be shown as a picture" in seen.words
    assert desk.get(_viewer(filed, file_id, "/file")).body == b"broken"
