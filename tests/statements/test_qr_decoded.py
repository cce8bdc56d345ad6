"""The picture on a statement is read by the same kind of program as a phone's: not ours."""

from __future__ import annotations

import importlib
import importlib.util
import io

import pypdfium2
import pytest
from PIL import Image

from portal.statements.shared_pages import qr_code
from tests.cases.family import Family
from tests.statements.sharing import Shared, share
from tests.support.page import ORIGIN
from tests.support.require import require


@pytest.fixture
def shared(family: Family) -> Shared:
    return share(family, "A")


def decoded(picture: Image.Image) -> list[str]:
    """What the codes on a picture say."""
    require(importlib.util.find_spec("zxingcpp"), "zxing-cpp")
    reader = importlib.import_module("zxingcpp")
    return [found.text for found in reader.read_barcodes(picture.convert("L"))]


def printed(pdf: bytes, scale: float) -> Image.Image:
    """The first page, at 72 dots an inch times ``scale``."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[0].render(scale=scale).to_pil()
    finally:
        document.close()


def address_of(shared: Shared) -> str:
    """The check page with the code, as the person who gets the statement may type it."""
    return f"{ORIGIN}/statements/check/{shared.code.replace('-', '')}"


@pytest.mark.parametrize("turned", [0, 7, 90])
@pytest.mark.parametrize("scale", [2, 4])
def test_the_printed_page_leads_to_its_check_page(
    shared: Shared, scale: float, turned: int
) -> None:
    """On screen and on paper, held straight or not."""
    page = printed(shared.pdf(), scale).rotate(turned, expand=True, fillcolor="white")
    assert decoded(page) == [address_of(shared)]


def test_the_picture_alone_does_too(shared: Shared) -> None:
    data = io.BytesIO()
    qr_code(address_of(shared)).save(data, kind="png", scale=4, border=2)
    with Image.open(data) as picture:
        assert decoded(picture) == [address_of(shared)]


def test_the_address_opens_the_statement(shared: Shared) -> None:
    [address] = decoded(printed(shared.pdf(), 4))
    assert shared.page.get(address.removeprefix(ORIGIN)).h1 == "This statement is ours"
