"""The main job on PostgreSQL: the same code, the same pages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from portal import create_app
from portal.context import Context
from portal.feeds.export import export
from portal.feeds.load import load
from portal.notices.worker import run_once
from tests.requests.parents import begin_review, load_parents, send_address, send_review, signed_in
from tests.support.page import Page

pytestmark = pytest.mark.postgresql


def test_the_main_job(postgresql_context: Context, tmp_path: Path) -> None:
    context = postgresql_context
    parents = load_parents(context, tmp_path)
    app = create_app(context=context)
    page = signed_in(Page(app), parents.payor)
    base = page.get("/cases").path
    for part in ("", "/payments", "/payments.csv", "/balances", "/order", "/letters"):
        assert page.get(base + part).status == 200
    begin_review(page)
    review, move = send_review(page), send_address(page)
    other = signed_in(Page(app), parents.marked)
    assert other.get(base).status == 404
    assert other.get(f"/requests/{review}").status == 404
    assert run_once(context, context.now()) >= 2
    export(context, tmp_path / "out", after=0)
    lines = (tmp_path / "out/submissions.jsonl").read_text().splitlines()
    assert {review, move} <= {json.loads(line)["submission"] for line in lines}

    after = parents.family.builder.copy()
    after.row("outcomes.csv", submission_id=move, outcome="applied", on="2026-11-20")
    load(context, after.write(tmp_path / "next", sequence=2))
    assert "applied" in page.get(f"/requests/{move}").words.lower()
