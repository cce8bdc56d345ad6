"""The notice of delinquency that tests answer without going through the pages."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from portal.requests.review_letters import answered_letters

LETTER: dict[str, Any] = {
    "dated_on": "2026-11-10",
    "last_day": "2026-12-10",
    "cases": [
        {"case_id": "C1", "notice_id": "NOT1", "amount": "875.00"},
        {"case_id": "C2", "notice_id": "NOT2", "amount": "85.00"},
    ],
}


def open_letter(session: Session, account_id: str) -> dict[str, Any]:
    """The letter, dated so many days earlier that the account has not answered it (CON-1)."""
    answered = answered_letters(session, account_id)
    newest = date.fromisoformat(LETTER["dated_on"])
    days = (newest - timedelta(days=number) for number in count())
    return LETTER | {"dated_on": next(day for day in days if day not in answered).isoformat()}
