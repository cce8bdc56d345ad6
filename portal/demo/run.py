"""What ``portal demo`` does: set up, say who one can be, serve."""

from __future__ import annotations

import os
import socket
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from portal import create_app
from portal.context import open_context
from portal.demo import set_up
from portal.demo.people import Demo, read_demo
from portal.logs import configure_logging
from portal.serve import serve


def run(
    families: int, seed: int, as_of: date | None, *, bind: str, fresh: bool, serving: bool
) -> None:
    """Make the demo agency unless it is there already, print its people, and serve it.

    :param as_of: the extract's date; that of the demo that is there, or today, when not given.
    :raises ValueError: when the instance folder holds something other than a demo.
    """
    _check_free(bind)
    base_url = f"http://localhost:{bind.rpartition(':')[2]}"
    instance = set_up.demo_instance(os.environ)
    if fresh:
        set_up.clear(instance)
    set_up.start_over_if_other_version(instance, base_url, _say)
    configure_logging(set_up.demo_settings(instance, base_url))
    # In a process of its own: it prints letters, after which a process cannot be forked (see
    # `letter_pdf`), and serving forks.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        demo = apart.submit(_fill, instance, base_url, families, seed, as_of).result()
    _print_people(demo, base_url)
    if serving:
        serve(bind, True, create_app)


def _fill(instance: Path, base_url: str, families: int, seed: int, as_of: date | None) -> Demo:
    context = open_context(set_up.demo_settings(instance, base_url))
    configure_logging(context.settings)
    found = read_demo(instance)
    if as_of is None:
        kept = date.fromisoformat(found.as_of) if found else None
        as_of = kept or context.agency.local_date(context.now())
    demo = set_up.fill(context, families=families, seed=seed, as_of=as_of, say=_say)
    context.database.engine.dispose()
    return demo


def _check_free(bind: str) -> None:
    """Before anything is made: is the address free? :raises OSError: when it is not."""
    host, _, port = bind.rpartition(":")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            other = f"portal demo --bind {host}:{int(port) + 100}"
            raise OSError(f"{bind} is in use: end what listens there, or run {other}") from error


def _say(words: str) -> None:
    click.echo(words, err=True)


def _print_people(demo: Demo, base_url: str) -> None:
    console = Console()
    if not console.is_terminal:
        console.width = 140
    table = Table(title="People to be", title_justify="left")
    for heading in ("SSN", "PIN", "Born"):
        table.add_column(heading, no_wrap=True)
    for heading in ("Who", "Why interesting"):
        table.add_column(heading, overflow="fold")
    parents = [person for person in demo.people if not person.is_staff]
    for person in sorted(parents, key=lambda person: person.registered):
        account = "has an account" if person.registered else "yet to register"
        who = f"{person.name} ({person.role}, {account})"
        table.add_row(person.ssn, person.pin, person.birth_date, who, person.why)
    console.print(table)
    console.print(_staff_table(demo))
    console.print(f"The portal        {base_url}/")
    console.print(f"Who you can be    {base_url}/demo/")
    console.print(f"The mailbox       {base_url}/demo/mailbox")


def _staff_table(demo: Demo) -> Table:
    table = Table(title="People of the agency to be", title_justify="left")
    for heading in ("Who", "E-mail address", "Password", "Why interesting"):
        table.add_column(heading, overflow="fold")
    for person in demo.people:
        if person.is_staff:
            who = f"{person.name} ({person.role})"
            table.add_row(who, person.email, person.password, person.why)
    return table
