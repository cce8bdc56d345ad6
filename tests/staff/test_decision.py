"""Deciding a review: line by line, in writing, once; with the letter, the trail and the export."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from portal.context import Context
from portal.feeds.export import export
from portal.notices.letter_models import PortalLetter
from portal.notices.letter_pdf import make_pdf
from portal.staff import letters
from portal.staff.models import DecisionDraft
from tests.requests.parents import Parents, signed_in
from tests.staff.desk import desk, filed, mine, parents, sam
from tests.staff.on_requests import (
    Filed,
    answers,
    caseworker,
    events,
    file_one,
    give,
    last_detail,
    row_of,
    trail,
)
from tests.support.accounts import TestAccount, mails
from tests.support.clock import Clock
from tests.support.page import Page, Seen

__all__ = ["desk", "filed", "mine", "parents", "sam"]


def _path(filed: Filed, tail: str = "") -> str:
    return f"/staff/requests/{filed.number}/decision{tail}"


def _to_letter(desk: Page, filed: Filed, **changed: str) -> Seen:
    desk.get(_path(filed))
    return desk.submit("/decision", button="action=letter", **answers(4, **changed))


def test_a_decision_from_the_lines_to_the_parents_page(
    desk: Page, other_page: Page, mine: Filed, context: Context, parents: Parents
) -> None:
    """The form, the letter before it goes, sending; the parent reads it with the day for a judge."""
    desk.get(f"/staff/requests/{mine.number}")
    assert desk.get(_path(mine)).h1 == f"Decide request {mine.number}"
    seen = _to_letter(desk, mine)
    assert seen.path == _path(mine, "/letter")
    picture = desk.get(_path(mine, "/letter/pages/1"))
    assert picture.body.startswith(b"\x89PNG")
    assert picture.headers["Cache-Control"] == "no-store"
    pdf = desk.get(_path(mine, "/letter/file"))
    assert pdf.body.startswith(b"%PDF")
    assert pdf.headers["Content-Disposition"].startswith("attachment")
    assert events(context, mine)[-1] == "taken"
    desk.get(_path(mine, "/letter"))
    seen = desk.submit("/decision/sending")
    assert seen.path == f"/staff/requests/{mine.number}"
    assert "Decided: granted in part" in seen.words
    assert events(context, mine)[-3:] == ["partly_granted", "stay_ended", "stay_ended"]
    payor = signed_in(other_page, parents.payor)
    seen = payor.get(f"/requests/{mine.number}")
    for words in ("We agree with part of it", "January 6, 2027", "probate and family court"):
        assert words in seen.words, words
    assert len([it for it in mails(context) if "letter" in it[0]]) == 1
    assert len([name for name, _actor in trail(context) if name == "request:decided"]) == 1


def test_the_pictures_of_a_letter_are_of_one_print(
    desk: Page, mine: Filed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is typed anew is printed anew."""
    printed = []

    def counted(page: dict[str, Any], dated_on: date) -> bytes:
        printed.append(page)
        return make_pdf(page, dated_on)

    monkeypatch.setattr(letters, "make_pdf", counted)
    _to_letter(desk, mine)
    for _ in range(2):
        assert desk.get(_path(mine, "/letter/pages/1")).status == 200
    assert len(printed) == 1
    _to_letter(desk, mine, paragraphs="Other words.")
    assert len(printed) == 2


def test_the_letter_carries_the_figures_the_day_and_the_court(
    desk: Page, mine: Filed, context: Context
) -> None:
    """Claimed and agreed amounts, reasons, 45 days, which court, no fee (G.L. c.119A s.17)."""
    import pypdfium2

    _to_letter(desk, mine)
    document = pypdfium2.PdfDocument(desk.get(_path(mine, "/letter/file")).body)
    text = " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())
    for words in (
        "$120.00", "$60.00", "$45.00", "$255.00", "$165.00", "Reason 1.", "Reason 4.",
        "Please keep your pay stubs.", "January 6, 2027", "45 days",
        "the court where your order was issued", "no fee", "November 22, 2026",
        "That pause ends", "November 10, 2026",
    ):  # fmt: skip
        assert words in text, f"{words}: {text}"


def test_the_export_carries_the_decision(desk: Page, mine: Filed, context: Context) -> None:
    _to_letter(desk, mine)
    desk.get(_path(mine, "/letter"))
    desk.submit("/decision/sending")
    folder = context.settings.instance / "out"
    export(context, folder, after=0)
    rows = [json.loads(line) for line in (folder / "submissions.jsonl").open(encoding="utf-8")]
    (decided,) = [row for row in rows if row["event"] == "decided"]
    fields = decided["fields"]
    assert (fields["outcome"], fields["on"]) == ("partly_granted", "2026-11-22")
    assert (fields["claimed"], fields["granted"]) == ("255.00", "165.00")
    assert fields["judicial_review_by"] == "2027-01-06"
    assert [(it["outcome"], it["granted"]) for it in fields["lines"]] == [
        ("granted", "120.00"), ("partly", "45.00"), ("denied", "0.00"), ("denied", None),
    ]  # fmt: skip
    assert fields["lines"][0]["date"] == "2026-10-14"
    assert fields["lines"][3]["ground"] == "amount_wrong"
    assert "by" not in fields


def test_all_granted_and_all_denied(
    desk: Page, context: Context, parents: Parents, sam: TestAccount
) -> None:
    for outcome, event in (("granted", "granted"), ("denied", "denied")):
        filed = file_one(context, parents.payor, claims=[], grounds=("amount_wrong", "other"))
        give(context, filed, sam)
        desk.get(_path(filed))
        changed = {f"lines-{index}-outcome": outcome for index in (0, 1)}
        changed |= {f"lines-{index}-amount": "" for index in (0, 1)}
        desk.submit("/decision", button="action=letter", **answers(2, **changed))
        desk.submit("/decision/sending")
        assert event in events(context, filed)
        with context.database.transaction() as session:  # the letter can be answered again
            from portal.requests.models import Submission

            session.get_one(Submission, filed.id).notice_dated_on = None


def test_what_is_missing_is_named_and_nothing_is_lost(
    desk: Page, mine: Filed, context: Context
) -> None:
    desk.get(_path(mine))
    fields = answers(4)
    fields |= {"lines-0-reason": "", "lines-1-amount": "60.00", "lines-2-amount": "abc"}
    del fields["lines-3-outcome"]
    seen = desk.submit("/decision", button="action=letter", **fields)
    for words in ("Say why", "Enter less than was claimed", "Choose an answer for this line"):
        assert words in seen.errors, words
    assert "Reason 2." in seen.text
    assert events(context, mine)[-1] == "taken"
    again = desk.get(_path(mine))
    assert "Reason 3." in again.text
    assert "Saved by Sam Field" in again.words


def test_a_draft_lies_sealed(desk: Page, mine: Filed, context: Context) -> None:
    """KEY-2"""
    desk.get(_path(mine))
    desk.submit("/decision", button="action=save", **answers(4, paragraphs="CANARYDRAFT"))
    with context.database.session() as session:
        assert b"CANARYDRAFT" not in session.query(DecisionDraft).one().data
    assert "CANARYDRAFT" in desk.get(_path(mine)).text


def test_a_later_save_of_a_colleagues_is_not_lost_and_neither_is_mine(
    desk: Page, other_page: Page, mine: Filed, context: Context, sam: TestAccount
) -> None:
    """CON-2: 409, who saved what, what I typed kept, and saving anew is knowing."""
    second = signed_in(other_page, sam)  # the same worker in two windows
    desk.get(_path(mine))
    second.get(_path(mine))
    second.submit("/decision", button="action=save", **answers(4, paragraphs="Theirs."))
    seen = desk.submit("/decision", button="action=save", **answers(4, paragraphs="Mine."))
    assert seen.status == 409
    for words in ("What Sam Field saved", "Theirs.", "Mine."):
        assert words in seen.text, words
    seen = desk.submit("/decision", button="action=save")
    assert "Nothing was sent" in seen.words
    assert "Mine." in desk.get(_path(mine)).text


def test_it_is_sent_once_however_often_it_is_pressed(
    desk: Page, mine: Filed, context: Context
) -> None:
    """CON-2: the second press finds the decision made."""
    _to_letter(desk, mine)
    page = desk.get(_path(mine, "/letter"))
    values = desk._values(desk._form("/decision/sending"))
    assert page.status == 200
    first = desk.post(_path(mine, "/sending"), values)
    second = desk.post(_path(mine, "/sending"), values)
    assert (first.path, second.path) == (f"/staff/requests/{mine.number}",) * 2
    assert events(context, mine).count("partly_granted") == 1
    with context.database.session() as session:
        assert session.query(PortalLetter).count() == 1
    assert len(trail(context, "request:decided")) == 1


def test_what_was_saved_after_the_letter_was_seen_is_not_sent(
    desk: Page, other_page: Page, mine: Filed, context: Context, sam: TestAccount
) -> None:
    """CON-2: nobody sends a letter they have not seen."""
    _to_letter(desk, mine)
    second = signed_in(other_page, sam)
    second.get(_path(mine))
    second.submit("/decision", button="action=save", **answers(4, paragraphs="Other words."))
    desk.get(f"/staff/requests/{mine.number}")
    seen = desk.post(_path(mine, "/sending"),
                     {"version": str(row_of(context, mine).version), "draft": "1"})  # fmt: skip
    assert seen.status == 409
    assert events(context, mine)[-1] == "taken"


def test_a_withdrawal_meanwhile_is_told_in_clear_words(
    desk: Page, other_page: Page, mine: Filed, context: Context, parents: Parents
) -> None:
    """ACL-5: what was typed stays to be copied; nothing is decided."""
    desk.get(_path(mine))
    payor = signed_in(other_page, parents.payor)
    payor.get(f"/requests/{mine.number}/withdrawal")
    payor.submit("/withdrawal")
    seen = desk.submit("/decision", button="action=letter", **answers(4))
    assert seen.status == 409
    assert "The parent has taken this request back" in seen.words
    assert "Reason 1." in seen.words
    assert "the parent took it back" in seen.words
    seen = desk.post(_path(mine, "/sending"), {"version": "2", "draft": "1"})
    assert seen.status == 409
    assert "withdrawn" in events(context, mine)
    assert not {"granted", "partly_granted", "denied"} & set(events(context, mine))


def test_a_colleague_may_read_the_draft_but_not_send_it(
    page: Page, desk: Page, other_page: Page, mine: Filed, context: Context
) -> None:
    _to_letter(desk, mine)
    kim = signed_in(other_page, caseworker(context, "Kim Other"))
    seen = kim.get(_path(mine, "/letter"))
    assert "Only the one who has the request can send it" in seen.words
    seen = kim.post(_path(mine, "/sending"),
                    {"version": str(row_of(context, mine).version), "draft": "1"})  # fmt: skip
    assert seen.status == 409
    assert "Take the request first" in seen.words
    assert events(context, mine)[-1] == "taken"


def test_fields_that_no_form_has_change_nothing(desk: Page, mine: Filed, context: Context) -> None:
    """ACL-2: lines that do not exist, states and deciders named by the sender."""
    desk.get(_path(mine))
    extra = {"lines-9-outcome": "granted", "lines-9-reason": "x", "lines-9-amount": "1.00",
             "decided_by": "x", "state": "decided", "owner_id": "x"}  # fmt: skip
    seen = desk.submit("/decision", button="action=letter", **answers(4), **extra)
    assert seen.path == _path(mine, "/letter")
    desk.submit("/decision/sending")
    fields = last_detail(context, mine, "partly_granted")["fields"]
    assert len(fields["lines"]) == 4  # type: ignore[index, call-overload]
    assert row_of(context, mine).state == "decided"


def test_what_was_typed_survives_the_end_of_the_session(
    desk: Page, mine: Filed, context: Context, sam: TestAccount, clock: Clock
) -> None:
    """SES-3: sealed for the same worker, and shown again; nothing was saved meanwhile."""
    desk.get(_path(mine))
    clock.forward(hours=2)
    desk.submit("/decision", button="action=save", **answers(4, paragraphs="KEPTWORDS"))
    with context.database.session() as session:
        assert session.query(DecisionDraft).count() == 0
    signed_in(desk, sam)
    seen = desk.get(_path(mine))
    assert "KEPTWORDS" in seen.text
    assert "Reason 4." in seen.text
    desk.submit("/decision", button="action=save")
    assert "KEPTWORDS" in desk.get(_path(mine)).text
