"""Mails to the supervisors about the queue. They tell no case: a number, or how many."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.addresses import address
from portal.accounts.find_account import email_of
from portal.accounts.models import STAFF, Account
from portal.accounts.staff_models import RoleGrant
from portal.context import Context
from portal.notices.outbox import enqueue
from portal.notices.registry import NoLongerDue, template
from portal.requests.models import Submission
from portal.security.permissions import TABLE, Permission
from portal.staff.parties import PartyToCase, keep_parties_out

DUE = "staff_requests_due"
ESCALATED = "staff_escalated"


@template(DUE)
def _due(context: Context, session: Session, ids: Mapping[str, str]) -> Mapping[str, str]:
    _check(session, ids)
    return {"count": ids["count"], "link": address(context, "/staff/queue")}


@template(ESCALATED)
def _escalated(context: Context, session: Session, ids: Mapping[str, str]) -> Mapping[str, str]:
    _check(session, ids)
    link = address(context, f"/staff/requests/{ids['number']}")
    return {"number": ids["number"], "link": link}


def supervisors(session: Session, about: Submission | None = None) -> list[Account]:
    """Those who lead the queue and can sign in; without who has to do with that request."""
    leading = select(RoleGrant.account_id).where(
        RoleGrant.role.in_([role.value for role in TABLE[Permission.LEAD_QUEUE]]),
        RoleGrant.ended_at.is_(None),
    )
    chosen = (
        select(Account)
        .where(Account.kind == STAFF, Account.id.in_(leading))
        .where(Account.disabled_at.is_(None), Account.closed_at.is_(None))
        .order_by(Account.id)
    )
    return [it for it in session.scalars(chosen) if about is None or _may_see(session, it, about)]


def tell(
    session: Session,
    context: Context,
    supervisor: Account,
    name: str,
    ids: Mapping[str, str],
    once: str,
    now: datetime,
) -> None:
    """Queue one mail; a second one with the same `once` is not queued."""
    enqueue(session, context.sealer, name, recipient_email=email_of(context.sealer, supervisor),
            language=supervisor.language, ids=ids, now=now, dedupe_key=once)  # fmt: skip


def _check(session: Session, ids: Mapping[str, str]) -> None:
    account = session.get(Account, ids["supervisor"])
    if account is None or not account.is_active or not account.may(Permission.LEAD_QUEUE):
        raise NoLongerDue("No supervisor any more.")


def _may_see(session: Session, supervisor: Account, submission: Submission) -> bool:
    try:
        keep_parties_out(session, supervisor, submission)
    except PartyToCase:
        return False
    return True
