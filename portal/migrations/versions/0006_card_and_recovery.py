"""Printed cards of one-time codes, and recoveries with a newly mailed PIN."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import portal.database

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

IN_USE = "confirmed_at IS NOT NULL AND ended_at IS NULL"


def upgrade() -> None:
    op.create_table(
        "cards",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("ended_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_cards_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
    )
    op.create_index(op.f("ix_cards_account_id"), "cards", ["account_id"])
    op.create_index(
        "uq_cards_account",
        "cards",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text(IN_USE),
        postgresql_where=sa.text(IN_USE),
    )
    op.create_table(
        "card_codes",
        sa.Column("card_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code_hash", sa.String(length=200), nullable=False),
        sa.Column("used_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["card_id"], ["cards.id"], name=op.f("fk_card_codes_card_id_cards")
        ),
        sa.PrimaryKeyConstraint("card_id", "position", name=op.f("pk_card_codes")),
    )
    op.create_table(
        "recoveries",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("pin", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("due_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("sent_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.Column("done_at", portal.database.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_recoveries_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recoveries")),
    )
    op.create_index(op.f("ix_recoveries_account_id"), "recoveries", ["account_id"])
    op.create_index(op.f("ix_recoveries_due_at"), "recoveries", ["due_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_recoveries_due_at"), table_name="recoveries")
    op.drop_index(op.f("ix_recoveries_account_id"), table_name="recoveries")
    op.drop_table("recoveries")
    op.drop_table("card_codes")
    op.drop_index("uq_cards_account", table_name="cards")
    op.drop_index(op.f("ix_cards_account_id"), table_name="cards")
    op.drop_table("cards")
