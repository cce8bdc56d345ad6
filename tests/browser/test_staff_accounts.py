"""Somebody joins the staff: asked, approved, joined with a passkey, all in real browsers, by axe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from portal.security.permissions import StaffRole
from tests.browser.steps import Walk, keep_codes
from tests.browser.test_devices import sign_in
from tests.browser.test_passkeys import Device, give_password, press_and_wait, sign_out
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


def test_an_agency_that_demands_passkeys(
    browser_of: Callable[[int], Walk], live: LivePortal
) -> None:
    """ACL-3: once more by the app, then a passkey is made, and from then on it alone opens."""
    staff = replace(live.context.agency.staff, passkeys_only=True)
    agency = replace(live.context.agency, staff=staff)
    live.app.extensions["portal"] = replace(live.context, agency=agency)
    ada, walk = make_staff(live.context, StaffRole.SUPERVISOR, name="Ada Lane"), browser_of(360)
    walk.page.add_init_script(
        "PublicKeyCredential.isConditionalMediationAvailable = async () => false"
    )
    device = Device(walk.page)
    sign_in(walk, ada)
    walk.see("Add a passkey")
    walk.open("/staff/people")
    walk.see("Add a passkey")
    press_and_wait(walk, "/staff/queue")
    assert len(device.credentials()) == 1
    walk.open("/account")
    walk.see("Account")
    assert "Recovery codes" not in walk.words()
    sign_out(walk)
    give_password(walk, ada)
    walk.see("Use your passkey")
    assert "Six-digit code" not in walk.words()
    press_and_wait(walk, "/staff/queue")
    live.forward(6 * 60)
    walk.open("/account/passkeys")
    walk.follow("Add a passkey")
    walk.see("Show that it is you")
    assert "Password" not in walk.words()
    press_and_wait(walk, "/account/passkeys/new")
    walk.see("Add a passkey")
