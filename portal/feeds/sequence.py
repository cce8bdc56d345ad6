"""Which extract may follow which (FED-2, FED-4)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.feeds.errors import FeedRefused
from portal.feeds.manifest import Manifest
from portal.feeds.models import Load


def last_load(session: Session) -> Load | None:
    """The extract loaded last."""
    return session.scalars(select(Load).order_by(Load.sequence.desc()).limit(1)).first()


def already_loaded(last: Load | None, manifest: Manifest) -> bool:
    """Whether this very extract is the one loaded last.

    :raises FeedRefused: where the sequence is lower, the same with other bytes, or, for a delta,
        not the next one.
    """
    number = manifest.sequence
    if last is None:
        if not manifest.is_full:
            raise FeedRefused("Nothing is loaded yet: a delta needs a full extract before it.")
        return False
    if number == last.sequence:
        if manifest.sha256 == last.manifest_sha256:
            return True
        raise FeedRefused(f"Sequence {number} is loaded already, from another manifest.")
    if number < last.sequence:
        raise FeedRefused(f"Sequence {number} is lower than {last.sequence}, the one loaded last.")
    if not manifest.is_full and number != last.sequence + 1:
        raise FeedRefused(
            f"A delta must follow sequence {last.sequence} with {last.sequence + 1}, not {number}."
        )
    return False
