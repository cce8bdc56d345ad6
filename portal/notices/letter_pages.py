"""What a letter says, part by part: the frame of every letter around the words of one.

The same parts are printed (`portal.notices.letter_pdf`) and shown as a page of the site. There is
no address in them: nothing that locates a person is ever in a letter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import force_locale, format_date
from flask_babel import gettext as _

from portal.notices.letter_pdf import can_print, plain, printable
from portal.notices.letter_words import spoken
from portal.notices.rendering import locale_of
from portal.rules.agency import Agency

REVIEW_DECISION = "review_decision"
"""The kind of letter whose last day is the one to go to court."""


@dataclass(frozen=True, slots=True)
class LetterText:
    """The words of one letter; days are agency-local. `table` has the keys of
    `portal.staff.letters.LetterTable`."""

    kind: str
    name: str
    """Of the addressee, as the record writes it."""
    number: str | None
    """Of the request that it is about."""
    case_id: str | None
    language: str
    """The addressee's (BCP 47)."""
    dated_on: date
    respond_by: date | None
    title: str
    paragraphs: tuple[str, ...]
    table: Mapping[str, Any] | None
    rights: tuple[str, ...]


def lay_out(text: LetterText, agency: Agency) -> dict[str, Any]:
    """The letter as plain values, its fixed words in its language: English where there is no
    translation, and then with the agency's lines for speakers of other languages."""
    language = spoken(text.language)
    locale = locale_of(language)
    with force_locale(str(locale)):
        return {
            "lang": locale.language,
            "region": locale.territory,
            "year": text.dated_on.year,
            "month": text.dated_on.month,
            "day": text.dated_on.day,
            "agency": plain(agency.names.agency),
            "division": plain(agency.names.division),
            "to": printable([text.name]),
            "facts": _facts(text),
            "title": plain(text.title),
            "paragraphs": _paragraphs(text.paragraphs),
            "table": _table(text.table),
            "rights": _paragraphs(text.rights),
            "call": _call(text.language, language, agency),
            "words": {
                "page": _("Page {page} of {pages}"),
                "rights": _("Your rights"),
                "call": _("Questions, or in danger?"),
            },
        }


def _facts(text: LetterText) -> list[list[str]]:
    facts = [[_("Date"), str(format_date(text.dated_on, "long"))]]
    if text.number:
        facts.append([_("Request"), text.number])
    if text.case_id and can_print(plain(text.case_id)):
        facts.append([_("Case"), plain(text.case_id)])
    if text.respond_by:
        court = text.kind == REVIEW_DECISION
        label = _("Last day to go to court") if court else _("Last day to answer")
        facts.append([label, str(format_date(text.respond_by, "long"))])
    return facts


def _paragraphs(paragraphs: tuple[str, ...]) -> list[list[str]]:
    """Each paragraph as its lines."""
    found = ([line for part in text.splitlines() if (line := plain(part))] for text in paragraphs)
    return [lines for lines in found if lines]


def _table(table: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if table is None:
        return None
    total = table["total"]
    return {
        "caption": plain(table["caption"]),
        "head": [plain(cell) for cell in table["head"]],
        "rows": [[plain(cell) for cell in row] for row in table["rows"]],
        "money": list(table["money"]),
        "total": [plain(cell) for cell in total] if total else None,
    }


def _call(wished: str, language: str, agency: Agency) -> list[str]:
    contact = agency.contact
    lines = [
        _("Call us: %(numbers)s.", numbers=_either(contact.call_us)),
        _("If you or your child may be in danger, call %(numbers)s.",
          numbers=_either(contact.risk_of_harm)),
    ]  # fmt: skip
    if locale_of(wished).language != locale_of(language).language:
        lines += printable(contact.other_languages)
    return lines


def _either(numbers: tuple[str, ...]) -> str:
    return str(_(" or ")).join(numbers)
