"""From the differences into a review: one press, everything filled in."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from portal.context import Context
from portal.feeds.load import load
from portal.own_records import begin_review
from portal.requests.drafts import read_draft
from portal.requests.models import Draft, EvidenceFile, Submission
from tests.own_records.logs import add, records
from tests.own_records.test_index import rows
from tests.requests.parents import Parents, exported, photo, signed_in
from tests.requests.parents import begin_review as begin_other
from tests.requests.parents import file_review as send_whole_review
from tests.support.page import Page, Seen, attributes
from tests.support.page_rules import words


def ask(page: Page, *, letter: int | None = -1, which: list[str] | None = None) -> Seen:
    """Press the button; ``letter`` counts among the choices, None leaves them alone."""
    seen = page.get(records(page))
    choices = [str(attributes(it)["value"]) for it in seen.document.query("input[name=letter]")]
    fields: dict[str, object] = {}
    if letter is not None:
        fields["letter"] = choices[letter]
    if which is not None:
        fields["which"] = which
    return page.submit("/review", **fields)


def draft(context: Context) -> dict[str, object]:
    with context.database.session() as session:
        return read_draft(context.sealer, session.query(Draft).one())


def test_a_missing_payment_goes_into_a_review_with_its_receipt(
    payor: Page, context: Context
) -> None:
    data = photo()
    add(payor, "11/06/2026", "77.00", how="cash", file=(io.BytesIO(data), "receipt.jpg"))
    add(payor, "11/16/2026", "120.00", how="employer")  # the agency has this one
    seen = ask(payor)
    assert seen.path == "/requests/administrative-review/payments"
    assert 'value="77.00"' in seen.text
    assert 'value="120.00"' not in seen.text
    kept = draft(context)
    assert kept["payments"] == [{"date": "2026-11-06", "amount": "77.00", "how": "cash"}]
    assert kept["grounds"] == ["payments_not_credited"]
    assert "receipt.jpg" in payor.get("/requests/administrative-review/evidence").words
    with context.database.session() as session:
        own, copy = sorted(session.query(EvidenceFile), key=lambda it: it.draft_id is not None)
        assert own.sha256 == copy.sha256
        assert own.stored_as != copy.stored_as
        assert own.draft_id is None


def test_it_can_be_sent_and_the_agency_is_told_just_that(payor: Page, context: Context) -> None:
    add(payor, "11/06/2026", "77.00", how="cash", note="for me alone",
        file=(io.BytesIO(photo()), "receipt.jpg"))  # fmt: skip
    ask(payor)
    payor.get("/requests/administrative-review/check")
    assert payor.submit("/check").path.endswith("/receipt")
    [sent] = [it for it in exported(context) if "submitted" in str(it)]
    assert "77.00" in str(sent)
    assert "for me alone" not in str(sent)
    add_back = payor.get(records(payor))
    assert "1 receipt" in add_back.words  # the log keeps its own


def test_a_second_press_doubles_nothing(payor: Page, context: Context) -> None:
    """CON-1"""
    add(payor, "11/06/2026", "77.00", how="cash", file=(io.BytesIO(photo()), "receipt.jpg"))
    ask(payor)
    first = draft(context)
    ask(payor)
    assert draft(context) == first
    with context.database.session() as session:
        assert session.query(EvidenceFile).count() == 2


def test_the_review_answers_the_letter_that_was_chosen(payor: Page, context: Context) -> None:
    add(payor, "11/06/2026", "77.00", how="cash")
    ask(payor, letter=0)
    letter = draft(context)["letter"]
    assert isinstance(letter, dict)
    assert letter["dated_on"] == "2026-11-10"


def test_nothing_is_begun_without_a_choice(payor: Page, context: Context) -> None:
    add(payor, "11/06/2026", "77.00", how="cash")
    assert "Choose what you would like to do" in ask(payor, letter=None).errors
    assert "Choose at least one payment" in ask(payor, which=[]).errors
    gone = ask(payor, which=["x" * 86])
    assert "The list has changed since you opened this page. Choose again" in gone.errors
    assert "x" * 86 not in gone.text
    with context.database.session() as session:
        assert session.query(Draft).count() == 0


def test_what_was_paid_directly_is_offered_and_not_ticked(payor: Page, context: Context) -> None:
    add(payor, "11/06/2026", "77.00", how="to_other_parent")
    seen = payor.get(records(payor))
    [box] = seen.document.query("input[name=which]")
    assert "checked" not in attributes(box)
    ask(payor, which=[str(attributes(box)["value"])])
    assert draft(context)["grounds"] == ["paid_directly"]


def test_what_a_review_has_already_stays(payor: Page, context: Context) -> None:
    begin_other(payor, about=-1, grounds=("amount_wrong",))
    add(payor, "11/06/2026", "77.00", how="cash")
    ask(payor)
    kept = draft(context)
    assert kept["grounds"] == ["amount_wrong", "payments_not_credited"]
    assert kept["words"] == "It does not add up."


def test_more_than_a_review_holds_is_told(payor: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(begin_review, "MOST_PAYMENTS", 1)
    add(payor, "11/06/2026", "77.00", how="cash")
    add(payor, "11/07/2026", "78.00", how="cash")
    assert "That is more than one review holds. Choose fewer" in ask(payor).errors


def test_receipts_that_do_not_fit_are_told(
    payor: Page, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(begin_review, "MOST_COPIED_BYTES", 10)
    add(payor, "11/06/2026", "77.00", how="cash", file=(io.BytesIO(photo()), "receipt.jpg"))
    assert "1 receipt did not fit into the review" in ask(payor).text
    with context.database.session() as session:
        assert session.query(EvidenceFile).count() == 1


def test_what_the_scanner_refused_is_not_taken_along(payor: Page, context: Context) -> None:
    """UPL-2"""
    add(payor, "11/06/2026", "77.00", how="cash", file=(io.BytesIO(photo()), "receipt.jpg"))
    with context.database.transaction() as session:
        session.query(EvidenceFile).one().state = "refused"
    ask(payor)
    with context.database.session() as session:
        assert session.query(EvidenceFile).count() == 1


def test_a_custodial_parent_disputes_what_did_not_come(marked: Page, context: Context) -> None:
    add(marked, "08/01/2026", "1.00")
    seen = marked.get(records(marked))
    boxes = seen.document.query("input[name=which]")
    assert boxes
    assert not any("checked" in attributes(box) for box in boxes)
    asked = ask(marked, letter=0, which=[str(attributes(boxes[1])["value"])])
    assert asked.path == "/requests/administrative-review/grounds"
    kept = draft(context)
    assert kept["grounds"] == ["payments_not_received"]
    assert [it["what"] for it in kept["disputes"]] == ["payment"]  # type: ignore[attr-defined]
    assert kept["cases"] == ["C1"]


def test_a_payor_claims_what_was_paid_where_the_agency_has_less(
    payor: Page, context: Context
) -> None:
    """One row with both amounts; the claim is the parent's own figure."""
    seen = add(payor, "10/26/2026", "150.00", how="employer")
    [row] = [row for row in rows(seen) if row.startswith("Oct 26")]
    assert row.startswith("Oct 26, 2026 $150.00 $120.00 we have another amount in on Oct 28, 2026")
    assert "You have $30.00 more" in row
    assert not any("only we have it" in row and "Oct 28" in row for row in rows(seen))
    assert "October 26, 2026: $150.00 (my employer took it from my pay). We have $120.00" in (
        seen.words
    )
    assert ask(payor).path == "/requests/administrative-review/payments"
    kept = draft(context)
    assert kept["payments"] == [{"date": "2026-10-26", "amount": "150.00", "how": "employer"}]


def test_a_payor_who_noted_less_is_shown_it_and_offered_no_review(payor: Page) -> None:
    seen = add(payor, "10/26/2026", "91.00", how="employer")
    [row] = [row for row in rows(seen) if row.startswith("Oct 26")]
    assert "we have another amount" in row
    assert "You have $29.00 less" in row
    assert "Ask for a review" not in seen.words


def test_what_came_in_part_is_not_said_not_to_have_come(marked: Page, context: Context) -> None:
    """She got $50.00 of $80.00: neither her page nor her review says that nothing came."""
    seen = add(marked, "10/10/2026", "50.00")
    [row] = [row for row in rows(seen) if row.startswith("Oct 10")]
    assert "$50.00 $80.00 we sent another amount sent Oct 8, 2026" in row
    assert "You have $30.00 less" in row
    [label] = [words(it) for it in seen.document.query("label") if "October 8" in words(it)]
    assert label == "Sent on October 8, 2026: $80.00. You got $50.00"
    token = next(str(attributes(it)["value"]) for it in seen.document.query("input[name=which]"))
    asked = ask(marked, letter=0, which=[token])
    assert "$80.00, of which $50.00 arrived" in asked.words
    assert "A payment did not reach me, or not all of it" in asked.words
    kept = draft(context)
    [dispute] = kept["disputes"]  # type: ignore[misc]
    assert (dispute["amount"], dispute["sent"], dispute["got"]) == ("80.00", "80.00", "50.00")


def test_what_went_to_the_state_is_not_said_not_to_have_come(
    marked: Page, parents: Parents, context: Context
) -> None:
    """Of $300.00 the record says $200.00 was sent to her, and $150.00 came: $50.00 is missing."""
    builder = parents.family.builder
    paid = builder.payment(
        "P", "2026-10-13", "300.00",
        {("C1", "current_support"): "200.00", ("C1", "arrears"): "100.00"},
    )  # fmt: skip
    builder.disbursement(paid, "C1", "2026-10-14", "200.00", payee_id="A")
    builder.disbursement(paid, "C1", "2026-10-14", "100.00", payee="state")
    builder.settle()
    load(context, builder.write(context.settings.instance / "next", sequence=2))
    seen = add(marked, "10/14/2026", "150.00")
    [token] = [
        str(attributes(it)["for"])
        for it in seen.document.query("label")
        if words(it) == "Sent on October 14, 2026: $200.00. You got $150.00"
    ]
    [box] = [it for it in seen.document.query("input[name=which]") if attributes(it)["id"] == token]
    asked = ask(marked, letter=0, which=[str(attributes(box)["value"])])
    said = "Payment of October 13, 2026: $300.00, $200.00 sent to you, of which $150.00 arrived"
    assert said in asked.words
    [dispute] = draft(context)["disputes"]  # type: ignore[misc]
    amounts = (dispute["amount"], dispute["sent"], dispute["got"])
    assert amounts == ("300.00", "200.00", "150.00")


def test_a_notice_that_another_window_answers_meanwhile_is_not_answered_again(
    payor: Page, other_page: Page, parents: Parents, context: Context,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """CON-1, ACL-5: the letters are read again once the receipts are copied."""
    other = signed_in(other_page, parents.payor)
    add(payor, "11/06/2026", "77.00", how="cash", file=(io.BytesIO(photo()), "receipt.jpg"))
    payor.get(records(payor))
    copy_receipts = begin_review.copy_receipts

    def copy_slowly(*args: Any) -> begin_review.Copies:
        copies = copy_receipts(*args)
        with ThreadPoolExecutor(1) as window:
            assert window.submit(send_whole_review, other).result().path.endswith("/receipt")
        return copies

    monkeypatch.setattr(begin_review, "copy_receipts", copy_slowly)
    seen = ask(payor, letter=0)
    assert "You have answered this notice already. Choose again" in seen.errors
    assert len(seen.document.query("input[name=letter]")) == 1
    with context.database.session() as session:
        assert session.query(Draft).count() == 0
        assert session.query(Submission).count() == 1
        assert session.query(EvidenceFile).count() == 1
