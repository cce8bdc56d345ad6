"""Payloads in every field that a parent, a worker or an extract can fill: nothing runs in the queue,
a request, a letter, a record, a CSV file or a mail (INJ-2, INJ-3). Counted by a real browser."""

from __future__ import annotations

import csv
import email
import email.policy
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pypdfium2
import pytest
from playwright.sync_api import Browser, Dialog, Page

from portal.feeds.export import export
from portal.feeds.load import load
from portal.feeds.schema import BY_FILENAME, Kind
from portal.notices.worker import run_once
from portal.security.permissions import StaffRole
from tests.browser.steps import Walk, photo
from tests.browser.test_devices import sign_in
from tests.browser.test_main_job import number_shown
from tests.support.accounts import make_account
from tests.support.extract import ExtractBuilder, one_family
from tests.support.live import LivePortal
from tests.support.staff import make_staff

pytestmark = pytest.mark.browser

RUN = "window.__ran=(window.__ran||0)+1"
CELLS = (
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f'"><svg/onload="{RUN}">',
    f"' onfocus={RUN} autofocus x='",
    "{{ 7*'7' }}{% raw %}${7*7}<%= 7*7 %>",
    '=HYPERLINK("http://evil.example")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1+1)",
    "<style>body{display:none}</style>",
    '<iframe srcdoc="<script>parent.__ran=1</script>">',
    f"javascript:{RUN}",
    '#eval("1+1") #read("/etc/passwd") $x^2$ `raw` *bold*',
    "</title></textarea></script><b id=planted>",
)
"""In a column of the extract, one after the other."""
LINES = "x\r\nBcc: evil@example.org\r\nSubject: planted\r\n\r\n2026-11-22 [info] forged=1\r\n"
WORDS = " ".join(CELLS) + "\n" + LINES
"""In a box that takes many words."""
KEPT = {"mail_state", "mail_postal_code", "employer_phone", "caseworker_phone", "suffix"}
LISTEN = """
window.__violations = [];
addEventListener('securitypolicyviolation', it => window.__violations.push(it.violatedDirective));
"""
SETTLED = (
    "[window.__ran || 0, window.__violations.length, document.querySelectorAll('#planted').length]"
)
HEADERS = {
    "subject", "from", "to", "date", "message-id", "mime-version", "content-type", "reply-to",
    "auto-submitted", "content-language", "content-transfer-encoding", "precedence",
    "x-auto-response-suppress",
}  # fmt: skip
MAIL = "morgan@mail.example"


class Watch:
    """One person's browser; what runs, is stopped by the policy, or opens a dialog is counted."""

    def __init__(self, walk: Walk) -> None:
        self.walk, self.page = walk, walk.page
        self.dialogs: list[str] = []
        self.seen: set[str] = set()
        self.showing: set[str] = set()
        """Pages on which a payload stands, as words."""
        self.page.add_init_script(LISTEN)
        self.page.on("dialog", self._dialog)

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def look(self, path: str | None = None) -> None:
        """Nothing ran on this page, and nothing had to be stopped."""
        if path is not None:
            self.page.goto(path)
        self.page.wait_for_load_state("load")
        assert self.page.evaluate(SETTLED) == [0, 0, 0], self.page.url
        assert self.page.locator("body").is_visible()
        assert self.dialogs == []
        assert self.walk.complaints == [], f"{self.page.url}: {self.walk.complaints}"
        assert "7777777" not in self.page.content()
        path = urlsplit(self.page.url).path
        self.seen.add(path)
        if "__ran" in self.page.locator("body").inner_text():
            self.showing.add(path)

    def look_around(self, *starts: str, most: int = 40) -> None:
        """Every page that links lead to from here, files apart."""
        waiting, walked = list(starts), set[str]()
        while waiting and len(walked) < most:
            path = waiting.pop(0)
            if path in walked:
                continue
            self.look(path)
            walked.add(path)
            hrefs = self.page.eval_on_selector_all("main a[href]", "it => it.map(a => a.href)")
            own = [urlsplit(it) for it in hrefs if it.startswith(self.walk.live.base_url)]
            assert not [it for it in hrefs if it.startswith("javascript:") or "evil" in it]
            waiting += [it.path for it in own if not _is_file(it.path)]


def _is_file(path: str) -> bool:
    own_evidence = path.startswith("/requests/") and "/evidence/" in path
    return own_evidence or path.endswith((".csv", ".pdf", "/file"))


def poisoned(builder: ExtractBuilder) -> list[str]:
    """Put a payload in each free column that shows somewhere; returns where."""
    done: list[str] = []
    for name, rows in builder.rows.items():
        for column in BY_FILENAME[name].columns:
            if column.kind is not Kind.TEXT or column.name in KEPT:
                continue
            for row in rows:
                row[column.name] = CELLS[len(done) % len(CELLS)]
            done.append(f"{name}:{column.name}")
    return done


@pytest.fixture
def walks(chromium: Browser, live: LivePortal) -> Iterator[list[Walk]]:
    opened = [Walk(chromium, live, width=1280, script=True) for _ in range(4)]
    yield opened
    for walk in opened:
        walk.close()


def test_the_watch_would_see_it(walks: list[Walk]) -> None:
    """What is counted can be counted: a script put into a page is stopped, and told of."""
    watch = Watch(walks[0])
    watch.look("/sign-in")
    put = "document.body.append(Object.assign(document.createElement('script'), {text: 'x=1'}))"
    watch.page.evaluate(put)
    for _ in range(50):  # no predicate as text: the policy of the page forbids to evaluate it
        if watch.page.evaluate("window.__violations.length") == 1:
            break
        watch.page.wait_for_timeout(100)
    else:
        raise AssertionError("the watch saw no violation")
    with pytest.raises(AssertionError):
        watch.look()


def test_nothing_runs_anywhere(
    walks: list[Walk], live: LivePortal, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """INJ-2, INJ-3"""
    family = one_family()
    assert len(poisoned(family.builder)) > 15
    done = load(live.context, family.builder.write(tmp_path / "extract"))
    assert done.rejected == 0
    payor, desk, boss, other = map(Watch, walks)
    sign_in(payor.walk, make_account(live.context, participant_id="P", email=MAIL))
    sign_in(desk.walk, make_staff(live.context, StaffRole.CASEWORKER, name=CELLS[1],
                                  email="case@agency.example"))  # fmt: skip
    sign_in(boss.walk, make_staff(live.context, StaffRole.SUPERVISOR, StaffRole.AUDITOR,
                                  StaffRole.OPERATOR, name=CELLS[0],
                                  email="boss@agency.example"))  # fmt: skip
    sign_in(other.walk, make_account(live.context, participant_id="A", email="alex@mail.example"))

    number = file(payor, tmp_path)
    work(desk, payor, number, tmp_path)
    pdf = decide(desk, number)
    look_up(desk)

    payor.look_around("/cases", "/requests", f"/requests/{number}")
    other.look_around("/cases", "/requests", "/account", most=25)
    desk.look_around("/staff/queue", f"/staff/requests/{number}")
    boss.look_around("/staff/queue?whose=all", "/staff/figures", "/staff/people", "/staff/trail",
                     "/staff/operations", "/staff/approvals", f"/staff/requests/{number}")  # fmt: skip
    assert len(desk.seen) > 8
    assert len(boss.seen) > 8
    assert {"/staff/people", f"/staff/requests/{number}"} <= boss.showing
    assert f"/requests/{number}" in payor.showing
    assert len(payor.showing | other.showing | desk.showing | boss.showing) > 8

    letter_is_words(pdf)
    for watch in (payor, other, boss):
        files_are_plain(watch)
    run_once(live.context, live.context.now())
    mails_are_plain(live)
    exported(live, number, tmp_path)
    logged = "".join(capfd.readouterr())
    assert "forged=1" not in logged
    assert "__ran" not in logged


def file(payor: Watch, folder: Path) -> str:
    """A review with payloads in its words, its payments, and its file's name."""
    walk = payor.walk
    payor.look("/requests/administrative-review/new")
    walk.page.locator("main input[name=about]").first.check(force=True)
    walk.press("Continue")
    walk.tick("Payments I made")
    walk.tick("The amount is wrong")
    walk.page.locator("main textarea").fill(WORDS[:3000])
    walk.press("Continue")
    payor.look()
    page = walk.page
    page.locator("[name=payments-0-on]").fill(CELLS[0])
    page.locator("[name=payments-0-amount]").fill(CELLS[2])
    _choice_of_ones_own(page, "[name=payments-0-how]", CELLS[2])
    walk.press("Continue")
    payor.look()
    page.locator("[name=payments-0-on]").fill("11/06/2026")
    page.locator("[name=payments-0-amount]").fill("100.00")
    page.locator("[name=payments-0-how]").select_option(index=1)
    walk.press("Continue")
    upload(payor, folder)
    walk.press("Continue")
    payor.look()
    walk.press("Send")
    payor.look()
    return number_shown(walk)


def _choice_of_ones_own(page: Page, where: str, value: str) -> None:
    """Offer oneself what the form does not offer, and choose it."""
    add = "(it, value) => { it.append(new Option(value, value)); it.value = value; }"
    page.locator(where).evaluate(add, value)


def upload(payor: Watch, folder: Path) -> None:
    """A photo whose name is made of payloads."""
    name = f"{CELLS[0]}{CELLS[1]}{CELLS[5]}\r\nBcc: evil@example.org.jpg"
    data: Any = {"name": name, "mimeType": "image/jpeg", "buffer": photo(folder).read_bytes()}
    payor.page.set_input_files("input[type=file]", data)
    payor.walk.press("Add this file")
    payor.look()


def work(desk: Watch, payor: Watch, number: str, folder: Path) -> None:
    """Take it, note something, ask; the payor answers."""
    desk.look("/staff/queue")
    path = f"/staff/requests/{number}"
    desk.look(path)
    desk.walk.press("Take it")
    desk.look()
    desk.page.locator("[name=words]").fill(WORDS)
    desk.walk.press("Add the note")
    desk.look()
    desk.look(f"{path}/more-information")
    desk.page.locator("[name=words]").fill(WORDS)
    desk.walk.press("Ask")
    desk.look()
    payor.look(f"/requests/{number}/more-information")
    payor.page.locator("[name=words]").fill(WORDS[:3000])
    upload(payor, folder)
    payor.walk.press("Send")
    payor.look()
    assert urlsplit(payor.page.url).path == f"/requests/{number}"


def decide(desk: Watch, number: str) -> bytes:
    """Payloads as reasons and paragraphs; first also as an amount. The letter's PDF."""
    path = f"/staff/requests/{number}/decision"
    desk.look(path)
    rows = desk.page.locator(".work-line")
    for index in range(rows.count()):
        row = rows.nth(index)
        row.locator("label", has_text="Denied").first.click()
        row.locator("textarea").fill(WORDS[:900])
        row.locator("input[type=text]").first.fill(CELLS[7])
    desk.page.locator("[name=paragraphs]").fill(WORDS)
    desk.walk.press("Save and see the letter")
    desk.look()
    if urlsplit(desk.page.url).path == path:  # an amount that is none was told
        for field in desk.page.locator(".work-line input[type=text]").all():
            field.fill("")
        desk.walk.press("Save and see the letter")
        desk.look()
    assert urlsplit(desk.page.url).path == f"{path}/letter"
    pdf = desk.page.request.get(f"{path}/letter/file").body()
    desk.walk.press("Decide and send the letter")
    desk.look()
    return pdf


def look_up(desk: Watch) -> None:
    """In vain with payloads as what is looked for, then by case."""
    desk.look("/staff/look-up")
    page = desk.page
    for by, fields in (
        ("name", {"first_name": CELLS[1], "last_name": CELLS[0], "born": "04/12/1986"}),
        ("email", {"email": CELLS[2]}),
        ("case", {"case": CELLS[3]}),
        ("case", {"case": "C1"}),
    ):
        page.locator(f"[name=by][value={by}]").check(force=True)
        for name, value in fields.items():
            page.locator(f"[name={name}]").fill(value)
        page.locator("[name=reason]").first.check(force=True)
        page.locator("[name=words]").fill(WORDS[:900])
        desk.walk.press("Open the record")
        desk.look()
    assert "/staff/parents/" in page.url


def letter_is_words(pdf: bytes) -> None:
    """Everything is printed as it is; nothing was read as typst or as a link."""
    document = pypdfium2.PdfDocument(pdf)
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    tight = "".join(text.split())
    assert "root:" not in text
    assert "7777777" not in text
    for cell in CELLS:
        assert "".join(cell.split())[:20] in tight, cell
    for active in (b"/URI", b"/JavaScript", b"/JS"):
        assert active not in pdf


def files_are_plain(watch: Watch) -> None:
    """INJ-3: no cell of a CSV file begins as a formula does."""
    lists = [it for it in watch.seen if it.startswith("/cases/") and it.endswith("/payments")]
    paths = [*lists, *(it for it in watch.seen if it == "/staff/figures")]
    assert paths
    for path in paths:
        answer = watch.page.request.get(f"{path}.csv")
        assert answer.status == 200, path
        assert answer.headers["content-type"].startswith("text/csv"), path
        rows = list(csv.reader(io.StringIO(answer.text().removeprefix("\ufeff"))))
        assert len(rows) > 1
        for cell in (cell for row in rows for cell in row):
            formula = cell[:1] in ("=", "+", "-", "@", "\t", "\r")
            assert not formula or _is_number(cell), cell


def _is_number(cell: str) -> bool:
    return cell.replace("-", "", 1).replace(".", "", 1).isdigit()


def mails_are_plain(live: LivePortal) -> None:
    """No header of the sender's own, nobody else in it, no word of anybody's in either body."""
    found = list(live.mail_folder.glob("*.eml"))
    assert len(found) >= 3
    for path in found:
        raw = path.read_bytes()
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        assert {name.lower() for name in mail} <= HEADERS, list(mail)
        assert mail["To"] in (MAIL, "case@agency.example", "boss@agency.example",
                              "alex@mail.example")  # fmt: skip
        bodies = [part.get_content() for part in mail.walk() if not part.is_multipart()]
        for words in (*bodies, str(mail["Subject"]), str(mail["From"])):
            for trace in ("__ran", "evil", "planted", "forged", "7*", "<script", "#eval"):
                assert trace not in words, trace


def exported(live: LivePortal, number: str, folder: Path) -> None:
    """The agency gets the words as they were typed, one event a line."""
    export(live.context, folder / "out", after=0)
    lines = (folder / "out/submissions.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    names = [row["event"] for row in rows if row["submission"] == number]
    assert names.count("decided") == names.count("submitted") == 1
