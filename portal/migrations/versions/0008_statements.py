"""Statements that can be shown to others, and the keys that they are signed with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import portal.database

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = portal.database.UtcTime(timezone=True)
    op.create_table(
        "statement_keys",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("made_under", sa.String(length=32), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_keys")),
    )
    op.create_table(
        "shared_statements",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("participant_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("once", sa.String(length=64), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("revoked_at", moment, nullable=True),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.Column("code", sa.LargeBinary(), nullable=False),
        sa.Column("code_lookup", sa.String(length=100), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["statement_keys.id"],
            name=op.f("fk_shared_statements_key_id_statement_keys"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_statements")),
        sa.UniqueConstraint("code_lookup", name=op.f("uq_shared_statements_code_lookup")),
        sa.UniqueConstraint("once", name=op.f("uq_shared_statements_once")),
    )
    op.create_index(
        "ix_shared_statements_person", "shared_statements", ["participant_id", "made_at"]
    )


def downgrade() -> None:
    op.drop_index("ix_shared_statements_person", table_name="shared_statements")
    op.drop_table("shared_statements")
    op.drop_table("statement_keys")
