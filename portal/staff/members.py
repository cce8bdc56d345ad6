"""Who is on the staff, and what colleagues are called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.find_account import email_of, find_by_email
from portal.accounts.models import STAFF, Account
from portal.accounts.staff_models import RoleGrant, StaffMember
from portal.context import Context
from portal.security.permissions import StaffRole


@dataclass(frozen=True)
class Member:
    """One member of the staff, as supervisors see them."""

    account_id: str
    name: str
    email: str
    roles: tuple[tuple[StaffRole, datetime], ...]
    """Each with the moment it was granted."""
    added_at: datetime
    last_signed_in_at: datetime | None
    disabled_at: datetime | None


def members(session: Session, context: Context) -> list[Member]:
    """Every member of the staff whose account is not closed, those who can sign in first."""
    chosen = (
        select(Account, StaffMember)
        .join(StaffMember, StaffMember.account_id == Account.id)
        .where(Account.kind == STAFF, Account.closed_at.is_(None))
    )
    found = [_member(context, *row) for row in session.execute(chosen)]
    return sorted(found, key=lambda it: (it.disabled_at is not None, it.name.casefold()))


def find_member(session: Session, context: Context, account_id: str) -> tuple[Account, Member]:
    """One of them. :raises LookupError: where there is none of that id."""
    account = session.get(Account, account_id)
    member = session.get(StaffMember, account_id)
    if account is None or member is None or account.closed_at is not None:
        raise LookupError(account_id)
    return account, _member(context, account, member)


def find_by_address(session: Session, context: Context, email: str) -> tuple[Account, Member]:
    """The member of that e-mail address. :raises LookupError: where there is none."""
    account = find_by_email(session, context.keyring, email)
    if account is None:
        raise LookupError(email)
    return find_member(session, context, account.id)


def names(session: Session) -> dict[str, str]:
    """The names of all who are or were on the staff, by account."""
    found = session.execute(select(StaffMember.account_id, StaffMember.name))
    return {row.account_id: row.name for row in found}


def _member(context: Context, account: Account, member: StaffMember) -> Member:
    return Member(
        account_id=account.id,
        name=member.name,
        email=email_of(context.sealer, account),
        roles=tuple((StaffRole(grant.role), grant.granted_at) for grant in account.role_grants),
        added_at=member.added_at,
        last_signed_in_at=account.last_signed_in_at,
        disabled_at=account.disabled_at,
    )


def active_supervisors(session: Session) -> list[str]:
    """The accounts of supervisors who can sign in; locked, so that no two leave at one moment."""
    chosen = (
        select(Account.id)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(RoleGrant.role == StaffRole.SUPERVISOR.value, RoleGrant.ended_at.is_(None))
        .where(Account.disabled_at.is_(None), Account.closed_at.is_(None))
        .order_by(Account.id)
        .with_for_update()
    )
    return list(session.scalars(chosen))
