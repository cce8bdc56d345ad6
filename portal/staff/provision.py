"""Making a complete staff account without its pages: for the demo's people, and for tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.models import STAFF
from portal.accounts.provision import Provisioned, Wishes, provision_account
from portal.accounts.staff_models import FOUNDING
from portal.context import Context
from portal.security.permissions import StaffRole
from portal.staff.add_member import add_member, grant_roles


def provision_staff(
    session: Session,
    context: Context,
    *,
    name: str,
    email: str,
    password: str,
    roles: Iterable[StaffRole],
    now: datetime,
) -> Provisioned:
    """A member of the staff with an authenticator app and these roles, as if founding.

    :raises sqlalchemy.exc.IntegrityError: where the address has an account.
    """
    made = provision_account(
        session,
        context,
        participant_id=None,
        email=email,
        password=password,
        now=now,
        wishes=Wishes(kind=STAFF, has_hint=False, answered_phone=False),
    )
    add_member(session, made.account, name, now)
    grant_roles(session, made.account, roles, asked_by=FOUNDING, approved_by=FOUNDING, now=now)
    return made
