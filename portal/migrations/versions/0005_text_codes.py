"""Codes by text message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import portal.database

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = portal.database.UtcTime(timezone=True)
    op.create_table(
        "text_codes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_codes")),
    )
    op.create_index("ix_text_codes_account", "text_codes", ["account_id", "purpose"], unique=False)
    op.create_index(op.f("ix_text_codes_created_at"), "text_codes", ["created_at"], unique=False)
    op.add_column("accounts", sa.Column("texts_since", moment, nullable=True))


def downgrade() -> None:
    op.drop_column("accounts", "texts_since")
    op.drop_index(op.f("ix_text_codes_created_at"), table_name="text_codes")
    op.drop_index("ix_text_codes_account", table_name="text_codes")
    op.drop_table("text_codes")
