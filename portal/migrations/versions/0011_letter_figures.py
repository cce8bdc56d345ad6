"""What a letter of the staff promises, so that the agency's own system can be told of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("portal_letters", sa.Column("figures", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("portal_letters", "figures")
