"""Letters about a request: in the sender's language, days and amounts as that writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

from flask_babel import format_currency, format_date
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.notices.letter_words import words_in
from portal.requests.models import Submission
from portal.rules.agency import Agency


@contextmanager
def in_language_of(session: Session, submission: Submission) -> Iterator[str]:
    """Write in the language of the sender's account; yields the one the words are in (BCP 47)."""
    account = session.get(Account, submission.account_id)
    with words_in(account.language if account else "en") as language:
        yield language


def dated(day: date) -> str:
    """``November 20, 2026``."""
    return str(format_date(day, "long"))


def dollars(amount: Decimal, agency: Agency) -> str:
    """``$1,234.50``."""
    return str(format_currency(amount, agency.currency))


def paragraphs_of(words: str) -> tuple[str, ...]:
    """What a worker typed, a paragraph each; an empty line ends one."""
    parts = re.split(r"\n\s*\n", words.replace("\r\n", "\n").replace("\r", "\n").strip())
    return tuple(part.strip() for part in parts if part.strip())


def one_case(submission: Submission) -> str | None:
    """The case a letter is filed under; None where the request is about several, or about none."""
    cases = submission.cases
    return cases[0].case_id if len(cases) == 1 else None
