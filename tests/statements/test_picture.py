"""The picture on a statement, read from the page as it is printed, leads to the true statement."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import Browser

from portal.statements.shared_pages import qr_code
from tests.browser.conftest import chromium, live
from tests.browser.steps import AXE, WCAG
from tests.cases.family import Family
from tests.statements.sharing import Shared, share, share_on
from tests.support.accounts import make_account, sign_in
from tests.support.extract import one_family
from tests.support.live import LivePortal
from tests.support.page import Page

__all__ = ["chromium", "live"]
DARK = 110
SCALE = 4


def printed(pdf: bytes) -> Image.Image:
    """The first page at 288 dots an inch, in grey."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[0].render(scale=SCALE).to_pil().convert("L")
    finally:
        document.close()


def picture(page: Image.Image) -> list[list[bool]]:
    """The dark and light modules of the QR code on a page, found by its finder patterns.

    The code is the only dark thing in the right part of the box below the facts.
    """
    width, height = page.size
    left, right = int(width * 0.72), int(width * 0.885)
    top, bottom = int(height * 0.28), int(height * 0.45)
    box = page.crop((left, top, right, bottom)).point(lambda grey: 255 if grey < DARK else 0)
    bounds = _square(box)
    code = box.crop(bounds)
    size = _modules(code)
    step = code.width / size
    return [
        [code.getpixel((int((x + 0.5) * step), int((y + 0.5) * step))) > 0 for x in range(size)]
        for y in range(size)
    ]


def _square(box: Image.Image) -> tuple[int, int, int, int]:
    """The bounds of the code in the box: a frame's line that runs through all of it is cut off."""
    rows = [y for y in range(box.height) if 0 < _dark(box, y) < box.width * 0.98]
    bounds = box.crop((0, rows[0], box.width, rows[-1] + 1)).getbbox()
    assert bounds is not None
    return bounds[0], rows[0] + bounds[1], bounds[2], rows[0] + bounds[3]


def _dark(box: Image.Image, y: int) -> int:
    return sum(1 for x in range(box.width) if box.getpixel((x, y)))


def _modules(code: Image.Image) -> int:
    """How many modules wide it is: the upper left finder pattern is seven of them."""
    run = 0
    while code.getpixel((run, 2)):
        run += 1
    version = round((code.width / (run / 7) - 17) / 4)
    return 17 + 4 * version


def matrix(address: str) -> list[list[bool]]:
    return [[bool(module) for module in row] for row in qr_code(address).matrix]


def test_the_printed_picture_is_the_address_with_the_code(family: Family) -> None:
    made = share(family, "A")
    seen = picture(printed(made.pdf()))
    plain = made.code.replace("-", "")
    assert seen == matrix(f"http://localhost:8000/statements/check/{plain}")
    assert seen != matrix(f"http://localhost:8000/statements/check/{plain[:-1]}2".lower())


def _of_live(live: LivePortal, tmp_path: Any) -> Shared:
    from portal.feeds.load import load

    load(live.context, one_family().builder.write(tmp_path / "extract"), max_rejects=1000)
    page = Page(live.app)
    sign_in(page, make_account(live.context, participant_id="A"), live.context.read_clock)
    return share_on(page, page.get("/cases").path)


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_a_phone_opens_the_statement(
    live: LivePortal, chromium: Browser, tmp_path: Any, width: int
) -> None:
    """The address in the picture, opened as a phone does; then the file is compared, and another
    code is typed: nothing is too wide, and nothing is loaded from elsewhere."""
    made = _of_live(live, tmp_path)
    address = f"{live.base_url}/statements/check/{made.code.replace('-', '')}"
    assert picture(printed(made.pdf())) == matrix(address)
    file = tmp_path / "statement.pdf"
    file.write_bytes(made.pdf())
    browsing = chromium.new_context(viewport={"width": width, "height": 800})
    tab = browsing.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(address)
    assert tab.locator("h1").inner_text() == "This statement is ours"
    assert "Alex Silva" in tab.locator("main").inner_text()
    _fits(tab, tmp_path / f"valid-{width}.png")
    tab.set_input_files("input[type=file]", str(file))
    tab.get_by_role("button", name="Compare").click()
    assert "This is the file we made" in tab.locator("main").inner_text()
    _fits(tab, tmp_path / f"compared-{width}.png")
    tab.get_by_role("link", name="Check another statement").click()
    tab.get_by_label("Code on the statement").fill("7K2M QX4D")
    tab.get_by_role("button", name="Check", exact=True).click()
    assert "We made no statement with this code" in tab.locator("main").inner_text()
    _fits(tab, tmp_path / f"unknown-{width}.png")
    made.take_back()
    tab.goto(address)
    assert tab.locator("h1").inner_text() == "This statement no longer counts"
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(live.base_url).netloc}
    browsing.close()


@pytest.mark.browser
def test_the_owners_pages_fit_and_read_well(
    live: LivePortal, chromium: Browser, tmp_path: Any
) -> None:
    """From the smallest phone to a desk, by the rules for accessible pages."""
    made = _of_live(live, tmp_path)
    base = made.page.get("/cases").path
    browsing = chromium.new_context(base_url=live.base_url)
    for cookie in made.page.client._cookies.values():
        browsing.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live.base_url}])
    tab = browsing.new_page()
    pages = ("/statements", f"{base}/statements", f"{base}/statements?from=x&to=",
             f"{base}/statements/new", made.address, f"{made.address}/removal")  # fmt: skip
    for number, address in enumerate(pages):
        for width in (320, 360, 1280):
            tab.set_viewport_size({"width": width, "height": 800})
            tab.goto(address)
            _fits(tab, tmp_path / f"own-{number}-{width}.png")
    browsing.close()


def _fits(tab: Any, shot: Any) -> None:
    wide = tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{tab.url} is {wide} px too wide"
    tab.evaluate("scrollTo(0, 0)")
    found = AXE.run(tab, options=WCAG)
    assert found.violations_count == 0, f"{tab.url}\n{found.generate_report()}"
    tab.screenshot(path=shot, full_page=True)
