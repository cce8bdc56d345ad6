"""What parents note for themselves: payments made or received, and the receipts of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import portal.database

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = portal.database.UtcTime(timezone=True)
    op.create_table(
        "own_records",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("once", sa.String(length=64), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_records")),
    )
    op.create_index("ix_own_records_case", "own_records", ["account_id", "case_id"])
    op.create_index("uq_own_records_once", "own_records", ["account_id", "once"], unique=True)
    op.create_table(
        "own_receipts",
        sa.Column("file_id", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["evidence_files.id"],
            name=op.f("fk_own_receipts_file_id_evidence_files"),
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["own_records.id"], name=op.f("fk_own_receipts_record_id_own_records")
        ),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_own_receipts")),
    )
    op.create_index("ix_own_receipts_record", "own_receipts", ["record_id"])


def downgrade() -> None:
    op.drop_index("ix_own_receipts_record", table_name="own_receipts")
    op.drop_table("own_receipts")
    op.drop_index("uq_own_records_once", table_name="own_records")
    op.drop_index("ix_own_records_case", table_name="own_records")
    op.drop_table("own_records")
