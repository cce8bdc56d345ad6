"""Nothing that is typed becomes code: queries, templates, headers, addresses (INJ-1, INJ-3, INJ-5)."""

from __future__ import annotations

import ast
import io
import re
import socket
from pathlib import Path

import pytest
from flask import Flask

from portal.context import Context
from tests.requests.parents import REVIEW, begin_review, load_parents
from tests.support.accounts import make_account, sign_in
from tests.support.page import ORIGIN, Page

PROJECT = Path(__file__).parents[2]
PAYLOADS = (
    "' OR '1'='1", "1; DROP TABLE accounts--", '" UNION SELECT token_hash FROM sessions--',
    "{{ 7919 * 7907 }}", "{% raw %}", "${7919*7907}", "<script>alert(1337)</script>", "%0d%0aSet-Cookie: a=b",
    "\r\nSet-Cookie: a=b", "\x00", "../../etc/passwd", "A" * 5000, "-1", "1e309", "\u202e", "%s%n",
)  # fmt: skip
NAMES = ("page", "from", "to", "source", "status", "case", "letter", "next", "ended", "token", "to")


def test_no_query_parameter_does_harm(app: Flask, context: Context, tmp_path: Path) -> None:
    """INJ-1: every payload in every parameter of every page that reads one, signed in and not."""
    parents = load_parents(context, tmp_path)
    page = Page(app, lint=False)
    sign_in(page, parents.payor)
    case = page.get("/cases").path
    inside = [case, f"{case}/payments", f"{case}/payments.csv", f"{REVIEW}/new", "/account"]
    for path in [*inside, "/sign-in", "/account/authentication", "/register/confirmation"]:
        for payload in PAYLOADS:
            seen = page.get(path, query_string=dict.fromkeys(NAMES, payload), follow=False)
            assert seen.status < 500, (path, payload)
            assert "62615533" not in seen.text, (path, payload)
            assert "<script>alert" not in seen.text
            assert not any(it.startswith("a=") for it in seen.headers.getlist("Set-Cookie"))


def test_no_part_of_an_address_does_harm(app: Flask, context: Context, tmp_path: Path) -> None:
    """INJ-1, ACL-1: what is no id is 404 like an id of nobody."""
    parents = load_parents(context, tmp_path)
    page = Page(app, lint=False)
    sign_in(page, parents.payor)
    for payload in PAYLOADS:
        for path in (
            f"/cases/{payload}",
            f"/requests/{payload}",
            f"/requests/2222-2222/evidence/{payload}",
        ):
            assert page.get(path.replace("\x00", "%00"), follow=False).status in (308, 404), path


def test_no_typed_field_does_harm(app: Flask, context: Context) -> None:
    """INJ-1: the public forms take any text without falling over."""
    make_account(context)
    page = Page(app, lint=False)
    for path in ("/sign-in", "/register", "/forgotten-password", "/new-pin"):
        for payload in PAYLOADS:
            page.get(path)
            fields = ("email", "password", "ssn", "pin", "birth_date", "phone")
            assert page.post(path, dict.fromkeys(fields, payload)).status < 500, (path, payload)


def test_queries_and_templates_are_never_put_together_from_text() -> None:
    """INJ-1: no SQL text with a value in it, no template from a string."""
    for path in (PROJECT / "portal").rglob("*.py"):
        source = path.read_text("utf-8")
        assert "render_template_string" not in source
        for call in ast.walk(ast.parse(source)):
            if not isinstance(call, ast.Call) or "/migrations/" in str(path):
                continue
            if isinstance(call.func, ast.Name) and call.func.id == "text" and call.args:
                assert isinstance(call.args[0], ast.Constant | ast.Name | ast.JoinedStr), path


def test_the_importer_and_the_pages_open_no_connection(
    app: Flask, context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INJ-5: loading an extract and sending a file reach no other machine."""

    def refuse(*_arguments: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    parents = load_parents(context, tmp_path)
    page = Page(app)
    sign_in(page, parents.payor)
    begin_review(page)
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="http://canary.example/x"/></svg>'
    seen = page.post(f"{REVIEW}/evidence", {"file": (io.BytesIO(svg), "picture.png")})
    assert seen.status == 200
    assert seen.title.startswith("Error:")


def test_no_module_reads_xml_or_makes_objects_of_bytes() -> None:
    """INJ-5: no XML reader, pickle or YAML; the one that fetches is the SMTP and scanner client."""
    for path in (PROJECT / "portal").rglob("*.py"):
        source = path.read_text("utf-8")
        names = re.findall(r"^\s*(?:import|from)\s+([\w.]+)", source, re.MULTILINE)
        risky = {
            "pickle",
            "marshal",
            "shelve",
            "yaml",
            "xml",
            "lxml",
            "requests",
            "httpx",
            "urllib.request",
        }
        assert risky.isdisjoint(names), path


def test_limits_of_a_post(app: Flask, context: Context) -> None:
    """UPL-1: too many parts, too large a field, too large a body: refused with a page."""
    client = app.test_client()
    many = {f"f{n}": "x" for n in range(5_000)}
    parts = client.post(
        "/sign-in", data={**many, "f": (io.BytesIO(b"x"), "x.txt")}, base_url=ORIGIN
    )
    large = client.post(
        "/sign-in", data={"email": "x" * 600_000, "f": (io.BytesIO(b"x"), "x.txt")}, base_url=ORIGIN
    )
    whole = client.post(
        "/sign-in", data={"f": (io.BytesIO(b"x" * (11 * 1024 * 1024)), "x.txt")}, base_url=ORIGIN
    )
    assert [parts.status_code, large.status_code, whole.status_code] == [413, 413, 413]
    for answer in (parts, large, whole):
        assert answer.headers["Cache-Control"] == "no-store"
