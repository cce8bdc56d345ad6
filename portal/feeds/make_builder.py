"""Which builder an installation needs."""

from __future__ import annotations

from sqlalchemy import select

from portal.database import Database
from portal.feeds.build_postgresql import PostgresqlBuilder
from portal.feeds.build_sqlite import SqliteBuilder
from portal.feeds.builder import Builder
from portal.feeds.errors import FeedRefused
from portal.feeds.manifest import Manifest
from portal.record.current import current_name
from portal.record.models import LAYOUT, Extract


def make_builder(database: Database, manifest: Manifest) -> Builder:
    """A builder that starts empty for a full extract, from the current record for a delta.

    :raises FeedRefused: where there is no record yet, or a delta cannot start from its layout.
    """
    with database.transaction(write=False) as session:
        old = current_name(session)
        if old is None:
            raise FeedRefused("The database is not set up yet: run portal db upgrade.")
        if not manifest.is_full and session.scalars(select(Extract.layout)).first() != LAYOUT:
            raise FeedRefused(
                "The current record is of an older layout: load a full extract before a delta."
            )
    name, copies = manifest.record_name, not manifest.is_full
    if database.is_sqlite:
        return SqliteBuilder(database.folder, name, old, copies=copies)
    return PostgresqlBuilder(database.engine, name, old, copies=copies)
