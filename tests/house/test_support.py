"""What makes the tests cheap hides nothing from them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from portal.accounts.find_account import email_of
from portal.accounts.models import Account
from portal.context import Context, open_context
from portal.settings import Settings
from tests.requests.parents import load_parents
from tests.support.accounts import make_account
from tests.support.clock import Clock
from tests.support.fresh import make_tables
from tests.support.page_rules import broken_rules

GOOD = (
    '<!doctype html><html lang="en"><head><title>One · Agency</title></head><body><main>'
    '<h1>One</h1><form action="/x" method="post"><input type="hidden" name="csrf_token" value="{}">'
    "</form>{}</main></body></html>"
)


def test_a_fault_is_told_each_time_also_beside_a_page_without() -> None:
    assert broken_rules(GOOD.format("a", "")) == []
    assert broken_rules(GOOD.format("b", "")) == []
    for _ in range(2):
        assert broken_rules(GOOD.format("a", '<p style="x">')) == ["inline style"]
        assert broken_rules(GOOD.format("a", "<p>One.Two</p>")) != []


FIELD = '<input name="a" id="a"><label for="a">A</label>'


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ("<h1>Two</h1>", "2 h1"),
        ('<p id="x"></p><p id="x"></p>', "id 'x' stands 2 times"),
        ('<p aria-describedby="x"></p>', "aria-describedby names a missing id 'x'"),
        ('<a href="#x">There</a>', "a link to a missing id 'x'"),
        ("<form></form>", "a form without action"),
        ('<form action="/y" method="post"></form>', "the form to /y has no CSRF token"),
        ('<input name="b">', "the field 'b' has no label"),
        ('<select name="b" id="b"></select><label>B</label>', "the field 'b' has no label"),
        ("<script>1</script>", "inline script"),
        ('<p onclick="x">There</p>', "inline onclick"),
        ("<p><style>p{}</style></p>", "inline style"),
        ('<a href="/y"><span> </span></a>', "a link without words to /y"),
        ('<img src="/y">', "an image without alt"),
        ("<button></button>", "a button without words"),
        ("<table><tr><td>One.<b>Two</b></td></tr></table>", "no space between two sentences"),
        ("<p>One</div>", "line 1:"),
        (
            """<p id="a"></p><p id="b"></p><ul class="x error-summary__list">
            <li><a href="#b">B</a></li><li><a href="#a">A</a></li></ul>""",
            "errors are not in the page's order: ['b', 'a']",
        ),
    ],
)
def test_each_rule_is_told_when_broken(bad: str, told: str) -> None:
    assert broken_rules(GOOD.format("a", FIELD)) == []
    broken = broken_rules(GOOD.format("a", bad))
    assert [it for it in broken if told in it], broken


def test_a_page_needs_a_language_and_a_title_like_its_heading() -> None:
    page = GOOD.format("a", "")
    assert broken_rules(page.replace(' lang="en"', "")) == ["html has no lang"]
    assert "differ" in broken_rules(page.replace("<h1>One", "<h1>Two"))[0]
    assert "names no agency" in broken_rules(page.replace(" · Agency", ""))[0]


@pytest.mark.parametrize(
    "process",
    [
        "portal.cli",
        "tests.accounts.waiting_steps",
        "tests.audit.sealing_worker",
        "tests.notices.outbox_worker",
        "tests.requests.sends_reviews",
    ],
)
def test_commits_outside_of_the_tests_wait_for_the_disk(process: str, tmp_path: Path) -> None:
    """As the installed portal does: only the tests' own process is spared it, not one to be killed."""
    script = (
        f"import sys, {process}; from sqlalchemy import text; from portal.database import Database\n"
        "with Database(sys.argv[1]).engine.begin() as it:\n"
        "    print(it.execute(text('PRAGMA synchronous')).scalar())"
    )
    url = f"sqlite:///{tmp_path / 'x.db'}"
    done = subprocess.run(
        [sys.executable, "-c", script, url], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "2", done.stderr  # FULL


def test_what_was_written_before_stays(context: Context, tmp_path: Path) -> None:
    """Copied is only over a database that nobody has written to."""
    first = make_account(context, participant_id=None, email="first@example.org")
    parents = load_parents(context, tmp_path)
    with context.database.session() as session:
        assert session.get(Account, first.id) is not None
        assert session.get(Account, parents.payor.id) is not None


def test_other_keys_get_a_load_of_their_own(
    settings: Settings, context: Context, clock: Clock, tmp_path: Path
) -> None:
    """What is copied was sealed under the very same keys."""
    load_parents(context, tmp_path / "one")
    keys = (("t2", bytes(range(32, 64))),)
    folder = tmp_path / "other"
    url = f"sqlite:///{folder / 'portal.db'}"
    others = replace(settings, secret_keys=keys, instance=folder, database_url=url)
    other = open_context(others, clock)
    make_tables(other.database)
    parents = load_parents(other, tmp_path / "two")
    with other.database.session() as session:
        account = session.get(Account, parents.payor.id)
        assert account is not None
        assert email_of(other.sealer, account) == "jordan@example.org"
    other.database.engine.dispose()
