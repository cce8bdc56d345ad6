"""Tables of the agency's side: invitations, what needs two people, notes, drafts of decisions.

Members and their roles are in `portal.accounts.staff_models`: signing in asks for them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.opening_models import RecordOpening as RecordOpening
from portal.database import Base

Id = String(32)


class Invitation(Base):
    """Somebody was asked to join the staff. It opens nothing before a second person approved."""

    __tablename__ = "staff_invitations"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[bytes] = mapped_column(LargeBinary)
    """Sealed (place ``staff_invitations.email``)."""
    email_lookup: Mapped[str] = mapped_column(String(100), index=True)
    roles: Mapped[list[str]] = mapped_column(JSON)
    invited_by: Mapped[str] = mapped_column(Id)
    """The supervisor's account, or ``founding``."""
    invited_at: Mapped[datetime]
    approved_by: Mapped[str | None] = mapped_column(Id)
    approved_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    account_id: Mapped[str | None] = mapped_column(Id)
    """The account that came of it."""


class TwoPersonRequest(Base):
    """A step that one person asks for and another one approves (ACL-4, RCV-2)."""

    __tablename__ = "two_person_requests"
    __table_args__ = (Index("ix_two_person_requests_open", "decided_at", "asked_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    action: Mapped[str] = mapped_column(String(32))
    """A word of `portal.staff.two_people.Action`."""
    subject_kind: Mapped[str] = mapped_column(String(16))
    """``account``, ``invitation`` or ``participant``."""
    subject_id: Mapped[str] = mapped_column(String(64))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Codes and ids only."""
    reason: Mapped[bytes] = mapped_column(LargeBinary)
    """In the asker's words, sealed (place ``two_person_requests.reason``)."""
    asked_by: Mapped[str] = mapped_column(Id)
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(Id)
    decided_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(16))
    """``approved``, ``refused`` or ``withdrawn``."""


class StaffParty(Base):
    """A person of the record whom a member of the staff is, or is close to: none of that person's
    cases is theirs to work (ACL-4)."""

    __tablename__ = "staff_parties"

    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    participant_id: Mapped[str] = mapped_column(Id, primary_key=True)
    declared_by: Mapped[str] = mapped_column(Id)
    declared_at: Mapped[datetime]


class StaffNote(Base):
    """A note on a request, for the staff only."""

    __tablename__ = "staff_notes"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"), index=True)
    author_id: Mapped[str] = mapped_column(Id)
    at: Mapped[datetime]
    words: Mapped[bytes] = mapped_column(LargeBinary)
    """Sealed (place ``staff_notes.words``)."""


class DecisionDraft(Base):
    """What a worker has written of a decision and its letter, and not sent."""

    __tablename__ = "decision_drafts"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    """The submission's id: one draft a request."""
    version: Mapped[int]
    """Rises with each save; a form that carries an older one is told of the conflict (CON-2)."""
    data: Mapped[bytes] = mapped_column(LargeBinary)
    """Sealed JSON (place ``decision_drafts.data``): outcome by line, and the letter's words."""
    saved_by: Mapped[str] = mapped_column(Id)
    saved_at: Mapped[datetime]


class ProtectedLocationGrant(Base):
    """Leave for one worker to see where a marked person lives, for one request."""

    __tablename__ = "protected_location_grants"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"), index=True)
    account_id: Mapped[str] = mapped_column(Id)
    reason: Mapped[bytes] = mapped_column(LargeBinary)
    """The worker's words, sealed (place ``protected_location_grants.reason``)."""
    asked_at: Mapped[datetime]
    granted_by: Mapped[str | None] = mapped_column(Id)
    granted_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    """Also: when what was granted was taken back, with the worker's role."""
