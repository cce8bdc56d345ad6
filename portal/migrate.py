"""Migrations: bring the tables of ours to the shape this code expects."""

from __future__ import annotations

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from portal.database import Database
from portal.models import Base
from portal.record.current import ensure_record


def upgrade(database: Database, revision: str = "head") -> None:
    """Upgrade the tables and make sure that there is a record, if an empty one."""
    with database.engine.execution_options(write=True).begin() as connection:
        command.upgrade(_config(connection), revision)
    if revision == "head":
        ensure_record(database)


def downgrade(database: Database, revision: str) -> None:
    """Take migrations back down to ``revision`` (``base`` for all)."""
    with database.engine.execution_options(write=True).begin() as connection:
        command.downgrade(_config(connection), revision)


def is_current(connection: Connection) -> bool:
    """Whether every migration has run on this database."""
    script = ScriptDirectory.from_config(_config(connection))
    heads = MigrationContext.configure(connection).get_current_heads()
    return set(heads) == set(script.get_heads())


def differences(connection: Connection) -> list[object]:
    """What the models have and the database has not, or the other way round."""
    found = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    return [difference for difference in found if "alembic_version" not in str(difference)]


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", "portal:migrations")
    config.attributes["connection"] = connection
    return config
