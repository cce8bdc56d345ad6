"""The chain that the audit trail is sealed into."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import portal.database
from portal.audit.models import CHAIN_DDL, CHAIN_DDL_DOWN

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_chain",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_id", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("at", portal.database.UtcTime(timezone=True), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_chain")),
    )
    for statement in CHAIN_DDL[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("audit_chain")
    for statement in CHAIN_DDL_DOWN[op.get_bind().dialect.name]:
        op.execute(statement)
