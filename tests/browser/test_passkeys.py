"""Passkeys in a real browser, with Chromium's own virtual authenticator: PKY-1 to PKY-3.

The account's pages are walked as a person does; what no device would do is tried by changing the
virtual one, or by changing what the page posts.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, Route
from sqlalchemy import select

from portal.audit.models import AuditEvent
from tests.browser.steps import Walk, keep_codes
from tests.support.accounts import PASSWORD, TestAccount, make_account
from tests.support.authenticator import code_at
from tests.support.live import LivePortal
from tests.support.ports import held_port
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser
BUTTON = "Use your fingerprint or face"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Device:
    """A virtual authenticator plugged into one page."""

    def __init__(self, page: Page) -> None:
        self.cdp = page.context.new_cdp_session(page)
        self.cdp.send("WebAuthn.enable", {"enableUI": False})
        added = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        self.id = added["authenticatorId"]

    def verifies(self, verified: bool) -> None:
        self._send("setUserVerified", isUserVerified=verified)

    def is_touched(self, touched: bool) -> None:
        self._send("setAutomaticPresenceSimulation", enabled=touched)

    def credentials(self) -> list[dict[str, Any]]:
        return list(self._send("getCredentials")["credentials"])

    def put(self, credential: dict[str, Any]) -> None:
        self._send("addCredential", credential=credential)

    def clear(self) -> None:
        self._send("clearCredentials")

    def _send(self, command: str, **arguments: Any) -> Any:
        return self.cdp.send(f"WebAuthn.{command}", {"authenticatorId": self.id, **arguments})


@pytest.fixture
def walk(chromium: Browser, live: LivePortal) -> Iterator[Walk]:
    walk = Walk(chromium, live, width=360, script=True)
    yield walk
    walk.close()


@pytest.fixture
def no_autofill(walk: Walk) -> None:
    """The virtual device answers at once when the e-mail box offers passkeys: let the button."""
    walk.page.add_init_script(
        "PublicKeyCredential.isConditionalMediationAvailable = async () => false"
    )


def give_password(walk: Walk, account: TestAccount) -> None:
    walk.open("/sign-in")
    walk.fill("E-mail address", account.email)
    walk.fill("Password", PASSWORD)
    walk.press("Sign in")


def sign_out(walk: Walk) -> None:
    walk.press("Sign out")
    walk.see("You are signed out")


def first_passkey(walk: Walk, account: TestAccount) -> Device:
    """The account's first second factor, right after its registration."""
    give_password(walk, account)
    device = Device(walk.page)
    walk.see("Protect your account")
    press_and_wait(walk, "/sign-in/recovery-codes")
    walk.see("Keep your recovery codes")
    keep_codes(walk)
    return device


def press_and_wait(walk: Walk, path: str) -> None:
    walk.page.get_by_role("button", name=BUTTON).click()
    walk.page.wait_for_url(lambda url: urlsplit(url).path == path)
    walk.page.wait_for_load_state()


def said(walk: Walk) -> str:
    walk.page.locator("[data-said]:not(:empty)").wait_for()
    failed = "Your device did not confirm"
    walk.page.get_by_text(failed).wait_for()
    return walk.page.locator("[data-said]").inner_text()


@pytest.mark.usefixtures("no_autofill")
def test_registers_signs_in_and_is_refused_once_removed(walk: Walk, live: LivePortal) -> None:
    """PKY-2, PKY-3: every page on the way is checked by axe."""
    account = make_account(live.context, totp=False)
    device = first_passkey(walk, account)
    assert [c["rpId"] for c in device.credentials()] == ["localhost"]
    walk.open("/account")
    assert "1 passkey" in walk.words()
    sign_out(walk)

    walk.open("/sign-in?next=/account/passkeys")
    press_and_wait(walk, "/account/passkeys")
    walk.see("Passkeys")
    assert "Chrome" in walk.words()

    live.forward(6 * 60)
    walk.follow("Add a passkey")
    walk.see("Show that it is you")
    press_and_wait(walk, "/account/passkeys/new")
    walk.see("Add a passkey")
    old = device.credentials()
    device.clear()
    walk.fill("Name", "My tablet")
    press_and_wait(walk, "/account/passkeys")
    assert "My tablet" in walk.words()

    walk.page.locator("tr", has_text="Chrome").get_by_role("link").click()
    walk.page.wait_for_load_state()
    walk.see("Passkey: Chrome")
    walk.follow("Remove this passkey")
    walk.see("Remove a passkey")
    walk.press("Remove this passkey")
    walk.see("Passkeys")
    assert "Chrome" not in walk.words()
    wait_until(lambda: any("was deleted" in m for m in live.mails(account.email)), "the mail")

    sign_out(walk)
    device.clear()
    device.put(old[0])
    walk.open("/sign-in")
    walk.page.get_by_role("button", name=BUTTON).click()
    walk.page.get_by_text("That did not work").wait_for()
    walk.see("Sign in")
    assert refusals(live) == ["unknown"]


def test_the_box_for_the_address_offers_passkeys(walk: Walk, live: LivePortal) -> None:
    """Nothing is typed and nothing pressed: the suggestion of the box is taken."""
    account = make_account(live.context, totp=False)
    first_passkey(walk, account)
    sign_out(walk)
    walk.page.goto("/sign-in?next=/account/passkeys", wait_until="commit")
    walk.page.wait_for_url(lambda url: urlsplit(url).path == "/account/passkeys")
    walk.see("Passkeys")


@pytest.mark.usefixtures("no_autofill")
def test_the_second_half_with_a_passkey(walk: Walk, live: LivePortal) -> None:
    """Password first, then the passkey in the place of a code."""
    account = make_account(live.context)
    give_password(walk, account)
    walk.see("Enter your code")
    walk.fill("Six-digit code", code_at(account.totp_secret or "", live.context.now().timestamp()))
    walk.press("Continue")
    device = Device(walk.page)
    walk.open("/account/passkeys/new")
    press_and_wait(walk, "/account/passkeys")
    sign_out(walk)
    give_password(walk, account)
    walk.see("Enter your code")
    device.verifies(False)
    walk.page.get_by_role("button", name=BUTTON).click()
    assert "did not confirm" in said(walk)
    device.verifies(True)
    walk.page.get_by_role("button", name=BUTTON).click()
    walk.page.wait_for_url(re.compile(r"/(cases.*)?$"))
    walk.open("/account")


@pytest.mark.usefixtures("no_autofill")
def test_a_device_that_does_not_verify_its_owner_makes_no_passkey(
    walk: Walk, live: LivePortal
) -> None:
    """PKY-2; the app is still offered."""
    give_password(walk, make_account(live.context, totp=False))
    device = Device(walk.page)
    device.verifies(False)
    walk.see("Protect your account")
    walk.page.get_by_role("button", name=BUTTON).click()
    assert "did not confirm" in said(walk)
    walk.press("Use an authenticator app")
    walk.see("Scan this picture")


def change_answer(page: Page, path: str, **values: Any) -> None:
    """On its way to the server, change the posted answer's client data."""

    def change(route: Route) -> None:
        fields = dict(parse_qsl(route.request.post_data or "", keep_blank_values=True))
        answer = json.loads(fields["credential"])
        text = answer["response"]["clientDataJSON"]
        data = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4))) | values
        packed = urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=")
        answer["response"]["clientDataJSON"] = packed.decode()
        fields["credential"] = json.dumps(answer)
        route.continue_(post_data=urlencode(fields))

    page.route(f"**{path}", change)


def answer_late(route: Route, live: LivePortal) -> None:
    """Five minutes pass between the question and the answer."""
    answer = route.fetch()
    live.forward(301)
    route.fulfill(response=answer)


def ask_for_less(route: Route) -> None:
    """On its way to the browser, the question no longer asks that the owner be verified."""
    answer = route.fetch()
    route.fulfill(response=answer, json=answer.json() | {"userVerification": "discouraged"})


def signed_elsewhere(walk: Walk) -> str:
    """A page of another origin on the same host has the true device sign our challenge."""
    options = walk.page.evaluate(
        """async () => {
            const form = document.querySelector("[data-passkey] form");
            const body = new URLSearchParams({csrf_token: form.elements.csrf_token.value});
            return await (await fetch(form.dataset.options, {method: "POST", body})).json();
        }"""
    )
    evil = f"http://localhost:{held_port()}/"
    walk.page.route(
        evil, lambda route: route.fulfill(body="<h1>Win</h1>", content_type="text/html")
    )
    walk.page.goto(evil)
    answer = walk.page.evaluate(
        """async options => {
            const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
            return JSON.stringify((await navigator.credentials.get({publicKey})).toJSON());
        }""",
        options,
    )
    signed = json.loads(urlsafe_b64decode(json.loads(answer)["response"]["clientDataJSON"] + "=="))
    assert (signed["origin"] + "/", signed["challenge"]) == (evil, options["challenge"])
    walk.open("/sign-in")
    return str(answer)


def bring(walk: Walk, answer: str) -> None:
    """Post an answer that the button of this page did not ask for."""
    walk.page.evaluate(
        """answer => {
            const form = document.querySelector("[data-passkey] form");
            form.elements.credential.value = answer;
            form.submit();
        }""",
        answer,
    )


REASONS = {
    "replayed": "challenge",
    "stale": "challenge",
    "of another origin": "not-verified",
    "changed on its way": "not-verified",
    "without user verification": "not-verified",
}


@pytest.mark.usefixtures("no_autofill")
@pytest.mark.parametrize("case", REASONS)
def test_an_answer_that_does_not_hold(walk: Walk, live: LivePortal, case: str) -> None:
    """PKY-1, PKY-2: with a true device and a true browser; the trail says what was wrong."""
    device = first_passkey(walk, make_account(live.context, totp=False))
    sign_out(walk)
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/sign-in/passkey"):
            sent.append(request.post_data or "")

    walk.page.on("request", note)
    if case == "changed on its way":
        change_answer(walk.page, "/sign-in/passkey", origin="https://evil.example")
    if case == "stale":
        walk.page.route("**/options", lambda route: answer_late(route, live))
    if case == "without user verification":
        device.verifies(False)
        walk.page.route("**/options", ask_for_less)
    walk.open("/sign-in")
    if case == "of another origin":
        bring(walk, signed_elsewhere(walk))
    else:
        walk.page.get_by_role("button", name=BUTTON).click()
    if case == "replayed":
        walk.page.wait_for_url(re.compile(r"/(cases.*)?$"))
        sign_out(walk)
        walk.open("/sign-in")
        bring(walk, dict(parse_qsl(sent[0]))["credential"])
    walk.page.get_by_text("That did not work").wait_for()
    walk.see("Sign in")
    assert refusals(live) == [REASONS[case]]
    assert len(device.credentials()) == 1


def refusals(live: LivePortal) -> list[str]:
    """Why passkeys were refused at signing in, from the trail."""
    with live.context.database.session() as session:
        chosen = select(AuditEvent).where(
            AuditEvent.name == "account:sign-in:passkey", AuditEvent.outcome == "refused"
        )
        return [str(event.detail["reason"]) for event in session.scalars(chosen)]
