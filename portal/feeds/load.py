"""Loading an extract: all of it or nothing, while parents go on working."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal.context import Context
from portal.feeds import leftovers
from portal.feeds.assemble import Assembled, Assembly
from portal.feeds.builder import Builder
from portal.feeds.errors import FeedRefused
from portal.feeds.hand_over import hand_over
from portal.feeds.lock import one_at_a_time
from portal.feeds.make_builder import make_builder
from portal.feeds.manifest import Manifest, read_manifest
from portal.feeds.models import Load
from portal.feeds.progress import Progress, Silent
from portal.feeds.reading import Source, inspect, open_source
from portal.feeds.rejects import Rejects
from portal.feeds.schema import BY_FILENAME, CASES, PARTICIPANTS, PAYMENTS
from portal.feeds.sequence import already_loaded, last_load

MOST_DROP_PERCENT = 20


class TooManyRejects(FeedRefused):
    """More rows were rejected than ``--max-rejects`` allows; nothing was loaded."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did. ``already`` says that this very extract was loaded before."""

    manifest: Manifest
    already: bool
    rejected: int = 0
    warnings: int = 0
    not_adding_up: int = 0
    rejects_path: Path | None = None


def load(
    context: Context,
    path: Path,
    *,
    accept_drop: bool = False,
    max_rejects: int = 0,
    progress: Progress | None = None,
) -> Loaded:
    """Load the extract at ``path``, a folder or a zip.

    :param accept_drop: let participants, cases or payments shrink by more than 20 %.
    :param max_rejects: how many rejected rows may be left out before nothing is loaded.
    :raises FeedRefused: in one line; then nothing was changed.
    """
    started = context.now()
    shown = progress or Silent()
    with opened(path) as source:
        manifest = read_manifest(source, context.agency, context.settings.feed_key)
        with one_at_a_time(context.database):
            last = last_loaded(context)
            if already_loaded(last, manifest):
                return Loaded(manifest, already=True)
            if not accept_drop:
                refuse_drop(manifest, last)
            leftovers.clean(context.database)
            inspect_files(source, manifest, shown)
            rejects_path = rejects_folder(context, manifest) / "rejects.csv"
            with built(context, manifest) as builder, Rejects(rejects_path) as rejects:
                assembled = assemble(context, source, manifest, builder, rejects, shown)
                refuse_rejects(rejects, max_rejects)
                if not accept_drop:
                    refuse_drop(manifest, last, assembled.counts)
                shown.phase("switching")
                hand_over(context, manifest, builder, rejects, assembled, started)
            leftovers.clean(context.database)
    return Loaded(
        manifest,
        already=False,
        rejected=rejects.rows,
        warnings=rejects.warnings,
        not_adding_up=assembled.not_adding_up,
        rejects_path=rejects_path if rejects.rows + rejects.warnings else None,
    )


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """The extract, closed again at the end."""
    source = open_source(path)
    try:
        yield source
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
    source: Source,
    manifest: Manifest,
    builder: Builder,
    rejects: Rejects,
    progress: Progress,
) -> Assembled:
    """Build the record."""
    latest = context.agency.local_date(manifest.created_at).isoformat()
    assembly = Assembly(
        source,
        manifest,
        builder,
        rejects,
        progress,
        keyring=context.keyring,
        sealer=context.sealer,
        latest=latest,
    )
    return assembly.run()


def rejects_folder(context: Context, manifest: Manifest) -> Path:
    """Where the findings of an extract are written down."""
    return context.settings.instance / "loads" / str(manifest.sequence)


def inspect_files(source: Source, manifest: Manifest, progress: Progress) -> None:
    """Check every file's bytes against the manifest, before anything is written."""
    progress.phase("checking hashes and row counts")
    for name, entry in manifest.files.items():
        inspect(source, BY_FILENAME[name], entry.rows, entry.sha256)


def refuse_rejects(rejects: Rejects, max_rejects: int) -> None:
    """:raises TooManyRejects: beyond ``max_rejects`` rejected rows."""
    if rejects.rows > max_rejects:
        raise TooManyRejects(
            f"{rejects.rows:,} rows are rejected and at most {max_rejects:,} may be:"
            f" see {rejects.path}"
        )


def refuse_drop(
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


def last_loaded(context: Context) -> Load | None:
    """The extract loaded last, apart from any session."""
    with context.database.transaction(write=False) as session:
        last = last_load(session)
        if last is not None:
            session.expunge(last)
    return last
