"""``removals.csv`` of a delta: rows that go before the upserts come."""

from __future__ import annotations

from portal.feeds.builder import Builder
from portal.feeds.manifest import Manifest
from portal.feeds.reading import Source
from portal.feeds.rejects import Rejects


def read(source: Source, manifest: Manifest, builder: Builder, rejects: Rejects) -> None:
    raise NotImplementedError


def apply(builder: Builder, rejects: Rejects) -> None:
    raise NotImplementedError


def refuse_in_use(builder: Builder) -> None:
    raise NotImplementedError
