"""Parents go on working while a large extract loads."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from portal.context import Context
from portal.feeds.load import load
from tests.bench import bench_feed_load as bench
from tests.feeds.test_kills import forked
from tests.requests.parents import ADDRESS, load_parents, number_of, signed_in, type_address
from tests.support.page import Page

ROWS = 60_000
MOST_SECONDS = 2.0


@pytest.mark.slow
def test_fed_1_a_request_sent_while_a_load_runs_gets_its_receipt_within_two_seconds(
    context: Context, page: Page, tmp_path: Path
) -> None:
    """Sends requests one after another until a load of 60,000 payments has ended."""
    bench.make(tmp_path, ROWS, sequence=50)
    parents = load_parents(context, tmp_path / "parents")
    payor = signed_in(page, parents.payor)
    child = forked(context, lambda mine: load(mine, tmp_path / "extract") and None)
    waits: list[float] = []
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        seen = type_address(payor, line1=f"{len(waits) + 1} Elm Street")
        if seen.path.endswith("/suggestion"):
            payor.submit("/suggestion", choice="typed")
        payor.get(f"{ADDRESS}/check")
        began = time.monotonic()
        number_of(payor.submit("/check"))
        waits.append(time.monotonic() - began)
    assert len(waits) >= 2, "the load was over before it began"
    assert max(waits) < MOST_SECONDS, waits
