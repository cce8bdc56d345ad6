"""Mails about requests. None tells of the case: not the kind of request, nor what it is about."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.requests.models import Submission
from portal.security.sealing import Sealer


def tell_of_news(
    session: Session, sealer: Sealer, submission: Submission, event: str, now: datetime
) -> None:
    """Queue the mail that says that there is news about a request."""
