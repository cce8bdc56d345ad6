"""One line of the ledger: its row, its rule, its arithmetic."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.audit.models import AuditEvent
from tests.cases.family import Family
from tests.cases.test_how_we_got_here import with_interest
from tests.cases.test_query_budget import long_case, queries
from tests.support.extract import one_family
from tests.support.page import Seen


def line(family: Family, person: str, month: str, starts: str) -> Seen:
    """The page of the first line of a month whose link begins so."""
    page = family.page(person)
    seen = family.open(person, f"/how-we-got-here/{month}")
    href = next(href for name, href in seen.links().items() if name.startswith(starts))
    return page.get(href)


def test_support_names_its_day_rule_and_order(households: Family) -> None:
    for person in ("P", "A"):
        seen = line(households, person, "2026-09", "Support fell due")
        assert seen.h1 == "Support fell due, September 4, 2026"
        assert "A weekly order falls due each Friday." in seen.words
        assert "Child support: $100.00 every week" in seen.words


def test_interest_shows_the_agencys_figures_and_the_months_own_arithmetic(family: Family) -> None:
    """By hand: $1,000.00 of old, nine Fridays in July and August, nine of them paid by then."""
    family.load(with_interest())
    seen = line(family, "P", "2026-08", "Interest was added")
    assert "more than $500.00 of support is past due" in seen.words
    assert "G.L. c.119A s.6(a)" in seen.words
    assert "The rate 0.5% a month" in seen.words
    assert "0.5% of $" in seen.words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("5.00", "0.5% of $1,000.00 = $5.00"),
        (
            "9.99",
            "0.5% of $1,000.00 would be $5.00. The agency’s records have $9.99. You can ask us",
        ),
    ],
)
def test_the_arithmetic_by_hand(family: Family, amount: str, words: str) -> None:
    """$1,000.00 owed before, no order, nothing paid: 0.5 % of it as January ends."""
    builder = one_family().builder
    builder.rows["charges.csv"].clear()
    builder.charge("C1", "2025-12-31", "1000.00", kind="opening", category="arrears")
    builder.charge("C1", "2026-01-31", amount, category="interest")
    builder.settle()
    family.load(builder)
    for person in ("P", "A"):
        assert words in line(family, person, "2026-01", "Interest was added").words


def test_a_correction_gives_the_coded_reason_and_no_workers_words(family: Family) -> None:
    family.load(with_interest())
    for person in ("P", "A"):
        seen = line(family, person, "2026-10", "A correction was made")
        assert "A court gave a credit." in seen.words
        assert "worker" not in seen.text
        assert "−$50.00" in seen.words


def test_a_payments_line_leads_to_the_payment_as_the_viewer_may_see_it(
    households: Family,
) -> None:
    hers = line(households, "A", "2026-09", "A payment was applied")
    assert "Source Employer" in hers.words
    assert "$80.00" in hers.words
    assert "$120.00" not in hers.words
    assert "/payments/" in hers.links()["See the whole payment"]
    his = line(households, "P", "2026-09", "A payment was applied")
    assert "Source Your employer" in his.words


def test_the_line_of_a_federal_tax_refund_is_written_in_the_trail(family: Family) -> None:
    """PRV-3: its name stands on the page only, and that it was shown is kept."""
    builder = one_family().builder
    builder.payment("P", "2026-03-11", "44.00", {("C1", "arrears"): "44.00"},
                    source="federal_tax_offset")  # fmt: skip
    builder.settle()
    family.load(builder)
    seen = line(family, "A", "2026-03", "A payment was applied")
    assert '<span class="no-print">Federal tax refund</span>' in seen.text
    assert '<span class="print-only">Enforcement or other</span>' in seen.text
    with family.context.database.session() as session:
        events = session.scalars(select(AuditEvent.name)).all()
    assert "case:federal-tax-refund:shown" in events


def test_of_a_payment_before_ones_time_only_its_taking_back_shows(family: Family) -> None:
    builder = one_family().builder
    builder.payment("P", "2026-07-02", "61.00", {("C1", "arrears"): "61.00"},
                    reversed_on="2026-08-12", source="bank_levy")  # fmt: skip
    builder.find("members.csv", participant_id="A")["since"] = "2026-08-01"
    builder.settle()
    family.load(builder)
    seen = line(family, "A", "2026-08", "A payment was taken back")
    assert "+$61.00" in seen.words
    assert "July 2, 2026" not in seen.words
    assert "Source" not in seen.words
    assert "See the whole payment" not in seen.links()


def test_one_can_disagree_with_a_line(households: Family) -> None:
    for start in ("Support fell due", "A payment was applied"):
        links = line(households, "P", "2026-10", start).links()
        assert links["I don’t agree with this line"].startswith("/requests/")


def test_a_line_is_read_by_a_few_statements(family: Family) -> None:
    family.load(long_case())
    seen = line(family, "P", "2024-05", "A payment was applied")
    base = family.page("P").get("/cases").path
    assert len(queries(family.context, family, seen.path.removeprefix(base))) <= 19


def test_a_penalty_shows_its_arithmetic_as_interest_does(family: Family) -> None:
    builder = one_family().builder
    builder.rows["charges.csv"].clear()
    builder.charge("C1", "2025-12-31", "1000.00", kind="opening", category="arrears")
    builder.charge("C1", "2026-01-31", "5.00", category="penalty")
    builder.settle()
    family.load(builder)
    for person in ("P", "A"):
        words = line(family, person, "2026-01", "A penalty was added").words
        assert "0.5% of $1,000.00 = $5.00" in words
        assert "Support past due on January 31, 2026 $1,000.00" in words


def test_a_payments_line_shows_how_it_was_shared_on_this_case(family: Family) -> None:
    builder = one_family().builder
    builder.payment(
        "P", "2026-11-19", "45.00", {("C1", "current_support"): "30.00", ("C1", "arrears"): "15.00"}
    )
    builder.settle()
    family.load(builder)
    for person in ("P", "A"):
        words = line(family, person, "2026-11", "A payment was applied , Nov 19").words
        assert "$15.00 arrears + $30.00 current support = $45.00" in words or (
            "$30.00 current support + $15.00 arrears = $45.00" in words
        )
        whole = "This is the whole payment." in words
        assert whole is (person == "P")
    alone = line(family, "A", "2026-10", "A payment was applied").words
    assert "How the payment was shared" not in alone


def test_a_share_on_one_of_several_cases_is_not_called_the_whole(households: Family) -> None:
    for person in ("P", "A"):
        words = line(households, person, "2026-11", "A payment was applied").words
        assert "This is the whole payment." not in words


@pytest.mark.parametrize(
    ("charge", "starts", "law"),
    [
        ({"category": "fee", "amount": "35.00"}, "A fee was charged", "42 USC 654(6)(B)"),
        (
            {"category": "arrears", "amount": "-5.00", "kind": "adjustment",
             "reason": "court_credit"},
            "A correction was made",
            "the court’s order",
        ),
        (
            {"category": "arrears", "amount": "-5.00", "kind": "adjustment", "reason": "waiver"},
            "A correction was made",
            "the agency’s decision, as its records have it",
        ),
        (
            {"category": "arrears", "amount": "5.00", "kind": "opening"},
            "Owed before our records begin",
            "the agency’s earlier records",
        ),
    ],
)  # fmt: skip
def test_every_line_names_where_its_rule_comes_from(
    family: Family, charge: dict[str, str], starts: str, law: str
) -> None:
    builder = one_family().builder
    values = {name: value for name, value in charge.items() if name != "amount"}
    builder.charge("C1", "2026-09-15", charge["amount"], **values)
    builder.settle()
    family.load(builder)
    for person in ("P", "A"):
        words = line(family, person, "2026-09", starts).words
        assert "Where this rule comes from:" in words
        assert law in words.partition("Where this rule comes from:")[2]


def test_what_a_reversal_goes_by_is_named(households: Family) -> None:
    words = line(households, "B", "2026-10", "A payment was taken back").words
    assert "Where this rule comes from: 45 CFR 302.51" in words


def test_a_federal_tax_refunds_line_has_its_own_rule(households: Family) -> None:
    for person in ("P", "A"):
        words = line(households, person, "2026-08", "A payment was applied , Aug 12").words
        assert "A federal tax refund goes to past-due support only." in words
        assert "42 USC 664" in words
        # What the custodial parent prints is a copy: it does not say what the source was.
        assert ("Then past-due support" in words) is (person == "A")


def test_why_a_part_went_to_the_state_is_told_to_the_custodial_parent(
    households: Family,
) -> None:
    said = "A part of this payment went to the state. Support for a time in which the family had"
    hers = line(households, "A", "2026-08", "A payment was applied , Aug 12").words
    assert said in hers
    payors = line(households, "P", "2026-08", "A payment was applied , Aug 12").words
    for word in ("to the state", "assistance"):
        assert word not in payors, word
