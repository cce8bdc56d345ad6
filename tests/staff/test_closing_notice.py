"""The closing notice: to each parent what each may know, once, with 60 days to answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.context import Context
from portal.notices.letter_models import PortalLetter
from portal.rules.closing import ClosingReason
from portal.security.permissions import StaffRole
from portal.staff.closing_notice import REASONS
from portal.staff.models import RecordOpening, StaffParty
from tests.requests.parents import Parents, load_parents
from tests.staff.case_letters import choose, letters_of, read
from tests.staff.test_disputed_lines import next_extract
from tests.support.accounts import TestAccount, mails, sign_in
from tests.support.clock import Clock
from tests.support.page import Page
from tests.support.staff import staff_at

TITLE = "We plan to close your case"
WORDS = "Please send us the form we asked for.\n\nCall us if you lost it."


@pytest.fixture
def parents(context: Context, tmp_path: Path) -> Parents:
    return load_parents(context, tmp_path)


@pytest.fixture
def worker(context: Context, page: Page, parents: Parents) -> TestAccount:
    """Signed in on `page`."""
    return staff_at(page, context, StaffRole.CASEWORKER)


def send(page: Page, reason: str = "no_cooperation", words: str = WORDS) -> str:
    choose(page, "closing")
    looked = page.submit(reason=reason, words=words, button="action=look")
    assert "To " in looked.words, looked.words
    return page.submit(button="action=send").path


def count(context: Context, model: type) -> int:
    with context.database.transaction(write=False) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_each_parent_gets_a_letter_of_their_own(
    context: Context, page: Page, other_page: Page, parents: Parents, worker: TestAccount
) -> None:
    assert send(page).endswith("/letters")
    sign_in(other_page, parents.marked)
    mine = read(other_page, TITLE)
    for part in (
        "We plan to close case C1 after January 21, 2027.",
        "The reason: We need your help for the next step on the case, and we did not get it.",
        "Please send us the form we asked for. Call us if you lost it.",
        "Last day to answer January 21, 2027 (60 days left)",
        "You can answer this letter until January 21, 2027",
        "you can apply for our services again",
        "Answer this letter",
    ):
        assert part in mine, part
    assert len(mails(context, "new_letter")) == 2


def test_the_payor_learns_nothing_of_the_other_parent(
    context: Context, page: Page, other_page: Page, parents: Parents, worker: TestAccount
) -> None:
    """PRV-1: neither the reason nor the worker's words, nor that somebody else got a letter."""
    send(page)
    sign_in(other_page, parents.payor)
    told = read(other_page, TITLE)
    assert "We plan to close case C1" in told
    assert "Closing the case does not end a court order." in told
    for part in ("The reason", "your help", "form we asked for", "Ana", "apply for our services"):
        assert part not in told, part
    assert list(letters_of(other_page)) == [TITLE]


def test_a_reason_about_neither_parent_is_told_to_both(
    context: Context, page: Page, other_page: Page, parents: Parents, worker: TestAccount
) -> None:
    send(page, "no_order_little_owed")
    sign_in(other_page, parents.payor)
    told = read(other_page, TITLE)
    assert "There is no court order for support to be paid now" in told
    assert "form we asked for" not in told


def test_what_is_sent_is_what_was_looked_at(
    context: Context, page: Page, parents: Parents, worker: TestAccount
) -> None:
    """Words changed after looking are shown again, not sent; nothing goes without a look."""
    choose(page, "closing")
    page.submit(reason="lost_contact", words="", button="action=send")
    page.submit(words="Changed.", button="action=send")
    assert count(context, PortalLetter) == 0
    assert page.submit(button="action=send").path.endswith("/letters")
    assert count(context, PortalLetter) == 2


def test_a_notice_goes_once_while_it_runs(
    context: Context, page: Page, parents: Parents, worker: TestAccount, clock: Clock
) -> None:
    send(page)
    assert "A closing notice of this case was sent" in choose(page, "closing").words
    clock.forward(days=61)
    sign_in(page, worker)
    assert page.get("/staff/letters").status == 200
    assert send(page).endswith("/letters")
    assert count(context, PortalLetter) == 4


def test_who_is_close_to_a_parent_writes_no_letter(
    context: Context, page: Page, parents: Parents, worker: TestAccount
) -> None:
    """ACL-4"""
    address = choose(page, "closing").path
    with context.database.transaction() as session:
        session.add(StaffParty(account_id=worker.id, participant_id="P", declared_by="x",
                               declared_at=context.now()))  # fmt: skip
    assert "You cannot work on this case" in choose(page, "closing").errors
    assert page.get(address).status == 404
    assert page.post(address, {"reason": "lost_contact"}).status == 404
    assert count(context, PortalLetter) == 0


def test_a_case_is_opened_by_its_number_and_noted(
    context: Context, page: Page, parents: Parents, worker: TestAccount
) -> None:
    """AUD-4: the worker saw the parents' names; an address is bound to the worker (ACL-1)."""
    assert "There is no case with this number" in choose(page, "closing", case="C77").errors
    address = choose(page, "closing").path
    with context.database.transaction(write=False) as session:
        seen = set(session.scalars(select(RecordOpening.participant_id)))
    assert seen == {"P", "A"}
    colleague = Page(page.app)
    staff_at(colleague, context, StaffRole.CASEWORKER, name="Ada Other")
    assert colleague.get(address).status == 404


def test_signs_that_cannot_be_printed_are_named(
    context: Context, page: Page, parents: Parents, worker: TestAccount
) -> None:
    choose(page, "closing")
    seen = page.submit(reason="lost_contact", words="Thank you 😀", button="action=look")
    assert "The letter cannot be printed with these signs: 😀" in seen.errors
    assert "Thank you 😀" in seen.text


def test_every_reason_has_words(context: Context) -> None:
    assert set(REASONS) == set(ClosingReason)
    assert set(context.agency.notices.closing_reasons) <= set(ClosingReason)


def test_a_parent_without_an_account_is_named(context: Context, page: Page, tmp_path: Path) -> None:
    """Nobody's letter is lost: it is kept, and the worker is told to mail it."""
    from portal.feeds.load import load
    from tests.support.families import two_households

    load(context, two_households().builder.write(tmp_path / "extract"))
    staff_at(page, context, StaffRole.CASEWORKER)
    path = send(page)
    listed = page.get(path)
    assert listed.words.count("no account: print and mail it") == 2
    file = next(href for name, href in listed.links().items() if name.startswith("Save"))
    assert page.get(file).body.startswith(b"%PDF")


def test_the_bars_of_the_record_are_on_the_page(
    context: Context, page: Page, other_page: Page, worker: TestAccount, parents: Parents
) -> None:
    """Public assistance, money owed to the state, what is overpaid: for the staff alone."""
    seen = choose(page, "closing")
    for words in ("Public assistance no", "not paid back $0.00"):
        assert words in seen.words, words
    case = parents.family.builder.find("cases.csv", case_id="C1")
    case.update({"public_assistance": "1", "owed_to_state": "1", "overpayment_due": "75.00"})
    next_extract(context, parents)
    seen = choose(page, "closing")
    for words in ("Public assistance yes", "Money owed to the state yes", "not paid back $75.00",
                  "cannot be closed only because a parent asks"):  # fmt: skip
        assert words in seen.words, words
    send(page)
    sign_in(other_page, parents.payor)
    assert "assistance" not in read(other_page, TITLE)
