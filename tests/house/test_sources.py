"""Habits that the code keeps: checked over the source, with the few allowed places by name."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "portal").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# An edge each: a request, a transaction of a command or the worker, a load on PostgreSQL.
MAY_COMMIT = {"portal/web/edge.py", "portal/database.py", "portal/feeds/build_postgresql.py"}
MAY_READ_THE_CLOCK = {"portal/context.py"}


def where(path: Path) -> str:
    return str(path.relative_to(ROOT))


def is_the_clock(asked: ast.expr) -> bool:
    """`clock.today()` is the day of the app's own clock."""
    return isinstance(asked, ast.Name) and asked.id == "clock"


@pytest.mark.parametrize("path", SOURCES, ids=where)
def test_a_module(path: Path) -> None:
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    calls = [
        n for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)
    ]
    names = {n.func.attr for n in calls}  # type: ignore[attr-defined]
    if where(path) not in MAY_COMMIT:
        assert "commit" not in names, "only the edge commits"
    if where(path) not in MAY_READ_THE_CLOCK:
        own_day = [c for c in calls if c.func.attr == "today" and not is_the_clock(c.func.value)]  # type: ignore[attr-defined]
        assert not own_day, "the clock is passed in"
        assert not names & {"utcnow", "utcfromtimestamp"}, "the clock is passed in"
        assert not re.search(r"datetime\.now\b|date\.today\b|\btime\.time\b", text)
    assert "render_template_string" not in text
    assert not re.search(r"\b(pickle|yaml\.load|eval|exec)\(", text)
    assert not re.search(r"facts\.md|shared/|issue \d", text), "readers have no such document"


@pytest.mark.parametrize("path", TEMPLATES, ids=where)
def test_a_template(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"\|\s*safe\b", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", text)
    assert "Massachusetts" not in text, "the agency is data"


def test_no_massachusetts_in_the_code() -> None:
    """The agency is data: only its profile names it."""
    named = [
        where(p)
        for p in SOURCES
        if "Massachusetts" in re.sub(r'"""[\s\S]*?"""|#.*', "", p.read_text("utf-8"))
    ]
    assert [p for p in named if not p.startswith("portal/demo/")] == []


def test_longest_modules_do_one_job() -> None:
    long = {
        where(p): n
        for p in SOURCES
        if "/migrations/" not in str(p) and (n := len(p.read_text("utf-8").splitlines())) > 350
    }
    assert long == {}
