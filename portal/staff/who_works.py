"""Whether anybody has a request: an owner who left, or was kept out, is nobody (N4).

The row keeps such an owner, so that colleagues see whose it was; whoever is free can take it.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from portal.accounts.models import STAFF, Account
from portal.accounts.staff_models import RoleGrant
from portal.requests.models import Submission
from portal.security.permissions import TABLE, Permission


def can_work() -> Select[str]:
    """The accounts of all who may work requests now: with such a role, and neither kept out nor
    closed."""
    roles = [role.value for role in TABLE[Permission.WORK_REQUESTS]]
    working = select(RoleGrant.account_id).where(
        RoleGrant.role.in_(roles), RoleGrant.ended_at.is_(None)
    )
    return select(Account.id).where(
        Account.kind == STAFF,
        Account.disabled_at.is_(None),
        Account.closed_at.is_(None),
        Account.id.in_(working),
    )


def nobody_has() -> ColumnElement[bool]:
    """The requests without an owner who could go on with them, as a condition."""
    return or_(Submission.owner_id.is_(None), Submission.owner_id.not_in(can_work()))


def is_free(session: Session, submission: Submission) -> bool:
    """Whether nobody has it."""
    chosen = can_work().where(Account.id == submission.owner_id)
    return submission.owner_id is None or session.scalar(chosen) is None
