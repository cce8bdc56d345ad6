"""``portal audit``: verify the trail, begin a new anchor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import click

from portal.audit import anchor
from portal.audit.seal import ChainBroken, seal_events
from portal.audit.trail import record_event
from portal.audit.verify import Report, TrailBroken
from portal.audit.verify import verify as verify_trail
from portal.command_edge import command_context

SEALED_WITHIN = timedelta(hours=1)
"""Events that wait longer than this to be sealed are told of."""


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command()
def verify() -> None:
    """Tell whether the trail is as it was sealed; on a finding, say what and end with status 1.

    Example: portal audit verify
    """
    with command_context(TrailBroken, ChainBroken, anchor.AnchorProblem) as context:
        now = context.now()
        report = verify_trail(context, now)
    for line in _lines(report, late=report.oldest_unsealed is not None
                       and now - report.oldest_unsealed > SEALED_WITHIN):  # fmt: skip
        click.echo(line)


def _lines(report: Report, *, late: bool) -> Iterator[str]:
    if report.sealed_upto is None:
        yield "Nothing is sealed yet."
    else:
        yield (
            f"The trail is whole: {report.events:,} events in {report.batches:,} batches,"
            f" the last sealed {report.sealed_upto:%Y-%m-%d %H:%M} UTC."
        )
    if report.unsealed:
        yield f"Not sealed yet, being younger than the last batch: {report.unsealed:,} events."
    if late:
        oldest = f"{report.oldest_unsealed:%Y-%m-%d %H:%M}"
        yield f"The oldest of these is of {oldest} UTC: is portal worker running?"
    if report.not_anchored:
        yield f"Not in the anchor yet: {report.not_anchored:,} batches."


@audit.command("new-anchor")
def new_anchor() -> None:
    """Begin a new anchor at the chain's end, after a restore or at a new place.

    The trail itself is verified first. The old file has to be moved away; keep it.

    Example: portal audit new-anchor
    """
    with command_context(TrailBroken, ChainBroken, anchor.AnchorProblem) as context:
        path, now = Path(context.settings.audit_anchor), context.now()
        if path.exists():
            raise anchor.AnchorProblem(
                f"There is an anchor already: {path}. Move it away, keep it."
            )
        verify_trail(context, now, without_anchor=True)
        with context.database.transaction() as session:
            record_event(session, "audit:anchor:begun", now=now, actor_id="operator")
        with suppress(anchor.AnchorProblem):  # that it has gone is why we are here
            seal_events(context, now)
        with context.database.session() as session:
            if not path.exists():  # the first batch of all begins it by itself
                anchor.begin(session, path)
    click.echo(f"The anchor {path} begins with the chain's last batch.")
