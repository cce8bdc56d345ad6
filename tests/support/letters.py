"""Letters for tests: one to send, and what a PDF says."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import pikepdf
import pypdfium2
from flask import Flask

from portal.accounts.models import Account
from portal.context import Context
from portal.notices.letter_models import PortalLetter
from portal.staff.letters import LetterTable, NewLetter, send_letter
from tests.support.accounts import TestAccount

TABLE = LetterTable(
    caption="What you said and what our records say",
    head=("Month", "You said", "Our records", "Difference"),
    rows=(("August 2026", "$1,200.00", "$1,000.00", "$200.00"),),
    money=(1, 2, 3),
    total=("Together", "$1,200.00", "$1,000.00", "$200.00"),
)

BREAKS_THE_PRINTER = "، ؍ ؎ ؏ ؐ ؑ ؒ ؓ ؔ ؕ ؖ ؗ ؘ ؙ ً ٌ ٍ َ ُ ِ ّ ْ ٓ ٔ ٕ ٖ ٗ ٘ ٙ ٚ ٛ ٜ ٝ ٞ ٟ ٫"
"""Words, such as a parent may paste, that typst does not refuse but panics at."""


def new_letter(**changes: Any) -> NewLetter:
    """A decision of a review, to the payor `P` of the ready households."""
    values: dict[str, Any] = {
        "kind": "review_decision",
        "participant_id": "P",
        "account_id": None,
        "case_id": None,
        "submission_id": None,
        "language": "en",
        "dated_on": date(2026, 11, 22),
        "respond_by": date(2027, 1, 6),
        "title": "We agree with part of your review",
        "paragraphs": ("You asked us to look at three payments.", "One of them was missing."),
        "table": TABLE,
        "rights": ("You can ask a court to look at this decision.", "There is no fee."),
    }
    return NewLetter(**{**values, **changes})


def sent_letter(app: Flask, context: Context, worker: TestAccount, **changes: Any) -> str:
    """Send a letter; its id."""
    with app.test_request_context(), context.database.transaction() as session:
        account = session.get(Account, worker.id)
        assert account is not None
        kept = send_letter(session, context, account, new_letter(**changes), context.now())
        assert isinstance(kept, PortalLetter)
        return kept.id


def words_of(pdf: bytes) -> str:
    """The text of all pages, blanks made one."""
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    return " ".join(" ".join(pages).split())


def names_in(pdf: pikepdf.Pdf) -> Iterator[str]:
    """The keys and names of all objects, also of those that are packed: what a file can do."""
    waiting: list[Any] = [*pdf.objects, pdf.trailer]
    while waiting:
        found = waiting.pop()
        if isinstance(found, pikepdf.Name):
            yield str(found)
        elif isinstance(found, pikepdf.Array):
            waiting += [it for it in found if not _is_indirect(it)]
        elif isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
            yield from found.keys()
            waiting += [it for _, it in found.items() if not _is_indirect(it)]


def _is_indirect(found: object) -> bool:
    """It has a number, and its turn, of its own."""
    return isinstance(found, pikepdf.Object) and found.is_indirect


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))
