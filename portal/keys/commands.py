"""``portal keys``: rotate."""

from __future__ import annotations

import os

import click
from sqlalchemy.exc import DBAPIError

from portal.context import open_context
from portal.database import DatabaseUnavailable
from portal.feeds.errors import FeedRefused
from portal.keys.rotate import Left
from portal.keys.rotate import rotate as rotate_keys
from portal.rules.agency import ProfileError
from portal.settings import SettingsError, load_settings


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
    try:
        context = open_context(load_settings(os.environ))
        try:
            left = rotate_keys(context, context.now(), _phase)
        finally:
            context.database.engine.dispose()
    except DBAPIError as error:
        raise click.ClickException(f"The database: {_one_line(error.orig or error)}") from error
    except (FeedRefused, SettingsError, ProfileError, DatabaseUnavailable, OSError) as error:
        raise click.ClickException(_one_line(error)) from error
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


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
