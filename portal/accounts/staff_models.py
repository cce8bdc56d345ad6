"""Members of the staff: their names, and the roles they were granted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base

FOUNDING = "founding"
"""In the place of the people who granted: the first two supervisors, added by command."""
COMMAND = "command"
"""In the place of the one who asked: whoever runs ``portal staff`` on the portal's machine."""


class StaffMember(Base):
    """The person behind an account of the kind *staff*."""

    __tablename__ = "staff_members"

    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    """As colleagues know it; parents see it only where the agency's profile says so."""
    added_at: Mapped[datetime]


class RoleGrant(Base):
    """A role that a member of the staff has, or had: who asked for it and who approved."""

    __tablename__ = "staff_roles"
    __table_args__ = (
        Index(
            "uq_staff_roles_live",
            "account_id",
            "role",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    role: Mapped[str] = mapped_column(String(16))
    """A word of `portal.security.permissions.StaffRole`."""
    granted_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(32))
    approved_by: Mapped[str] = mapped_column(String(32))
    """Another account than ``asked_by``; both are ``founding`` for the first two (ACL-4)."""
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(32))
