"""What is planted: payloads, each field's with a mark of its own, so that it can be told which of
them a page, a letter or a file showed as words, and which none did."""

from __future__ import annotations

import re
from collections.abc import Iterable

from portal.feeds.schema import BY_FILENAME, Column, Kind
from tests.support.extract import ExtractBuilder

RUN = "window.__ran=(window.__ran||0)+1"
CELLS = (
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f'"><svg/onload="{RUN}">',
    f"' onfocus={RUN} autofocus x='",
    "{{ 7*'7' }}{% raw %}${7*7}<%= 7*7 %>",
    '=HYPERLINK("http://evil.example")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1+1)",
    "<style>body{display:none}</style>",
    '<iframe srcdoc="<script>parent.__ran=1</script>">',
    f"javascript:{RUN}",
    '#eval("1+1") #read("/etc/passwd") $x^2$ `raw` *bold*',
    "</title></textarea></script><b id=planted>",
)
LINES = "x\r\nBcc: evil@example.org\r\nSubject: planted\r\n\r\n2026-11-22 [info] forged=1\r\n"
WORDS = " ".join(CELLS) + "\n" + LINES
"""In a box that takes many words."""
_MARK = re.compile(r"Zq\d\d")
MARK_LENGTH = 4
"""As many signs as are shown of the reference of a payment."""

SHOWN: dict[str, set[str]] = {
    "participants.first_name": {"staff", "payor", "custodial"},
    "participants.middle_name": {"staff"},
    "participants.last_name": {"staff"},
    "participants.suffix": {"staff"},
    "participants.mail_line1": {"staff"},
    "participants.mail_line2": {"staff"},
    "participants.mail_city": {"staff"},
    "participants.mail_state": {"staff"},
    "participants.mail_postal_code": {"staff"},
    "orders.court": {"payor", "custodial"},
    "orders.docket": {"payor", "custodial"},
    "payments.payer_name": {"payor"},
    "payments.reference": {"payor"},
    "notices.subject": {"payor", "custodial"},
    "notices.text": {"payor", "custodial"},
    "outcomes.text": {"payor", "staff"},
}
"""Columns of the extract that pages show, and to whom."""
NEVER_SHOWN: dict[str, str] = {
    "participants.email": "compared only: it is in the record's own spelling",
    "participants.employer_name": "kept, and shown to nobody",
    "participants.employer_phone": "kept, and shown to nobody",
    "participants.employer_address": "kept, and shown to nobody",
    "cases.office": "no parent is told which office, and no worker's page needs it",
    "cases.caseworker_name": "a worker's name is not told to parents",
    "cases.caseworker_phone": "a worker's number is not told to parents",
    "charges.note": "a worker's own words: parents see the coded reason",
    "enforcement.reason": "a worker's own words: parents see kind, status and dates",
}
"""Columns whose payload is loaded, but stands on no page, in no file and in no mail."""
READ_AS_NONE: dict[Kind, str] = {
    Kind.PHONE: "no readable number",
    Kind.SSN: "no readable number",
    Kind.PIN: "no readable number",
    Kind.LANGUAGE: "no language",
    Kind.COUNTRY: "no country",
    Kind.JURISDICTION: "no FIPS or ISO code",
}
"""Kinds whose payload is planted and, with a warning, not loaded."""
NOT_PLANTED: dict[Kind, str] = {
    Kind.KEY: "the row would be rejected",
    Kind.MONEY: "the row would be rejected",
    Kind.SIGNED_MONEY: "the row would be rejected",
    Kind.WORD: "the row would be rejected",
    Kind.BOOLEAN: "the row would be rejected",
    Kind.MARK: "what is neither 0 nor 1 is read as 1, and hides the address that is to be seen",
    Kind.DATE: "the row would be rejected, or the day read as none",
}
ONLY_FOR_THE_LOAD = {"removals.table", "removals.key"}
"""Columns of a delta, which name rows to take away: never kept."""


class Planted:
    """Payloads with their marks, and where each mark was seen."""

    def __init__(self) -> None:
        self._marks: dict[str, str] = {}
        self._seen: dict[str, set[str]] = {}

    def mark(self, place: str) -> str:
        """The mark of a field: four signs that nothing else on a page is made of."""
        found = self._marks.setdefault(place, f"Zq{len(self._marks):02d}")
        assert len(found) == MARK_LENGTH
        return found

    def column(self, place: str, turn: int) -> str:
        """Every payload; ``turn`` says which begins, since a formula has to."""
        first = turn % len(CELLS)
        return " ".join((*CELLS[first:], *CELLS[:first], self.mark(place)))

    def cell(self, place: str, index: int, most: int = 200) -> str:
        """One payload, for a field of a line."""
        return f"{CELLS[index][: most - MARK_LENGTH - 1]} {self.mark(place)}"

    def words(self, place: str, most: int = 10_000) -> str:
        """All of them, on several lines."""
        return f"{WORDS[: most - MARK_LENGTH - 1]} {self.mark(place)}"

    def read(self, who: str, text: str) -> None:
        """Take note of the marks in what somebody was shown."""
        for mark in _MARK.findall(text):
            self._seen.setdefault(mark, set()).add(who)

    def seen(self, place: str) -> set[str]:
        """Who saw the payload of a field; it has to have been planted."""
        return self._seen.get(self._marks[place], set())

    @property
    def places(self) -> Iterable[str]:
        return tuple(self._marks)


def columns() -> dict[str, Column]:
    """Every column of the extract, as ``file.column``."""
    return {
        f"{file.name}.{column.name}": column
        for file in BY_FILENAME.values()
        for column in file.columns
    }


def plant(planted: Planted, builder: ExtractBuilder) -> None:
    """Put payloads in each column that can hold one, in every row."""
    for name, rows in builder.rows.items():
        for column in BY_FILENAME[name].columns:
            place = f"{BY_FILENAME[name].name}.{column.name}"
            for number, row in enumerate(rows):
                if column.kind is Kind.EMAIL:  # as much of one as an address can hold
                    row[column.name] = f"=1+1|{{{{7*'7'}}}}{planted.mark(place)}@evil.example"
                elif column.kind is Kind.TEXT or column.kind in READ_AS_NONE:
                    row[column.name] = planted.column(place, number + len(column.name))
