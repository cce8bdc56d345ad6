"""What a payor, a custodial parent and a caseworker do, with payloads in whatever they can fill."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser.planted import CELLS
from tests.browser.steps import photo
from tests.browser.test_main_job import number_shown
from tests.browser.watch import Watch


def file(payor: Watch, folder: Path) -> str:
    """A review with payloads in its words, its payments, and its file's name."""
    walk = payor.walk
    payor.look("/requests/administrative-review/new")
    walk.page.locator("main input[name=about]").first.check(force=True)
    walk.press("Continue")
    walk.tick("Payments I made")
    walk.tick("The amount is wrong")
    payor.fill("words", payor.planted.words("words of a review", 3000))
    payor.press("Continue")
    payor.fill("payments-0-on", CELLS[0])
    payor.fill("payments-0-amount", CELLS[2])
    _choice_of_ones_own(walk.page, "[name=payments-0-how]", CELLS[2])
    payor.press("Continue")
    payor.fill("payments-0-on", "11/06/2026")
    payor.fill("payments-0-amount", "100.00")
    walk.page.locator("[name=payments-0-how]").select_option(index=1)
    payor.press("Continue")
    upload(payor, folder)
    payor.press("Continue")
    payor.press("Send")
    return number_shown(walk)


def _choice_of_ones_own(page: Page, where: str, value: str) -> None:
    """Offer oneself what the form does not offer, and choose it."""
    add = "(it, value) => { it.append(new Option(value, value)); it.value = value; }"
    page.locator(where).evaluate(add, value)


def upload(watch: Watch, folder: Path) -> None:
    """A photo whose name is made of payloads."""
    words = f"{CELLS[0]}{CELLS[1]}{CELLS[5]}\r\nBcc: evil@example.org"
    name = f"{words} {watch.planted.mark('name of a file')}.jpg"
    data: Any = {"name": name, "mimeType": "image/jpeg", "buffer": photo(folder).read_bytes()}
    watch.page.set_input_files("input[type=file]", data)
    watch.press("Add this file")


def change_address(payor: Watch) -> str:
    """To a country where every line is free; a country of one's own making first."""
    page = payor.page
    payor.look("/requests/change-of-address/new")
    page.locator("[name=address_type][value=mailing]").check(force=True)
    payor.fill("since", "11/20/2026")
    _choice_of_ones_own(page, "[name=country]", CELLS[1])
    payor.press("Continue")
    page.locator("[name=country]").select_option("DE")
    payor.press("Continue")
    for name, index, most in (
        ("line1", 0, 100), ("line2", 5, 100), ("city", 1, 100), ("state", 2, 100),
        ("postal_code", 7, 20),
    ):  # fmt: skip
        payor.fill(name, payor.planted.cell(f"address.{name}", index, most))
    payor.press("Continue")
    payor.follow("Keep what I typed")
    payor.press("Send")
    return number_shown(payor.walk)


def work(desk: Watch, payor: Watch, number: str, folder: Path) -> None:
    """Take it, note something, put it before the supervisors, ask; the payor answers."""
    path = f"/staff/requests/{number}"
    desk.look("/staff/queue")
    desk.look(path)
    desk.press("Take it")
    desk.fill("words", desk.planted.words("words of a note"))
    desk.press("Add the note")
    desk.follow("Put before the supervisors")
    desk.fill("reason", desk.planted.words("reason for the supervisors", 1000))
    desk.press("Put it before them")
    desk.look(f"{path}/more-information")
    desk.fill("words", desk.planted.words("words of a question"))
    desk.press("Ask")
    payor.look(f"/requests/{number}/more-information")
    payor.fill("words", payor.planted.words("words of the parent's answer", 3000))
    upload(payor, folder)
    payor.press("Send")
    assert payor.path == f"/requests/{number}"


def note_payment(payor: Watch) -> None:
    """A payment in one's own records; what is no amount first."""
    payor.look("/cases")
    payor.look(f"{payor.path}/own-records/new")
    payor.fill("note", payor.planted.cell("note of a payment", 5, 200))
    payor.fill("on", "11/06/2026")
    for amount in (CELLS[2], "77.00"):
        payor.fill("amount", amount)
        payor.press("Save")
    assert payor.path.endswith("/own-records")


def ask_question(payor: Watch) -> str:
    """A question about the case."""
    payor.look("/requests/question")
    payor.fill("words", payor.planted.words("words of a parent's question", 3000))
    payor.press("Continue")
    payor.press("Send")
    return number_shown(payor.walk)


def answer_question(desk: Watch, payor: Watch, number: str) -> bytes:
    """Take it, answer it; the payor reads the letter. Its PDF."""
    path = f"/staff/requests/{number}"
    desk.look(path)
    desk.press("Take it")
    desk.look(f"{path}/answer")
    desk.fill("words", desk.planted.words("answer to a question", 3000))
    desk.press("Send the answer")
    assert desk.path == path
    payor.look(f"/requests/{number}")
    payor.follow("Answer to your question")
    return payor.page.request.get(f"{payor.path}/letter.pdf").body()


def decide(desk: Watch, number: str) -> bytes:
    """Payloads as reasons and paragraphs; first also as an amount. The letter's PDF."""
    path = f"/staff/requests/{number}/decision"
    desk.look(path)
    rows = desk.page.locator(".work-line")
    for index in range(rows.count()):
        row = rows.nth(index)
        row.locator("label", has_text="Denied").first.click()
        row.locator("textarea").fill(desk.planted.words("reason of a decision", 900))
        row.locator("input[type=text]").first.fill(CELLS[7])
    desk.fill("paragraphs", desk.planted.words("paragraphs of a decision"))
    desk.press("Save and see the letter")
    if desk.path == path:  # an amount that is none was told
        for field in desk.page.locator(".work-line input[type=text]").all():
            field.fill("")
        desk.press("Save and see the letter")
    assert desk.path == f"{path}/letter"
    pdf = desk.page.request.get(f"{path}/letter/file").body()
    desk.press("Decide and send the letter")
    return pdf


def look_up(desk: Watch) -> None:
    """In vain with payloads as what is looked for, then by case."""
    desk.look("/staff/look-up")
    page = desk.page
    for by, fields in (
        ("name", {"first_name": CELLS[1], "last_name": CELLS[0], "born": "04/12/1986"}),
        ("email", {"email": CELLS[2]}),
        ("case", {"case": CELLS[3]}),
        ("case", {"case": "C1"}),
    ):
        page.locator(f"[name=by][value={by}]").check(force=True)
        for name, value in fields.items():
            desk.fill(name, value)
        page.locator("[name=reason]").first.check(force=True)
        desk.fill("words", desk.planted.words("words of a look-up", 500))
        desk.press("Open the record")
    assert "/staff/parents/" in page.url


def write_letters(desk: Watch) -> None:
    """A closing notice to both parents, an overpayment notice to the one who was paid."""
    page = desk.page
    _open_case(desk, "closing")
    page.locator("[name=reason]").first.check(force=True)
    desk.fill("words", desk.planted.words("words of a closing notice", 2000))
    desk.press("Look at the letters")
    desk.press("Send the letters")
    _open_case(desk, "overpayment")
    page.locator("[name=payment]").select_option(index=1)
    page.locator("[name=because]").first.check(force=True)
    desk.fill("amount", CELLS[2])
    desk.fill("each", CELLS[6])
    desk.fill("since", CELLS[0])
    desk.fill("words", desk.planted.words("words of an overpayment notice", 2000))
    desk.press("Look at the letter")
    for name, value in (("amount", "10.00"), ("each", "5.00"), ("since", "12/01/2026")):
        desk.fill(name, value)
    desk.press("Look at the letter")
    desk.press("Send the letter")
    assert desk.path.endswith("/letters")


def _open_case(desk: Watch, kind: str) -> None:
    desk.look("/staff/letters")
    desk.fill("case", "C1")
    for name, value in (("kind", kind), ("reason", "case_work")):
        desk.page.locator(f"[name={name}][value={value}]").check(force=True)
    desk.fill("words", desk.planted.words("words of opening a case", 500))
    desk.press("Continue")


def read_letters(custodial: Watch) -> list[bytes]:
    """The letter of the agency, and the two of this site with their PDFs, as the parent opens them."""
    open_letters(custodial)
    of_agency = re.compile(custodial.planted.mark("notices.subject"))
    custodial.page.get_by_role("link", name=of_agency).first.click()
    custodial.look()
    found = []
    for title in ("You were paid too much", "We plan to close your case"):
        open_letters(custodial)
        custodial.follow(title)
        found.append(custodial.page.request.get(f"{custodial.path}/letter.pdf").body())
    return found


def open_letters(watch: Watch) -> None:
    watch.look("/cases")
    watch.look(f"{watch.path}/letters")


def answer_closing(custodial: Watch, folder: Path) -> str:
    """From the open letter to the receipt."""
    custodial.follow("Answer this letter")
    words = custodial.planted.words("words of an answer to a closing notice", 3000)
    custodial.fill("words", words)
    custodial.press("Continue")
    upload(custodial, folder)
    custodial.press("Continue")
    custodial.press("Send")
    return number_shown(custodial.walk)
