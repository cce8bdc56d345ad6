"""From a letter's words to a tagged PDF (PDF/UA-1), the same bytes each time.

The words reach typst as data, never as source, so that nothing in them is markup. The fonts are the
ones that come with typst: a sign that they lack is refused and never printed as an empty box.

typst works with threads that a fork does not copy: in a child of a process that has printed it
would wait for ever, and with it whoever waits for the child's transaction. It is refused there.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any

import typst

from portal.settings import PROJECT

FOLDER = PROJECT / "templates" / "letters"
FONT = "Libertinus Serif"
"""Comes with typst, under the SIL Open Font License. Latin (Spanish, Portuguese, Haitian Creole,
Cape Verdean, Vietnamese), Greek, Cyrillic and Hebrew; no Chinese, Arabic or Khmer."""
_REFUSED = re.compile(
    r'text `?"(?P<signs>[^`]*)"`? could not be displayed|codepoint `"(?P<sign>[^`]*)"`'
)
_printed = False
"""Whether this process, or the one it was forked from, has printed."""
_forked_too_late = False
_LINES = frozenset("\n\u2028\u2029")


class CannotPrint(ValueError):
    """A sign of the words is not in the letters' font; `signs` names it."""

    def __init__(self, signs: str) -> None:
        super().__init__("A sign of the letter cannot be printed")
        self.signs = signs


class ForkedAfterPrinting(RuntimeError):
    """This process was forked from one that had printed, and cannot print."""


def _note_fork() -> None:
    global _forked_too_late
    _forked_too_late = _printed


os.register_at_fork(after_in_child=_note_fork)


def plain(text: str) -> str:
    """The text in one line without what is not seen: control characters, and marks that turn the
    direction of what follows (which could show an amount backwards)."""
    signs = (
        " " if sign in _LINES or sign.isspace() else sign
        for sign in unicodedata.normalize("NFC", text)
        if sign.isspace() or sign in _LINES or unicodedata.category(sign)[0] != "C"
    )
    return " ".join("".join(signs).split())


def make_pdf(page: dict[str, Any], dated_on: date) -> bytes:
    """The PDF of a letter's page (`portal.notices.letter_pages`), dated that day.

    Raises `CannotPrint`.
    """
    return print_page("letter.typ", page, dated_on)


def print_page(source: str, page: dict[str, Any], dated_on: date) -> bytes:
    """The PDF of a page's data, laid out by a source of `templates/letters`.

    Raises `CannotPrint`.
    """
    return _compile(source, json.dumps(page, ensure_ascii=True, sort_keys=True), dated_on)


@lru_cache(maxsize=512)
def can_print(text: str) -> bool:
    """Whether the letters' font has every sign of the text."""
    try:
        _compile("probe.typ", json.dumps(text), date(2000, 1, 1))
    except CannotPrint:
        return False
    return True


def printable(lines: Iterable[str]) -> list[str]:
    """The lines that can be printed."""
    return [line for line in map(plain, lines) if line and can_print(line)]


def _compile(source: str, data: str, dated_on: date) -> bytes:
    global _printed
    if _forked_too_late:
        raise ForkedAfterPrinting
    _printed = True
    try:
        pdf = typst.compile(
            str(FOLDER / source),
            root=str(FOLDER),
            font_paths=[],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
            sys_inputs={"data": data, "font": FONT},
            timestamp=datetime.combine(dated_on, time(12), tzinfo=UTC),
        )
    except typst.TypstError as error:
        refused = _REFUSED.search(str(error))
        if refused is None:
            raise
        raise CannotPrint(refused["signs"] or refused["sign"]) from None
    assert isinstance(pdf, bytes)
    return pdf
