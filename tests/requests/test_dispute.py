"""From a line, a payment or a month into a review that has everything filled in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from portal.context import Context
from portal.feeds.load import load
from portal.ledger.lines import Entry
from portal.requests.dispute_words import dispute_name
from portal.requests.disputes import Dispute, Subject, disputes_from, proposed_grounds, with_dispute
from portal.requests.grounds import Ground, grounds_for
from portal.requests.holdings_words import LABELS, said
from portal.rules.vocabulary import Category
from tests.requests.disputing import line_path, month_path, payment_path
from tests.requests.parents import (
    REVIEW,
    Parents,
    exported,
    number_of,
    send_review,
    signed_in,
    to_check,
)
from tests.support.clock import Clock
from tests.support.page import Page, Seen, attributes


def interest(entry: Entry) -> bool:
    return entry.category is Category.INTEREST


def charge(entry: Entry) -> bool:
    return entry.category is Category.CURRENT_SUPPORT and entry.charge_id is not None


def ways(seen: Seen) -> list[str]:
    return [str(attributes(it)["value"]) for it in seen.document.query("input[name=how]")]


def choose(page: Page, path: str, way: int) -> Seen:
    seen = page.get(path)
    return page.submit(path, how=ways(seen)[way])


def ticked(seen: Seen) -> set[str]:
    boxes = seen.document.query("input[name=grounds][checked]")
    return {str(attributes(it)["value"]) for it in boxes}


def test_a_line_becomes_a_review_that_answers_the_notice_and_pauses_enforcement(
    context: Context, clock: Clock, payor: Page
) -> None:
    path = line_path(context, clock, "P", "C1", interest)
    seen = payor.get(path)
    assert "Interest of September 30, 2026: $6.10" in seen.words
    assert "answers the notice of November 10, 2026" in seen.words
    assert "New enforcement is paused from when you send it" in seen.words
    assert "letters from us that show another amount" in seen.words

    grounds = choose(payor, path, 0)
    assert grounds.path == f"{REVIEW}/grounds"
    assert ticked(grounds) == {"amount_wrong"}
    assert "Interest of September 30, 2026: $6.10" in grounds.words
    payor.submit("/grounds", words="It was paid that month.")
    assert "Interest of September 30, 2026: $6.10" in to_check(payor).words
    number = number_of(payor.submit("/check"))

    shown = payor.get(f"/requests/{number}").words
    assert "Interest of September 30, 2026: $6.10" in shown
    assert "new enforcement paused" in shown
    again = payor.get(path)
    assert number in again.words
    assert "new enforcement is paused while we look at it" in again.words
    fields = next(it for it in exported(context) if it["event"] == "submitted")["fields"]
    (told,) = fields["disputes"]
    assert told["case"] == "C1"
    assert (told["what"], told["date"], told["amount"]) == ("charge", "2026-09-30", "6.10")
    assert told["charge_id"]


def test_the_pages_say_what_was_asked_about_them_to_nobody_else(
    app: Flask, context: Context, clock: Clock, payor: Page, parents: Parents
) -> None:
    """PRV-1: the line, its month and nothing else says so, and only to who asked."""
    path = line_path(context, clock, "P", "C1", interest)
    choose(payor, path, 0)
    payor.submit("/grounds", words="It was paid.")
    number = send_review(payor)
    case, token = path.split("/")[-2:]
    line, month = f"/cases/{case}/lines/{token}", f"/cases/{case}/how-we-got-here/2026-09"
    for page_of in (line, month):
        assert number in payor.get(page_of).words
        assert "new enforcement paused" in payor.get(page_of).words
    assert number not in payor.get(f"/cases/{case}/how-we-got-here/2026-10").words

    hers = line_path(context, clock, "A", "C1", interest).split("/")[-2:]
    other = signed_in(Page(app), parents.marked)
    for page_of in (
        f"/cases/{hers[0]}/lines/{hers[1]}",
        f"/cases/{hers[0]}/how-we-got-here/2026-09",
    ):
        seen = other.get(page_of)
        assert seen.status == 200
        assert "asked us about this" not in seen.words


def test_without_a_notice_nothing_is_paused(context: Context, clock: Clock, marked: Page) -> None:
    path = payment_path(context, clock, "A", "C1", date(2026, 8, 12))
    seen = marked.get(path)
    assert ways(seen) == ["review", "question"]
    assert "nothing is paused" in seen.words
    grounds = choose(marked, path, 0)
    assert ticked(grounds) == {"payments_not_received", "sent_on_wrongly"}
    assert "Payment of August 12, 2026: $500.00" in grounds.words, "only the part on this case"
    send_review(marked)
    assert "600.00" not in str(exported(context)), "the whole amount is not hers to tell"


def test_what_is_disputed_adds_up_in_one_review_and_can_be_taken_out(
    context: Context, clock: Clock, payor: Page
) -> None:
    first = line_path(context, clock, "P", "C1", interest)
    month = month_path(context, clock, "P", "C1", date(2026, 10, 1))
    for path in (first, month, first):
        grounds = choose(payor, path, 0)
    named = "Interest of September 30, 2026: $6.10"
    assert grounds.words.count(named) == 2, "in the list and in the button that takes it out, once"
    assert "October 2026: what is owed changed by" in grounds.words
    payor.submit("/disputes/0/removal")
    assert named not in payor.get(f"{REVIEW}/grounds").words
    assert payor.post(f"{REVIEW}/disputes/7/removal", {}).status == 404


def test_a_review_begun_of_another_notice_keeps_what_it_has(
    context: Context, clock: Clock, payor: Page, parents: Parents
) -> None:
    builder = parents.family.builder
    builder.case("C9")
    builder.member("C9", "P", "noncustodial")
    builder.charge("C9", "2026-10-02", "75.00")
    builder.notice("C9", "P", "delinquency", "2026-11-12", respond_by="2026-12-12", amount="75.00")
    builder.settle()
    load(context, builder.write(context.settings.instance / "next", sequence=2))
    choose(payor, line_path(context, clock, "P", "C1", interest), 0)

    other = line_path(context, clock, "P", "C9", charge)
    assert "You have begun a review about another notice" in payor.get(other).words
    refused = choose(payor, other, 0)
    assert refused.path == other
    assert "Send or drop the review that you have begun first" in refused.words
    kept = payor.get(f"{REVIEW}/grounds").words
    assert "Interest of September 30, 2026" in kept
    assert "$75.00" not in kept


@pytest.mark.parametrize("who", ["other parent", "other household"])
def test_anothers_line_is_like_one_that_never_was(
    app: Flask, context: Context, clock: Clock, parents: Parents, who: str
) -> None:
    """ACL-1: the payor's line, payment and month, opened by those who may not."""
    account = parents.marked if who == "other parent" else parents.other
    page = signed_in(Page(app), account)
    real = [
        line_path(context, clock, "P", "C1", interest),
        payment_path(context, clock, "P", "C1", date(2026, 10, 20)),
        month_path(context, clock, "P", "C1", date(2026, 10, 1)),
    ]
    own = line_path(context, clock, account.participant_id or "", "C1" if who == "other parent"
                    else "C2", charge).rsplit("/", 1)[0]  # fmt: skip
    for path in real:
        for method in ("get", "post"):
            assert getattr(page, method)(path).status == 404
            assert getattr(page, method)(f"{own}/{'0' * 40}").status == 404


def test_a_case_that_is_over_for_her_shows_no_line_of_afterwards(
    context: Context, clock: Clock, payor: Page
) -> None:
    """ACL-1: a month that no page shows cannot be disputed either."""
    path = month_path(context, clock, "P", "C1", date(2019, 5, 1))
    assert payor.get(path).status == 404


SUBJECTS = [(subject, category) for subject in Subject for category in (None, *Category)]


@pytest.mark.parametrize(("subject", "category"), SUBJECTS)
@pytest.mark.parametrize("is_payor", [True, False])
def test_the_grounds_that_are_proposed_can_be_chosen_by_who_asks(
    subject: Subject, category: Category | None, is_payor: bool
) -> None:
    dispute = Dispute("C1", subject, "2026-10", date(2026, 10, 1), Decimal(-5), category)
    proposed = proposed_grounds(dispute, is_payor=is_payor)
    assert proposed
    assert set(proposed) <= set(grounds_for(is_payor=is_payor))
    assert Ground.OTHER not in proposed, "that one needs words"


def test_a_dispute_comes_back_from_a_draft_as_it_was() -> None:
    every = [
        Dispute("C1", subject, key, date(2026, 10, 1), Decimal("-5.10"), category)
        for subject, key, category in (
            (Subject.CHARGE, "H1", Category.INTEREST),
            (Subject.ADJUSTMENT, "H2", Category.ARREARS),
            (Subject.CARRIED_OVER, "H3", Category.FEE),
            (Subject.APPLIED, "P1", Category.CURRENT_SUPPORT),
            (Subject.TAKEN_BACK, "P1", Category.CURRENT_SUPPORT),
            (Subject.PAYMENT, "P1", None),
            (Subject.MONTH, "2026-10", None),
        )
    ]
    rows: list[dict[str, str]] = []
    for dispute in (*every, *every):
        rows = with_dispute(rows, dispute)
    assert disputes_from(rows) == tuple(every)


@pytest.mark.parametrize(
    ("sent", "got", "to_parent", "to_staff"),
    [
        (None, None, "", ""),
        (None, "150.00", ", of which $150.00 arrived", ", of which $150.00 arrived"),
        ("300.00", "150.00", ", of which $150.00 arrived", ", of which $150.00 arrived"),
        ("200.00", None, ", $200.00 sent to you", ", $200.00 sent to the parent"),
        ("200.00", "150.00", ", $200.00 sent to you, of which $150.00 arrived",
         ", $200.00 sent to the parent, of which $150.00 arrived"),
    ],
)  # fmt: skip
def test_what_was_sent_and_arrived_of_a_payment_is_kept_and_named(
    app: Flask, sent: str | None, got: str | None, to_parent: str, to_staff: str
) -> None:
    """Rows of before either was kept still read."""
    row = {"case": "C1", "what": "payment", "payment_id": "PAY1", "date": "2026-10-13",
           "amount": "300.00"}  # fmt: skip
    row |= {name: it for name, it in (("sent", sent), ("got", got)) if it is not None}
    [dispute] = disputes_from([row])
    assert dispute.as_json() == row
    with app.test_request_context():
        name = "Payment of October 13, 2026: $300.00"
        assert dispute_name(dispute) == name + to_parent
        assert dispute_name(dispute, to_staff=True) == name + to_staff
        told = said({"disputes": [row]})["disputes"][0]
    for key in {"sent", "got"} & row.keys():
        assert told[key] == Decimal(row[key])
        assert key in LABELS
