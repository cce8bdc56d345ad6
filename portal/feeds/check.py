"""Checking an extract without loading it: everything a load does, except the switch."""

from __future__ import annotations

from pathlib import Path

from portal.context import Context
from portal.feeds.candidate import Limits, Loaded, assemble, built, candidate, summary
from portal.feeds.progress import Progress, Silent
from portal.feeds.rejects import Rejects


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
    limits = Limits(accept_drop, max_rejects)
    shown = progress or Silent()
    with candidate(context, path, limits, shown) as found:
        if found.already:
            return Loaded(found.manifest, already=True)
        with (
            built(context, found.manifest) as builder,
            Rejects(found.folder / "check.csv") as rejects,
        ):
            assembled = assemble(context, found, builder, rejects, limits, shown)
            builder.discard()
        return summary(found, rejects, assembled)
