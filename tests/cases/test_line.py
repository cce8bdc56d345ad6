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
