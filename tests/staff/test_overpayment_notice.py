"""The overpayment notice: to the parent who was paid, with the figures of the record."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from portal.context import Context
from portal.notices.letter_models import PortalLetter
from portal.security.permissions import StaffRole
from tests.requests.parents import Parents, load_parents
from tests.staff.case_letters import choose, letters_of, read
from tests.staff.test_disputed_lines import next_extract
from tests.support.accounts import sign_in
from tests.support.page import Page, Seen
from tests.support.staff import staff_at

TITLE = "You were paid too much"


@pytest.fixture
def parents(context: Context, tmp_path: Path) -> Parents:
    return load_parents(context, tmp_path)


@pytest.fixture
def form(context: Context, page: Page, parents: Parents) -> Seen:
    """The form for case C1, a caseworker signed in on `page`."""
    staff_at(page, context, StaffRole.CASEWORKER)
    return choose(page, "overpayment")


def payment(form: Seen) -> tuple[str, str]:
    """The newest payment: its value and its label."""
    option = form.document.query("select[name=payment] option")[0]
    return str(option.attrs["value"]), option.to_text().strip()


def look(page: Page, form: Seen, **changes: str) -> Seen:
    values = {
        "payment": payment(form)[0], "because": "more_than_due", "amount": "40",
        "each": "10.00", "since": "12/18/2026", "words": "We are sorry.",
    }  # fmt: skip
    return page.submit(button="action=look", **{**values, **changes})


def test_the_letter_has_the_figures(
    context: Context, page: Page, other_page: Page, parents: Parents, form: Seen
) -> None:
    paid_on, paid = payment(form)[1].split(",  ")[0].rsplit(", ", 1)[0].split(": ")
    looked = look(page, form)
    assert "To Ana" in looked.words
    assert page.submit(button="action=send").path.endswith("/letters")
    sign_in(other_page, parents.marked)
    told = read(other_page, TITLE)
    for part in (
        f"On {paid_on} we sent you {paid}. Of it, $40.00 was too much.",
        "The reason: It was more than was due to you.",
        "We are sorry.",
        "$10.00 from each payment from December 18, 2026 on",
        "ask for an administrative review",
        "Last day to answer December 22, 2026 (30 days left)",
    ):
        assert part in told, part


def test_nobody_else_gets_one(
    context: Context, page: Page, other_page: Page, parents: Parents, form: Seen
) -> None:
    """PRV-1: the payor is told nothing of what the other parent was paid."""
    look(page, form)
    page.submit(button="action=send")
    with context.database.transaction(write=False) as session:
        assert session.scalars(select(PortalLetter.participant_id)).all() == ["A"]
    sign_in(other_page, parents.payor)
    assert letters_of(other_page) == {}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"amount": "999999.00"}, "Enter no more than was paid"),
        ({"each": "41.00"}, "take back no more at a time"),
        ({"amount": "x"}, "Enter an amount in dollars and cents"),
        ({"since": "11/22/2026"}, "Enter a day after today"),
        ({"payment": "made.up"}, "Not a valid choice"),
        ({"because": "the_payor_lied"}, "Not a valid choice"),
    ],
)
def test_figures_that_cannot_be(
    context: Context, page: Page, form: Seen, change: dict[str, str], error: str
) -> None:
    assert error in look(page, form, **change).errors
    page.submit(button="action=send")
    with context.database.transaction(write=False) as session:
        assert session.scalars(select(PortalLetter)).all() == []


def test_the_same_one_goes_once(context: Context, page: Page, form: Seen) -> None:
    look(page, form)
    page.submit(button="action=send")
    look(page, choose(page, "overpayment"))
    assert "was sent before" in page.submit(button="action=send").errors


def test_the_letter_leads_to_a_dispute_of_that_payment(
    page: Page, other_page: Page, parents: Parents, form: Seen
) -> None:
    """ACL-1: filled in for the one who was paid; the payor has neither letter nor link."""
    look(page, form)
    page.submit(button="action=send")
    sign_in(other_page, parents.marked)
    seen = other_page.get(letters_of(other_page)[TITLE])
    href = seen.links()["I don’t agree with this letter"]
    asked = other_page.get(href)
    assert asked.status == 200
    assert payment(form)[1].startswith("November 19, 2026: $80.00")
    assert "Payment of November 18, 2026: $80.00" in asked.words
    payor = Page(page.app)
    sign_in(payor, parents.payor)
    assert payor.get(href).status == 404


def test_what_is_overpaid_already_is_on_the_page(
    context: Context, page: Page, parents: Parents, form: Seen
) -> None:
    assert "Our record has $0.00 overpaid on this case" in form.words
    parents.family.builder.find("cases.csv", case_id="C1")["overpayment_due"] = "75.00"
    next_extract(context, parents)
    assert "Our record has $75.00 overpaid" in choose(page, "overpayment").words
