"""`portal ledger check`: our lines, what they leave unexplained, the agency's differences."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.context import Context
from portal.ledger import commands
from portal.ledger.check_all import Checked, adds_up, case_numbers
from portal.ledger.commands import ledger
from portal.ledger.explained import Explained, explained
from portal.ledger.lines import Line
from portal.record.read_facts import read_facts
from portal.rules.vocabulary import Category
from tests.ledger.by_hand import (
    corrections_and_a_rest_that_nobody_can_explain,
    nothing_paid_for_two_months,
    shared_half_and_half_against_the_rule,
    two_households_share_what_is_too_little,
)
from tests.ledger.views import loaded, opened
from tests.support.keys import TEST_KEY


def run(context: Context, *words: str) -> Result:
    environ = {
        "PORTAL_MODE": "test",
        "PORTAL_SECRET_KEYS": TEST_KEY,
        "PORTAL_INSTANCE": str(context.settings.instance),
    }
    return CliRunner().invoke(ledger, ["check", *words], env=environ)


def test_help_has_an_example() -> None:
    done = CliRunner().invoke(ledger, ["check", "--help"])
    assert done.exit_code == 0
    assert "Example: portal ledger check --sample 500" in " ".join(done.output.split())


def test_it_is_one_of_the_portals_commands() -> None:
    from portal.cli import portal as commands_of_the_portal

    assert commands_of_the_portal.commands["ledger"] is ledger


def test_all_is_well(context: Context, tmp_path: Path) -> None:
    loaded(context, tmp_path, two_households_share_what_is_too_little().extract)
    done = run(context)
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "2 cases checked.",
        "Every balance is explained to the cent by the agency's rows.",
        "No figure differs from an estimate by the rules.",
    ]
    assert run(context, "--sample", "1").stdout.startswith("1 cases checked.")


def test_what_the_agency_leaves_open_is_counted_and_is_no_failure(
    context: Context, tmp_path: Path
) -> None:
    loaded(context, tmp_path, corrections_and_a_rest_that_nobody_can_explain().extract)
    done = run(context)
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "1 cases checked.",
        "Not explained by the agency's rows: $12.40 in 1 case: C1.",
        "Different from an estimate by the rules: 1 case: C1.",
        "  credit wrong sign: 1 case",
    ]


def test_a_difference_across_cases_is_counted_on_each(context: Context, tmp_path: Path) -> None:
    loaded(context, tmp_path, shared_half_and_half_against_the_rule().extract)
    assert "  not in proportion: 2 cases" in run(context).stdout


def test_lines_of_our_own_that_do_not_add_up_end_it_with_status_1(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Checked(cases=2, not_adding_up=["C7"])
    monkeypatch.setattr(commands, "check_cases", lambda *_args, **_more: found)
    done = run(context)
    assert done.exit_code == 1
    assert done.stderr == "Error: The portal's own lines do not add up in 1 case: C7.\n"


def test_a_line_or_a_sum_that_is_wrong_is_noticed(context: Context, tmp_path: Path) -> None:
    loaded(context, tmp_path, nothing_paid_for_two_months().extract)
    with opened(context, "P", "C1") as (session, view):
        shown = explained(session, view)
        record = read_facts(session, ["C1"])["C1"]
    stated = {Category.ARREARS: D(1200), Category.INTEREST: D("4.50"), Category.PENALTY: D("4.50")}
    assert adds_up(shown, record, stated)
    assert not adds_up(shown, record, {**stated, Category.FEE: D("0.01")})
    assert not adds_up(replace(shown, rest={Category.FEE: D("0.01")}), record, stated)
    assert not adds_up(shown, replace(record, charges=record.charges[1:]), stated)
    for spoiled in (without_a_line(shown), with_a_gap(shown), with_a_wrong_running_sum(shown)):
        assert not adds_up(spoiled, record, stated)


def without_a_line(shown: Explained) -> Explained:
    last = shown.months[-1]
    return replace(shown, months=(*shown.months[:-1], replace(last, lines=last.lines[1:])))


def with_a_gap(shown: Explained) -> Explained:
    return replace(shown, months=(*shown.months[:-2], shown.months[-1]))


def with_a_wrong_running_sum(shown: Explained) -> Explained:
    last = shown.months[-1]
    line: Line = replace(last.lines[-1], owed=D(1))
    return replace(
        shown, months=(*shown.months[:-1], replace(last, lines=(*last.lines[:-1], line)))
    )


def test_a_sample_is_spread_over_all(context: Context, tmp_path: Path) -> None:
    builder = two_households_share_what_is_too_little().extract
    for number in range(10, 30):
        builder.case(f"C{number}")
    loaded(context, tmp_path, builder)
    with context.database.session() as session:
        assert len(case_numbers(session, None)) == 22
        assert case_numbers(session, 50) == case_numbers(session, None)
        found = case_numbers(session, 4)
    assert len(found) == len(set(found)) == 4
    assert found[0] == "C1"
    assert found[-1] > "C20"
    done = run(context)  # cases without a payor, a charge or a balance
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "22 cases checked.")


def test_an_empty_record(context: Context) -> None:
    done = run(context)
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "0 cases checked.")
