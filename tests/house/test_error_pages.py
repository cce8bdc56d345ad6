"""Error pages: plain words, a reference, nothing of the inside; 500 needs no database."""

from __future__ import annotations

import shutil

import pytest
from flask import Flask

from portal.context import Context
from portal.web.access import public
from tests.support.page import ORIGIN, Page


@pytest.fixture
def broken(app: Flask) -> Flask:
    @app.get("/broken")
    @public
    def broken_view() -> str:
        raise RuntimeError("canary-in-the-trace 666-12-3456")

    return app


def test_a_fault_is_answered_without_a_word_of_the_inside(broken: Flask) -> None:
    """SUP-2"""
    seen = Page(broken).get("/broken")
    assert seen.status == 500
    assert "canary" not in seen.text
    assert "Traceback" not in seen.text
    assert "give this number" in seen.words


def test_500_needs_no_database(broken: Flask, context: Context) -> None:
    """CRS-3: with the database's folder gone, the page still comes."""
    context.database.engine.dispose()
    shutil.rmtree(context.settings.instance)
    context.settings.instance.write_text("not a folder")
    client = broken.test_client()
    client.set_cookie("portal", "A" * 43)
    for path in ("/broken", "/sign-in"):
        answer = client.get(path, base_url=ORIGIN)
        assert answer.status_code == 500
        assert "Something went wrong on our side" in answer.text
    answer = client.get("/readyz", base_url=ORIGIN)
    assert (answer.status_code, answer.get_json()) == (503, {"status": "not ready"})


def test_an_address_that_does_not_exist(page: Page) -> None:
    seen = page.get("/no-such-page")
    assert seen.status == 404
    assert seen.title.startswith("Error: ")


def test_a_page_open_too_long_says_so(page: Page) -> None:
    seen = page.post("/sign-in", {"csrf_token": "stale"})
    assert seen.status == 400
    assert "Nothing was changed" in seen.words
