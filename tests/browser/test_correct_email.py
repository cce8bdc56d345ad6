"""A parent who lost the mailbox: proof, two people, a day, two links; all in real browsers, by axe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from portal.security.permissions import StaffRole
from tests.browser.steps import Walk
from tests.browser.test_devices import sign_in
from tests.requests.parents import Parents, load_parents
from tests.support.accounts import TestAccount
from tests.support.live import LivePortal
from tests.support.staff import make_staff
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser
OLD, NEW = "jordan@example.org", "jordan.new@example.net"
DAY = 24 * 3600


@pytest.fixture
def parents(live: LivePortal, tmp_path: Path) -> Parents:
    return load_parents(live.context, tmp_path)


@pytest.fixture
def sam(live: LivePortal, parents: Parents) -> TestAccount:
    return make_staff(live.context, StaffRole.CASEWORKER)


@pytest.fixture
def ada(live: LivePortal, parents: Parents) -> TestAccount:
    return make_staff(live.context, StaffRole.SUPERVISOR, name="Ada Lane")


@pytest.fixture
def browser_of(chromium: Browser, live: LivePortal) -> Iterator[Callable[[int], Walk]]:
    opened: list[Walk] = []

    def make(width: int) -> Walk:
        opened.append(Walk(chromium, live, width=width, script=True))
        return opened[-1]

    yield make
    for walk in opened:
        walk.close()


def ask(desk: Walk, sam: TestAccount) -> None:
    """The caseworker finds the parent, says why, and asks for the other address, with proof."""
    sign_in(desk, sam)
    desk.open("/staff/look-up")
    desk.tick("Social Security number")
    desk.page.locator("input[name=ssn]").fill("666-20-0001")
    desk.tick("The parent is here")
    desk.fill("Why, in your own words", "Lost the phone company's mailbox")
    desk.page.locator("main form button[type=submit]").click()
    desk.page.wait_for_load_state()
    desk.see("Jordan Pike")
    desk.follow("Correct the e-mail address")
    desk.see("Correct the e-mail address: Jordan Pike")
    desk.press("Ask for approval")
    desk.see("Correct the e-mail address")
    for said in ("Enter the new address", "Choose the proof", "Say why"):
        assert said in desk.words()
    desk.fill("New e-mail address", NEW)
    desk.tick("A photo ID")
    desk.fill("Why, in your own words", "Was here with a driver license; looked like the photo")
    desk.press("Ask for approval")
    desk.see("Jordan Pike")
    assert "Another person has to approve" in desk.words()


def approve(boss: Walk, ada: TestAccount) -> None:
    """Another person compares the address with the proof and lets it begin."""
    sign_in(boss, ada)
    boss.open("/staff/approvals")
    boss.page.get_by_role("link", name="e-mail").first.click()
    boss.page.wait_for_load_state()
    boss.see("")
    for said in (NEW, "j…@example.org", "A photo ID", "looked like the photo"):
        assert said in boss.words()
    assert OLD not in boss.words()
    boss.press("Approve")
    boss.see("Approvals")


def try_password(walk: Walk, account: TestAccount) -> None:
    walk.open("/sign-in")
    walk.fill("E-mail address", account.email)
    walk.fill("Password", account.password)
    walk.press("Sign in")


@pytest.mark.parametrize("width", [360, 1280])
def test_from_the_counter_to_signing_in_with_the_new_address(
    browser_of: Callable[[int], Walk],
    live: LivePortal,
    parents: Parents,
    sam: TestAccount,
    ada: TestAccount,
    width: int,
) -> None:
    """RCV-2, ACL-4: asked with proof, approved, told to both mailboxes, confirmed, waited, done."""
    desk, boss, phone = browser_of(width), browser_of(width), browser_of(width)
    ask(desk, sam)
    assert live.mails(OLD) == [], "one worker alone writes to nobody"
    approve(boss, ada)
    wait_until(lambda: live.mails(OLD) and live.mails(NEW), "both mails")
    assert live.link_to(OLD).partition("?")[0] != live.link_to(NEW).partition("?")[0]
    assert NEW not in live.mails(OLD)[0]

    phone.open(live.link_to(NEW))
    phone.see("Confirm your new e-mail address")
    phone.press("Confirm")
    phone.see("Thank you")
    parents.payor.email = NEW
    try_password(phone, parents.payor)
    phone.see("Sign in")  # not before the day is over

    live.forward(DAY + 300)
    for address in (OLD, NEW):
        wait_until(lambda to=address: len(live.mails(to)) == 2, "the mail that it was done")
    sign_in(phone, parents.payor)
    phone.see("Your case")
    phone.open("/account/history")
    for said in ("You asked us to change", "was confirmed", "We changed your e-mail address"):
        assert said in phone.words()
    phone.open("/account/record-openings")
    assert "To help you with your account" in phone.words()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_owner_stops_it_from_the_old_mailbox(
    browser_of: Callable[[int], Walk],
    live: LivePortal,
    parents: Parents,
    sam: TestAccount,
    ada: TestAccount,
    width: int,
) -> None:
    """RCV-2, LNK-4: somebody else was at the counter. The button stops it, though the other had
    confirmed; the old address signs in as ever."""
    desk, boss = browser_of(width), browser_of(width)
    owner, thief = browser_of(width), browser_of(width)
    ask(desk, sam)
    approve(boss, ada)
    thief.open(live.link_to(NEW))
    thief.press("Confirm")
    thief.see("Thank you")
    owner.open(live.link_to(OLD))
    owner.see("Stop this?")
    assert "use another e-mail address" in owner.words()
    owner.press("Stop it")
    owner.see("It was stopped")
    assert "Your e-mail address is as it was" in owner.words()
    owner.open(live.link_to(OLD))
    owner.see("This link does not work any more")

    live.forward(DAY + 300)
    sign_in(owner, parents.payor)
    owner.see("Your case")
    assert len(live.mails(NEW)) == 1
    thief.open(live.link_to(NEW))
    thief.see("This link does not work any more")
    assert "cannot read your old mailbox" in thief.words()
