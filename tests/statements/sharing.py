"""Statements made through the pages, and their files read."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pypdfium2

from tests.cases.family import Family
from tests.support.page import Page, Seen

YEAR = {"first": None, "last": None}
"""The form's fields have other names in the address: the defaults it shows are sent as they are."""


@dataclass
class Shared:
    """A statement for others, as its owner has it."""

    address: str
    code: str
    page: Page

    def pdf(self) -> bytes:
        return self.page.get(f"{self.address}/statement.pdf").body

    def take_back(self) -> Seen:
        self.page.get(f"{self.address}/removal")
        return self.page.submit("/removal")


def share(family: Family, who: str, **dates: str) -> Shared:
    """Make one of the person's case; ``dates`` are ``first`` and ``last``, MM/DD/YYYY."""
    page = family.page(who)
    base = page.get("/cases").path
    return share_on(page, base, **dates)


def share_on(page: Page, base: str, **dates: str) -> Shared:
    page.get(f"{base}/statements/new")
    fields = {{"first": "from", "last": "to"}[name]: day for name, day in dates.items()}
    seen = page.submit("/statements/new", **fields)
    assert seen.h1 == "A statement for others", seen.errors
    code = seen.document.query(".secret code")[0].to_text().strip()
    return Shared(seen.path, code, page)


def text_of(pdf: bytes) -> str:
    """All words of a PDF, without its line breaks."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = []
        for number in range(len(document)):
            words = document[number].get_textpage()
            pages.append(words.get_text_range())
        return " ".join(" ".join(pages).split())
    finally:
        document.close()


def without_code(text: str) -> str:
    """With the code made alike, hyphens or not."""
    text = re.sub(r"[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){4}", "CODE", text)
    return re.sub(r"(/statements/check/)[2-9A-HJ-NP-Z]{20}", r"\1CODE", text)


def visitor(page: Page) -> Page:
    """Somebody who has no account."""
    return Page(page.app)
