"""Whose mail it is, so that a person can be told which mails were sent to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("owner_id", sa.String(length=32), nullable=True))
    op.create_index(op.f("ix_outbox_owner_id"), "outbox", ["owner_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_outbox_owner_id"), table_name="outbox")
    op.drop_column("outbox", "owner_id")
