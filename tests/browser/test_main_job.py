"""The main job in a real browser, on a phone and on a computer, with scripts and without."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser


from portal.feeds.export import export
from portal.feeds.load import load
from tests.browser.steps import PASSWORD, Walk, pdf, photo, register
from tests.support.authenticator import code_at
from tests.support.extract import one_family
from tests.support.live import LivePortal

pytestmark = pytest.mark.browser
EMAIL = "morgan@mail.example"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("width", [360, 1280])
def test_from_the_pin_to_the_receipt(
    chromium: Browser, live: LivePortal, tmp_path: Path, width: int, script: bool
) -> None:
    """Register, look around, file a review with a photo and a PDF, move, sign out, come back."""
    family = one_family()
    load(live.context, family.builder.write(tmp_path / "extract"))
    walk = Walk(chromium, live, width=width, script=script)

    def seconds() -> float:
        return live.context.now().timestamp()

    secret = register(
        walk, seconds, ssn=family.payor_ssn, pin=family.payor_pin, born="04/12/1986", email=EMAIL
    )
    look_around(walk)
    review = file_review(walk, tmp_path)
    move = change_address(walk)
    walk.open("/requests")
    assert review in walk.words()
    assert move in walk.words()
    walk.press("Sign out")
    walk.page.go_back()
    assert "Morgan" not in walk.words()
    walk.open("/sign-in")
    walk.fill("E-mail address", EMAIL)
    walk.fill("Password", PASSWORD)
    live.forward(31)
    walk.press("Sign in")
    walk.fill("Six-digit code", code_at(secret, seconds()))
    walk.press("Continue")
    walk.see("Your case")
    walk.close()

    export(live.context, after=0, upto=None, out=tmp_path / "out")
    events = [json.loads(line) for line in (tmp_path / "out/submissions.jsonl").read_text().splitlines()]
    sent = {event["submission"]: event for event in events if event["event"] == "submitted"}
    assert sent[move]["fields"]["mail_line1"].upper() == "12 OAK ST"
    assert len(sent[review]["evidence"]) == 2
    for mail in live.mails(EMAIL):
        for fact in ("C1", "$", "delinquency", "Oak", "Reed", "Kim", "review"):
            assert fact not in mail, f"a mail tells {fact!r}"


def look_around(walk: Walk) -> None:
    words = walk.words()
    assert "$200.00" in words
    assert "4 Fridays at $100.00" in words
    for link, heading in (
        ("Payments", "Payments"),
        ("What is owed", "What is owed"),
        ("Order", "Order"),
        ("Letters", "Letters and notices"),
        ("Payments", "Payments"),
    ):
        walk.follow(link)
        walk.see(heading)
    walk.page.locator("main table a").first.click()
    walk.see("Payment")
    assert "Sent by Bay Staffing Inc" in walk.words()


def file_review(walk: Walk, folder: Path) -> str:
    walk.follow("Your case")
    walk.follow("Ask for a review")
    walk.see("Ask for an administrative review")
    walk.tick("Notice of delinquency dated")
    walk.press("Continue")
    walk.see("What is wrong?")
    walk.tick("Payments I made")
    walk.page.locator("main textarea").fill("I paid in November.")
    walk.press("Continue")
    walk.see("Payments you say were made")
    walk.page.locator("[name=payments-0-on]").fill("11/06/2026")
    walk.page.locator("[name=payments-0-amount]").fill("100")
    walk.page.locator("[name=payments-0-how]").select_option(index=1)
    walk.press("Compare")
    walk.see("Payments you say were made")
    walk.press("Continue")
    walk.see("Papers and photos")
    for path in (photo(folder), pdf(folder)):
        walk.page.set_input_files("input[type=file]", path)
        walk.press("Add this file")
        walk.see("Papers and photos")
        assert path.name in walk.words()
    walk.follow("Continue")
    walk.see("Check your answers")
    walk.press("Send")
    walk.see("We have your request")
    return number_shown(walk)


def change_address(walk: Walk) -> str:
    walk.open("/requests/new")
    walk.follow("I moved")
    walk.tick("Where I get mail")
    walk.choose("Country", "United States")
    walk.fill("From when", "11/20/2026")
    walk.press("Continue")
    walk.fill("Street address", "12 Oak Street")
    walk.fill("City", "Worcester")
    walk.choose("State", "Massachusetts")
    walk.fill("ZIP code", "01608")
    walk.press("Continue")
    walk.see("Is this address right?")
    walk.tick("Use the suggested address")
    walk.press("Continue")
    walk.see("Check your new address")
    walk.press("Send")
    walk.see("We have your request")
    return number_shown(walk)


def number_shown(walk: Walk) -> str:
    found = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", walk.words())
    assert found, walk.words()
    return found.group()
