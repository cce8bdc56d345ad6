"""The list of payments: filter, pages, totals."""

from __future__ import annotations

import pytest

from tests.cases.family import Family
from tests.support.families import two_households


def test_one_row_a_payment_with_totals(households: Family) -> None:
    """$2,285.00 to A's case and $970.00 to B's, of $3,255.00; a reversed one is not counted."""
    payor = households.open("P", "/payments")
    assert "24 payments, all pages $3,255.00 $2,285.00" in payor.words
    assert "24 payments, all pages $2,285.00" in households.open("A", "/payments").words
    of_b = households.open("B", "/payments").words
    assert "24 payments, all pages $970.00" in of_b
    assert "Oct 5, 2026 $20.00 Paid by the other parent" in of_b
    assert "Taken back by the sender" in of_b


def test_pages_of_twenty(households: Family) -> None:
    first = households.open("A", "/payments")
    assert len(first.document.query("tbody tr:not(.totals)")) == 20
    second = households.page("A").get(first.links()["2"])
    assert len(second.document.query("tbody tr:not(.totals)")) == 4
    assert "$2,285.00" in second.words


@pytest.mark.parametrize("number", ["0", "-3", "99", "1e9", "9" * 5000, "' OR 1=1 --", "%00"])
def test_odd_page_numbers_do_no_harm(households: Family, number: str) -> None:
    """RAT-1, INJ-1."""
    page = households.page("A")
    seen = page.get(page.get("/cases").path + "/payments", query_string={"page": number})
    assert seen.status == 200


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ({"from": "2026-10-01", "to": "10/31/2026"}, 5),
        ({"from": "11/01/2026"}, 4),
        ({"to": "07/01/2026"}, 1),
        ({"source": "other_parent"}, 1),
        ({"source": "enforcement_or_other"}, 2),
        ({"status": "held"}, 1),
        ({"status": "cashed", "source": "employer"}, 20),
        ({"from": "2020-01-01", "to": "2020-12-31"}, 0),
    ],
)
def test_filters_are_in_the_address(households: Family, query: dict[str, str], rows: int) -> None:
    page = households.page("A")
    address = page.get("/cases").path + "/payments"
    seen = page.get(address, query_string=query)
    assert len(seen.document.query("tbody tr:not(.totals)")) == rows
    assert "There is a problem" not in seen.words


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-13-41"},
        {"from": "11/02/2026", "to": "11/01/2026"},
        {"source": "federal_tax_refund"},
        {"source": "' OR 1=1 --", "status": "{{ 7*7 }}"},
    ],
)
def test_a_filter_that_cannot_be_read_is_said_and_lets_all_through(
    households: Family, query: dict[str, str]
) -> None:
    """INJ-1."""
    page = households.page("A")
    seen = page.get(page.get("/cases").path + "/payments", query_string=query)
    assert seen.title.startswith("Error:")
    assert "Not a valid" not in seen.words
    assert "24 payments" in seen.words
    assert "49" not in seen.words.replace("2049", "")


def test_the_list_says_how_far_back_it_goes(households: Family) -> None:
    assert "This list goes back to November 22, 2022." in households.open("P", "/payments").words


def test_what_was_kept_to_recover_an_overpayment_is_listed(family: Family) -> None:
    """$25.00 and $10.00 of two payments: to whom it was kept from, and to nobody else."""
    builder = two_households().builder
    for on, amount in (("2026-11-03", "25.00"), ("2026-10-21", "10.00")):
        payment = builder.payment("P", on, amount, {("C1", "arrears"): amount})
        builder.disbursement(payment, "C1", on, amount, payee="agency", method="internal")
    builder.settle()
    family.load(builder)
    seen = family.open("A", "/payments")
    assert "we kept $35.00 in all" in seen.words
    assert (
        "Nov 3, 2026 Nov 3, 2026 $25.00 Oct 21, 2026 Oct 21, 2026 $10.00 In all $35.00"
        in seen.words
    )
    for other in ("P", "B"):
        assert "recover an overpayment" not in family.open(other, "/payments").words
