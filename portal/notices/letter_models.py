"""Letters that the portal wrote: kept as they went out, for ever; and when they were read."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.append_only import append_only
from portal.database import Base

PDF = "portal_letters.pdf"
"""The place that a letter's file is sealed for."""
WORDS = "portal_letters.words"
"""The place that a letter's words are sealed for."""
FIGURES = "portal_letters.figures"
"""The place that what a letter promises is sealed for."""


class PortalLetter(Base):
    """One letter to one person, as a PDF. Rows are only ever added; triggers keep it so."""

    __tablename__ = "portal_letters"
    __table_args__ = (
        Index("ix_portal_letters_participant", "participant_id", "at"),
        Index("ix_portal_letters_submission", "submission_id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    """``review_decision``, ``more_information``, ``case_closure``, ``overpayment``…"""
    participant_id: Mapped[str] = mapped_column(String(32))
    """The addressee: nobody else ever sees it."""
    case_id: Mapped[str | None] = mapped_column(String(32))
    submission_id: Mapped[str | None] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(35))
    dated_on: Mapped[date]
    """Agency-local."""
    respond_by: Mapped[date | None]
    """The last day to answer it or to go to court, agency-local."""
    written_by: Mapped[str] = mapped_column(String(32))
    """The worker's account."""
    at: Mapped[datetime]
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the PDF, unsealed."""
    pdf: Mapped[bytes] = mapped_column(LargeBinary)
    """Sealed. What is sealed may be written again, under a newer key, and nothing else."""
    words: Mapped[bytes] = mapped_column(LargeBinary)
    """What the PDF says, sealed JSON (`portal.notices.letter_pages.LetterPage`): for the page."""
    figures: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What it promises beside its last day, in codes, days and dollars, sealed JSON: for the
    agency's own system, which has to do it."""


class LetterRead(Base):
    """When the addressee first opened a letter of the portal."""

    __tablename__ = "letter_reads"

    letter_id: Mapped[str] = mapped_column(ForeignKey("portal_letters.id"), primary_key=True)
    at: Mapped[datetime]


LETTERS = append_only(
    "portal_letters",
    kept=(
        "id",
        "kind",
        "participant_id",
        "case_id",
        "submission_id",
        "language",
        "dated_on",
        "respond_by",
        "written_by",
        "at",
        "sha256",
    ),
)
LETTERS.listen(PortalLetter.__table__)
READS = append_only("letter_reads", ("letter_id",))
READS.listen(LetterRead.__table__)
