"""A question, from the first page to its receipt."""

from __future__ import annotations

from tests.requests.parents import number_of
from tests.support.page import Page, Seen, attributes

QUESTION = "/requests/question"
WORDS = "Why did the interest go up?\nI paid each week."


def cases_offered(seen: Seen) -> list[str]:
    return [str(attributes(it)["value"]) for it in seen.document.query("input[name=case]")]


def ask(page: Page, words: str = WORDS, case: int = 0) -> Seen:
    """Type it on the page of the question; the page after."""
    seen = page.get(QUESTION)
    offered = cases_offered(seen)
    chosen = {"case": offered[case]} if offered else {}
    return page.submit(QUESTION, words=words, **chosen)


def send_question(page: Page, words: str = WORDS, case: int = 0) -> str:
    """The whole of it; the number."""
    ask(page, words, case)
    return number_of(page.submit("/check"))
