"""Making a member of the staff: the account, the name, the roles."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.accounts.staff_models import FOUNDING, RoleGrant, StaffMember
from portal.audit.trail import record_event
from portal.security.permissions import StaffRole
from portal.web.sessions import end_sessions


class SamePerson(ValueError):
    """A role was to be granted by one person alone, or by the one who gets it (ACL-4)."""


def add_member(session: Session, account: Account, name: str, now: datetime) -> StaffMember:
    """Note who is behind a staff account."""
    member = StaffMember(account_id=account.id, name=name, added_at=now)
    session.add(member)
    session.flush()
    return member


def grant_roles(
    session: Session,
    account: Account,
    roles: Iterable[StaffRole],
    *,
    asked_by: str,
    approved_by: str,
    now: datetime,
) -> None:
    """Grant the roles that the account does not have yet; its sessions end (SES-2).

    Raises `SamePerson` where two people are not two, or one of them is the account's owner.
    """
    is_founding = asked_by == approved_by == FOUNDING
    if not is_founding and len({asked_by, approved_by, account.id}) < 3:
        raise SamePerson(account.id)
    for role in sorted(set(roles) - set(roles_of(session, account.id))):
        session.add(
            RoleGrant(
                id=uuid.uuid4().hex,
                account_id=account.id,
                role=role.value,
                granted_at=now,
                asked_by=asked_by,
                approved_by=approved_by,
            )
        )
        record_event(session, "staff:role:granted", now=now, actor_id=approved_by,
                     subject=("account", account.id),
                     detail={"role": role.value, "asked_by": asked_by})  # fmt: skip
    session.flush()
    end_sessions(session, account.id, now)


def roles_of(session: Session, account_id: str) -> tuple[StaffRole, ...]:
    """The roles that the account has now, read afresh."""
    chosen = select(RoleGrant.role).where(
        RoleGrant.account_id == account_id, RoleGrant.ended_at.is_(None)
    )
    return tuple(StaffRole(role) for role in session.scalars(chosen.order_by(RoleGrant.role)))
