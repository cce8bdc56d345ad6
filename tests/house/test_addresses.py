"""Addresses: each is marked, kebab-case, and shut to whoever is not signed in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from portal.web.access import Access
from tests.support.page import Page

KNOWN = Path(__file__).with_name("addresses.txt")
OPAQUE = "A" * 43


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def concrete(rule: Rule) -> str:
    """An address of this rule with made-up ids."""
    return re.sub(r"<[^>]+>", OPAQUE, re.sub(r"<int:[^>]+>", "1", rule.rule))


def test_every_view_is_marked_with_who_may_open_it(app: Flask) -> None:
    """OTP-5, ACL-1: default deny needs a mark on each view."""
    unmarked = [
        r.endpoint for r in rules(app) if not hasattr(app.view_functions[r.endpoint], "access")
    ]
    assert unmarked == []


def test_addresses_are_kebab_case_nouns(app: Flask) -> None:
    for rule in rules(app):
        for part in re.sub(r"<[^>]+>", "", rule.rule).split("/"):
            assert re.fullmatch(r"[a-z0-9.-]*", part), rule.rule


def test_no_address_comes_or_goes_unnoticed(app: Flask) -> None:
    """A bookmark of a parent must not break by accident: change addresses.txt on purpose."""
    now = sorted(f"{rule.rule} {rule.endpoint}" for rule in rules(app))
    assert now == KNOWN.read_text("utf-8").splitlines()


def test_an_anonymous_walk_opens_only_public_pages(app: Flask, page: Page) -> None:
    """ACL-1, OTP-5: anonymous, the same redirect to sign-in for every address and any id."""
    for rule in rules(app):
        access = app.view_functions[rule.endpoint].access
        if access is Access.PUBLIC or "GET" not in (rule.methods or ()):
            continue
        seen = page.get(concrete(rule), follow=False)
        assert seen.status == 302, rule.rule
        assert seen.headers["Location"].startswith("/sign-in?next="), rule.rule


def test_every_post_is_refused_without_a_csrf_token(app: Flask, page: Page) -> None:
    """CSR-1: sign-in, sign-out and uploads included. Leaving forwards and changes nothing, see
    web/test_leaving.py."""
    for rule in rules(app):
        if "POST" in (rule.methods or ()) and rule.endpoint != "web.leave":
            seen = page.post(concrete(rule), {"email": "a@b.example"}, csrf=False, follow=False)
            assert seen.status == 400, rule.rule


def test_a_token_of_another_session_is_refused(app: Flask, page: Page, other_page: Page) -> None:
    """CSR-1: the token is bound to the cookie of the session."""
    other_page.get("/sign-in")
    page.get("/sign-in")
    foreign = other_page.csrf_token()
    address = "/account/still-here"
    assert page.post(address, {"csrf_token": foreign}, follow=False).status == 400
    assert other_page.post(address, {"csrf_token": foreign}, follow=False).status == 200


@pytest.mark.parametrize(
    "path", ["/nothing-here", "/sign-in/x.css", "/.git/config", "/cases/x.css"]
)
def test_an_unknown_address_is_not_found(page: Page, path: str) -> None:
    """CCH-1, SUP-2"""
    seen = page.get(path, follow=False)
    assert seen.status in (302, 404)
    if seen.status == 404:
        assert seen.headers["Cache-Control"] == "no-store"


def test_demo_pages_do_not_exist_outside_demo_mode(app: Flask, page: Page) -> None:
    """SUP-2"""
    assert not any(rule.endpoint.startswith("demo.") for rule in rules(app))
    for path in ("/demo/", "/demo/mailbox"):
        assert page.get(path).status == 404
