"""Loading an extract: all of it or nothing, while parents go on working."""

from __future__ import annotations

from pathlib import Path

from portal.context import Context
from portal.feeds import leftovers
from portal.feeds.candidate import Limits, Loaded, assemble, built, candidate, summary
from portal.feeds.hand_over import hand_over
from portal.feeds.progress import Progress, Silent
from portal.feeds.rejects import Rejects

__all__ = ["Loaded", "load"]


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
    limits = Limits(accept_drop, max_rejects)
    with candidate(context, path, limits, shown) as found:
        if found.already:
            return Loaded(found.manifest, already=True)
        with (
            built(context, found.manifest) as builder,
            Rejects(found.folder / "rejects.csv") as rejects,
        ):
            assembled = assemble(context, found, builder, rejects, limits, shown)
            shown.phase("switching")
            hand_over(context, found.manifest, builder, rejects, assembled, started)
        leftovers.clean(context.database)
        return summary(found, rejects, assembled)
