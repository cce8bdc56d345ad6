"""How we got here: the sum, the months with what moved them, the drawings, the same as CSV."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal

from tests.cases.family import Family
from tests.support.extract import ExtractBuilder, one_family
from tests.support.page import Seen

TAIL = "/how-we-got-here"


def months(seen: Seen) -> list[str]:
    """The months as a reader meets them."""
    found = seen.document.query(".months__month")
    return [" ".join(it.to_text(separator=" ").split()) for it in found]


def with_interest() -> ExtractBuilder:
    """One family that owed $1,000.00 before, and interest in September and October."""
    builder = one_family().builder
    builder.charge("C1", "2026-06-30", "1000.00", kind="opening", category="arrears")
    builder.charge("C1", "2026-08-31", "5.50", category="interest")
    builder.charge("C1", "2026-08-31", "5.50", category="penalty")
    builder.charge("C1", "2026-10-15", "-50.00", kind="adjustment", category="arrears",
                   reason="court_credit", note="a worker's words")  # fmt: skip
    builder.settle()
    return builder


def test_it_opens_with_what_was_owed_and_ends_at_the_balance(family: Family) -> None:
    family.load(with_interest())
    for person in ("P", "A"):
        seen = family.open(person, TAIL)
        rows = [
            " ".join(it.to_text(separator=" ").split())
            for it in seen.document.query(".balances__row dt, .balances__row .balances__value")
        ]
        sums = dict(zip(rows[::2], rows[1::2], strict=True))
        assert sums == {
            "Owed on November 22, 2022": "$0.00",
            "Support that fell due added": "$2,100.00",
            "Interest added": "$5.50",
            "Penalties added": "$5.50",
            "Corrections added": "$950.00",
            "Payments taken off": "−$1,900.00",
            "Owed on November 20, 2026": "$1,161.00",
        }
        assert "$1,161.00 owed in all, as of November 20, 2026" in seen.words
        assert "we cannot explain" not in seen.words


def test_each_month_says_what_moved_it(family: Family) -> None:
    """By hand: October has five Fridays at $100.00 and four paid; a credit took off $50.00."""
    family.load(with_interest())
    found = months(family.open("A", TAIL))
    # June to November 2026, the quiet months of each year as one, a line for each of five years.
    assert len(found) == 6 + 5 + 5
    (october,) = [it for it in found if it.startswith("October 2026")]
    assert october == (
        "October 2026 owed at the end: $961.00 Rose by $50.00: 5 Fridays were charged ($500.00)"
        " and 4 payments lowered it by $400.00; corrections took off $50.00."
    )
    (september,) = [it for it in found if it.startswith("September 2026")]
    assert "4 Fridays were charged ($400.00)" in september
    (august,) = [it for it in found if it.startswith("August 2026")]
    assert "interest and penalties added $11.00" in august
    (june,) = [it for it in found if it.startswith("June 2026")]
    assert "Rose by $1,000.00: corrections added $1,000.00." in june
    (quiet,) = [it for it in found if it.startswith("January 2024 to December 2024")]
    assert quiet.endswith("owed at the end: $0.00 Nothing changed.")
    assert "Owed on November 22, 2022 $0.00" in found


def test_what_does_not_add_up_is_said_by_category_with_a_way_to_ask(family: Family) -> None:
    builder = one_family().builder
    builder.find("balances.csv", case_id="C1")["amount"] = "212.40"
    family.load(builder)
    for person in ("P", "A"):
        seen = family.open(person, TAIL)
        assert "$12.40 we cannot explain" in seen.words
        assert "Support, current and past due: the balance is $12.40 more." in seen.words
        assert seen.links()["Ask us to look into it"].startswith("/requests/")
        rows = csv.DictReader(
            io.StringIO(family.open(person, TAIL + ".csv").body.decode("utf-8-sig"))
        )
        last = list(rows)[-1]
        assert (last["What happened"], last["Change"]) == ("What we cannot explain", "12.40")
        assert last["Owed for this afterward"] == "212.40"


def test_two_differences_that_cancel_out_are_still_told(family: Family) -> None:
    builder = one_family().builder
    builder.find("balances.csv", case_id="C1")["amount"] = "212.40"
    builder.balance("C1", "interest", "-12.40")
    family.load(builder)
    words = family.open("P", TAIL).words
    assert "Some of this we cannot explain" in words
    assert "Interest: the balance is $12.40 less." in words


def test_the_drawing_has_a_line_for_each_category_and_the_same_as_a_table(family: Family) -> None:
    family.load(with_interest())
    seen = family.open("P", TAIL)
    pictures = seen.document.query(".chart svg")
    captions = [it.to_text(separator=" ") for it in seen.document.query(".chart figcaption strong")]
    assert captions == ["All together", "Support, current and past due", "Interest", "Penalties"]
    assert len(pictures) == 4
    for picture in pictures:
        assert "'role': 'img'" in str(picture.attrs)
        assert "The table has the figures" in str(picture.attrs)
    for svg in re.findall(r"<svg.*?</svg>", seen.text, re.DOTALL):
        assert "style" not in svg
        assert "script" not in svg
    table = seen.document.query(".charts ~ details tbody tr")
    assert len(table) == 49


def test_the_file_adds_up_line_by_line(family: Family) -> None:
    family.load(with_interest())
    for person in ("P", "A"):
        seen = family.open(person, TAIL + ".csv")
        assert seen.headers["Content-Disposition"] == 'attachment; filename="how-we-got-here.csv"'
        rows = list(csv.DictReader(io.StringIO(seen.body.decode("utf-8-sig"))))
        assert rows[0]["What happened"] == "Owed on this day"
        owed = Decimal(rows[0]["Owed in all afterward"])
        for row in rows[1:]:
            if row["Change"]:
                owed += Decimal(row["Change"])
                assert Decimal(row["Owed in all afterward"]) == owed
        assert owed == Decimal("1161.00")
        assert "worker" not in seen.text
        (credit,) = [row for row in rows if row["Change"] == "-50.00"]
        assert credit["Source or reason"] == "A court gave a credit."


def test_a_copy_says_of_a_source_what_a_copy_may(households: Family) -> None:
    """PRV-3: a federal tax refund is enforcement or other in the file."""
    text = households.open("A", TAIL + ".csv").text
    assert "ederal" not in text
    assert "Enforcement or other" in text
    assert "Federal tax refund" in households.open("P", TAIL + ".csv").text


def test_a_part_in_a_case_that_is_over(family: Family) -> None:
    builder = one_family().builder
    builder.find("members.csv", participant_id="A")["until"] = "2026-09-02"
    family.load(builder)
    seen = family.open("A", TAIL)
    assert "as of September 2, 2026" in seen.words
    assert "Your part in this case ended on September 2, 2026." in seen.words
    assert "October 2026" not in seen.words


def test_days_between_two_roles_are_a_sum_without_lines(family: Family) -> None:
    builder = one_family().builder
    row = builder.find("members.csv", participant_id="A")
    row["until"] = "2026-08-10"
    builder.member("C1", "A", "custodial", "2026-09-20", "")
    family.load(builder)
    words = family.open("A", TAIL).words
    assert "While you had no part in this case" in words
    assert "From August 11, 2026 to September 19, 2026 you had no part in this case." in words


def test_a_case_without_lines_says_so(family: Family) -> None:
    builder = one_family().builder
    builder.find("members.csv", participant_id="A")["until"] = "2021-12-31"
    family.load(builder)
    words = family.open("A", TAIL).words
    assert "your part in this case ended more than 4 years ago" in words


def test_links_lead_there(households: Family) -> None:
    page = households.page("A")
    base = page.get("/cases").path
    named = [name for name, href in page.get(base).links().items() if href == base + TAIL]
    assert len(named) == 2  # the menu, and beside what is owed
    assert base + TAIL in page.get(base + "/balances").links().values()


def test_what_differs_from_the_rules_stands_on_the_page_its_month_and_its_line(
    family: Family,
) -> None:
    """A Friday charged with $130.00 where the order says $100.00; no other month is named."""
    builder = one_family().builder
    row = builder.find("charges.csv", due_on="2026-09-11")
    row["amount"] = "130.00"
    builder.settle()
    family.load(builder)
    for person in ("P", "A"):
        seen = family.open(person, TAIL)
        assert "This may be wrong" in seen.words
        assert "September 2026 : The record has" in seen.words
        page = family.page(person)
        month = page.get(seen.links()["September 2026"])
        assert "This may be wrong" in month.words
        assert "This may be wrong" not in page.get(seen.links()["August 2026"]).words
        links = {name: href for name, href in month.links().items() if "/lines/" in href}
        (wrong,) = [href for name, href in links.items() if "Sep 11" in name and "+$130" in name]
        assert "This may be wrong" in page.get(wrong).words
        (right,) = [href for name, href in links.items() if "Sep 18" in name and "+$100" in name]
        assert "This may be wrong" not in page.get(right).words


def test_what_is_owed_to_whom_is_said_beside_the_sum(family: Family) -> None:
    builder = one_family().builder
    builder.find("balances.csv", case_id="C1")["amount"] = "150.00"
    builder.balance("C1", "arrears", "50.00", owed_to="state")
    family.load(builder)
    for person in ("P", "A"):
        words = family.open(person, TAIL).words
        assert "$150.00 of it is owed to the family and $50.00 to the state." in words
        assert "we cannot explain" not in words
