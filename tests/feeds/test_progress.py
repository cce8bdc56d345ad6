"""Progress: a bar on a terminal, log lines elsewhere."""

from __future__ import annotations

import io
import logging

import pytest
from rich.console import Console

from portal.feeds import progress
from portal.feeds.progress import Bar, Logged


def test_a_bar_shows_what_is_done_of_how_much() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=120)
    with Bar(console) as bar:
        bar.begin(2_000)
        bar.phase("reading payments.csv")
        bar.advance(500)
        bar.advance(500)
    assert "reading payments.csv" in out.getvalue()
    assert "1000/2000" in out.getvalue()


def test_log_lines_tell_rows_rate_and_time_left(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0.0)
    caplog.set_level(logging.INFO, "portal.feeds")
    logged = Logged()
    logged.begin(2_000)
    logged.phase("reading payments.csv")
    logged.advance(1_000)
    assert "1,000 of 2,000 rows" in caplog.text
    assert "rows a second" in caplog.text
    assert "s left" in caplog.text


def test_before_the_rows_are_known_none_are_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "portal.feeds")
    logged = Logged()
    logged.phase("checking hashes and row counts")
    assert caplog.messages == ["checking hashes and row counts"]
    logged.begin(2_000)
    logged.phase("reading payments.csv")
    assert caplog.messages[-1] == "reading payments.csv (0 of 2,000 rows)"
