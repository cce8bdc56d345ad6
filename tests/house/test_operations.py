"""The operators' page names every setting with its default, every command and every health address."""

from __future__ import annotations

import dataclasses
import re

import click
import pytest

from portal import cli
from portal.notices.delivery import LEASE, WAITS
from portal.notices.worker import KEEP_SENT
from portal.serve import GRACE_SECONDS, THREADS
from portal.settings import PROJECT, Settings

PAGE = (PROJECT / "docs/operations.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| `PORTAL_(\w+)` \| (.+?) \|", PAGE, re.MULTILINE))


@pytest.mark.parametrize("field", dataclasses.fields(Settings), ids=lambda field: field.name)
def test_every_setting_is_told_with_its_default(field: dataclasses.Field[object]) -> None:
    told = ROWS.get(field.name.upper())
    assert told, f"docs/operations.md does not tell of PORTAL_{field.name.upper()}"
    if isinstance(field.default, bool | int):
        assert told == f"`{int(field.default)}`"
    elif isinstance(field.default, str) and field.default:
        assert told == f"`{field.default}`"


def test_no_setting_is_told_that_is_none() -> None:
    assert {name.lower() for name in ROWS} == {field.name for field in dataclasses.fields(Settings)}


def commands(group: click.Group, before: str = "portal") -> list[str]:
    found = []
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found += commands(command, f"{before} {name}")
        else:
            found.append(f"{before} {name}")
    return found


@pytest.mark.parametrize("command", commands(cli.portal))
def test_every_command_is_told(command: str) -> None:
    assert re.search(rf"^\| `{command}\b", PAGE, re.MULTILINE)


@pytest.mark.parametrize("command", commands(cli.portal))
def test_every_command_has_an_example(command: str) -> None:
    found: click.Command = cli.portal
    for word in command.split()[1:]:
        assert isinstance(found, click.Group)
        found = found.commands[word]
    assert f"Example: {command}" in (found.help or "")


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_the_health_addresses_are_told(address: str) -> None:
    assert f"| `{address}` |" in PAGE


def test_the_figures_told_are_those_of_the_code() -> None:
    words = " ".join(PAGE.split())
    minutes = [int(wait.total_seconds() // 60) for wait in WAITS]
    assert minutes == [1, 5, 15, 60, 240, 720, 1440]
    assert "waits 1 minute, then 5, 15, 60, then 4, 12 and 24 hours" in words
    assert LEASE.total_seconds() == 180
    assert "takes a mail for three minutes" in words
    assert f"forgotten after {KEEP_SENT.days} days" in words
    assert f"one process with {THREADS} threads" in words
    assert f"at most {GRACE_SECONDS} seconds" in words
