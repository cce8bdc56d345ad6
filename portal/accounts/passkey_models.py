"""The table of passkeys."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class Passkey(Base):
    """One passkey. Its credential belongs to this account and to no other (PKY-3).

    Removing it deletes the row: from then on it opens nothing. The trail keeps that it was here.
    """

    __tablename__ = "passkeys"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[bytes] = mapped_column(LargeBinary)
    """What its owner calls it, sealed."""
    transports: Mapped[str] = mapped_column(String(100), default="")
    """How the device is reached (``internal,usb``): a help for browsers."""
    is_backed_up: Mapped[bool] = mapped_column(default=False)
    """Whether the maker of the device keeps a copy, on a person's other devices too."""
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
