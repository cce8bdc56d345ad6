"""Getting back in after losing everything, in a real browser: RCV-2, on a phone, by keyboard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from portal.feeds.export import export
from portal.feeds.load import load
from tests.browser.keyboard import KeyboardWalk
from tests.browser.steps import PASSWORD, keep_codes
from tests.browser.test_card import type_asked
from tests.support.accounts import make_account
from tests.support.extract import OneFamily, one_family
from tests.support.live import LivePortal
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser
EMAIL, OLD_BOX = "morgan@example.org", "old.box@example.net"
NEW_PIN, BORN = "774411", "04/12/1986"
NEW_PASSWORD = "nine loud herons 58"
DAY = 24 * 3600


@pytest.fixture
def family() -> OneFamily:
    """The record has an e-mail address of the payor that is not the account's."""
    family = one_family()
    family.builder.find("participants.csv", participant_id=family.payor)["email"] = OLD_BOX
    return family


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def walk(
    request: pytest.FixtureRequest,
    chromium: Browser,
    live: LivePortal,
    family: OneFamily,
    tmp_path: Path,
) -> Iterator[KeyboardWalk]:
    """The payor's account exists; its phone, app and codes are gone."""
    load(live.context, family.builder.write(tmp_path / "extract"))
    make_account(
        live.context, participant_id=family.payor, email=EMAIL, password=PASSWORD,
        spent_pin=family.payor_pin,
    )  # fmt: skip
    walk = KeyboardWalk(chromium, live, width=360, script=request.param)
    yield walk
    walk.close()


def new_pin_by_the_next_extract(
    walk: KeyboardWalk, live: LivePortal, family: OneFamily, folder: Path
) -> None:
    """Asked for on the page, handed out with the export, and in the record with the next load."""
    walk.open("/sign-in")
    walk.fill("E-mail address", EMAIL)
    walk.fill("Password", PASSWORD)
    walk.press("Sign in")
    walk.see("Enter your code")
    walk.follow("I do not have my phone")
    walk.see("Use a recovery code")
    walk.follow("I lost everything")
    walk.see("You lost everything you sign in with")
    walk.follow("Send me a new PIN")
    walk.see("Send me a new PIN")
    walk.fill("Social Security number", family.payor_ssn)
    walk.fill("Date of birth", BORN)
    walk.press("Send me a new PIN")
    walk.see("We have your request")
    export(live.context, folder / "out", after=0)
    lines = (folder / "out/submissions.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["new_pin_asked"]
    walk.follow("Get back into an account you have")
    walk.see("You lost everything you sign in with")
    after = family.builder.copy()
    after.find("participants.csv", participant_id=family.payor)["pin"] = NEW_PIN
    created = live.context.now() - timedelta(minutes=1)
    load(live.context, after.write(folder / "next", sequence=2, created_at=created))


def ask(walk: KeyboardWalk, family: OneFamily) -> None:
    walk.open("/sign-in/lost-everything")
    walk.press("Continue")
    assert "Enter your Social Security number" in walk.words()
    walk.fill("Social Security number", family.payor_ssn)
    walk.fill("PIN", NEW_PIN)
    walk.fill("Date of birth", BORN)
    walk.press("Continue")
    walk.see("We have your request")


def test_back_in_with_a_new_pin_and_a_day(
    walk: KeyboardWalk, live: LivePortal, family: OneFamily, tmp_path: Path
) -> None:
    """RCV-2: PIN by the next extract, the wait, link, hint, password, and another way to sign in."""
    new_pin_by_the_next_extract(walk, live, family, tmp_path)
    ask(walk, family)
    wait_until(lambda: live.mails(EMAIL) and live.mails(OLD_BOX), "both mails")
    assert live.link_to(EMAIL) == live.link_to(OLD_BOX)
    for told in ("account", "PIN", EMAIL, "letter"):
        assert told not in live.mails(OLD_BOX)[0].partition("\n--\n")[0], told
    live.forward(DAY - 60)
    assert len(live.mails(EMAIL)) == 1
    live.forward(60 + 300)
    walk.open(live.link_to(EMAIL, 2))
    walk.see("Answer your security question")
    walk.fill("What was the first job", "blue harbor 7")
    walk.press("Continue")
    walk.see("Choose a new password")
    walk.fill("New password", NEW_PASSWORD)
    walk.press("Set the new password")
    walk.see("Protect your account")
    walk.press("Use a printed card")
    walk.see("Your card of codes")
    codes = walk.page.locator(".card-codes code").all_inner_texts()
    walk.follow("I have the card")
    type_asked(walk, codes)
    walk.see("Keep your recovery codes")
    keep_codes(walk)
    walk.see("Your case")
    assert live.mails(OLD_BOX) == live.mails(OLD_BOX)[:1], "the way in goes to one address only"


def test_stopped_from_the_old_mailbox(
    walk: KeyboardWalk, live: LivePortal, family: OneFamily, tmp_path: Path
) -> None:
    """RCV-2, LNK-4: opening the mail's link changes nothing, the button stops it for good."""
    new_pin_by_the_next_extract(walk, live, family, tmp_path)
    ask(walk, family)
    walk.open(live.link_to(OLD_BOX))
    walk.see("Stop this?")
    walk.press("Stop it")
    walk.see("It was stopped")
    live.forward(DAY + 600)
    walk.open(live.link_to(EMAIL))
    walk.see("This link does not work any more")
    assert len(live.mails(EMAIL)) == 1
    walk.open("/sign-in")
    walk.fill("E-mail address", EMAIL)
    walk.fill("Password", PASSWORD)
    walk.press("Sign in")
    walk.see("Enter your code")
