"""The ``portal`` command."""

from __future__ import annotations

import os
import sys

import click
from flask import Flask
from flask.cli import FlaskGroup

from portal import create_app
from portal.context import Context, open_context
from portal.settings import SettingsError, load_settings


def context() -> Context:
    """The context for a command; a bad setting ends the command with one line."""
    try:
        return open_context(load_settings(os.environ))
    except (SettingsError, ValueError) as error:
        raise click.ClickException(str(error)) from error


def _app() -> Flask:
    try:
        return create_app()
    except (SettingsError, ValueError) as error:
        raise click.ClickException(str(error)) from error


@click.group(
    cls=FlaskGroup,
    create_app=_app,
    add_default_commands=False,
    add_version_option=False,
    load_dotenv=False,
    set_debug_flag=False,
)
def portal() -> None:
    """Run and look after the parent portal."""


@portal.group()
def db() -> None:
    """The database's tables."""


@db.command(with_appcontext=False)
def upgrade() -> None:
    """Bring the tables to the shape this version expects.

    Example: portal db upgrade
    """
    from portal import migrate

    migrate.upgrade(context().database)
    click.echo("The tables are up to date.")


def main() -> None:
    """Run the command; an error is one plain line and a status other than zero."""
    try:
        portal.main(standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.Abort:
        sys.exit("Stopped.")
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
