"""Giving a role, which needs two people, and ending one, for which one is enough (ACL-4)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.accounts.staff_models import RoleGrant
from portal.audit.trail import record_event
from portal.context import Context
from portal.security.permissions import Permission, StaffRole, may
from portal.staff import invite, members, protected_location, two_people
from portal.staff.add_member import SamePerson, grant_roles, roles_of
from portal.staff.models import TwoPersonRequest
from portal.staff.two_people import Action
from portal.staff.words import ROLE_WORDS
from portal.web.sessions import end_sessions


class HasRole(ValueError):
    """The member has the role, or it was asked for."""


class LastSupervisor(ValueError):
    """Without this one nobody could approve anything."""


def ask_role(
    session: Session,
    context: Context,
    worker: Account,
    account: Account,
    role: StaffRole,
    reason: str,
    now: datetime,
) -> TwoPersonRequest:
    """Ask for a further role for a colleague; another supervisor approves.

    Raises `SamePerson` for oneself and `HasRole`.
    """
    if account.id == worker.id:
        raise SamePerson(worker.id)
    subject = ("account", account.id)
    waiting = (
        it for it in two_people.open_requests(session, now)
        if (it.action, it.subject_id, it.detail.get("role")) ==
        (Action.GRANT_ROLE.value, account.id, role.value)
    )  # fmt: skip
    if role in roles_of(session, account.id) or any(waiting):
        raise HasRole(role.value)
    detail = {"role": role.value}
    return two_people.ask(session, context, worker, Action.GRANT_ROLE, subject, reason, now, detail)


def end_role(
    session: Session, worker: Account, account: Account, role: StaffRole, now: datetime
) -> None:
    """End a role at once; the member's sessions end with it (SES-2).

    Raises `LookupError` where the member does not have it, and `LastSupervisor`.
    """
    chosen = select(RoleGrant).where(
        RoleGrant.account_id == account.id,
        RoleGrant.role == role.value,
        RoleGrant.ended_at.is_(None),
    )
    if role is StaffRole.SUPERVISOR and set(members.active_supervisors(session)) <= {account.id}:
        raise LastSupervisor(account.id)
    grant = session.scalar(chosen.with_for_update())
    if grant is None:
        raise LookupError(role.value)
    grant.ended_at, grant.ended_by = now, worker.id
    session.flush()
    left = roles_of(session, account.id)
    if not may(left, Permission.HELP_PARENTS):
        two_people.withdraw_all_of(session, account.id, worker.id, now)
    elif not may(left, Permission.MANAGE_STAFF):
        two_people.withdraw_all_of(session, account.id, worker.id, now, two_people.MANAGING)
    invite.end_sent_by(
        session, account.id, worker.id, now,
        asked=not may(left, Permission.MANAGE_STAFF), approved=not may(left, Permission.APPROVE),
    )  # fmt: skip
    if may((role,), Permission.WORK_REQUESTS):
        protected_location.end_all_of(session, account.id, worker.id, now)
    record_event(session, "staff:role:ended", now=now, actor_id=worker.id,
                 subject=("account", account.id), detail={"role": role.value})  # fmt: skip
    end_sessions(session, account.id, now)


@two_people.performs(Action.GRANT_ROLE)
def _approved(
    session: Session, context: Context, asked: TwoPersonRequest, worker: Account, now: datetime
) -> None:
    account, _ = members.find_member(session, context, asked.subject_id)
    role = StaffRole(asked.detail["role"])
    grant_roles(session, account, [role], asked_by=asked.asked_by, approved_by=worker.id, now=now)


@two_people.describes(Action.GRANT_ROLE)
def _describe(session: Session, context: Context, asked: TwoPersonRequest) -> str:
    _, member = members.find_member(session, context, asked.subject_id)
    return f"{member.name} ({member.email}): {ROLE_WORDS[StaffRole(asked.detail['role'])]}"
