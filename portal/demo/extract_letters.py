"""Letters to the parents of one family, as rows of notices.csv."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from portal.demo.extract_books import CaseBook
from portal.demo.extract_people import Numbers
from portal.demo.extract_plan import Family, Letter
from portal.rules.agency import Agency
from portal.rules.vocabulary import NoticeKind, Service

_DELINQUENCY = (
    "Our records show that you owe past-due child support on the case named in this letter. Please"
    " pay within {days} days. If you do not agree with this amount, you can ask for an"
    " administrative review within {days} days of the date of this letter."
)


class Letters:
    """Writes the family's letters on their days, with what is past due that day."""

    def __init__(
        self, family: Family, books: Sequence[CaseBook], agency: Agency, numbers: Numbers
    ) -> None:
        self.rows: list[dict[str, Any]] = []
        self._family, self._books, self._agency, self._numbers = family, books, agency, numbers

    def of_month(self, month: date, last: date) -> Iterator[tuple[date, Callable[[], None]]]:
        """The days of a month, through `last`, on which letters go out, and what writes them."""
        for day in self._family.delinquency_on:
            if month <= day <= last:
                yield day, partial(self._delinquency, day)
        for book in self._books:
            for letter in book.plan.letters:
                if month <= letter.day <= last:
                    yield letter.day, partial(self._row, book, letter)

    def _delinquency(self, day: date) -> None:
        days = self._agency.notices.response_days
        for book in self._books:
            if book.past_due > 0 and book.is_worked(day) and book.plan.service is Service.FULL:
                self._row(
                    book,
                    Letter(
                        day,
                        NoticeKind.DELINQUENCY,
                        self._family.payor,
                        "Notice of Child Support Delinquency",
                        _DELINQUENCY.format(days=days),
                        respond_by=day + timedelta(days=days),
                        amount=book.past_due,
                    ),
                )

    def _row(self, book: CaseBook, letter: Letter) -> None:
        self.rows.append(
            {
                "notice_id": self._numbers.next("N"),
                "case_id": book.case_id,
                "participant_id": letter.to.participant_id,
                "kind": letter.kind,
                "dated_on": letter.day,
                "respond_by": letter.respond_by,
                "amount": _dollars(letter.amount),
                "subject": letter.subject,
                "text": letter.text,
            }
        )


def _dollars(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.2f}"
