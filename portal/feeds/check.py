"""Checking an extract without loading it: everything a load does, except the switch."""

from __future__ import annotations

from pathlib import Path

from portal.context import Context
from portal.feeds import leftovers
from portal.feeds.load import (
    Loaded,
    assemble,
    built,
    inspect_files,
    last_loaded,
    opened,
    refuse_drop,
    refuse_rejects,
    rejects_folder,
)
from portal.feeds.lock import one_at_a_time
from portal.feeds.manifest import read_manifest
from portal.feeds.progress import Progress, Silent
from portal.feeds.rejects import Rejects
from portal.feeds.sequence import already_loaded


def check(
    context: Context,
    path: Path,
    *,
    accept_drop: bool = False,
    max_rejects: int = 0,
    progress: Progress | None = None,
) -> Loaded:
    """Check the extract at ``path`` as a load would, and change nothing.

    Findings are written to ``loads/<sequence>/check.csv``. Whether outcomes fit their submissions
    is looked at by a load only.

    :raises FeedRefused: in one line, when a load would refuse the extract.
    """
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
            findings = rejects_folder(context, manifest) / "check.csv"
            with built(context, manifest) as builder:
                with Rejects(findings) as rejects:
                    assembled = assemble(context, source, manifest, builder, rejects, shown)
                builder.discard()
            refuse_rejects(rejects, max_rejects)
            if not accept_drop:
                refuse_drop(manifest, last, assembled.counts)
    return Loaded(
        manifest,
        already=False,
        rejected=rejects.rows,
        warnings=rejects.warnings,
        not_adding_up=assembled.not_adding_up,
        rejects_path=findings if rejects.rows + rejects.warnings else None,
    )
