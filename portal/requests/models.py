"""Tables of what parents send in: requests, their events, drafts and evidence.

Rows of the agency's record are named by key, never by foreign key, and what a request shows of them
(the letter's date, the disputed amounts) is copied when it is sent: a load changes none of it.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.database import Base
from portal.requests.immutable import EVENTS

Id = String(32)
Key = String(32)


class Submission(Base):
    """One request, once it was sent."""

    __tablename__ = "submissions"
    __table_args__ = (
        Index("ix_submissions_account", "account_id", "submitted_at"),
        Index("ix_submissions_open", "kind", "state"),
        Index("ix_submissions_due", "state", "due_on"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(9), unique=True)
    """What the parent sees, such as ``7K2M-QX4D``."""
    kind: Mapped[str] = mapped_column(String(40))
    account_id: Mapped[str] = mapped_column(Id)
    participant_id: Mapped[str] = mapped_column(Key, index=True)
    state: Mapped[str] = mapped_column(String(32))
    decision: Mapped[str | None] = mapped_column(String(20))
    """The last decision made: granted, partly_granted or denied."""
    decided_on: Mapped[date | None]
    owner: Mapped[str | None] = mapped_column(String(120))
    """The office, as an outcome of the agency names it; None stands for the caseworker team."""
    owner_id: Mapped[str | None] = mapped_column(Id, index=True)
    """The worker's account that took it."""
    version: Mapped[int] = mapped_column(default=0, server_default="0")
    """Rises with each step of the staff: a page that shows an older one is told so (CON-2)."""
    escalated_at: Mapped[datetime | None]
    """When it was put before the supervisors, by a worker or by itself when it was late."""
    asked_until: Mapped[date | None]
    """Until which day, agency-local, the parent may send what was asked for."""
    due_on: Mapped[date | None]
    submitted_at: Mapped[datetime]
    idempotency_key: Mapped[str] = mapped_column(String(64), unique=True)
    """The id of the draft it was made from: a draft becomes one request, however often sent."""
    fields: Mapped[bytes] = mapped_column(LargeBinary)
    """Sealed JSON of what the parent said (place ``submissions.fields``, row ``id``)."""
    notice_dated_on: Mapped[date | None]
    """The date of the letter that a review answers."""
    notice_respond_by: Mapped[date | None]
    """The last day to answer that letter, as it was when the review was sent."""
    hold_until: Mapped[datetime | None]
    """Until when a changed address is kept back; None where it is not, or no longer."""

    cases: Mapped[list[SubmissionCase]] = relationship(
        back_populates="submission", order_by="SubmissionCase.position", lazy="selectin"
    )


class SubmissionCase(Base):
    """A case that a request is about, with what the answered letter says of it."""

    __tablename__ = "submission_cases"
    __table_args__ = (Index("ix_submission_cases_case", "case_id"),)

    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"), primary_key=True)
    case_id: Mapped[str] = mapped_column(Key, primary_key=True)
    position: Mapped[int]
    notice_id: Mapped[str | None] = mapped_column(Key)
    notice_amount: Mapped[Decimal | None]
    stay_began_at: Mapped[datetime | None]
    stay_ended_at: Mapped[datetime | None]

    submission: Mapped[Submission] = relationship(back_populates="cases")

    @property
    def is_stayed(self) -> bool:
        """Whether new enforcement rests on it because of the request, now."""
        return self.stay_began_at is not None and self.stay_ended_at is None


class SubmissionEvent(Base):
    """What happened to a request. Rows are only ever added; triggers keep it so (AUD-2)."""

    __tablename__ = "submission_events"
    __table_args__ = (Index("ix_submission_events_submission", "submission_id", "id"),)

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    uid: Mapped[str] = mapped_column(Id, unique=True)
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"))
    event: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    actor_kind: Mapped[str] = mapped_column(String(10))
    """``parent``, ``staff``, ``agency``, ``extract``, ``portal``: see `events.ActorKind`."""
    case_id: Mapped[str | None] = mapped_column(Key)
    """The case that it is about, where it is about one alone (a stay)."""
    detail: Mapped[bytes] = mapped_column(LargeBinary)
    """Sealed JSON (place ``submission_events.detail``, row ``uid``): ``fields``, ``evidence``…

    The only column that may be written again, to seal the same words under a newer key."""


class Draft(Base):
    """What a parent has begun and not sent: one of a kind for each account."""

    __tablename__ = "drafts"
    __table_args__ = (Index("uq_drafts_account_kind", "account_id", "kind", unique=True),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    account_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    data: Mapped[bytes] = mapped_column(LargeBinary)
    """Sealed JSON of the answers so far (place ``drafts.data``, row ``id``)."""


class EvidenceFile(Base):
    """A file that a parent sent, after cleaning. The uploaded bytes are not kept."""

    __tablename__ = "evidence_files"
    __table_args__ = (Index("ix_evidence_files_state", "state", "added_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    account_id: Mapped[str] = mapped_column(Id, index=True)
    draft_id: Mapped[str | None] = mapped_column(Id, index=True)
    submission_id: Mapped[str | None] = mapped_column(ForeignKey("submissions.id"), index=True)
    name: Mapped[bytes] = mapped_column(LargeBinary)
    """The name to show, made safe and sealed (place ``evidence_files.name``, row ``id``)."""
    stored_as: Mapped[str] = mapped_column(String(64), unique=True)
    """The server-made name in the store, where the bytes are sealed (``evidence.bytes``)."""
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the cleaned file, unsealed: what the export hands on."""
    size: Mapped[int]
    """Bytes of the cleaned file."""
    media_type: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(16))
    """``being_checked``, ``ready`` or ``refused``; ``removed`` until it is swept."""
    added_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]


EVENTS.listen(SubmissionEvent.__table__)
