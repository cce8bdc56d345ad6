"""How alembic reaches the database: on the connection that ``portal.migrate`` hands it."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from portal.models import Base


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transaction_per_migration=True,
        user_module_prefix="portal.database.",
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
