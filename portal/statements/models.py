"""Tables of statements that can be shown to others, and of the keys that they are signed with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base

SEED = "statement_keys.seed"
CODE = "shared_statements.code"
CONTENT = "shared_statements.content"
PDF = "shared_statements.pdf"


class StatementKey(Base):
    """A key that statements are signed with (Ed25519).

    It stays for as long as statements do: changing the portal's keys seals it anew and begins
    another one, and what it has signed still verifies (KEY-3).
    """

    __tablename__ = "statement_keys"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    made_under: Mapped[str] = mapped_column(String(32))
    """The id of the portal's newest key when it was made."""
    made_at: Mapped[datetime]
    seed: Mapped[bytes] = mapped_column(LargeBinary)
    """The private key in base64, sealed. The public one is computed from it, so that nobody who can
    only write to the database can bring a key of their own."""


class SharedStatement(Base):
    """A statement that its owner can show to others. It never changes; it can be taken back."""

    __tablename__ = "shared_statements"
    __table_args__ = (Index("ix_shared_statements_person", "participant_id", "made_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    participant_id: Mapped[str] = mapped_column(String(32))
    account_id: Mapped[str] = mapped_column(String(32))
    """Of who made it."""
    once: Mapped[str] = mapped_column(String(64), unique=True)
    """Of the form that it was made with: sent twice, it makes one statement."""
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    key_id: Mapped[str] = mapped_column(ForeignKey("statement_keys.id"))
    signature: Mapped[str] = mapped_column(String(128))
    """Of the bytes of `content`, in hex."""
    code: Mapped[bytes] = mapped_column(LargeBinary)
    code_lookup: Mapped[str] = mapped_column(String(100), unique=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    """Sealed JSON: what it says, until when it holds, and the SHA-256 of its PDF."""
    pdf: Mapped[bytes] = mapped_column(LargeBinary)
    """Sealed, in base64."""
