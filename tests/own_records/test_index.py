"""The log beside the agency's record: P pays on C1 and C2, $120.00 a week comes in, $80.00 on C1."""

from __future__ import annotations

import re

from tests.own_records.logs import add, records
from tests.support.page import Page, Seen


def rows(seen: Seen) -> list[str]:
    """The rows of all months, as words, without their headings."""
    from tests.support.page_rules import words

    return [words(row) for row in seen.document.query(".data-table tbody tr")]


def test_an_empty_log_says_so_and_compares_nothing(payor: Page) -> None:
    seen = payor.get(records(payor))
    assert seen.h1 == "Your own records"
    assert "You have not written down a payment yet." in seen.words
    assert "We have" not in seen.words


def test_what_both_have_makes_no_difference(payor: Page) -> None:
    seen = add(payor, "11/16/2026", "120.00", note="stub 12")  # withheld and sent, in on the 18th
    [mine] = [row for row in rows(seen) if "stub 12" in row]
    assert "we have it too" in mine
    assert "in on Nov 18, 2026" in mine
    [total] = [row for row in rows(seen) if row.startswith("Compared")]
    assert total.startswith("Compared $120.00")


def test_the_part_on_this_case_is_found_too(payor: Page) -> None:
    seen = add(payor, "11/18/2026", "80.00")
    assert "we have it too" in next(row for row in rows(seen) if "Nov 18" in row)


def test_what_the_agency_lacks_is_named_with_the_difference(payor: Page) -> None:
    seen = add(payor, "11/06/2026", "77.00", how="cash")
    assert any("$77.00 we do not have it" in row for row in rows(seen))
    total = next(row for row in rows(seen) if row.startswith("Compared"))
    assert re.search(r"Compared \$77\.00 \$[\d.]+ Difference −\$", total)


def test_what_only_the_agency_has_is_added_with_one_more_page(payor: Page) -> None:
    seen = add(payor, "11/06/2026", "77.00", how="cash")
    link = next(href for name, href in seen.links().items() if name.startswith("Add to my list"))
    form = payor.get(link)
    assert re.findall(r'value="\d+\.\d\d"', form.text) == ['value="120.00"']
    before = seen.text.count("we have it too")
    assert payor.submit("/new").text.count("we have it too") == before + 1


def test_a_custodial_parent_is_compared_with_what_was_sent(marked: Page) -> None:
    """Never with what was applied: of $500.00 of the offset, $300.00 went to her."""
    seen = add(marked, "08/14/2026", "300.00")
    assert "you got" in marked.get(f"{records(marked)}/new").h1
    row = next(row for row in rows(seen) if row.startswith("Aug 14"))
    assert "we have it too" in row
    assert "sent Aug 14, 2026" in row
    assert "500.00" not in seen.text


def test_of_a_check_that_came_back_the_one_sent_again_counts(marked: Page) -> None:
    seen = add(marked, "11/05/2026", "45.00")
    row = next(row for row in rows(seen) if row.startswith("Nov 5"))
    assert "we have it too sent Nov 2, 2026" in row
    add(marked, "10/01/2026", "1.00")
    assert "Oct 21, 2026" not in marked.get(records(marked)).words


def test_a_payment_that_was_taken_back_is_said_to_be(payor: Page) -> None:
    seen = add(payor, "10/05/2026", "20.00", case=1)
    row = next(row for row in rows(seen) if row.startswith("Oct 5"))
    assert "$20.00 we had it, and it was taken back on Oct 8, 2026" in row


def test_the_whole_log_as_a_file(payor: Page) -> None:
    add(payor, "11/06/2026", "1,077.50", note="=cmd|calc")
    add(payor, "10/01/2026", "80.00", how="to_other_parent")
    seen = payor.get(records(payor) + ".csv")
    assert seen.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert seen.text == (
        "\ufeffdate,amount,how,note\r\n"
        "2026-10-01,80.00,to_other_parent,\r\n"
        "2026-11-06,1077.50,employer,'=cmd|calc\r\n"
    )


def test_a_long_log_is_shown_a_year_at_a_time(payor: Page) -> None:
    for month in range(1, 12):
        add(payor, f"{month:02}/02/2025", "31.00")
        add(payor, f"{month:02}/02/2026", "31.00")
    first = payor.get(records(payor))
    second = payor.get(records(payor) + "?page=2")
    assert "January 2026" not in second.words
    assert "January 2025" in second.words
    assert "January 2025" not in first.words
    assert payor.get(records(payor) + "?page=99").words == second.words


def test_payments_and_the_first_page_lead_there(payor: Page) -> None:
    base = records(payor)
    for tail in ("", "/payments"):
        links = payor.get(base.replace("/own-records", tail)).links().values()
        assert base in links
