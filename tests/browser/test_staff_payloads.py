"""Payloads in every field that a parent, a worker or an extract can fill: nothing runs in the queue,
a request, a letter, a record, a CSV file or a mail (INJ-2, INJ-3). Counted by a real browser."""

from __future__ import annotations

import csv
import email
import email.policy
import io
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser

from portal.feeds.export import export
from portal.feeds.load import load
from portal.feeds.schema import Kind
from portal.notices.worker import run_once
from portal.security.permissions import StaffRole
from tests.browser.payload_steps import (
    answer_closing,
    answer_question,
    ask_question,
    change_address,
    decide,
    file,
    look_up,
    note_payment,
    read_letters,
    work,
    write_letters,
)
from tests.browser.planted import (
    CELLS,
    NEVER_SHOWN,
    NOT_PLANTED,
    ONLY_FOR_THE_LOAD,
    READ_AS_NONE,
    SHOWN,
    Planted,
    columns,
    plant,
)
from tests.browser.steps import Walk
from tests.browser.test_devices import sign_in
from tests.browser.watch import Watch
from tests.support.accounts import make_account
from tests.support.extract import CREATED_AT, ExtractBuilder, one_family
from tests.support.live import LivePortal
from tests.support.staff import make_staff

HEADERS = {
    "subject", "from", "to", "date", "message-id", "mime-version", "content-type", "reply-to",
    "auto-submitted", "content-language", "content-transfer-encoding", "precedence",
    "x-auto-response-suppress",
}  # fmt: skip
MAIL = "morgan@mail.example"
TABLES = {
    "/cases/[^/]+/(payments|how-we-got-here|own-records)": "",
    "/cases/[^/]+/statements": "/statement",
    "/staff/figures": "",
}
"""Pages with a table to save, and what its address has beside theirs."""
TYPED: dict[str, set[str]] = {
    "name of a worker": {"staff", "boss"},
    "name of a file": {"payor", "custodial", "staff"},
    "words of a review": {"payor", "staff"},
    "words of a note": {"staff"},
    "words of a question": {"payor", "staff"},
    "words of a parent's question": {"payor", "staff"},
    "answer to a question": {"payor", "staff", "letter"},
    "words of the parent's answer": {"payor", "staff"},
    "note of a payment": {"payor", "file"},
    "reason for the supervisors": {"staff", "boss"},
    "reason of a decision": {"payor", "letter"},
    "paragraphs of a decision": {"payor", "letter"},
    "words of a look-up": {"boss"},
    "words of opening a case": {"boss"},
    "words of a closing notice": {"custodial", "staff"},
    "words of an overpayment notice": {"custodial", "staff"},
    "words of an answer to a closing notice": {"custodial", "staff"},
    "address.line1": {"payor", "staff"},
    "address.line2": {"payor", "staff"},
    "address.city": {"payor", "staff"},
    "address.state": {"payor", "staff"},
    "address.postal_code": {"payor", "staff"},
}
"""What is typed, and who has to see it as words."""


def test_every_column_is_accounted_for() -> None:
    """A new column is planted and looked for, or it is said why not."""
    for place, column in columns().items():
        said = [
            place in SHOWN,
            place in NEVER_SHOWN,
            place in ONLY_FOR_THE_LOAD,
            column.kind in READ_AS_NONE,
            column.kind in NOT_PLANTED,
        ]
        assert said.count(True) == 1, f"{place} ({column.kind.value}): {said}"
    assert set(SHOWN) | set(NEVER_SHOWN) | ONLY_FOR_THE_LOAD <= set(columns())
    assert set(READ_AS_NONE) | set(NOT_PLANTED) | {Kind.TEXT, Kind.EMAIL} == set(Kind)


@pytest.fixture
def walks(chromium: Browser, live: LivePortal) -> Iterator[list[Walk]]:
    opened = [Walk(chromium, live, width=1280, script=True) for _ in range(4)]
    yield opened
    for walk in opened:
        walk.close()


@pytest.mark.browser
def test_the_watch_would_see_it(walks: list[Walk]) -> None:
    """What is counted can be counted: a script put into a page is stopped, and told of; a mark is
    read off a page."""
    planted = Planted()
    watch = Watch(walks[0], "somebody", planted)
    watch.look("/sign-in")
    mark = planted.mark("somewhere")
    assert planted.seen("somewhere") == set()
    watch.page.evaluate("mark => document.querySelector('main').append(mark)", mark)
    watch.look()
    assert planted.seen("somewhere") == {"somebody"}
    put = "document.body.append(Object.assign(document.createElement('script'), {text: 'x=1'}))"
    watch.page.evaluate(put)
    for _ in range(300):  # no predicate as text: the policy of the page forbids to evaluate it
        if watch.page.evaluate("window.__violations.length") == 1:
            break
        watch.page.wait_for_timeout(100)
    else:
        raise AssertionError("the watch saw no violation")
    with pytest.raises(AssertionError):
        watch.look()


@pytest.mark.browser
def test_nothing_runs_anywhere(
    walks: list[Walk], live: LivePortal, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """INJ-2, INJ-3"""
    planted = Planted()
    builder = poisoned_family(live, planted, tmp_path)
    payor, desk, boss, custodial = signed_in(walks, live, planted)

    number = file(payor, tmp_path)
    moved = change_address(payor)
    note_payment(payor)
    work(desk, payor, number, tmp_path)
    letters = [decide(desk, number), answer_question(desk, payor, ask_question(payor))]
    look_up(desk)
    write_letters(desk)
    letters += read_letters(custodial)
    answer = answer_closing(custodial, tmp_path)
    for it in (moved, answer):
        desk.look(f"/staff/requests/{it}")
    tell_outcomes(live, planted, builder, moved, tmp_path)
    look_everywhere(payor, desk, boss, custodial, number, moved)

    for pdf in letters:
        letter_is_words(planted, pdf)
    for watch in (payor, custodial, boss):
        files_are_plain(watch)
    run_once(live.context, live.context.now())
    mails_are_plain(live)
    exported(live, planted, number, moved, tmp_path)
    everything_was_seen(planted)
    logged = "".join(capfd.readouterr())
    assert "forged=1" not in logged
    assert "__ran" not in logged


def poisoned_family(live: LivePortal, planted: Planted, folder: Path) -> ExtractBuilder:
    """The record of one family with payloads wherever one can stand."""
    builder = one_family().builder
    builder.charge("C1", "2026-09-30", "-5.00", kind="adjustment", category="arrears")
    builder.enforcement("C1", "license_suspension", "2026-10-01")
    builder.notice("C1", "A", "general", "2026-11-03")
    builder.settle()
    plant(planted, builder)
    done = load(live.context, builder.write(folder / "extract"))
    assert done.rejected == 0
    assert done.warnings > len(READ_AS_NONE)
    return builder


def signed_in(walks: list[Walk], live: LivePortal, planted: Planted) -> list[Watch]:
    """The payor, a caseworker, a supervisor who may do everything else, the custodial parent."""
    context, place = live.context, "name of a worker"
    watches = [
        Watch(walk, who, planted)
        for walk, who in zip(walks, ("payor", "staff", "boss", "custodial"), strict=True)
    ]
    accounts = (
        make_account(context, participant_id="P", email=MAIL),
        make_staff(context, StaffRole.CASEWORKER, name=planted.cell(place, 1),
                   email="case@agency.example"),
        make_staff(context, StaffRole.SUPERVISOR, StaffRole.AUDITOR, StaffRole.OPERATOR,
                   name=planted.cell(place, 0), email="boss@agency.example"),
        make_account(context, participant_id="A", email="alex@mail.example"),
    )  # fmt: skip
    for watch, account in zip(watches, accounts, strict=True):
        sign_in(watch.walk, account)
    return watches


def tell_outcomes(
    live: LivePortal, planted: Planted, builder: ExtractBuilder, number: str, folder: Path
) -> None:
    """The next extract tells what became of the address."""
    after = builder.copy()
    for turn, outcome in enumerate(("received", "refused")):
        text = planted.column("outcomes.text", turn + 5)
        after.outcome(number, outcome, "2026-11-21", text=text)
    written = after.write(
        folder / "next",
        sequence=2,
        as_of=date(2026, 11, 21),
        created_at=CREATED_AT + timedelta(days=1),
    )
    assert load(live.context, written).rejected == 0


def look_everywhere(
    payor: Watch, desk: Watch, boss: Watch, custodial: Watch, number: str, moved: str
) -> None:
    payor.look_around("/cases", "/requests", f"/requests/{number}", f"/requests/{moved}")
    custodial.look_around("/cases", "/requests", "/account", most=30)
    desk.look_around("/staff/queue", f"/staff/requests/{number}", f"/staff/requests/{moved}")
    boss.look_around("/staff/queue?whose=all", "/staff/figures", "/staff/people", "/staff/trail",
                     "/staff/operations", "/staff/approvals", f"/staff/requests/{number}")  # fmt: skip
    assert len(desk.seen) > 8
    assert len(boss.seen) > 8
    assert {"/staff/people", "/staff/trail", f"/staff/requests/{number}"} <= boss.seen


def everything_was_seen(planted: Planted) -> None:
    """Each payload stood somewhere as words, for whom it is meant, or nowhere, as is said above."""
    wanted = {**SHOWN, **TYPED}
    missing = {it: who - planted.seen(it) for it, who in wanted.items() if who - planted.seen(it)}
    assert missing == {}, "not seen, and by whom not"
    kinds = {place: column.kind for place, column in columns().items()}
    for place in set(planted.places) - set(wanted):
        assert place in NEVER_SHOWN or kinds[place] in READ_AS_NONE, place
        assert planted.seen(place) == set(), place


def letter_is_words(planted: Planted, pdf: bytes) -> None:
    """Everything is printed as it is; nothing was read as typst or as a link."""
    document = pypdfium2.PdfDocument(pdf)
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    tight = "".join(text.split())
    planted.read("letter", text)
    assert "root:" not in text
    assert "7777777" not in text
    for cell in CELLS:
        assert "".join(cell.split())[:20] in tight, cell
    for active in (b"/URI", b"/JavaScript", b"/JS"):
        assert active not in pdf


def files_are_plain(watch: Watch) -> None:
    """INJ-3: no cell of a CSV file begins as a formula does."""
    files = {f"{it}{more}" for it in watch.seen for page, more in TABLES.items()
             if re.fullmatch(page, it)}  # fmt: skip
    assert len(files) == (1 if "/staff/figures" in files else 4), files
    for path in files:
        answer = watch.page.request.get(f"{path}.csv")
        assert answer.status == 200, path
        assert answer.headers["content-type"].startswith("text/csv"), path
        watch.planted.read("file", answer.text())
        rows = list(csv.reader(io.StringIO(answer.text().removeprefix("\ufeff"))))
        assert len(rows) > 1 or (path.endswith("/own-records") and watch.who == "custodial")
        no_cell_is_a_formula(rows)


def no_cell_is_a_formula(rows: list[list[str]]) -> None:
    for cell in (cell for row in rows for cell in row):
        formula = cell.lstrip(" ")[:1] in tuple("=+-@\t\r\n")
        assert not formula or _is_number(cell), cell


def _is_number(cell: str) -> bool:
    return cell.replace("-", "", 1).replace(".", "", 1).isdigit()


def mails_are_plain(live: LivePortal) -> None:
    """No header of the sender's own, nobody else in it, no word of anybody's in either body."""
    found = list(live.mail_folder.glob("*.eml"))
    assert len(found) >= 8
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
            assert not re.search(r"Zq\d\d", words), words


def exported(live: LivePortal, planted: Planted, number: str, moved: str, folder: Path) -> None:
    """The agency gets the words as they were typed, one event a line."""
    export(live.context, folder / "out", after=0)
    lines = (folder / "out/submissions.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    names = [row["event"] for row in rows if row["submission"] == number]
    assert names.count("decided") == names.count("submitted") == 1
    sent = {row["submission"]: row["fields"] for row in rows if row["event"] == "submitted"}
    assert sent[number]["words"].endswith(planted.mark("words of a review"))
    assert sent[moved]["mail_line1"] == planted.cell("address.line1", 0, 100)
    assert sent[moved]["mail_postal_code"] == planted.cell("address.postal_code", 7, 20)
