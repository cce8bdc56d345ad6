"""Known devices, and accounts that wait for a new password."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import portal.database

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_devices",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=80), nullable=False),
        sa.Column("first_seen_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("seen_at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_known_devices_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_devices")),
    )
    op.create_index(
        op.f("ix_known_devices_account_id"), "known_devices", ["account_id"], unique=False
    )
    op.create_index(
        "uq_known_devices_token_account",
        "known_devices",
        ["token_hash", "account_id"],
        unique=True,
    )
    moment = portal.database.UtcTime(timezone=True)
    op.add_column("accounts", sa.Column("must_change_password_at", moment, nullable=True))
    op.add_column("sessions", sa.Column("known_device_id", sa.String(length=32), nullable=True))


def downgrade() -> None:
    op.drop_column("sessions", "known_device_id")
    op.drop_column("accounts", "must_change_password_at")
    op.drop_index("uq_known_devices_token_account", table_name="known_devices")
    op.drop_index(op.f("ix_known_devices_account_id"), table_name="known_devices")
    op.drop_table("known_devices")
