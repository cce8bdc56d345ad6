"""Mails about requests. None tells of the case: not the kind of request, nor what it is about.

The number is random and tells nothing; of a held address a marked parent's mail says only that a
change was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.addresses import address
from portal.accounts.find_account import email_of
from portal.accounts.models import Account
from portal.context import Context
from portal.notices.letter_models import PortalLetter
from portal.notices.outbox import enqueue
from portal.notices.registry import template
from portal.requests.models import Submission
from portal.security.sealing import Sealer

RECEIVED = "request_received"
CHANGED = "request_change_made"
NEWS = "request_news"
LETTER = "new_letter"


@template(RECEIVED)
def _received(context: Context, session: Session, ids: Mapping[str, str]) -> Mapping[str, str]:
    return {"number": ids["number"], "sign_in": address(context, "/sign-in")}


@template(CHANGED)
def _changed(context: Context, session: Session, ids: Mapping[str, str]) -> Mapping[str, str]:
    phone = context.agency.contact.call_us[0]
    return {"sign_in": address(context, "/sign-in"), "phone": phone}


@template(NEWS)
def _news(context: Context, session: Session, ids: Mapping[str, str]) -> Mapping[str, str]:
    return {"sign_in": address(context, "/sign-in")}


@template(LETTER)
def _letter(context: Context, session: Session, ids: Mapping[str, str]) -> Mapping[str, str]:
    return {"sign_in": address(context, "/sign-in")}


def tell_of_letter(
    session: Session, sealer: Sealer, account: Account, letter: PortalLetter, now: datetime
) -> None:
    """Queue the mail that says that there is a letter, and nothing of what it is about."""
    if not account.is_active:
        return
    enqueue(
        session,
        sealer,
        LETTER,
        recipient_email=email_of(sealer, account),
        language=account.language,
        ids={"letter": letter.id},
        now=now,
        owner_id=account.id,
        dedupe_key=f"letter:{letter.id}",
    )


def send_receipt(
    session: Session, sealer: Sealer, submission: Submission, template_name: str, now: datetime
) -> None:
    """Queue the one mail that says that a request came in (CON-1)."""
    ids = {"submission": submission.id, "number": submission.number}
    _send(session, sealer, submission, template_name, ids, f"submitted:{submission.id}", now)


def tell_of_news(
    session: Session, sealer: Sealer, submission: Submission, event: str, now: datetime
) -> None:
    """Queue the mail that says that there is news about a request."""
    ids = {"submission": submission.id}
    _send(session, sealer, submission, NEWS, ids, f"{event}:{submission.id}", now)


def _send(
    session: Session,
    sealer: Sealer,
    submission: Submission,
    name: str,
    ids: Mapping[str, str],
    once: str,
    now: datetime,
) -> None:
    account = session.get(Account, submission.account_id)
    if account is None or not account.is_active:
        return
    enqueue(
        session,
        sealer,
        name,
        recipient_email=email_of(sealer, account),
        language=account.language,
        ids=ids,
        now=now,
        owner_id=account.id,
        dedupe_key=f"request:{once}",
    )
