"""The edge that every command stands on: a context, and one plain line for what goes wrong."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import click
import psycopg
from sqlalchemy.exc import DBAPIError

from portal.context import Context, open_context
from portal.database import DatabaseUnavailable
from portal.rules.agency import ProfileError
from portal.settings import SettingsError, load_settings


@contextmanager
def command_context(*refusals: type[Exception]) -> Iterator[Context]:
    """The context of a command; what goes wrong becomes one plain line and exit status 1.

    :param refusals: errors of the room's own whose message is for whoever gave the command.
    :raises click.ClickException: in the place of all of these.
    """
    known: tuple[type[Exception], ...] = (
        SettingsError, ProfileError, DatabaseUnavailable, OSError, *refusals,
    )  # fmt: skip
    try:
        context = open_context(load_settings(os.environ))
        try:
            yield context
        finally:
            context.database.engine.dispose()
    except DBAPIError as error:
        raise click.ClickException(f"The database: {one_line(error.orig or error)}") from error
    except (sqlite3.Error, psycopg.Error) as error:
        raise click.ClickException(f"The database: {one_line(error)}") from error
    except known as error:
        raise click.ClickException(one_line(error)) from error


def one_line(error: BaseException) -> str:
    """What an error says, in one line; its kind where it says nothing."""
    return " ".join(str(error).split()) or type(error).__name__
