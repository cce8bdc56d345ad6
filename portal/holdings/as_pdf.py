"""Everything we hold as a PDF to read: the same as the JSON file, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask_babel import gettext as _

from portal.holdings.gather import Everything
from portal.holdings.layout import heading, lay_out_part, paragraph
from portal.holdings.printable import MARK, lacking, marked
from portal.notices.letter_pdf import CannotPrint, print_page
from portal.rules.agency import Agency
from portal.statements.own_pages import frame
from portal.web.filters import day, moment

SOURCE = "everything.typ"
_TRIES = 20


def everything_pdf(everything: Everything, agency: Agency) -> bytes:
    """PDF/UA. A sign that its font lacks is marked, and the first page says so."""
    page = lay_out(everything, agency)
    lack = lacking(frozenset("".join(texts(page))))
    for _try in range(_TRIES):
        try:
            return print_page(SOURCE, fit_to_print(page, lack), everything.made_on)
        except CannotPrint as error:  # signs that print alone, but not where they stand
            if frozenset(error.signs) <= lack:
                break
            lack |= frozenset(error.signs)
    plain = frozenset(sign for sign in "".join(texts(page)) if not sign.isascii())
    return print_page(SOURCE, fit_to_print(page, plain), everything.made_on)


def lay_out(everything: Everything, agency: Agency) -> dict[str, Any]:
    """The page's data; its texts may hold signs that cannot be printed."""
    as_of = everything.record_as_of
    blocks = [block for part, value in everything.told for block in lay_out_part(part, value)]
    framed = frame(agency, everything.made_on)
    return {
        **framed,
        "words": {**framed["words"], "contents": _("What is in it")},
        "title": _("Everything we hold about you"),
        "footer": _("Made on %(day)s. Keep it safe.", day=day(everything.made_on)),
        "intro": [
            _("Made on %(moment)s.", moment=moment(everything.made_at)),
            _("The agency’s records in it speak of %(day)s.", day=day(as_of)) if as_of else "",
            _("This file holds private facts. Whoever has it can read them. Keep it where nobody "
              "else can open it, and delete it when you no longer need it."),
        ],
        "blocks": [*blocks, *_left_out()],
    }  # fmt: skip


def _left_out() -> Iterator[dict[str, Any]]:
    yield heading(2, _("What is not in it"))
    yield paragraph(
        _("Passwords, PINs and codes: whoever had them could sign in as you. "
          "Anything about the other parent or another family. Notes of our staff. Figures from "
          "before your part in a case, or older than the site shows.")
    )  # fmt: skip


def fit_to_print(page: dict[str, Any], lack: frozenset[str]) -> dict[str, Any]:
    """The page with marks in the place of what cannot be printed, and a line that says so."""
    if not lack:
        return page
    said = _("Some letters of other writing systems cannot be shown in this file. They are marked "
             "%(mark)s. The JSON file has them all.", mark=MARK)  # fmt: skip
    found: dict[str, Any] = _mapped(page, lambda text: marked(text, lack))
    found["intro"] = [*found["intro"], marked(said, lack)]
    return found


def texts(page: Any) -> Iterator[str]:
    """Every text of a page's data."""
    if isinstance(page, str):
        yield page
    elif isinstance(page, dict | list):
        for item in page.values() if isinstance(page, dict) else page:
            yield from texts(item)


def _mapped(page: Any, change: Callable[[str], str]) -> Any:
    if isinstance(page, str):
        return change(page)
    if isinstance(page, dict):
        return {key: _mapped(item, change) for key, item in page.items()}
    return [_mapped(item, change) for item in page] if isinstance(page, list) else page
