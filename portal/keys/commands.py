"""``portal keys``: rotate."""

from __future__ import annotations

import click

from portal.command_edge import command_context
from portal.feeds.errors import FeedRefused
from portal.keys.rotate import Left
from portal.keys.rotate import rotate as rotate_keys


@click.group()
def keys() -> None:
    """The keys that everything is sealed with."""


@keys.command()
def rotate() -> None:
    """Seal everything anew with the newest key, while parents go on working.

    The newest key is the first of PORTAL_SECRET_KEYS; the older ones follow it. Every process of
    the portal has to know both before this is run. It may be killed and run again at any time.

    Example: portal keys rotate
    """
    with command_context(FeedRefused) as context:
        left = rotate_keys(context, context.now(), _phase)
    _report(left, context.keyring.newest)


def _phase(name: str) -> None:
    click.echo(f"Sealing anew: {name}", err=True)


def _report(left: Left, newest: str) -> None:
    if left.counters:
        click.echo(
            f"{left.counters:,} counters of numbers and addresses that are not known here stay"
            " under an older key until they expire; without it they begin anew."
        )
    if left.is_done:
        click.echo(f"Everything is on key {newest}. The older keys may go.")
        return
    found = [f"{name} ({count:,})" for name, count in left.rows.items()]
    if left.is_chain_behind:
        found.append("the audit trail's chain (run portal audit verify)")
    raise click.ClickException(
        f"Still on an older key, which has to stay: {', '.join(found)}. Run this again."
    )
