"""``portal feed``: check, load, status, export."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from portal.command_edge import command_context
from portal.feeds.check import check as check_extract
from portal.feeds.errors import FeedRefused
from portal.feeds.export import export as export_events
from portal.feeds.load import Loaded
from portal.feeds.load import load as load_extract
from portal.feeds.progress import Bar, Logged, Progress
from portal.feeds.status import status as read_status

_EXTRACT = click.Path(path_type=Path)


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar on a terminal, log lines elsewhere; both on standard error."""
    console = Console(stderr=True)
    if console.is_terminal:
        with Bar(console) as bar:
            yield bar
        return
    log = logging.getLogger("portal.feeds")
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    log.addHandler(handler)
    level = log.level
    log.setLevel(logging.INFO)
    try:
        yield Logged()
    finally:
        log.setLevel(level)
        log.removeHandler(handler)


@click.group()
def feed() -> None:
    """The agency's extract in, what parents sent back out."""


@feed.command()
@click.argument("extract", type=_EXTRACT)
@click.option(
    "--accept-drop", is_flag=True, help="Accept a full extract that shrinks by over 20 %."
)
@click.option(
    "--max-rejects", type=click.IntRange(min=0), default=0, help="Rejected rows to put up with."
)
def load(extract: Path, accept_drop: bool, max_rejects: int) -> None:
    """Load an extract (a folder or a .zip): all of it or nothing.

    Example: portal feed load /var/spool/extracts/4711
    """
    with command_context(FeedRefused) as context, _progress() as progress:
        done = load_extract(
            context, extract, accept_drop=accept_drop, max_rejects=max_rejects, progress=progress
        )
    if done.already:
        click.echo(f"Sequence {done.manifest.sequence} is loaded already; nothing to do.")
        return
    click.echo(f"Loaded sequence {done.manifest.sequence}: {_summary(done)}")


@feed.command()
@click.argument("extract", type=_EXTRACT)
@click.option(
    "--accept-drop", is_flag=True, help="Accept a full extract that shrinks by over 20 %."
)
@click.option(
    "--max-rejects", type=click.IntRange(min=0), default=0, help="Rejected rows to put up with."
)
def check(extract: Path, accept_drop: bool, max_rejects: int) -> None:
    """Check an extract as a load would, and change nothing.

    Example: portal feed check /var/spool/extracts/4711.zip
    """
    with command_context(FeedRefused) as context, _progress() as progress:
        done = check_extract(
            context, extract, accept_drop=accept_drop, max_rejects=max_rejects, progress=progress
        )
    if done.already:
        click.echo(f"Sequence {done.manifest.sequence} is loaded already.")
        return
    click.echo(f"Sequence {done.manifest.sequence} can be loaded: {_summary(done)}")


def _summary(done: Loaded) -> str:
    line = (
        f"{done.manifest.rows:,} rows, {done.rejected:,} rejected, {done.warnings:,} warnings,"
        f" {done.not_adding_up:,} cases that do not add up."
    )
    return line if done.rejects_path is None else f"{line} See {done.rejects_path}"


@feed.command()
@click.option("--after", type=click.IntRange(min=0), required=True, help="The last position held.")
@click.option("--upto", type=click.IntRange(min=0), help="The last position wanted.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new folder.")
def export(after: int, upto: int | None, out: Path) -> None:
    """Write what parents sent in after a position, with its evidence, to a folder.

    Example: portal feed export --after 120 --out /var/spool/submissions/121
    """
    with command_context(FeedRefused) as context:
        done = export_events(context, out, after=after, upto=upto)
    click.echo(
        f"Wrote {done.lines:,} events and {done.files:,} evidence files to {out}."
        f" Next time: --after {done.upto}"
    )


@feed.command()
@click.option("--last", "most", type=click.IntRange(min=1), default=10, help="How many loads.")
def status(most: int) -> None:
    """Show what was loaded, and which record parents see.

    Example: portal feed status --last 5
    """
    with (
        command_context(FeedRefused) as context,
        context.database.transaction(write=False) as session,
    ):
        found = read_status(session, most)
        table = Table("sequence", "kind", "as of", "finished (UTC)", "seconds", "rows", "rejected",
                      "warnings", "do not add up", box=None)  # fmt: skip
        for row in found.loads:
            table.add_row(
                str(row.sequence),
                row.kind,
                row.as_of.isoformat(),
                row.finished_at.strftime("%Y-%m-%d %H:%M"),
                f"{row.duration.total_seconds():.1f}",
                f"{sum(row.rows.values()):,}",
                f"{row.rejected:,}",
                f"{row.warnings:,}",
                f"{row.not_adding_up:,}",
            )
    click.echo(f"Current record: {found.record or 'none'}")
    if found.loads:
        # A pipe or a file has no width of its own: nothing is to be cut there.
        Console(width=None if sys.stdout.isatty() else 140).print(table)
    else:
        click.echo("No extract has been loaded.")
