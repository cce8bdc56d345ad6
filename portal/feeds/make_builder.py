"""Which builder an installation needs."""

from __future__ import annotations

from sqlalchemy import select

from portal.database import Database
from portal.feeds.build_sqlite import SqliteBuilder
from portal.feeds.builder import Builder
from portal.feeds.errors import FeedRefused
from portal.feeds.manifest import Manifest
from portal.feeds.models import Load
from portal.record.models import LAYOUT, Extract


def make_builder(database: Database, manifest: Manifest, last: Load | None) -> Builder:
    """A builder that starts empty for a full extract, from the current record for a delta.

    :raises FeedRefused: when the current record is of an older layout that a delta cannot start from.
    """
    base = None
    if not manifest.is_full:
        assert last is not None
        base = last.record
        with database.transaction(write=False) as session:
            layout = session.scalars(select(Extract.layout)).first()
        if layout != LAYOUT:
            raise FeedRefused(
                "The current record is of an older layout: load a full extract before a delta."
            )
    if database.is_sqlite:
        path = None if base is None else database.record_path(base)
        return SqliteBuilder(database.folder, manifest.record_name, path)
    raise FeedRefused("Not on PostgreSQL yet.")
