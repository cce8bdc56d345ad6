"""Somebody joins the staff: asked, approved, joined with a passkey, all in real browsers, by axe."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from portal.security.permissions import StaffRole
from tests.browser.steps import Walk, keep_codes
from tests.browser.test_devices import sign_in
from tests.browser.test_passkeys import Device, press_and_wait
from tests.support.live import LivePortal
from tests.support.staff import make_staff

NEW_PASSWORD = "seven quiet otters 41"
EMAIL = "kim@agency.example"


@pytest.fixture
def browser_of(chromium: Browser, live: LivePortal) -> Iterator[Callable[[int], Walk]]:
    opened: list[Walk] = []

    def make(width: int) -> Walk:
        opened.append(Walk(chromium, live, width=width, script=True))
        return opened[-1]

    yield make
    for walk in opened:
        walk.close()


def test_from_the_invitation_to_the_first_page(
    browser_of: Callable[[int], Walk], live: LivePortal
) -> None:
    """ACL-3, ACL-4: two supervisors, a mail, a password, a passkey, and in."""
    ada = make_staff(live.context, StaffRole.SUPERVISOR, name="Ada Lane")
    ben = make_staff(live.context, StaffRole.SUPERVISOR, name="Ben Cole")
    asking, approving, joining = browser_of(1280), browser_of(360), browser_of(360)
    sign_in(asking, ada)
    asking.open("/staff/people")
    asking.follow("Invite somebody")
    asking.see("Invite somebody")
    asking.press("Ask for the invitation")
    asking.see("Invite somebody")
    assert "Choose one role or more" in asking.words()
    asking.fill("Name", "Kim Doe")
    asking.fill("E-mail address", EMAIL)
    asking.tick("Supervisor")
    asking.fill("Why", "Takes over from Robin")
    asking.press("Ask for the invitation")
    asking.see("Invitations")
    assert "Waits for approval" in asking.words()

    sign_in(approving, ben)
    approving.open("/staff/approvals")
    approving.follow("Invite somebody to the staff")
    approving.see("Invite somebody to the staff")
    assert "Takes over from Robin" in approving.words()
    approving.press("Approve")
    approving.see("Approvals")

    device = Device(joining.page)
    joining.open(live.link_to(EMAIL))
    joining.see("Join the staff")
    joining.fill("New password", NEW_PASSWORD)
    joining.fill("New password, once more", NEW_PASSWORD)
    joining.page.get_by_label("No", exact=True).check()
    joining.press("Continue")
    joining.see("Protect your account")
    press_and_wait(joining, "/sign-in/recovery-codes")
    joining.see("Keep your recovery codes")
    keep_codes(joining)
    assert len(device.credentials()) == 1
    joining.open("/staff/people")
    joining.see("Staff")
    joining.follow("Ben Cole")
    joining.see("Ben Cole")
    for link, heading in (
        ("Ask for another role", "Another role for"),
        ("End a role", "End a role of"),
        ("Name somebody close", "Somebody close to"),
        ("Keep this person out", "Keep Ben Cole out"),
        ("End the account", "End the account of"),
    ):
        joining.follow(link)
        joining.see(heading)
        joining.follow("Ben Cole")
    joining.open("/staff/close-to-me")
    asking.open("/staff/people/invitations")
    assert "Accepted" in asking.words()
