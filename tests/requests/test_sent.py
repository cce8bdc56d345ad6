"""What was sent: the list, one request, outcomes, taking it back, and a record that shows it."""

from __future__ import annotations

from datetime import date

import pytest

from portal.context import Context
from portal.feeds.load import load
from portal.requests.applied import apply_carried, find_carried
from portal.requests.models import Draft, Submission, SubmissionEvent
from portal.requests.outcomes import OutcomeRow, apply_outcomes
from portal.requests.summary import open_requests
from tests.requests.parents import (
    ADDRESS,
    REVIEW,
    STREET,
    Parents,
    begin_review,
    photo,
    send_address,
    send_review,
    type_address,
    upload,
)
from tests.support.accounts import mails
from tests.support.clock import Clock
from tests.support.page import Page

CARRIED = {
    "mail_line1": "12 ELM ST",
    "mail_city": "BOSTON",
    "mail_state": "MA",
    "mail_postal_code": "02108-0001",
    "mail_country": "US",
}


def _apply(context: Context, rows: list[OutcomeRow]) -> list[object]:
    with context.database.transaction() as session:
        return list(apply_outcomes(session, context.sealer, rows, context.now()))


def _find(context: Context, as_of: date, values: dict[str, str] | None = None) -> list[str]:
    with context.database.transaction(write=False) as session:
        return find_carried(
            session,
            context.sealer,
            context.agency,
            lambda ids: [(key, values or CARRIED) for key in ids],
            as_of=as_of,
        )


def _mark(context: Context, ids: list[str]) -> int:
    with context.database.transaction() as session:
        return apply_carried(session, context.sealer, ids, context.now())


def _carry(context: Context, as_of: date, values: dict[str, str] | None = None) -> int:
    return _mark(context, _find(context, as_of, values))


def _states(context: Context) -> dict[str, str]:
    with context.database.session() as session:
        return {row.number: row.state for row in session.query(Submission)}


def test_the_list_says_number_owner_and_due_date(payor: Page) -> None:
    """Nothing sent in is without somebody who has it and a day by which an answer comes."""
    begin_review(payor)
    number = send_review(payor)
    type_address(payor)
    seen = payor.get("/requests")
    assert "Not sent yet: Change of address" in seen.words
    for words in (number, "your caseworker team", "Dec 22, 2026", "new enforcement paused"):
        assert words in seen.words


def test_a_decision_shows_its_words_and_the_way_to_a_court(
    payor: Page, context: Context, clock: Clock
) -> None:
    begin_review(payor)
    number = send_review(payor)
    clock.forward(minutes=5)
    words = "We found the payment of October 5."
    rows = [OutcomeRow(number, "partly_granted", date(2026, 11, 23), None, words, 2)]
    assert _apply(context, rows) == []
    seen = payor.get(f"/requests/{number}")
    for expected in (
        "We agree with part of it",
        words,
        "January 7, 2027",  # 45 days
        "The pause of new enforcement ended",
        "probate and family court",
        "The court asks no fee for this.",
    ):
        assert expected in seen.words
    assert "Take this request back" not in seen.words
    assert len(mails(context, "request_news")) == 1


def test_a_request_can_be_taken_back_until_it_is_decided(payor: Page, context: Context) -> None:
    begin_review(payor)
    number = send_review(payor)
    seen = payor.get(f"/requests/{number}/withdrawal")
    assert "New enforcement can start again" in seen.words
    payor.submit("/withdrawal")
    payor.post(f"/requests/{number}/withdrawal")
    with context.database.session() as session:
        events = [row.event for row in session.query(SubmissionEvent).order_by(SubmissionEvent.id)]
    assert events == [
        "submitted", "stay_began", "stay_began", "withdrawn", "stay_ended", "stay_ended",
    ]  # fmt: skip


def test_a_decided_request_is_not_taken_back(payor: Page, context: Context) -> None:
    """ACL-5, CON-2: the page says so, and nothing changes."""
    begin_review(payor)
    number = send_review(payor)
    payor.get(f"/requests/{number}/withdrawal")
    _apply(context, [OutcomeRow(number, "denied", date(2026, 11, 22), None, None, 2)])
    seen = payor.submit("/withdrawal")
    assert seen.status == 409
    assert "too late" in seen.words
    assert _states(context) == {number: "decided"}


def test_a_change_taken_back_while_a_load_ends_stays_taken_back(
    payor: Page, context: Context
) -> None:
    """What a new record carries is found before the lock is taken, and looked at again under it."""
    number = send_address(payor)
    found = _find(context, date(2026, 11, 23))
    assert len(found) == 1
    payor.get(f"/requests/{number}/withdrawal")
    payor.submit("/withdrawal")
    assert _mark(context, found) == 0
    assert _states(context) == {number: "withdrawn"}


def test_an_address_that_a_newer_extract_carries_is_done(payor: Page, context: Context) -> None:
    """Both sides put through the same normaliser; only a later `as_of` counts."""
    number = send_address(payor)
    assert _carry(context, date(2026, 11, 22)) == 0
    assert _carry(context, date(2026, 11, 23), {**CARRIED, "mail_line1": "14 ELM ST"}) == 0
    assert _carry(context, date(2026, 11, 23)) == 1
    assert _carry(context, date(2026, 11, 24)) == 0
    assert _states(context) == {number: "applied"}
    assert "The change was made" in payor.get(f"/requests/{number}").words


def test_a_residential_address_is_done_by_an_outcome_only(payor: Page, context: Context) -> None:
    number = send_address(payor, address_type="residential")
    assert _carry(context, date(2026, 11, 23)) == 0
    _apply(context, [OutcomeRow(number, "applied", date(2026, 11, 24), None, None, 2)])
    assert _states(context) == {number: "applied"}


def test_what_parents_sent_survives_the_next_extract(
    payor: Page, parents: Parents, context: Context, clock: Clock, tmp_path: object
) -> None:
    """FED-4: a load changes nothing of it: the letter's copy stays, also when the letter is gone."""
    from pathlib import Path

    begin_review(payor)
    upload(payor, photo())
    number = send_review(payor)
    before = payor.get(f"/requests/{number}").text
    builder = parents.family.builder.copy()
    builder.rows["notices.csv"] = []
    assert isinstance(tmp_path, Path)
    load(context, builder.write(tmp_path / "next", sequence=2))
    after = payor.get(f"/requests/{number}").text
    assert "Notice of delinquency dated November 10, 2026" in after
    assert before.count("<li") == after.count("<li")


def test_what_was_begun_can_be_thrown_away(payor: Page, context: Context) -> None:
    begin_review(payor)
    upload(payor, photo())
    payor.get("/requests")
    payor.submit("/removal")
    with context.database.session() as session:
        assert session.query(Draft).count() == 0
    assert payor.get(f"{REVIEW}/check").path == f"{REVIEW}/new"


def test_open_requests_are_for_the_cases_first_page(
    payor: Page, parents: Parents, context: Context
) -> None:
    begin_review(payor)
    review = send_review(payor)
    address = send_address(payor)
    with context.database.session() as session:
        found = open_requests(session, parents.payor.id)
        assert [it.number for it in found] == [address, review]
        assert [it.stays for it in found] == [False, True]
        assert open_requests(session, parents.marked.id) == []


@pytest.mark.parametrize("slug", ["change-of-address", "administrative-review", "other"])
def test_nothing_to_throw_away(payor: Page, slug: str) -> None:
    payor.get("/requests")
    assert payor.post(f"/requests/drafts/{slug}/removal").status == 404


def test_a_foreign_address_shows_its_country(payor: Page) -> None:
    number = send_address(
        payor, country="DO", line1="Calle 1", city="Santo Domingo", state="", postal_code=""
    )
    assert "Dominican Republic" in payor.get(f"/requests/{number}").words


def test_typed_words_survive_a_session_that_ended(
    payor: Page, parents: Parents, clock: Clock
) -> None:
    """SES-3: what was posted too late changes nothing, and is shown again after signing in."""
    from tests.requests.parents import signed_in

    begin_review(payor)
    payor.get(f"{REVIEW}/grounds")
    clock.forward(minutes=20)
    payor.submit("/grounds", grounds=["wrong_person"], words="Not me at all.")
    signed_in(payor, parents.payor)
    seen = payor.get(f"{REVIEW}/grounds")
    assert seen.document.query("textarea")[0].to_text() == "Not me at all."


def test_script_in_what_was_said_is_shown_as_words(payor: Page) -> None:
    """INJ-2, INJ-3"""
    begin_review(payor)
    payor.get(f"{REVIEW}/grounds")
    payor.submit("/grounds", grounds=["other"], words="<script>alert(1)</script>\r\n=1+1 {{7*7}}")
    number = send_review(payor)
    seen = payor.get(f"/requests/{number}")
    assert "&lt;script&gt;alert(1)" in seen.text
    assert "<script>alert" not in seen.text
    assert "{{7*7}}" in seen.words


def test_gets_change_nothing(payor: Page, context: Context) -> None:
    """CSR-2"""
    begin_review(payor)
    number = send_review(payor)
    type_address(payor)
    with context.database.session() as session:
        before = [session.query(table).count() for table in (Draft, Submission, SubmissionEvent)]
    for path in (
        "/requests", "/requests/new", f"/requests/{number}", f"/requests/{number}/receipt",
        f"/requests/{number}/withdrawal", f"{ADDRESS}/new", f"{ADDRESS}/address",
        f"{ADDRESS}/suggestion", f"{ADDRESS}/check", f"{REVIEW}/new", f"{REVIEW}/grounds",
        f"{REVIEW}/payments", f"{REVIEW}/evidence", f"{REVIEW}/check",
    ):  # fmt: skip
        assert payor.get(path).status == 200
        assert payor.get(path).status == 200
    with context.database.session() as session:
        after = [session.query(table).count() for table in (Draft, Submission, SubmissionEvent)]
    assert before == after


def test_posts_want_their_token(payor: Page, context: Context) -> None:
    """CSR-1"""
    begin_review(payor)
    for path in ("new", "grounds", "payments", "evidence", "check"):
        assert payor.post(f"{REVIEW}/{path}", {"draft": "x"}, csrf=False).status == 400
    assert STREET not in payor.get("/requests").words


def test_no_mail_tells_of_the_case(payor: Page, marked: Page, context: Context) -> None:
    """PRV-1, PRV-3: the very words that the worker sends, in all their parts and headers."""
    import email
    import email.policy

    from portal.notices.worker import run_once

    begin_review(payor)
    number = send_review(payor)
    send_address(marked)
    _apply(context, [OutcomeRow(number, "granted", date(2026, 11, 22), None, "CANARY", 2)])
    run_once(context, context.now())
    folder = context.settings.instance / "mail"
    read = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in folder.glob("*.eml")
    ]
    words = [
        " ".join([*map(str, mail.values()), *(part.get_content() for part in mail.walk()
                                              if part.get_content_maintype() == "text")])
        for mail in read
    ]  # fmt: skip
    ours = [text for text in words if "sent us" in text or "change was made" in text]
    assert len(ours) == 3
    for text in ours:
        lower = text.lower()
        for fact in ("review", "delinquen", "case c1", "875.00", "canary", "12 elm", "granted"):
            assert fact not in lower, fact
        assert "address" not in lower.replace("mail address", "")
    assert sum(number in text for text in ours) == 1
