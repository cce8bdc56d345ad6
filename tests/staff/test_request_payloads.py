"""What a parent or a worker types runs nowhere: page, letter, mail, log line, export (INJ-2, INJ-3)."""

from __future__ import annotations

import json

import pypdfium2
import pytest
from sqlalchemy import update

from portal.context import Context
from portal.feeds.export import export
from portal.requests.clean_upload import safe_name
from portal.requests.models import EvidenceFile
from portal.requests.sealed import NAME
from tests.requests.parents import Parents, photo, signed_in
from tests.staff.desk import desk, filed, mine, parents, sam
from tests.staff.on_requests import Filed, events, file_one, give
from tests.staff.test_request_evidence import attach
from tests.support.accounts import TestAccount
from tests.support.letters import names_in, opened
from tests.support.page import Page

__all__ = ["desk", "filed", "mine", "parents", "sam"]

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "{{ 7*'7' }}${7*7}<%= 7*7 %>{% raw %}",
    '=HYPERLINK("http://evil.example")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "x\r\nBcc: evil@example.org\r\n\r\n<b>body</b>",
    "x\n2026-11-22T15:00:00Z [info] forged=1",
    '#eval("1+1") #read("/etc/passwd") #sys.inputs $x^2$ `raw` @label *bold* \\',
    "https://evil.example/ javascript:alert(1)",
)
TRACES = ("<script>alert", "<img src=x", "<svg/onload", "<b>body", "7777777", 'href="javascript')


@pytest.mark.parametrize("number", ["²", "9" * 5000, "-1", "٣"])
def test_a_row_of_no_number_is_none(desk: Page, mine: Filed, number: str) -> None:
    path = f"/staff/requests/{mine.number}/decision"
    desk.get(path)
    seen = desk.post(path, {f"lines-{number}-reason": "x", "lines-0-reason": "Kept."})
    assert seen.status in (200, 409)
    assert "Kept." in seen.text


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_in_every_field_stays_words(
    desk: Page,
    other_page: Page,
    context: Context,
    parents: Parents,
    sam: TestAccount,
    payload: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """INJ-2, INJ-3"""
    filed = file_one(context, parents.payor, claims=[], grounds=("other",), words=payload)
    file_id = attach(context, filed, "stub.jpg", photo())
    with context.database.transaction() as session:
        name = context.sealer.seal(safe_name(f"{payload}.jpg", "jpg"), NAME, file_id)
        chosen = update(EvidenceFile).where(EvidenceFile.id == file_id)
        session.execute(chosen.values(name=name))
    give(context, filed, sam)
    path = f"/staff/requests/{filed.number}"
    payor = signed_in(other_page, parents.payor)
    pages = [desk.get(path), desk.submit("/notes", words=payload)]
    desk.get(f"{path}/more-information")
    pages.append(desk.submit("/more-information", words=payload))
    payor.get(f"/requests/{filed.number}/more-information")
    pages.append(payor.submit("/more-information", words=payload, button="action=send"))
    pages.append(desk.get(f"{path}/evidence/{file_id}"))
    saved = desk.get(f"{path}/evidence/{file_id}/file")
    assert "\n" not in saved.headers["Content-Disposition"]
    desk.get(f"{path}/decision")
    fields = {"lines-0-outcome": "denied", "lines-0-amount": payload[:20],
              "lines-0-reason": payload, "paragraphs": payload}  # fmt: skip
    pages.append(desk.submit("/decision", button="action=save", **fields))
    desk.submit("/decision", button="action=letter", **fields | {"lines-0-amount": ""})
    pages.append(desk.get(f"{path}/decision/letter"))
    pdf = desk.get(f"{path}/decision/letter/file").body
    desk.get(f"{path}/decision/letter")
    pages += [desk.submit("/decision/sending"), desk.get(path)]
    pages.append(payor.get(f"/requests/{filed.number}"))
    assert "denied" in events(context, filed)
    for seen in pages:
        assert seen.status == 200, seen.path
        assert not [trace for trace in TRACES if trace in seen.text], seen.path
    _letter_is_words(pdf, payload)
    _mails_and_export_are_plain(context, filed, payload)
    logged = capfd.readouterr()
    assert "forged=1" not in logged.out + logged.err
    assert "alert(1)" not in logged.out + logged.err


def _letter_is_words(pdf: bytes, payload: str) -> None:
    """Everything typed is printed as it is; nothing of it was read as typst or as a link."""
    document = pypdfium2.PdfDocument(pdf)
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    assert "root:" not in text
    assert "7777777" not in text
    tight = "".join(text.split())
    for line in payload.splitlines():
        assert "".join(line.split())[:30] in tight, f"{line!r} in {text!r}"
    does = {"/URI", "/JavaScript", "/JS", "/Launch", "/OpenAction", "/AA"}
    assert not does & set(names_in(opened(pdf)))


def _mails_and_export_are_plain(context: Context, filed: Filed, payload: str) -> None:
    for path in sorted(context.settings.instance.rglob("*.eml")):
        mail = path.read_text("utf-8")
        assert "evil" not in mail
        assert "Bcc" not in mail
    folder = context.settings.instance / "out"
    export(context, folder, after=0)
    lines = (folder / "submissions.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    (decided,) = [row for row in rows if row["event"] == "decided"]
    assert decided["submission"] == filed.number
    assert decided["fields"]["lines"][0]["reason"].split() == payload.split()
