"""Payments as CSV."""

from __future__ import annotations

import csv
import io

import pytest

from tests.cases.family import Family
from tests.support.extract import one_family
from tests.support.page import Seen


def rows_of(seen: Seen) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(seen.body.decode("utf-8-sig"))))


def test_the_file_holds_what_the_filter_shows_on_all_pages(households: Family) -> None:
    seen = households.open("A", "/payments.csv")
    rows = rows_of(seen)
    assert len(rows) == 24
    assert rows[0]["Received"] == "2026-11-18"
    assert rows[0]["Amount for this case"] == rows[0]["Current support"] == "80.00"
    assert rows[0]["Status"] == "Sent, not cashed yet"
    assert seen.headers["Content-Disposition"] == 'attachment; filename="payments.csv"'
    assert seen.headers["Cache-Control"] == "no-store"
    assert len(rows_of(households.open("A", "/payments.csv?from=2026-11-01"))) == 4


def test_columns_of_the_payor_and_of_the_custodial_parent(households: Family) -> None:
    payor = rows_of(households.open("P", "/payments.csv"))[0]
    assert payor["Whole amount"] == "120.00"
    assert payor["Sent by"] == "Harbor Freight Lines"
    assert payor["Reference"] == "••••1118"
    custodial = rows_of(households.open("A", "/payments.csv"))[0]
    for column in ("Whole amount", "Sent by", "Reference", "Withheld", "Goes back to you"):
        assert column not in custodial


def test_no_cell_is_a_formula(family: Family) -> None:
    """INJ-3: an employer's name comes from outside."""
    builder = one_family().builder
    for payment in builder.rows["payments.csv"]:
        payment["payer_name"] = "=HYPERLINK(evil)"
    family.load(builder)
    row = rows_of(family.open("P", "/payments.csv"))[0]
    assert row["Sent by"] == "'=HYPERLINK(evil)"


def test_of_a_payment_outside_the_role_only_what_was_sent_is_in_the_file(family: Family) -> None:
    """Its amount is not told, and nothing is not zero."""
    builder = one_family().builder
    payment = builder.payment("P", "2026-10-05", "60.00", {("C1", "current_support"): "60.00"})
    builder.disbursement(payment, "C1", "2026-10-07", "60.00", payee="family", payee_id="A")
    builder.find("members.csv", participant_id="A")["until"] = "2026-09-30"
    family.load(builder)
    rows = rows_of(family.open("A", "/payments.csv"))
    (row,) = [row for row in rows if row["Amount sent to you"] == "60.00"]
    assert row["Amount for this case"] == row["Received"] == row["Source"] == ""


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-13-41"},
        {"from": "11/02/2026", "to": "11/01/2026"},
        {"source": "federal_tax_refund"},
    ],
)
def test_a_filter_that_cannot_be_read_gives_no_file_but_says_so(
    households: Family, query: dict[str, str]
) -> None:
    """A file of everything would pass for the part that was asked for."""
    page = households.page("A")
    seen = page.get(page.get("/cases").path + "/payments.csv", query_string=query)
    assert seen.status == 400
    assert seen.is_html
    assert "Content-Disposition" not in seen.headers
    assert seen.title.startswith("Error: Payments")
    assert seen.errors
