"""``portal ledger``: does every case's ledger add up, and where do the agency's figures differ."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from portal.command_edge import command_context
from portal.ledger.check_all import Checked, case_numbers, check_cases
from portal.rules.money import ZERO

_SECONDS_BETWEEN_LINES = 5.0
_NAMED = 20
"""How many case numbers a line names at most."""


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, a line every few seconds elsewhere; both on standard error."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines(total)
        return
    with Progress(
        TextColumn("Checking cases"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]} cases/s"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task("", total=total, rate="")

        def done(count: int) -> None:
            speed = bar.tasks[0].speed
            bar.update(task, advance=count, rate=f"{speed:,.0f}" if speed else "")

        yield done


def _lines(total: int) -> Callable[[int], None]:
    began = said = time.monotonic()
    finished = 0

    def done(count: int) -> None:
        nonlocal said, finished
        finished += count
        now = time.monotonic()
        if now - said < _SECONDS_BETWEEN_LINES:
            return
        said, rate = now, finished / (now - began)
        left = (total - finished) / rate
        click.echo(
            f"{finished:,} of {total:,} cases, {rate:,.0f} cases a second, {left:.0f} s left",
            err=True,
        )

    return done


@click.group()
def ledger() -> None:
    """The ledgers that parents see."""


@ledger.command()
@click.option(
    "--sample", type=click.IntRange(min=1), help="Only so many cases, spread evenly over all."
)
def check(sample: int | None) -> None:
    """Tell whether every case's lines add up, and count what the agency's figures leave open.

    Ends with status 1 only where the portal's own lines do not add up. What the agency's balances
    hold beyond its own rows, and where its figures differ from an estimate by the rules, is
    counted: it is shown to the parents of the case.

    Example: portal ledger check --sample 500
    """
    with command_context() as context, context.database.transaction(write=False) as session:
        numbers = case_numbers(session, sample)
        with _progress(len(numbers)) as done:
            checked = check_cases(
                session,
                numbers,
                agency=context.agency,
                today=context.agency.local_date(context.now()),
                done=done,
            )
    for line in _report(checked):
        click.echo(line)
    if checked.not_adding_up:
        raise click.ClickException(
            f"The portal's own lines do not add up in {_named(checked.not_adding_up)}."
        )


def _report(checked: Checked) -> Iterator[str]:
    yield f"{checked.cases:,} cases checked."
    rest = sum(checked.rests.values(), ZERO)
    if checked.rests:
        yield f"Not explained by the agency's rows: ${rest:,.2f} in {_named(list(checked.rests))}."
    else:
        yield "Every balance is explained to the cent by the agency's rows."
    if not checked.differing:
        yield "No figure differs from an estimate by the rules."
        return
    yield f"Different from an estimate by the rules: {_named(list(checked.differing))}."
    for kind, count in sorted(checked.kinds.items()):
        yield f"  {kind.value.replace('_', ' ')}: {_cases(count)}"


def _named(case_ids: list[str]) -> str:
    """``3 cases: 10000017, 10000020, 10000055``."""
    more = ", …" if len(case_ids) > _NAMED else ""
    return f"{_cases(len(case_ids))}: {', '.join(case_ids[:_NAMED])}{more}"


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count:,} cases"
