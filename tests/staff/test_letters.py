"""Letters: what is printed, that it can be read by everybody, and that it is kept as it went out."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal.accounts.find_account import find_by_participant
from portal.audit.models import AuditEvent
from portal.context import Context
from portal.notices.letter_models import PDF, WORDS, PortalLetter
from portal.notices.letter_pages import LetterText, lay_out
from portal.notices.letter_pdf import CannotPrint, can_print, make_pdf
from portal.notices.models import OutboxItem
from portal.rules.agency import load_agency
from portal.security.permissions import StaffRole
from portal.settings import PROJECT
from portal.staff.letters import AlreadySent, LetterTable, NewLetter, preview_letter
from tests.requests.parents import load_parents
from tests.support.agencies import LAKELAND_PATH
from tests.support.letters import BREAKS_THE_PRINTER, new_letter, opened, sent_letter, words_of
from tests.support.staff import make_staff

HOSTILE = (
    '#import "x": y',
    '#read("/etc/passwd")',
    "*bold* _it_ `raw` $x^2$ <label> @ref = head",
    "\\u{41} \\ // comment /* more */ ~ -- ---",
    "{{ 7*7 }} ${7*7} </script><script>alert(1)</script>",
    '"], danger: ["',
)
PANICS_WHILE_OTHERS_LOG = """
import os, sys, threading
from portal.notices.letter_pdf import can_print

can_print("Once")
def log():
    for number in range(200):
        print(f"line {number}", file=sys.stderr, flush=True)
thread = threading.Thread(target=log)
thread.start()
print(can_print(sys.argv[1]))
thread.join()
os.write(2, b"native")
"""


@pytest.fixture(autouse=True)
def _record(context: Context, tmp_path: Path) -> None:
    load_parents(context, tmp_path)


def printed(app: Flask, context: Context, letter: NewLetter) -> bytes:
    with app.test_request_context(), context.database.transaction(write=False) as session:
        return preview_letter(session, context, letter)


def test_a_letter_says_all_of_it(app: Flask, context: Context) -> None:
    """Letterhead, addressee, date, last day, words, figures, rights, numbers to call, pages."""
    words = words_of(printed(app, context, new_letter(case_id="C1")))
    contact = context.agency.contact
    for part in (
        "Massachusetts Department of Revenue",
        "Child Support Services Division",
        "Date: November 22, 2026",
        "Case: C1",
        "Last day to go to court: January 6, 2027",
        "We agree with part of your review",
        "You asked us to look at three payments.",
        "August 2026 $1,200.00 $1,000.00 $200.00",
        "Together $1,200.00",
        "Your rights",
        "There is no fee.",
        f"Call us: {contact.call_us[0]}",
        f"in danger, call {contact.risk_of_harm[0]}",
        "Page 1 of 1",
    ):
        assert part in words, part


def test_a_letter_can_be_read_by_everybody(app: Flask, context: Context) -> None:
    """PDF/UA-1: tagged, with a language, a title that is shown, heads of columns, and its mark."""
    with opened(printed(app, context, new_letter())) as pdf:
        root = pdf.Root
        assert root.MarkInfo.Marked == True  # noqa: E712
        assert str(root.Lang) == "en"
        assert root.ViewerPreferences.DisplayDocTitle == True  # noqa: E712
        with pdf.open_metadata() as about:
            assert about["pdfuaid:part"] == "1"
            assert about["dc:title"] == "We agree with part of your review"
        kinds = kinds_of(root.StructTreeRoot)
        assert kinds.count("/H1") == 1
        assert kinds.count("/H2") == 2
        assert {"/Table", "/TR", "/TH", "/TD", "/P"} <= set(kinds)
        assert kinds.count("/TH") >= 4
        assert all("/FontFile" in font for font in fonts_of(pdf))


def kinds_of(node: pikepdf.Object) -> list[str]:
    found = [str(node.S)] if "/S" in node else []
    kids = node.get("/K")
    if kids is None:
        return found
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            found += kinds_of(kid)
    return found


def fonts_of(pdf: pikepdf.Pdf) -> list[str]:
    """The keys of each font's descriptor: every font is embedded."""
    return [
        " ".join(part.FontDescriptor.keys())
        for page in pdf.pages
        for font in page.Resources.Font.values()
        for part in font.DescendantFonts
    ]


def test_the_same_letter_is_the_same_bytes(app: Flask, context: Context) -> None:
    assert printed(app, context, new_letter()) == printed(app, context, new_letter())
    other = new_letter(title="Another title")
    assert printed(app, context, other) != printed(app, context, new_letter())


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_printed_as_they_are(app: Flask, context: Context, words: str) -> None:
    """INJ-2: nothing that a parent, a worker or an extract writes is markup of a letter."""
    table = LetterTable("C: " + words, ("H: " + words, "x"), (("R: " + words, "1"),), (1,))
    letter = new_letter(
        title="T: " + words, paragraphs=("P: " + words,), rights=("Q: " + words,), table=table
    )
    found = words_of(printed(app, context, letter)).replace(" ", "")
    for part in "TPQCHR":
        assert f"{part}:{words}".replace(" ", "") in found, (part, found)


def test_what_is_not_seen_is_left_out(app: Flask, context: Context) -> None:
    """INJ-2: no character turns the direction of an amount or hides in the words."""
    dirty = "Pay \u202e00.5$\u202c now\x00\x07 and\ufeff here\u2066"
    assert "Pay 00.5$ now and here" in words_of(
        printed(app, context, new_letter(paragraphs=(dirty,)))
    )


@pytest.mark.parametrize(
    "words",
    [
        "Usted puede pedirle al juez que revise esta decisión. ¿Preguntas? ñ á é í ó ú ü",
        "Você pode pedir ao tribunal que reveja esta decisão: ação, pensão, às",
        "Ou ka mande tribinal la revize desizyon sa a. Lè ou pèdi: ò, è, à",
        "Nhu pode pidi tribunal pa odja es dizison: ê, ã, ñ, ô",
        "Quý vị có thể yêu cầu tòa án xem xét quyết định này trước ngày ấy",
        "Вы можете обратиться в суд",
    ],
)
def test_languages_that_can_be_printed(app: Flask, context: Context, words: str) -> None:
    found = words_of(printed(app, context, new_letter(paragraphs=(words,))))
    assert words.replace(" ", "") in found.replace(" ", "")


@pytest.mark.parametrize("words", ["您可以请求法院", "يمكنك أن تطلب", "អ្នកអាច", "thanks 😀"])
def test_signs_without_a_glyph_are_noticed(app: Flask, context: Context, words: str) -> None:
    """INJ-2: a letter is refused rather than printed with empty boxes."""
    with pytest.raises(CannotPrint) as refused:
        printed(app, context, new_letter(paragraphs=(words,)))
    assert refused.value.signs
    assert not can_print(words)


def test_words_that_break_the_printer_are_refused_as_others_are(
    app: Flask, context: Context
) -> None:
    """RAT-1: a panic of the printer is no `Exception`, and would end the whole process."""
    with pytest.raises(CannotPrint) as refused:
        printed(app, context, new_letter(paragraphs=(BREAKS_THE_PRINTER,)))
    assert refused.value.signs == ""
    assert not can_print(BREAKS_THE_PRINTER)
    assert words_of(printed(app, context, new_letter()))


def test_only_a_panic_of_the_printer_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stops the process is obeyed."""

    def stopped(*_arguments: object, **_options: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr("typst.compile", stopped)
    with pytest.raises(KeyboardInterrupt):
        make_pdf({}, date(2026, 11, 22))


def test_nothing_of_a_panic_stands_in_the_log_and_other_lines_do() -> None:
    """LOG-1: its message may hold the words that were to be printed."""
    ran = subprocess.run(
        [sys.executable, "-c", PANICS_WHILE_OTHERS_LOG, BREAKS_THE_PRINTER],
        capture_output=True, text=True, timeout=60, check=True, cwd=PROJECT,
        env={**os.environ, "RUST_BACKTRACE": "1"},
    )  # fmt: skip
    assert ran.stdout == "False\n"
    assert ran.stderr.splitlines() == [*(f"line {number}" for number in range(200)), "native"]


def test_signs_are_named_as_they_are(app: Flask, context: Context) -> None:
    """typst writes the marks of a script by their numbers."""
    with pytest.raises(CannotPrint) as refused:
        printed(app, context, new_letter(paragraphs=("a \u17d2 b",)))
    assert refused.value.signs == "\u17d2"


def test_a_letter_is_kept_sealed_and_told_of(app: Flask, context: Context) -> None:
    worker = make_staff(context, StaffRole.CASEWORKER)
    with context.database.transaction(write=False) as session:
        account = find_by_participant(session, "P")
        assert account is not None
        account_id = account.id
    key = sent_letter(app, context, worker, account_id=account_id)
    with context.database.transaction(write=False) as session:
        kept = session.get(PortalLetter, key)
        assert kept is not None
        pdf = context.sealer.open_bytes(kept.pdf, PDF, key)
        assert kept.pdf != pdf
        assert hashlib.sha256(pdf).hexdigest() == kept.sha256
        assert "three payments" in context.sealer.open(kept.words, WORDS, key)
        assert (kept.participant_id, kept.written_by) == ("P", worker.id)
        event = session.scalars(select(AuditEvent).where(AuditEvent.name == "letter:sent")).one()
        assert (event.actor_id, event.subject_id) == (worker.id, key)
        mail = session.scalars(select(OutboxItem).where(OutboxItem.template == "new_letter")).one()
        assert mail.ids == {"letter": key}


def test_a_letter_of_which_there_is_one_goes_once(app: Flask, context: Context) -> None:
    worker = make_staff(context, StaffRole.CASEWORKER)
    sent_letter(app, context, worker, once="C1:2026-11-22")
    with pytest.raises(AlreadySent):
        sent_letter(app, context, worker, once="C1:2026-11-22")
    sent_letter(app, context, worker, once="C1:2026-11-23")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE portal_letters SET sha256 = 'x'",
        "UPDATE portal_letters SET participant_id = 'A'",
        "UPDATE portal_letters SET dated_on = '2020-01-01'",
        "DELETE FROM portal_letters",
        "INSERT OR REPLACE INTO portal_letters SELECT * FROM portal_letters",
        "UPDATE letter_reads SET at = '2020-01-01'",
        "DELETE FROM letter_reads",
    ],
)
def test_a_letter_is_never_changed(app: Flask, context: Context, statement: str) -> None:
    """AUD-2: neither is the moment when it was read."""
    key = sent_letter(app, context, make_staff(context, StaffRole.CASEWORKER))
    with context.database.transaction() as session:
        session.execute(text("INSERT INTO letter_reads VALUES (:id, '2026-11-22')"), {"id": key})
    with (
        pytest.raises(DBAPIError, match="append-only"),
        context.database.transaction() as session,
    ):
        session.execute(text(statement))


def test_a_letter_can_be_sealed_anew(app: Flask, context: Context) -> None:
    """KEY-3: the PDF and the words may be written again, under a newer key."""
    key = sent_letter(app, context, make_staff(context, StaffRole.CASEWORKER))
    with context.database.transaction() as session:
        kept = session.get(PortalLetter, key)
        assert kept is not None
        kept.pdf = context.sealer.seal(b"x", PDF, key)
        kept.words = context.sealer.seal("{}", WORDS, key)


def test_a_letter_in_english_says_how_to_get_an_interpreter(app: Flask, context: Context) -> None:
    """To somebody of another language, in the words of the profile; the PDF is marked as English.
    A line that cannot be printed is left out rather than the letter."""
    lines = ("Para español, llame al (800) 555-0100.", "如需中文，請致電")
    agency = context.agency
    contact = dataclasses.replace(agency.contact, other_languages=lines)
    helped = dataclasses.replace(context, agency=dataclasses.replace(agency, contact=contact))
    for language, is_there in (("en", False), ("es", True), ("zh", True)):
        pdf = printed(app, helped, new_letter(language=language))
        assert (lines[0] in words_of(pdf)) is is_there
        assert "Your rights" in words_of(pdf)
        with opened(pdf) as file:
            assert str(file.Root.Lang) == "en"
    assert lines[0] not in words_of(printed(app, context, new_letter(language="es")))


def test_a_name_that_cannot_be_printed_holds_up_no_letter(app: Flask, context: Context) -> None:
    """The addressee's name comes from the record: nobody here could change it."""
    assert can_print("Jordan")
    text = LetterText("x", "王小明", None, None, "en", date(2026, 11, 22), None, "T", (), None, ())
    with app.test_request_context():
        assert lay_out(text, context.agency)["to"] == []


@pytest.mark.parametrize("name", ["massachusetts", str(LAKELAND_PATH)])
def test_the_lines_of_a_profile_can_be_printed(name: str) -> None:
    agency = load_agency(name)
    lines = (agency.names.agency, agency.names.division, *agency.contact.other_languages)
    assert [line for line in lines if not can_print(line)] == []
