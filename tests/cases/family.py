"""Families loaded through the feed, and parents signed in, for the tests of the case pages."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from portal.context import Context
from portal.feeds.load import load
from tests.support.accounts import make_account, sign_in
from tests.support.extract import ExtractBuilder
from tests.support.page import Page, Seen


def load_family(context: Context, folder: Path, builder: ExtractBuilder) -> None:
    """Load the extract as the command does."""
    loaded = load(context, builder.write(folder / "extract"), max_rejects=1000)
    assert not loaded.already


def parent(app: Flask, context: Context, participant_id: str) -> Page:
    """A browser with that person signed in, at their first page."""
    email = f"{participant_id.lower()}@example.org"
    account = make_account(context, participant_id=participant_id, email=email)
    page = Page(app)
    sign_in(page, account)
    return page


def case_base(page: Page) -> str:
    """The address of the person's (first) case."""
    return page.get("/cases").path


def every_page(page: Page) -> dict[str, Seen]:
    """Every page and file under /cases that can be reached by links, by address."""
    found: dict[str, Seen] = {}
    waiting = [page.get("/cases").path]
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        seen = found[address] = page.get(address)
        assert seen.status == 200, address
        if seen.is_html:
            links = (link.partition("#")[0] for link in seen.links().values())
            waiting.extend(link for link in links if link.startswith("/cases"))
    return found


def without_tokens(text: str) -> str:
    """A page with its CSRF token and opaque ids made alike."""
    text = re.sub(r'(name="csrf_token" value=")[^"]*', r"\1", text)
    return re.sub(r"[A-Za-z0-9_-]{43,}", "TOKEN", text)
