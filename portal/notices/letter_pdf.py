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

from portal.notices.native_errors import native_errors_dropped
from portal.settings import PROJECT

FOLDER = PROJECT / "templates" / "letters"
FONT = "Libertinus Serif"
"""Comes with typst, under the SIL Open Font License. Latin (Spanish, Portuguese, Haitian Creole,
Cape Verdean, Vietnamese), Greek, Cyrillic and Hebrew; no Chinese, Arabic or Khmer."""
_REFUSED = re.compile(r"PDF/UA-1 error: the (?:PDF contains )?text")
_SIGNS = re.compile(_REFUSED.pattern + r' [^`\n]*`"((?:\\.|[^"\\])*)"`')
_ESCAPED = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))")
_printed = False
"""Whether this process, or the one it was forked from, has printed."""
_forked_too_late = False
_LINES = frozenset("\n\u2028\u2029")


class CannotPrint(ValueError):
    """Signs of the words are not in the letters' font; `signs` names them.

    It names none where typst broke down over the words: no one sign of them is to blame.
    """

    def __init__(self, signs: str = "") -> None:
        super().__init__("Signs of the letter cannot be printed")
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
        _compile("probe.typ", json.dumps([text]), date(2000, 1, 1))
    except CannotPrint:
        return False
    return True


def unprintable(signs: Iterable[str]) -> frozenset[str]:
    """Those of the signs that cannot be printed, each by itself. All are tried at once."""
    tried = list(signs)
    try:
        _compile("probe.typ", json.dumps(tried), date(2000, 1, 1))
    except CannotPrint as error:
        return frozenset(error.signs or tried)
    return frozenset()


def printable(lines: Iterable[str]) -> list[str]:
    """The lines that can be printed."""
    return [line for line in map(plain, lines) if line and can_print(line)]


def _compile(source: str, data: str, dated_on: date) -> bytes:
    global _printed
    if _forked_too_late:
        raise ForkedAfterPrinting
    _printed = True
    try:
        with native_errors_dropped():
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
        if _REFUSED.search(str(error)) is None:
            raise
        signs = (_unescaped(found) for found in _SIGNS.findall(error.diagnostic))
        raise CannotPrint("".join(dict.fromkeys("".join(signs)))) from None
    except BaseException as error:
        # typst broke down over the words. That is no `Exception`: it would end the whole process.
        if type(error).__name__ != "PanicException":
            raise
        raise CannotPrint from None
    assert isinstance(pdf, bytes)
    return pdf


def _unescaped(text: str) -> str:
    """A text as it was, of which typst writes some signs by their numbers."""
    return _ESCAPED.sub(lambda it: chr(int(it[1], 16)) if it[1] else it[2], text)
