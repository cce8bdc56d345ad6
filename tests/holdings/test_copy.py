"""What the copy says: of a person with everything, the JSON file and the PDF."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import typst
from flask import Flask

from portal.accounts.models import Account
from portal.accounts.opening_models import RecordOpening
from portal.context import Context
from portal.feeds.schema import PARTICIPANTS
from portal.holdings import printable
from portal.holdings.as_json import to_plain
from portal.holdings.gather import gather
from portal.holdings.layout import in_words
from portal.holdings.printable import MARK, lacking
from portal.requests.models import Submission
from portal.security.permissions import StaffRole
from portal.staff.ask_for_more import ask_for_more
from portal.web.holdings import Asked, Word
from tests.cases.family import new_family
from tests.holdings.copies import everything, save
from tests.own_records.logs import add
from tests.requests.parents import (
    STREET,
    Parents,
    begin_review,
    photo,
    send_address,
    to_check,
    type_address,
    upload,
)
from tests.staff.on_requests import Filed, caseworker, give
from tests.statements.sharing import share_on, text_of
from tests.support.extract import one_family
from tests.support.letters import BREAKS_THE_PRINTER, sent_letter
from tests.support.page import Page
from tests.support.staff import make_staff


def begin_to_send_more(payor: Page, app: Flask, context: Context) -> None:
    """A caseworker asks for more, and the answer is begun and not sent."""
    with context.database.session() as session:
        row = session.query(Submission).filter_by(kind="administrative_review").one()
        filed = Filed(row.number, row.id)
    worker, day = caseworker(context), date(2026, 12, 10)
    give(context, filed, worker)
    with app.test_request_context(), context.database.transaction() as session:
        asker = session.get_one(Account, worker.id)
        version = session.get_one(Submission, filed.id).version
        ask_for_more(session, context, asker, filed.number, version, "Please send the stub.", day,
                     context.now())  # fmt: skip
    path = f"/requests/{filed.number}/more-information"
    payor.get(path)
    payor.post(path, {"words": "Here it is, in part.", "action": "add"})


@pytest.fixture
def full(payor: Page, parents: Parents, app: Flask, context: Context) -> Page:
    """The payor, who did everything there is: a request with a file, a draft, an answer that was
    begun, a note, a statement to show, a letter; and whose record was opened."""
    begin_review(payor)
    upload(payor, photo(), "My stub.jpg")
    to_check(payor)
    payor.submit("/check")
    type_address(payor)
    begin_to_send_more(payor, app, context)
    add(payor, "10/14/2026", "80.00", note="by check 117")
    share_on(payor, payor.get("/cases").path)
    worker = make_staff(context, StaffRole.CASEWORKER, name="Wanda Worker")
    sent_letter(app, context, worker, account_id=parents.payor.id)
    with context.database.transaction() as session:
        session.add(
            RecordOpening(
                id="0" * 32, account_id=worker.id, role="caseworker", participant_id="P",
                submission_id=None, reason="call", words=b"sealed words", at=context.now(),
            )
        )  # fmt: skip
    return payor


def test_every_fact_of_the_agencys_file_is_told_but_the_pin(
    tmp_path: Path,
) -> None:
    """PRV-1: one's own, whole; of the Social Security number the last four digits."""
    builder = one_family().builder
    row = builder.find("participants.csv", participant_id="P")
    odd = {
        "ssn": "666778899", "pin": "431977", "birth_date": "1984-02-29", "language": "es-PR",
        "family_violence": "0", "deceased_on": "", "email": "own@example.org",
        "cell_phone": "+16175550123", "home_phone": "+19785550124",
        "employer_phone": "+17815550125", "mail_country": "CA",
    }  # fmt: skip
    for name in PARTICIPANTS.column_names:
        row[name] = odd.get(name, row[name] if name == "participant_id" else f"canary {name}")
    family = new_family(tmp_path)
    family.load(builder)
    page = family.page("P")
    found = everything(page)["person"]
    text = json.dumps(found)
    for name in PARTICIPANTS.column_names:
        if name not in odd and name != "participant_id":
            assert f"canary {name}" in text, name
    assert (found["ssn_last_four"], found["birth_date"]) == ("8899", "1984-02-29")
    assert (found["cell_phone"], found["language"]) == ("(617) 555-0123", "es-PR")
    assert found["email"] == "own@example.org"
    whole = save(page).text + text_of(save(page, "pdf").body)
    assert "431977" not in whole
    assert "66677" not in whole


def test_what_one_sent_began_noted_and_made_is_in_it(full: Page, parents: Parents) -> None:
    found = everything(full)
    (request,) = found["requests"]
    assert request["kind"] == "administrative_review"
    assert request["you_said"]["grounds"]
    assert request["events"][0]["event"] == "submitted"
    (file,) = request["files"]
    assert file["name"].startswith("My stub")
    assert re.fullmatch("[0-9a-f]{64}", file["sha256"])
    draft, answer = found["drafts"]
    assert draft["you_said"]["address"]["mail_line1"] == STREET
    assert answer["kind"] == f"more:{request['number']}"
    assert answer["you_said"]["words"] == "Here it is, in part."
    (noted,) = found["own_records"]
    assert (noted["date"], noted["amount"], noted["note"]) == (
        "2026-10-14", "80.00", "by check 117",
    )  # fmt: skip
    assert found["statements"][0]["state"] == "valid"
    [letter] = [it for it in found["letters"] if it["title"] == "We agree with part of your review"]
    assert "One of them was missing." in letter["text"]
    assert found["record_openings"] == [
        {"on": "2026-11-22", "role": "caseworker", "name": None, "reason": "call"}
    ]
    assert {it["about"] for it in found["mails"]} >= {
        "request_received", "statement_shared", "new_letter"
    }  # fmt: skip
    assert "account:sign-in:completed" in [it["event"] for it in found["history"]]


def test_nothing_in_it_opens_anything_or_names_our_staff(full: Page, context: Context) -> None:
    """KEY-2, AUD-4: no hash, seed, code, token or id of a row."""
    text = save(full).text
    assert "Wanda" not in text
    assert re.findall(r'"[0-9a-f]{32}"', text) == []
    assert (
        re.findall(r"\$argon2|v1\.|k1\.|[A-Za-z0-9_-]{43}(?![0-9a-f])", _without_sums(text)) == []
    )
    assert re.findall(r"[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){4}", text) == []


def _without_sums(text: str) -> str:
    return re.sub(r"[0-9a-f]{64}", "", text)


def test_a_marked_parents_held_address_is_in_her_own_copy(marked: Page) -> None:
    """PRV-2: hers, behind a fresh proof; the page has told her to think where she saves it."""
    send_address(marked)
    found = everything(marked)
    assert found["safety"]["marked"] is True
    assert found["requests"][0]["you_said"]["mail_line1"] == STREET
    assert found["requests"][0]["held_until"] is not None


def test_the_pdf_says_all_that_the_json_file_says(full: Page, app: Flask, context: Context) -> None:
    """Each value is in it as it reads, under a name in words."""
    text = _squeezed(text_of(save(full, "pdf").body))
    with app.test_request_context(), context.database.session() as session:
        account = session.query(Account).filter_by(participant_id="P").one()
        asked = Asked(session, context, account.id, "P", context.now())
        told = [(part, key, value) for part, it in gather(asked).told
                for key, value in _leaves(it)]  # fmt: skip
        assert len(told) > 400
        missing = [(part.name, key, value) for part, key, value in told
                   if _squeezed(in_words(value)) not in text]  # fmt: skip
        # The mails of this very copy, and its row in the history, came after it was made.
        assert [it for it in missing if it[0] not in ("mails", "history")] == []
        unnamed = {(part.name, key) for part, key, _value in told if key and key not in part.labels}
        assert unnamed == set()


def _leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, name)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item, key)
    elif value is not None:
        yield key, value


def _squeezed(text: str) -> str:
    return re.sub(r"[\s\ufffe\u00ad-]+", "", text)


def test_it_is_tagged_titled_and_the_same_each_time(full: Page) -> None:
    """PDF/UA-1: a screen reader finds headings, tables and the language."""
    data = save(full, "pdf").body
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) in ("en", "en-US")
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == "Everything we hold about you"


def test_names_in_other_writing_systems_are_marked_and_whole_in_the_json(
    tmp_path: Path,
) -> None:
    """What the font lacks never keeps anybody from a copy."""
    builder = one_family().builder
    name = "陳大文 مريم ខ្មែរ 😀 Đặng"
    builder.find("participants.csv", participant_id="P")["last_name"] = name
    family = new_family(tmp_path)
    family.load(builder)
    page = family.page("P")
    text = text_of(save(page, "pdf").body)
    assert "Some letters of other writing systems cannot be shown" in text
    assert f"{MARK} {MARK} {MARK} {MARK} Đặng" in text
    assert everything(page)["person"]["last_name"] == name


def test_a_note_that_breaks_the_printer_is_marked_and_whole_in_the_json(payor: Page) -> None:
    """RAT-1: nothing that a parent writes ends the server's process, or keeps them from a copy."""
    add(payor, "10/14/2026", "80.00", note=BREAKS_THE_PRINTER)
    text = text_of(save(payor, "pdf").body)
    assert "Some letters of other writing systems cannot be shown" in text
    assert "$80.00" in text
    assert everything(payor)["own_records"][0]["note"] == BREAKS_THE_PRINTER


def test_a_page_that_breaks_the_printer_is_printed_in_plain_letters(
    payor: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RAT-1: also where its signs print one by one."""
    add(payor, "10/14/2026", "80.00", note=BREAKS_THE_PRINTER)
    monkeypatch.setattr("portal.holdings.as_pdf.lacking", lambda _signs: frozenset())
    assert "$80.00" in text_of(save(payor, "pdf").body)


def test_a_run_of_signs_is_one_mark() -> None:
    lack = lacking(frozenset("陳大文 abc ñ"))
    assert lack == frozenset("陳大文")
    assert printable.marked("a陳大b文", lack) == f"a{MARK}b{MARK}"


@pytest.mark.parametrize("how_many", [1, 4000, 40000])
def test_many_signs_cost_no_more_tries_than_one(
    monkeypatch: pytest.MonkeyPatch, how_many: int
) -> None:
    """RAT-1: of all writing systems, half of which the font has in part."""
    tries: list[object] = []
    compiled = typst.compile

    def counted(*arguments: Any, **options: Any) -> object:
        tries.append(arguments)
        return compiled(*arguments, **options)

    monkeypatch.setattr("typst.compile", counted)
    signs = [sign for sign in map(chr, range(0xA1, 0x20000))
             if unicodedata.category(sign)[0] in "LMNPS"][:how_many]  # fmt: skip
    assert "\u00a1" not in lacking.__wrapped__(frozenset(signs))
    assert len(tries) == 1


def test_signs_of_plain_letters_are_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("typst.compile")
    assert lacking.__wrapped__(frozenset("Plain, (old) ASCII!")) == frozenset()


def test_of_a_writing_system_that_is_not_there_no_sign_is_printed() -> None:
    """A mark that prints alone would stand without the letter it belongs to; others stay."""
    assert lacking(frozenset("﷼ًé€陳—")) == frozenset("﷼ً陳")


def test_values_in_json() -> None:
    assert to_plain({"a": Decimal("-80"), "b": date(2026, 11, 22), "c": Word("code", "words")}) == {
        "a": "-80.00", "b": "2026-11-22", "c": "code",
    }  # fmt: skip
    with pytest.raises(TypeError):
        to_plain({"a": b"sealed"})
    with pytest.raises(TypeError):
        to_plain(0.5)


def test_the_file_has_its_format_first_and_the_same_order_each_time(full: Page) -> None:
    found = everything(full)
    assert list(found)[:4] == ["format", "agency", "made_at", "records_as_of"]
    assert found["format"] == {"name": "portal-everything-we-hold", "version": 1}
    assert list(everything(full)) == list(found)
