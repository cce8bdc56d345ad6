"""Asking a parent for more, and getting it: both sides."""

from __future__ import annotations

import io
import json

from portal.context import Context
from portal.feeds.export import export
from portal.notices.letter_models import PortalLetter
from portal.requests.add_evidence import READY
from portal.requests.models import Draft, EvidenceFile
from tests.requests.parents import Parents, photo, signed_in
from tests.staff.desk import desk, filed, mine, parents, sam
from tests.staff.on_requests import Filed, events, last_detail, row_of, trail
from tests.support.accounts import mails
from tests.support.clock import Clock
from tests.support.page import Page, Seen

__all__ = ["desk", "filed", "mine", "parents", "sam"]

ASKED = "Please send the pay stub of the week of October 14.\nBoth sides, please."


def _ask(desk: Page, mine: Filed, **fields: str) -> Seen:
    desk.get(f"/staff/requests/{mine.number}/more-information")
    return desk.submit("/more-information", words=ASKED, **fields)


def test_more_is_asked_for_and_given(
    desk: Page, other_page: Page, mine: Filed, context: Context, parents: Parents
) -> None:
    """Words and a file; the export carries both; the worker's page shows the clocks and the file."""
    seen = _ask(desk, mine)
    assert seen.path == f"/staff/requests/{mine.number}", seen.errors
    assert "Waiting for the parent" in seen.words
    assert "December 6, 2026 (14 days left)" in seen.words
    assert "December 22, 2026 (30 days left)" in seen.words  # our own clock goes on
    payor = signed_in(other_page, parents.payor)
    seen = payor.get(f"/requests/{mine.number}")
    for words in ("We need more from you", "pay stub of the week", "December 6, 2026"):
        assert words in seen.words, words
    path = f"/requests/{mine.number}/more-information"
    payor.get(path)
    seen = payor.post(path, {"words": "Here it is.", "action": "add",
                             "file": (io.BytesIO(photo()), "stub.jpg")})  # fmt: skip
    assert "stub.jpg" in seen.words
    assert "Here it is." in seen.text
    seen = payor.submit("/more-information", button="action=send")
    assert seen.path == f"/requests/{mine.number}"
    assert "Send what we asked for" not in seen.words
    assert events(context, mine)[-1] == "information_given"
    row = row_of(context, mine)
    assert (row.state, row.asked_until) == ("under_review", None)
    seen = desk.get(f"/staff/requests/{mine.number}")
    for words in ("The parent sent more", "Here it is.", "stub.jpg"):
        assert words in seen.words, words
    with context.database.session() as session:
        assert session.query(EvidenceFile).one().submission_id == mine.id
        assert session.query(Draft).count() == 0
    folder = context.settings.instance / "out"
    export(context, folder, after=0)
    rows = [json.loads(line) for line in (folder / "submissions.jsonl").open(encoding="utf-8")]
    (given,) = [row for row in rows if row["event"] == "information_given"]
    assert given["fields"]["words"] == "Here it is."
    assert [file["name"] for file in given["evidence"]] == ["stub.jpg"]
    names = [name for name, _actor in trail(context)]
    assert {"request:more:asked", "request:more:given"} <= set(names)


def test_the_letter_and_the_mail(desk: Page, mine: Filed, context: Context) -> None:
    """The mail tells nothing of the case; the letter is the parent's alone."""
    _ask(desk, mine)
    with context.database.session() as session:
        letter = session.query(PortalLetter).one()
        assert (letter.kind, letter.participant_id) == ("more_information", "P")
        assert letter.respond_by is not None
        assert letter.respond_by.isoformat() == "2026-12-06"
    ((_name, to, words),) = [it for it in mails(context) if "letter" in it[0]]
    assert words
    assert to == "jordan@example.org"
    assert not any("pay stub" in str(it) or mine.number in str(it) for it in words.values())


def test_the_day_can_be_chosen_within_reason(desk: Page, mine: Filed, context: Context) -> None:
    for until in ("11/22/2026", "11/21/2026", "06/30/2027"):
        seen = _ask(desk, mine, until=until)
        assert "Enter a day from tomorrow" in seen.errors, until
    assert "pay stub of the week" in seen.text
    _ask(desk, mine, until="11/30/2026")
    assert last_detail(context, mine, "more_information_asked")["until"] == "2026-11-30"


def test_it_can_be_asked_for_again(desk: Page, mine: Filed, context: Context) -> None:
    """A second letter, and the page shows what was asked for last."""
    _ask(desk, mine)
    _ask(desk, mine, until="12/15/2026")
    with context.database.session() as session:
        assert session.query(PortalLetter).count() == 2
    assert len([it for it in mails(context) if "letter" in it[0]]) == 2


def test_a_form_of_before_the_parent_sent_more_is_stale(
    desk: Page, other_page: Page, mine: Filed, context: Context, parents: Parents
) -> None:
    """CON-2: whoever is about to act sees first what came in."""
    _ask(desk, mine)
    desk.get(f"/staff/requests/{mine.number}/more-information")
    payor = signed_in(other_page, parents.payor)
    payor.get(f"/requests/{mine.number}/more-information")
    payor.submit("/more-information", words="I lost it.", button="action=send")
    seen = desk.submit("/more-information", words="Then the bank statement.")
    assert seen.status == 409
    assert "the parent sent more" in seen.words
    assert "Then the bank statement." in seen.text
    seen = desk.submit("/more-information")
    assert seen.path == f"/staff/requests/{mine.number}"


def test_late_is_better_than_never(
    desk: Page, other_page: Page, mine: Filed, context: Context, parents: Parents, clock: Clock
) -> None:
    _ask(desk, mine)
    clock.forward(days=20)
    payor = signed_in(other_page, parents.payor)
    for page in (f"/requests/{mine.number}", f"/requests/{mine.number}/more-information"):
        words = payor.get(page).words
        assert "We asked for it by December 6, 2026 (6 days ago). You can still send it" in words
        assert "Please send it by" not in words
    payor.submit("/more-information", words="Sorry, here.", button="action=send")
    assert events(context, mine)[-1] == "information_given"


def test_it_is_sent_once(
    desk: Page, other_page: Page, mine: Filed, context: Context, parents: Parents
) -> None:
    """CON-1: the second press, and another window, lead to the request's page."""
    _ask(desk, mine)
    payor = signed_in(other_page, parents.payor)
    path = f"/requests/{mine.number}/more-information"
    payor.get(path)
    for _press in range(2):
        seen = payor.post(path, {"words": "Here.", "action": "send"})
        assert seen.path == f"/requests/{mine.number}"
    assert events(context, mine).count("information_given") == 1


def test_nothing_is_sent_empty(
    desk: Page, other_page: Page, mine: Filed, context: Context, parents: Parents
) -> None:
    _ask(desk, mine)
    payor = signed_in(other_page, parents.payor)
    payor.get(f"/requests/{mine.number}/more-information")
    seen = payor.submit("/more-information", words=" ", button="action=send")
    assert "Write an answer" in seen.errors
    assert events(context, mine)[-1] == "more_information_asked"


def test_a_file_is_taken_out_again(
    desk: Page, other_page: Page, mine: Filed, context: Context, parents: Parents
) -> None:
    _ask(desk, mine)
    payor = signed_in(other_page, parents.payor)
    path = f"/requests/{mine.number}/more-information"
    payor.get(path)
    payor.post(path, {"words": "", "action": "add", "file": (io.BytesIO(photo()), "stub.jpg")})
    assert "stub.jpg" not in payor.submit("/removal").words
    with context.database.session() as session:
        assert session.query(EvidenceFile).one().state != READY


def test_a_bad_file_says_why_and_keeps_the_words(
    desk: Page, other_page: Page, mine: Filed, context: Context, parents: Parents
) -> None:
    """UPL-2"""
    _ask(desk, mine)
    payor = signed_in(other_page, parents.payor)
    path = f"/requests/{mine.number}/more-information"
    payor.get(path)
    seen = payor.post(path, {"words": "My words.", "action": "send",
                             "file": (io.BytesIO(b"<svg/>"), "x.svg")})  # fmt: skip
    assert "Choose a photo" in seen.errors
    assert "My words." in seen.text
    assert events(context, mine)[-1] == "more_information_asked"


def test_nobody_else_answers(
    desk: Page, other_page: Page, mine: Filed, context: Context, parents: Parents
) -> None:
    """ACL-1: the other parent of the case finds no such page; nor is there one unasked."""
    other = signed_in(other_page, parents.marked)
    path = f"/requests/{mine.number}/more-information"
    assert other.get(path).status == 404
    _ask(desk, mine)
    assert other.get(path).status == 404
    assert other.post(path, {"words": "x", "action": "send"}).status == 404
    assert "more_information" not in other.get("/requests").text


def test_without_being_asked_there_is_no_form(
    other_page: Page, mine: Filed, context: Context, parents: Parents
) -> None:
    """ACL-5"""
    payor = signed_in(other_page, parents.payor)
    path = f"/requests/{mine.number}/more-information"
    assert payor.get(path).path == f"/requests/{mine.number}"
    assert payor.post(path, {"words": "x", "action": "send"}).path == f"/requests/{mine.number}"
    assert "information_given" not in events(context, mine)


def test_what_was_typed_survives_the_end_of_the_session(
    desk: Page, other_page: Page, mine: Filed, parents: Parents, clock: Clock
) -> None:
    """SES-3: shown once more, and not again over what was saved since."""
    _ask(desk, mine)
    payor = signed_in(other_page, parents.payor)
    path = f"/requests/{mine.number}/more-information"
    payor.get(path)
    clock.forward(hours=2)
    payor.submit("/more-information", words="KEPTWORDS", button="action=send")
    signed_in(payor, parents.payor)
    assert "KEPTWORDS" in payor.get(path).text
    payor.post(path, {"words": "Newer words.", "action": "add"})
    seen = payor.get(path)
    assert "Newer words." in seen.text
    assert "KEPTWORDS" not in seen.text
