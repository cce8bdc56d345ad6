"""One letter, with its clock."""

from __future__ import annotations

from tests.cases.family import Family
from tests.requests.parents import send_review
from tests.support.extract import one_family, two_households
from tests.support.page import Seen


def opened(family: Family, person: str, subject: str) -> Seen:
    listed = family.open(person, "/letters")
    return family.page(person).get(listed.links()[subject])


def test_a_fresh_notice_leads_to_a_review(households: Family) -> None:
    seen = opened(households, "P", "Notice of Child Support Delinquency")
    assert "Answer by December 10, 2026 (18 days left)" in seen.words
    assert "New enforcement then waits until we decide" in seen.words
    assert "letter=" in seen.links()["Ask for a review"]


def test_a_notice_that_was_answered_says_when_and_leads_to_the_review(family: Family) -> None:
    family.load(two_households().builder)
    subject = "Notice of Child Support Delinquency"
    seen = opened(family, "P", subject)
    payor = family.page("P")
    payor.get(seen.links()["Ask for a review"])
    payor.submit("/new")
    payor.submit("/grounds", grounds=["amount_wrong"], words="It does not add up.")
    number = send_review(payor)
    answered = opened(family, "P", subject)
    assert "You asked for a review on November 22, 2026" in answered.words
    assert "Ask for a review" not in answered.links()
    assert "ask for a review by that day" not in answered.words
    assert payor.get(answered.links()[number]).h1.endswith(number)
    payor.get(answered.links()[number] + "/withdrawal")
    payor.submit("/withdrawal")
    assert "Ask for a review" in opened(family, "P", subject).links()


def test_a_late_notice_says_that_nothing_stops(family: Family) -> None:
    """Thirty days from October 11 were over on November 10."""
    builder = one_family().builder
    builder.find("notices.csv", kind="delinquency").update(
        dated_on="2026-10-11", respond_by="2026-11-01"
    )
    family.load(builder)
    words = opened(family, "P", "Notice of Child Support Delinquency").words
    assert "Answer by November 10, 2026 (12 days ago)" in words
    assert "it does not stop enforcement" in words


def test_a_decision_tells_of_the_court(family: Family) -> None:
    builder = one_family().builder
    builder.notice("C1", "A", "review_decision", "2026-11-12", subject="Our decision")
    family.load(builder)
    words = opened(family, "A", "Our decision").words
    assert "Last day to go to court December 27, 2026 (35 days left)" in words
    assert "probate and family court" in words
    assert "The court asks no fee for this." in words
    assert "to go to court: Dec 27, 2026" in family.open("A", "/letters").words
    assert "Last day to go to court: December 27, 2026" in family.open("A").words


def test_words_of_a_letter_are_text(family: Family) -> None:
    """INJ-2: markup of the feed does not run."""
    builder = one_family().builder
    builder.notice("C1", "A", "general", "2026-11-12", subject="<b>Bold</b>",
                   text="<script>alert(1)</script>\nSecond line.")  # fmt: skip
    family.load(builder)
    seen = opened(family, "A", "<b>Bold</b>")
    assert "<script>alert" not in seen.text
    assert seen.document.query("main script") == []
    assert len([p for p in seen.document.query("main p") if "Second line." in p.to_text()]) == 1


def test_one_letter_about_two_cases(family: Family) -> None:
    """Rows of one person, kind and date: the last day is the later one, on both cases."""
    builder = two_households().builder
    builder.find("notices.csv", case_id="C2", kind="delinquency")["respond_by"] = "2026-12-24"
    family.load(builder)
    words = opened(family, "P", "Notice of Child Support Delinquency").words
    assert "Amount $875.00 Also about Your case C2: $85.00" in words
    assert "Answer by December 24, 2026 (32 days left)" in words
