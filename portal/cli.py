"""The ``portal`` command."""

from __future__ import annotations

import os
import sys
from datetime import date, datetime

import click
from flask import Flask
from flask.cli import FlaskGroup
from sqlalchemy.exc import SQLAlchemyError

from portal import create_app
from portal.audit.commands import audit
from portal.context import Context, open_context
from portal.feeds.commands import feed
from portal.keys.commands import keys
from portal.ledger.commands import ledger
from portal.logs import configure_logging
from portal.settings import SettingsError, load_settings
from portal.staff.commands import staff

BIND = "127.0.0.1:8000"


def _context() -> Context:
    """The context for a command; a bad setting ends the command with one line."""
    try:
        context = open_context(load_settings(os.environ))
    except (SettingsError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}") from error
    configure_logging(context.settings)
    return context


def _app() -> Flask:
    return create_app(context=_context())


class _Commands(FlaskGroup):
    """Flask's own group, but its list of commands asks for no application, thus for no setting."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self.commands)


@click.group(
    cls=_Commands,
    create_app=_app,
    add_default_commands=False,
    add_version_option=False,
    load_dotenv=False,
    set_debug_flag=False,
)
def portal() -> None:
    """Run and look after the parent portal."""


portal.add_command(audit)
for _option in portal.params:
    _option.hidden = True  # type: ignore[attr-defined]  # Flask's own: the portal needs none
portal.add_command(feed)
portal.add_command(keys)
portal.add_command(ledger)
portal.add_command(staff)


@portal.group()
def db() -> None:
    """The database's tables."""


@db.command(with_appcontext=False)
def upgrade() -> None:
    """Bring the tables to the shape this version expects.

    Example: portal db upgrade
    """
    from portal import migrate

    migrate.upgrade(_context().database)
    click.echo("The tables are up to date.")


@portal.command(with_appcontext=False)
@click.option("--bind", default=BIND, show_default=True, help="HOST:PORT to listen on.")
@click.option("--with-worker", is_flag=True, help="Send mail from a process beside the server.")
def serve(bind: str, with_worker: bool) -> None:
    """Serve the portal until told to stop.

    Example: portal serve --bind 0.0.0.0:8000 --with-worker
    """
    from portal import serve as server

    processes = server.default_processes(_context().settings.throttle_url)
    server.serve(bind, with_worker, _app, processes=processes)


@portal.command(with_appcontext=False)
def worker() -> None:
    """Send what is in the outbox and do the periodic jobs until told to stop.

    Example: portal worker
    """
    from portal import serve as server

    server.work(_app())


@portal.command(with_appcontext=False)
def doctor() -> None:
    """Say what keeps the portal from serving, and what else wants a look.

    Example: portal doctor
    """
    import portal.models  # noqa: F401  (names every table)
    from portal import health

    context = _context()
    try:
        with context.database.session() as session:
            problems = health.problems(context, session)
            remarks = [] if problems else health.remarks(context, session)
    except SQLAlchemyError as error:
        raise click.ClickException("The database does not answer.") from error
    for line in (*problems, *remarks):
        click.echo(line)
    if problems:
        raise click.ClickException("The portal is not ready.")
    click.echo("The portal is ready." if remarks else "All is well.")


@portal.command(with_appcontext=False)
@click.option(
    "--families",
    default=300,
    show_default=True,
    help="How many families to make up, besides twelve in whose record something is wrong.",
)
@click.option("--seed", default=1, show_default=True, help="Another seed makes other families.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The date of the extract; today when the demo is first made.",
)
@click.option("--bind", default=BIND, show_default=True, help="HOST:PORT to listen on.")
@click.option("--fresh", is_flag=True, help="Start over: forget what was done in the demo.")
@click.option("--no-serve", is_flag=True, help="Make and load the agency, then stop.")
def demo(
    families: int, seed: int, as_of: datetime | None, bind: str, fresh: bool, no_serve: bool
) -> None:
    """Make up an agency, load its extract, and serve it with its mailbox.

    Example: portal demo --families 500 --seed 7 --as-of 2026-11-20
    """
    from portal.demo.run import run

    chosen: date | None = as_of.date() if as_of else None
    try:
        run(families, seed, chosen, bind=bind, fresh=fresh, serving=not no_serve)
    except (SettingsError, ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error


def main() -> None:
    """Run the command; an error is one plain line and a status other than zero."""
    os.umask(0o077)  # what a command writes is its own user's
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
