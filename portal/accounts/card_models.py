"""The tables of printed cards."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class Card(Base):
    """A printed card of codes that are asked by their number. One of an account is in use."""

    __tablename__ = "cards"
    __table_args__ = (
        Index(
            "uq_cards_account",
            "account_id",
            unique=True,
            sqlite_where=text("confirmed_at IS NOT NULL AND ended_at IS NULL"),
            postgresql_where=text("confirmed_at IS NOT NULL AND ended_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    """When one code was typed back from it; before that it counts for nothing."""
    ended_at: Mapped[datetime | None]
    asked: Mapped[int | None]
    """The number of the code that is asked until it was given; None once all are used."""


class CardCode(Base):
    """One code of a card, as a slow hash; it works once."""

    __tablename__ = "card_codes"

    card_id: Mapped[str] = mapped_column(ForeignKey("cards.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code_hash: Mapped[str] = mapped_column(String(200))
    used_at: Mapped[datetime | None]
