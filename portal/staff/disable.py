"""Keeping a member of the staff out at once, letting them in again, ending it for good (SES-2)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.accounts.staff_models import COMMAND, RoleGrant
from portal.audit.trail import record_event
from portal.security import links
from portal.staff import invite, members, protected_location, two_people
from portal.staff.add_member import SamePerson, roles_of
from portal.staff.grants import LastSupervisor
from portal.web.sessions import end_sessions


def disable(
    session: Session,
    account: Account,
    worker: Account | None,
    now: datetime,
    *,
    even_the_last: bool = False,
) -> int:
    """Suspend the account: its sessions and links end, and whatever rests on it.

    What it asked for is taken back, invitations that it sent are dead, and leave to see where
    somebody in hiding lives is over: none of that comes back when the account does.

    :param worker: who does it; None for a command.
    :param even_the_last: also where no supervisor is left then.
    :returns: how many sessions were ended.

    Raises `SamePerson` for oneself, `LookupError` where it is disabled, and `LastSupervisor`.
    """
    by = COMMAND if worker is None else worker.id
    if account.id == by:
        raise SamePerson(by)
    supervisors = set(members.active_supervisors(session))
    if account.disabled_at is not None:
        raise LookupError(account.id)
    if supervisors == {account.id} and not even_the_last:
        raise LastSupervisor(account.id)
    account.disabled_at = now
    links.end_all(session, account.id, now)
    ended = end_sessions(session, account.id, now)
    two_people.withdraw_all_of(session, account.id, by, now)
    invite.end_sent_by(session, account.id, by, now, asked=True, approved=True)
    protected_location.end_all_of(session, account.id, by, now)
    session.flush()
    record_event(session, "staff:member:disabled", now=now, actor_id=by,
                 subject=("account", account.id), detail={"sessions": ended})  # fmt: skip
    return ended


def end_for_good(session: Session, account: Account, worker: Account, now: datetime) -> None:
    """Close the account and end its roles; its address can be invited again.

    That is also the way for a member who lost every way to sign in: what gives somebody a new
    second factor then takes two people again. Raises `SamePerson` and `LastSupervisor`.
    """
    if account.disabled_at is None:
        disable(session, account, worker, now)
    elif account.id == worker.id:
        raise SamePerson(worker.id)
    for grant in session.scalars(select(RoleGrant).where(RoleGrant.account_id == account.id)):
        if grant.ended_at is None:
            grant.ended_at, grant.ended_by = now, worker.id
    account.closed_at = now
    session.flush()
    record_event(session, "staff:member:closed", now=now, actor_id=worker.id,
                 subject=("account", account.id))  # fmt: skip


def enable(session: Session, account: Account, worker: Account, now: datetime) -> None:
    """Let the account sign in again, with the roles it has: two people granted each of them.

    Raises `LookupError` where it is not disabled.
    """
    if account.disabled_at is None:
        raise LookupError(account.id)
    account.disabled_at = None
    session.flush()
    roles = "+".join(role.value for role in roles_of(session, account.id))
    record_event(session, "staff:member:enabled", now=now, actor_id=worker.id,
                 subject=("account", account.id), detail={"roles": roles})  # fmt: skip
