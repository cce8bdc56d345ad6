"""An administrative review from start to receipt, in time, late and without a letter."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from portal.context import Context
from portal.requests.models import Submission, SubmissionEvent
from tests.requests.parents import (
    REVIEW,
    Parents,
    begin_review,
    exported,
    photo,
    send_review,
    signed_in,
    to_check,
    upload,
)
from tests.support.accounts import make_account
from tests.support.clock import Clock
from tests.support.page import Page

BOSTON = ZoneInfo("America/New_York")


def _events(context: Context) -> list[tuple[str, str | None]]:
    with context.database.session() as session:
        rows = session.query(SubmissionEvent).order_by(SubmissionEvent.id)
        return [(row.event, row.case_id) for row in rows]


def test_a_review_from_a_fresh_notice(payor: Page, context: Context) -> None:
    seen = payor.get("/requests/new")
    assert "I do not agree" in seen.words
    seen = begin_review(payor)
    seen = payor.submit(
        "/payments",
        button="action=compare",
        **{
            "payments-0-on": "11/18/2026",
            "payments-0-amount": "120.00",
            "payments-0-how": "employer",
        },
    )
    assert "Our records" in seen.words
    assert "$80.00" in seen.words  # its part on the first case
    assert "$40.00" in seen.words
    payor.submit("/payments", button="action=continue")
    seen = upload(payor, photo(), "pay stub.jpg")
    assert "pay stub.jpg" in seen.words
    seen = to_check(payor)
    assert "You are in time" in seen.words
    assert "December 10, 2026" in seen.words
    assert "18 days left" in seen.words
    seen = payor.submit("/check")
    assert "We have your request" in seen.h1
    assert "December 22, 2026" in seen.words  # 30 days
    assert "45 days" in seen.words
    with context.database.session() as session:
        submission = session.query(Submission).one()
        assert {case.case_id for case in submission.cases} == {"C1", "C2"}
        assert {str(case.notice_amount) for case in submission.cases} == {"875.00", "85.00"}
        assert submission.notice_dated_on == date(2026, 11, 10)
        assert submission.notice_respond_by == date(2026, 12, 10)
    assert _events(context) == [
        ("submitted", None),
        ("stay_began", "C1"),
        ("stay_began", "C2"),
    ]


@pytest.mark.parametrize(
    ("moment", "stays"),
    [
        (datetime(2026, 12, 10, 23, 59, 59, tzinfo=BOSTON), True),
        (datetime(2026, 12, 11, 0, 0, 0, tzinfo=BOSTON), False),
    ],
)
def test_the_last_day_ends_at_midnight_of_the_agencys_day(
    page: Page, parents: Parents, clock: Clock, context: Context, moment: datetime, stays: bool
) -> None:
    clock.set(moment.astimezone(UTC).replace(microsecond=0))
    clock.forward(minutes=-2)
    signed_in(page, parents.payor)
    begin_review(page)
    clock.set(moment.astimezone(UTC))
    seen = to_check(page)
    assert ("You are in time" in seen.words) is stays
    assert ("does not stop enforcement" in seen.words) is not stays
    send_review(page)
    assert (("stay_began", "C1") in _events(context)) is stays


def test_without_a_letter_there_is_no_clock_and_no_stay(marked: Page, context: Context) -> None:
    """Either parent may ask; the custodial parent of one case has no letter to answer."""
    begin_review(marked, grounds=("payments_not_received",))
    seen = to_check(marked)
    assert "This does not answer a notice" in seen.words
    send_review(marked)
    assert _events(context) == [("submitted", None)]


def test_the_other_parent_never_sees_that_there_is_a_review(payor: Page, marked: Page) -> None:
    begin_review(payor)
    number = send_review(payor)
    assert number not in marked.get("/requests").text
    assert "not sent us anything" in marked.get("/requests").words
    assert marked.get(f"/requests/{number}").status == 404


def test_a_draft_is_kept_as_it_goes(payor: Page, clock: Clock) -> None:
    begin_review(payor, grounds=("amount_wrong", "wrong_person"))
    clock.forward(minutes=2)
    assert "Not sent yet" in payor.get("/requests").words
    seen = payor.get(f"{REVIEW}/grounds")
    assert seen.document.query("textarea")[0].to_text() == "It does not add up."
    assert len(seen.document.query("input[name=grounds][checked]")) == 2


def test_errors_keep_what_was_typed(payor: Page) -> None:
    begin_review(payor)
    seen = payor.submit("/payments", button="action=continue", **{"payments-0-amount": "12.345"})
    assert seen.title.startswith("Error:")
    assert "Enter the date of this payment" in seen.errors
    assert "dollars and cents" in seen.errors
    assert 'value="12.345"' in seen.text


def test_something_else_needs_words(payor: Page) -> None:
    begin_review(payor, grounds=("other",))
    payor.get(f"{REVIEW}/grounds")
    seen = payor.submit("/grounds", grounds=["other"], words="  ")
    assert "Tell us what is wrong" in seen.errors


def test_rows_are_added_without_a_script(payor: Page) -> None:
    begin_review(payor)
    seen = payor.submit("/payments", button="action=add", **{"payments-0-amount": "5.00"})
    assert len(seen.document.query("input[name^=payments][name$=amount]")) == 6
    assert 'value="5.00"' in seen.text


def test_steps_cannot_be_skipped(payor: Page) -> None:
    """ACL-5"""
    for step in ("grounds", "payments", "evidence", "check"):
        assert payor.get(f"{REVIEW}/{step}").path == f"{REVIEW}/new"
    assert payor.post(f"{REVIEW}/check", {"draft": "0" * 32}).status == 404


def test_a_letter_that_is_answered_is_not_offered_again(payor: Page) -> None:
    begin_review(payor)
    number = send_review(payor)
    seen = payor.get(f"{REVIEW}/new")
    assert number in seen.words
    assert "Notice of delinquency" not in seen.words.replace("notice dated", "")


def test_the_export_tells_of_the_review_before_its_stay(payor: Page, context: Context) -> None:
    begin_review(payor)
    send_review(payor)
    told = exported(context)
    assert [(line["event"], line["case"]) for line in told] == [
        ("submitted", "C1"),
        ("stay_began", "C1"),
        ("stay_began", "C2"),
    ]
    assert told[0]["fields"]["cases"] == ["C1", "C2"]


def test_who_has_no_case_is_told_so(page: Page, context: Context, parents: Parents) -> None:
    account = make_account(context, participant_id="K1", email="kid@example.org")
    seen = signed_in(page, account).get(f"{REVIEW}/new")
    assert "You have no case here" in seen.words
    assert page.post(f"{REVIEW}/new", {"about": "C1"}).path == f"{REVIEW}/new"
    assert page.get(f"{REVIEW}/check").path == f"{REVIEW}/new"


def test_the_error_summary_leads_to_the_first_check_box(payor: Page) -> None:
    payor.get(f"{REVIEW}/new")
    begin_review(payor)
    payor.get(f"{REVIEW}/grounds")
    seen = payor.submit("/grounds", grounds=[], words="")
    assert "Choose at least one reason" in seen.words
    (link,) = seen.document.query(".error-summary__list a")
    assert dict(link.attrs)["href"] == "#grounds-0"
    assert seen.document.query("input#grounds-0")
