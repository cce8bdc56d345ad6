"""The record's ledger beside a request: line by line, adding up, with our estimate where it differs."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from flask import Flask

from portal.context import Context
from portal.requests.models import Submission
from tests.requests.asking import send_question
from tests.requests.parents import Parents, send_address, signed_in
from tests.requests.test_closing_response import begin, closing
from tests.staff.desk import desk, filed, mine, parents, sam
from tests.staff.on_requests import Filed, close_to, give
from tests.staff.test_answer_question import asked, payor
from tests.support.accounts import TestAccount
from tests.support.page import Page, Seen
from tests.support.page_rules import words

__all__ = ["asked", "desk", "filed", "mine", "parents", "payor", "sam"]


def month(seen: Seen, caption: str) -> list[str]:
    """The rows of a month's ledger."""
    table = next(it for it in seen.document.query("table") if words(it).startswith(caption))
    return [words(row) for row in table.query("tbody tr")]


def amount(text: str) -> Decimal:
    return Decimal(re.sub(r"[$+,]", "", text).replace("−", "-"))


def sent(context: Context, number: str) -> Filed:
    with context.database.session() as session:
        return Filed(number, session.query(Submission).filter_by(number=number).one().id)


@pytest.mark.parametrize("tail", ["", "/answer"])
def test_a_question_is_read_beside_the_lines_it_is_about(
    desk: Page, asked: Filed, tail: str
) -> None:
    """Each sum with its arithmetic, each line with what is owed after it."""
    seen = desk.get(f"/staff/requests/{asked.number}{tail}")
    rows = month(seen, "Ledger of September 2026")
    assert "Sep 1, 2026 Owed as the day began $680.00" in rows[0]
    assert "Interest was added (Interest) asked about 0.5% of $680.00 would be $3.40" in " ".join(
        rows
    )
    owed = amount("680.00")
    for row in rows[1:-1]:
        change, after = re.findall(r"[+−]?\$[0-9,.]+[0-9]", row)[-2:]
        owed += amount(change)
        assert amount(after) == owed, row
    assert f"{owed}" == "692.20"
    for told in (
        "Support that fell due: +$400.00", "Payments applied: −$400.00", "Penalties: +$6.10",
        "Our own estimate differs", "By the rules it would be $0.00: $12.20 less",
    ):  # fmt: skip
        assert told in seen.words, told


def test_a_review_is_decided_beside_the_lines(desk: Page, mine: Filed) -> None:
    """Its two cases each by itself, the papers with them."""
    for tail in ("", "/decision"):
        seen = desk.get(f"/staff/requests/{mine.number}{tail}")
        assert "A payment was applied (Past-due support (arrears)) −$45.00" in " ".join(
            month(seen, "Ledger of October 2026, case C1")
        )
        assert month(seen, "Ledger of October 2026, case C2")
        assert "By the rules it would be" in seen.words
        assert "Papers and photos" in seen.words


def test_a_question_about_no_line_stands_beside_six_months(
    desk: Page, payor: Page, context: Context
) -> None:
    number = send_question(payor)
    seen = desk.get(f"/staff/requests/{number}")
    captions = re.findall(r"Ledger of (\w+ \d{4})", seen.words)
    assert len(captions) == len(set(captions)) == 6
    assert captions[-1] == "November 2026"


def test_an_answer_to_a_closing_notice_stands_beside_the_ledger_of_its_case(
    app: Flask, context: Context, desk: Page, parents: Parents
) -> None:
    """PRV-2: as the custodial parent who sent it sees it: nothing of the payor's other case."""
    closing(app, context)
    page = signed_in(Page(app), parents.marked)
    begin(page)
    page.post("/requests/closing-response/evidence", {"action": "next"})
    page.get("/requests/closing-response/check")
    page.submit("/check")
    with context.database.session() as session:
        number = session.query(Submission).filter_by(kind="closing_response").one().number
    seen = desk.get(f"/staff/requests/{number}")
    assert "Ledger of November 2026" in seen.words
    assert "C2" not in seen.words


def test_nobody_reads_it_of_a_case_of_their_own(
    desk: Page, asked: Filed, context: Context, sam: TestAccount
) -> None:
    """ACL-4."""
    close_to(context, sam, "A")
    for tail in ("", "/answer"):
        seen = desk.get(f"/staff/requests/{asked.number}{tail}")
        assert seen.status == 403
        assert "Ledger" not in seen.source


def test_a_change_of_address_has_no_ledger(
    desk: Page, context: Context, payor: Page, sam: TestAccount
) -> None:
    send_address(payor)
    with context.database.session() as session:
        number = session.query(Submission).filter_by(kind="change_of_address").one().number
    give(context, sent(context, number), sam)
    seen = desk.get(f"/staff/requests/{number}")
    assert seen.status == 200
    assert "Ledger of" not in seen.words
