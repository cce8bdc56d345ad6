"""Writing letters about a case, for tests."""

from __future__ import annotations

from tests.support.page import Page, Seen

WHY = "CANARYWHY: the case is to be looked at"


def choose(
    page: Page, kind: str, case: str = "C1", reason: str = "case_work", about: str = ""
) -> Seen:
    """From the first page to the form of a letter (or to the list of those sent)."""
    page.get("/staff/letters")
    return page.submit("/letters", case=case, kind=kind, reason=reason, about=about, words=WHY)


def letters_of(page: Page) -> dict[str, str]:
    """The letters of the case that a parent's first page shows, by title."""
    links = page.get(page.get("/cases").path + "/letters").links()
    return {name: href for name, href in links.items() if href.startswith("/letters/")}


def read(page: Page, title: str) -> str:
    return page.get(letters_of(page)[title]).words
