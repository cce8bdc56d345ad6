"""On a phone each row of a table is a card to the eye, and still a row of a table to a screen reader."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from portal.feeds.load import load
from tests.support.accounts import make_account, sign_in
from tests.support.extract import two_households
from tests.support.live import LivePortal
from tests.support.page import Page as Client

pytestmark = pytest.mark.browser
CELLS = {"columnheader", "rowheader", "cell"}
SPANS = """() => [...document.querySelectorAll("main table")].map(
    table => [...table.rows].map(row => [...row.cells].map(cell => cell.colSpan)))"""
Row = list[tuple[str, str]]
"""The role and the words of each cell."""


class Told:
    """The page as the browser tells it to a screen reader."""

    def __init__(self, page: Page) -> None:
        session = page.context.new_cdp_session(page)
        session.send("Accessibility.enable")
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        session.detach()
        self._nodes: dict[str, Any] = {it["nodeId"]: it for it in nodes}

    def tables(self) -> dict[str, list[Row]]:
        """The rows of each table, by its caption."""
        return {
            self.name(table): [
                [(self.role(cell), self.name(cell)) for cell in self.below(row, CELLS)]
                for row in self.below(table, {"row"})
            ]
            for table in self._nodes.values()
            if self.role(table) == "table"
        }

    def below(self, node: Any, roles: set[str]) -> Iterator[Any]:
        for child in (self._nodes[it] for it in node.get("childIds", ()) if it in self._nodes):
            if self.role(child) in roles and not child.get("ignored"):
                yield child
            else:
                yield from self.below(child, roles)

    @staticmethod
    def role(node: Any) -> str:
        return str(node.get("role", {}).get("value", ""))

    @staticmethod
    def name(node: Any) -> str:
        return str(node.get("name", {}).get("value", ""))


@pytest.fixture
def browsing(live: LivePortal, chromium: Browser, tmp_path: Path) -> Iterator[BrowserContext]:
    """The payor of a family with payments in two households, signed in."""
    load(live.context, two_households().builder.write(tmp_path / "extract"))
    client = Client(live.app)
    sign_in(client, make_account(live.context, participant_id="P"))
    opened = chromium.new_context(base_url=live.base_url)
    for cookie in client.client._cookies.values():
        opened.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live.base_url}])
    yield opened
    opened.close()


def told(tab: Page, width: int) -> dict[str, list[Row]]:
    tab.set_viewport_size({"width": width, "height": 800})
    return Told(tab).tables()


@pytest.mark.parametrize(
    ("page", "caption"),
    [
        ("payments", "Payments received, as of November 20, 2026"),
        ("how-we-got-here", "Every month in columns"),
    ],
)
def test_every_row_keeps_a_cell_for_each_heading(
    browsing: BrowserContext, page: str, caption: str
) -> None:
    tab = browsing.new_page()
    tab.goto("/cases")
    tab.goto(f"{tab.url}/{page}")
    tab.eval_on_selector_all("main details", "all => all.forEach(it => { it.open = true })")
    wide, cards = told(tab, 1280), told(tab, 360)
    assert set(cards) == set(wide) >= {caption}
    for name, rows in cards.items():
        assert rows[0]
        assert {role for role, _words in rows[0]} == {"columnheader"}
        assert {row[0][0] for row in rows[1:]} == {"rowheader"}
        for row, same in zip(rows, wide[name], strict=True):
            assert [role for role, _words in row] == [role for role, _words in same], name
            for (_role, words), (_same, without_label) in zip(row, same, strict=True):
                assert words.endswith(without_label)
    for table, spans in zip(cards.values(), tab.evaluate(SPANS), strict=True):
        assert [len(row) for row in table] == [len(row) for row in spans]
        assert {sum(row) for row in spans} == {len(table[0])}
    assert any(not words for row in wide[caption] for _role, words in row), "none is empty"
