"""The main job in a real browser, on a phone and on a computer, with scripts and without."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from portal.feeds.export import export
from portal.feeds.load import load
from tests.browser.steps import PASSWORD, Walk, pdf, photo, register
from tests.support.authenticator import code_at
from tests.support.extract import CREATED_AT, OneFamily, one_family
from tests.support.live import LivePortal
from tests.support.tokens import without_tokens

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
    events = exported(live, tmp_path)
    assert events[move]["fields"]["mail_line1"].upper() == "12 OAK ST"
    assert len(events[review]["evidence"]) == 2

    load_next_extract(live, family, tmp_path)
    walk.open("/sign-in")
    walk.fill("E-mail address", EMAIL)
    walk.fill("Password", PASSWORD)
    walk.press("Sign in")
    walk.fill("Six-digit code", code_at(secret, seconds()))
    walk.press("Continue")
    walk.see("Your case")
    walk.open(f"/requests/{move}")
    assert "Applied to our records" in walk.words()
    walk.close()
    for mail in live.mails(EMAIL):
        for fact in ("C1", "$", "delinquency", "Oak", "Reed", "Kim", "review"):
            assert fact not in without_tokens(mail), f"a mail tells {fact!r}"


def exported(live: LivePortal, folder: Path) -> dict[str, dict[str, Any]]:
    """What the agency is handed, by number; each file of evidence has the sum that is named."""
    export(live.context, folder / "out", after=0)
    lines = (folder / "out/submissions.jsonl").read_text("utf-8").splitlines()
    events = {e["submission"]: e for e in map(json.loads, lines) if e["event"] == "submitted"}
    sums = {hashlib.sha256(p.read_bytes()).hexdigest() for p in (folder / "out").rglob("*.*")}
    for event in events.values():
        assert {file["sha256"] for file in event["evidence"]} <= sums
    return events


def load_next_extract(live: LivePortal, family: OneFamily, folder: Path) -> None:
    """A day and a half later the agency's record has the new address."""
    live.forward(36 * 3600)
    after = family.builder.copy()
    after.find("participants.csv", participant_id="P").update(
        mail_line1="12 OAK ST", mail_city="WORCESTER", mail_state="MA", mail_postal_code="01608"
    )
    day = date(2026, 11, 23)
    created = CREATED_AT + timedelta(days=3)
    load(live.context, after.write(folder / "next", sequence=2, as_of=day, created_at=created))


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
    walk.press("Continue")
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
