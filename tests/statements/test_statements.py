"""One's own statement: its figures to the cent, its periods, what a copy may not say."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest

from portal.context import Context
from tests.cases.family import Family
from tests.statements.sharing import text_of
from tests.support.extract import ExtractBuilder, one_family, two_households
from tests.support.letters import BREAKS_THE_PRINTER
from tests.support.page import Seen


def statement(family: Family, who: str, tail: str = "") -> Seen:
    return family.open(who, "/statements" + tail)


def rows(seen: Seen) -> list[list[str]]:
    assert seen.text.startswith("\ufeff")
    return [line.split(",") for line in seen.text[1:].splitlines()]


OCTOBER = "?from=2026-10-08&to=10/31/2026"
"""From the middle of a month: four Fridays of $100.00, three payments of $100.00 before them."""


def test_every_entry_of_a_period_to_the_cent(family: Family) -> None:
    """Written out by hand: $100.00 falls due each Friday and comes in two days before it."""
    assert rows(statement(family, "P", "/statement.csv" + OCTOBER)) == [
        ["Date", "What", "For", "Source", "Amount", "Owed after it"],
        ["2026-10-08", "Owed when the day began", "", "", "", "-100.00"],
        ["2026-10-09", "Support due", "Current support", "", "100.00", "0.00"],
        ["2026-10-14", "Payment", "Current support", "Your employer", "-100.00", "-100.00"],
        ["2026-10-16", "Support due", "Current support", "", "100.00", "0.00"],
        ["2026-10-21", "Payment", "Current support", "Your employer", "-100.00", "-100.00"],
        ["2026-10-23", "Support due", "Current support", "", "100.00", "0.00"],
        ["2026-10-28", "Payment", "Current support", "Your employer", "-100.00", "-100.00"],
        ["2026-10-30", "Support due", "Current support", "", "100.00", "0.00"],
        ["2026-10-31", "Owed when the day ended", "", "", "", "0.00"],
    ]


def test_the_same_for_the_one_who_is_paid(family: Family) -> None:
    found = rows(statement(family, "A", "/statement.csv" + OCTOBER))
    assert found[3] == [
        "2026-10-14",
        "Payment",
        "Current support",
        "Employer",
        "-100.00",
        "-100.00",
    ]
    assert [row[4:] for row in found] == [
        row[4:] for row in rows(statement(family, "P", "/statement.csv" + OCTOBER))
    ]


def test_the_page_and_the_pdf_say_the_same(family: Family) -> None:
    page = statement(family, "P", OCTOBER).words
    pdf = text_of(statement(family, "P", "/statement.pdf" + OCTOBER).body)
    for words in (
        "Owed when October 8, 2026 began −$100.00",
        "Support that fell due $400.00",
        "Payments applied −$300.00",
        "Owed when October 31, 2026 ended $0.00",
    ):
        assert words in page
        assert words in pdf
    assert "Name: Morgan Reed" in pdf
    assert "Case: C1" in pdf
    assert "Figures as of: November 20, 2026" in pdf
    assert "October 2026 $400.00 $0.00 $0.00 −$300.00 $0.00" in pdf
    assert "Child support: $100.00 every week" in pdf


def test_up_to_today_it_ends_at_the_agencys_own_balances(family: Family) -> None:
    pdf = text_of(statement(family, "P", "/statement.pdf?from=2026-01-01&to=2026-11-22").body)
    assert "Owed when November 20, 2026 ended $200.00" in pdf
    assert "What the agency’s records say is owed on November 20, 2026" in pdf
    assert "All together $200.00" in pdf
    assert "cannot explain" not in pdf
    earlier = text_of(statement(family, "P", "/statement.pdf" + OCTOBER).body)
    assert "What the agency’s records say" not in earlier


def test_what_the_entries_do_not_come_to_is_said(context: Context, tmp_path: Path) -> None:
    builder = one_family().builder
    for row in builder.rows["balances.csv"]:
        row["amount"] = f"{float(row['amount']) + 12.4:.2f}" if row["amount"] != "0.00" else "0.00"
    family = Family(context, tmp_path)
    family.load(builder)
    pdf = text_of(statement(family, "A", "/statement.pdf").body)
    assert "$12.40 we cannot explain from what the agency sent." in pdf


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("?from=11/21/2022&to=2026-01-01", "Enter November 22, 2022 or a later day"),
        ("?from=2026-01-01&to=2026-11-23", "Enter today or an earlier day"),
        ("?from=2026-02-01&to=2026-01-01", "Enter a day that is not before the first one"),
        ("?from=&to=2026-01-01", "Enter the first day"),
        ("?from=2026-01-01", "Enter the last day"),
        ("?from=13/13/2026&to=2026-01-01", "There is no such month"),
    ],
)
def test_a_period_that_cannot_be_is_refused_with_the_fix(
    family: Family, query: str, error: str
) -> None:
    seen = statement(family, "P", query)
    assert error in seen.errors
    assert seen.title.startswith("Error:")
    for file in ("/statement.pdf", "/statement.csv"):
        seen = statement(family, "P", file + query)
        assert seen.status == 400, "a file of something else would pass for what was asked for"
        assert error in seen.errors


def test_four_years_with_what_is_older_in_one_figure(households: Family) -> None:
    seen = statement(households, "P", "/statement.csv?from=2022-11-22&to=2026-11-20")
    assert rows(seen)[1] == ["2022-11-22", "Owed when the day began", "", "", "", "1000.00"]
    assert rows(seen)[-1] == ["2026-11-20", "Owed when the day ended", "", "", "", "887.20"]


def test_a_copy_calls_the_refund_enforcement_or_other(households: Family) -> None:
    """PRV-3: also where the page names it; the payor's own statement names the source."""
    for tail in ("/statement.csv", "/statement.pdf"):
        mine = statement(households, "A", tail)
        payors = statement(households, "P", tail)
        text, other = (
            (mine.text, payors.text)
            if "csv" in tail
            else (text_of(mine.body), text_of(payors.body))
        )
        assert "Enforcement or other" in text
        assert "ederal" not in text
        assert "Federal tax refund" in other
    assert "Federal tax refund" in households.open("A", "/payments").text


def test_a_custodial_parents_statement_holds_nothing_of_the_payor(households: Family) -> None:
    """PRV-1"""
    words = text_of(statement(households, "A", "/statement.pdf").body)
    for hidden in ("Pike", "Jordan", "Harbor", " $120.00", "EFT", "Lopez", "C2", "TOP88812",
                   "Secret", "Lowell", "worker"):  # fmt: skip
        assert hidden not in words
    assert "Ana O'Brien-Ñuñez" in words
    assert "you receive support" in words


def test_a_payors_statement_does_not_tell_of_a_check_that_came_back(households: Family) -> None:
    """PRV-1: only the day on which money was first sent on."""
    words = text_of(statement(households, "P", "/statement.pdf").body)
    assert "Oct 21, 2026 Sent on" in words
    for hidden in ("Nov 2, 2026", "came back", "Came back", "O'Brien"):
        assert hidden not in words


def test_a_role_that_ended_ends_the_statement(context: Context, tmp_path: Path) -> None:
    """The ledger's own figure on the last day, and nothing later."""
    builder = one_family().builder
    for row in builder.rows["members.csv"]:
        if row["participant_id"] == "A":
            row["until"] = "2026-09-30"
    family = Family(context, tmp_path)
    family.load(builder)
    found = rows(statement(family, "A", "/statement.csv?from=2026-09-01&to=2026-11-22"))
    assert found[-1][0] == "2026-09-30"
    pdf = text_of(statement(family, "A", "/statement.pdf?from=2026-09-01&to=2026-11-22").body)
    assert "October 2026" not in pdf
    assert "Figures as of: September 30, 2026" in pdf
    nothing = statement(family, "A", "?from=2026-11-01&to=2026-11-20")
    assert "Our records show nothing for you in that time" in nothing.words
    file = statement(family, "A", "/statement.pdf?from=2026-11-01&to=2026-11-20")
    assert (file.status, file.is_html) == (404, True), "no empty file that looks like an answer"


def test_the_pdf_is_for_everybody(family: Family) -> None:
    """PDF/UA-1: made by a maker that refuses what breaks it; tagged, titled, in a language, with
    the fonts in it; and no name in the file's own facts but the agency's."""
    seen = statement(family, "A", "/statement.pdf")
    assert seen.headers["Content-Disposition"].startswith("attachment")
    with pikepdf.open(io.BytesIO(seen.body)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.StructTreeRoot is not None
        assert str(pdf.Root.Lang).startswith("en")
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        metadata = pdf.open_metadata()
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "Statement of your child support case"
        for page in pdf.pages:
            for font in page.Resources.Font.values():
                below = font.DescendantFonts[0] if "/DescendantFonts" in font else font
                assert any(key.startswith("/FontFile") for key in dict(below.FontDescriptor))
        assert "Silva" not in str(pdf.docinfo.get("/Author", "")) + str(pdf.docinfo.Title)


def test_the_same_figures_give_the_same_bytes(family: Family) -> None:
    first = statement(family, "P", "/statement.pdf").body
    assert statement(family, "P", "/statement.pdf").body == first


def test_no_cell_is_a_formula(context: Context, tmp_path: Path) -> None:
    """INJ-3: nor does a name become markup in the PDF."""
    builder: ExtractBuilder = two_households().builder
    for row in builder.rows["participants.csv"]:
        if row["participant_id"] == "A":
            row["first_name"], row["last_name"] = "=HYPERLINK(1)", '#image("x")'
    family = Family(context, tmp_path)
    family.load(builder)
    for cells in rows(statement(family, "A", "/statement.csv")):
        assert not any(cell.startswith(("=", "@", "+")) for cell in cells)
    assert '=HYPERLINK(1) #image("x")' in text_of(statement(family, "A", "/statement.pdf").body)


@pytest.mark.parametrize("name", ["小龍", BREAKS_THE_PRINTER])
def test_a_name_in_other_letters_does_not_break_the_file(
    context: Context, tmp_path: Path, name: str
) -> None:
    builder = one_family().builder
    for row in builder.rows["participants.csv"]:
        if row["participant_id"] == "A":
            row["first_name"], row["last_name"] = name, "王"
    for row in builder.rows["orders.csv"]:
        row["court"] = f"法院 {name}"
    family = Family(context, tmp_path)
    family.load(builder)
    seen = statement(family, "A", "/statement.pdf")
    assert seen.status == 200
    assert "Case: C1" in text_of(seen.body)


def test_what_is_shown_can_be_made_into_a_statement_for_others(family: Family) -> None:
    """The button takes the period along; without one, or with a wrong one, it is the usual one."""
    page = family.page("P")
    seen = statement(family, "P", OCTOBER)
    form = page.get(seen.links()["Make a statement to show"])
    days = ("10/08/2026", "10/31/2026")
    assert all(f'value="{day}"' in form.text for day in days)
    usual = page.get(seen.path + "/new").text
    assert not any(f'value="{day}"' in usual for day in days)
    wrong = page.get(seen.path + "/new?from=2026-12-01&to=2026-10-31").text
    assert 'value="11/01/2025"' in usual
    assert 'value="11/01/2025"' in wrong


def test_links_lead_here(family: Family) -> None:
    for tail in ("/payments", "/balances"):
        assert "Statements to keep or to show to others" in family.open("P", tail).links()
    links = statement(family, "P").links()
    assert {"Save as PDF", "Save as CSV", "The last 12 months", "2026"} <= set(links)
