"""What a check and a load have in common: an extract that may be loaded, and its building."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from portal.context import Context
from portal.feeds import leftovers
from portal.feeds.assemble import Assembled, Assembly
from portal.feeds.builder import Builder
from portal.feeds.errors import FeedRefused
from portal.feeds.lock import one_at_a_time
from portal.feeds.make_builder import make_builder
from portal.feeds.manifest import NAME as MANIFEST
from portal.feeds.manifest import Manifest, read_manifest
from portal.feeds.models import Load
from portal.feeds.progress import Progress
from portal.feeds.reading import inspect
from portal.feeds.rejects import Rejects
from portal.feeds.schema import BY_FILENAME, CASES, PARTICIPANTS, PAYMENTS
from portal.feeds.sequence import already_loaded, last_load
from portal.feeds.sources import Source, open_source

MOST_DROP_PERCENT = 20
MOST_AHEAD = timedelta(days=1)
"""By how much the agency's clock may be ahead of ours without a word."""


class TooManyRejects(FeedRefused):
    """More rows were rejected than ``--max-rejects`` allows; nothing was loaded."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an operator puts up with."""

    accept_drop: bool = False
    max_rejects: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """An extract whose files are what its manifest says. ``already`` is one loaded before."""

    source: Source
    manifest: Manifest
    last: Load | None
    already: bool
    folder: Path
    """Where findings are written down."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load, or a check, came to. ``already`` says that it was loaded before."""

    manifest: Manifest
    already: bool
    rejected: int = 0
    warnings: int = 0
    not_adding_up: int = 0
    rejects_path: Path | None = None


@contextmanager
def candidate(
    context: Context, path: Path, limits: Limits, progress: Progress
) -> Iterator[Candidate]:
    """The extract at ``path``, checked up to its bytes, under the feed's lock.

    :raises FeedRefused: in one line; nothing was changed.
    """
    source = open_source(path)
    try:
        manifest = read_manifest(source, context.agency, context.settings.feed_key)
        with one_at_a_time(context.database):
            last = _last_loaded(context)
            already = already_loaded(last, manifest)
            if not already:
                if not limits.accept_drop:
                    _refuse_drop(manifest, last)
                leftovers.clean(context.database)
                inspect_files(source, manifest, progress)
            folder = context.settings.instance / "loads" / str(manifest.sequence)
            yield Candidate(source, manifest, last, already, folder)
    finally:
        source.close()


@contextmanager
def built(context: Context, manifest: Manifest) -> Iterator[Builder]:
    """A builder for the extract's record; what it made is removed when something goes wrong."""
    builder = make_builder(context.database, manifest)
    try:
        yield builder
    except BaseException:
        builder.discard()
        raise


def assemble(
    context: Context,
    found: Candidate,
    builder: Builder,
    rejects: Rejects,
    limits: Limits,
    progress: Progress,
) -> Assembled:
    """Build the record.

    :raises TooManyRejects: beyond the rejected rows that are put up with.
    :raises FeedRefused: when so many were left out that the record shrinks too much.
    """
    _warn_when_ahead(found.manifest, rejects, context.now())
    assembly = Assembly(
        found.source,
        found.manifest,
        builder,
        rejects,
        progress,
        keyring=context.keyring,
        sealer=context.sealer,
        latest=context.agency.local_date(found.manifest.created_at).isoformat(),
    )
    assembled = assembly.run()
    if rejects.rows > limits.max_rejects:
        raise TooManyRejects(
            f"{rejects.rows:,} rows are rejected and at most {limits.max_rejects:,} may be:"
            f" see {rejects.path}"
        )
    if not limits.accept_drop:
        _refuse_drop(found.manifest, found.last, assembled.counts)
    return assembled


def _warn_when_ahead(manifest: Manifest, rejects: Rejects, now: datetime) -> None:
    """Warn of an extract that says it was made in days to come: all its dates are held to that."""
    if manifest.created_at > now + MOST_AHEAD:
        made, reason = manifest.created_at.isoformat(), "is more than a day ahead of now"
        rejects.warning(MANIFEST, None, "created_at", made, reason)


def summary(found: Candidate, rejects: Rejects, assembled: Assembled) -> Loaded:
    """What to tell of it."""
    return Loaded(
        found.manifest,
        already=False,
        rejected=rejects.rows,
        warnings=rejects.warnings,
        not_adding_up=assembled.not_adding_up,
        rejects_path=rejects.path if rejects.rows + rejects.warnings else None,
    )


def inspect_files(source: Source, manifest: Manifest, progress: Progress) -> None:
    """Check every file's bytes against the manifest, before anything is written."""
    progress.phase("checking hashes and row counts")
    for name, entry in manifest.files.items():
        inspect(source, BY_FILENAME[name], entry.rows, entry.sha256)


def _refuse_drop(
    manifest: Manifest, last: Load | None, counts: dict[str, int] | None = None
) -> None:
    """Refuse a full extract that shrinks by more than 20 % (FED-4).

    :param counts: rows by file once they were checked; else what the manifest says.
    """
    if last is None or not manifest.is_full:
        return
    for file in (PARTICIPANTS, CASES, PAYMENTS):
        before = last.counts.get(file.name, 0)
        after = manifest.files[file.filename].rows if counts is None else counts[file.name]
        if after * 100 < before * (100 - MOST_DROP_PERCENT):
            raise FeedRefused(
                f"{file.filename} shrinks from {before:,} to {after:,} rows, by more than"
                f" {MOST_DROP_PERCENT} %; use --accept-drop if that is meant."
            )


def _last_loaded(context: Context) -> Load | None:
    with context.database.transaction(write=False) as session:
        last = last_load(session)
        if last is not None:
            session.expunge(last)
    return last
