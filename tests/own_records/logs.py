"""Logs kept through the pages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask

from tests.support.page import ORIGIN, Page, Seen, attributes


def records(page: Page, case: int = 0) -> str:
    """The address of the log of the person's case."""
    seen = page.get("/cases")
    if case:
        links = [href for name, href in seen.links().items() if name.startswith("Case C")]
        seen = page.get(links[case])
    return seen.path + "/own-records"


def add(
    page: Page, on: str, amount: str, how: str | None = None, *, case: int = 0, **fields: Any
) -> Seen:
    """Add a payment by hand; where it leads."""
    page.get(f"{records(page, case)}/new")
    if how is not None:
        fields["how"] = how
    return page.submit("/new", on=on, amount=amount, **fields)


def entry_paths(page: Page, case: int = 0) -> list[str]:
    """The addresses of the person's entries, the newest first."""
    base = records(page, case)
    links = page.get(base).links().values()
    tails = {"new", "csv", "review"}
    found = [it for it in links if it.startswith(base + "/") and "?" not in it]
    return list(dict.fromkeys(it for it in found if it.rpartition("/")[2] not in tails))


def hidden(page: Page, name: str) -> str:
    """A hidden field of the page last seen."""
    assert page.seen is not None
    return str(attributes(page.seen.document.query(f"input[name={name}]")[0])["value"])


def post_at_once(app: Flask, page: Page, path: str, fields: dict[str, str]) -> set[str]:
    """The same post, by twenty threads with the same cookie; where they are led to."""
    cookie = page.client.get_cookie("portal", domain="localhost")
    assert cookie is not None
    data = {**fields, "csrf_token": page.csrf_token()}

    def post(_number: int) -> str:
        client = app.test_client()
        client.set_cookie("portal", cookie.value, domain="localhost")
        answer = client.post(path, data=data, base_url=ORIGIN)
        return f"{answer.status_code} {answer.headers.get('Location')}"

    with ThreadPoolExecutor(20) as pool:
        return set(pool.map(post, range(20)))
