"""The one way tests fetch pages: as a browser does, with cookies and CSRF, every page linted."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from justhtml import JustHTML
from werkzeug.test import TestResponse

from tests.support.page_rules import attributes, broken_rules, words
from tests.support.tokens import without_tokens

ORIGIN = "http://localhost:8000"


class Seen:
    """One answer, read."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.headers = response.headers
        self.path = response.request.path if response.request else ""
        self.body = response.get_data()
        self.is_html = response.mimetype == "text/html"
        self.text = self.body.decode("utf-8", "replace")

    @property
    def source(self) -> str:
        """What was sent, without the random letters in which any short word can stand by chance."""
        return without_tokens(self.text)

    @cached_property
    def document(self) -> JustHTML:
        return JustHTML(self.text, sanitize=False)

    @property
    def words(self) -> str:
        """The text of the page's main part, runs of space made one."""
        main = self.document.query("main")
        return words(main[0]) if main else words(self.document)

    @property
    def title(self) -> str:
        return words(self.document.query("title")[0])

    @property
    def h1(self) -> str:
        return words(self.document.query("h1")[0])

    @property
    def errors(self) -> str:
        """What the error summary says."""
        return " ".join(
            words(node) for node in self.document.query("[data-error-summary], .usa-alert--error")
        )

    def links(self) -> dict[str, str]:
        return {words(a): str(attributes(a)["href"]) for a in self.document.query("a[href]")}


class Page:
    """A browser without a screen."""

    def __init__(self, app: Flask, *, lint: bool = True) -> None:
        self.app = app
        self.client = app.test_client()
        self.lint = lint
        self.seen: Seen | None = None

    def get(self, path: str, *, follow: bool = True, **kwargs: Any) -> Seen:
        return self._take(self.client.get(path, base_url=ORIGIN, follow_redirects=follow, **kwargs))

    def post(
        self,
        path: str,
        data: dict[str, Any] | None = None,
        *,
        follow: bool = True,
        csrf: bool = True,
        **kwargs: Any,
    ) -> Seen:
        """Post fields with the CSRF token of this browser's session."""
        fields = dict(data or {})
        if csrf:
            fields.setdefault("csrf_token", self.csrf_token())
        return self._take(
            self.client.post(path, data=fields, base_url=ORIGIN, follow_redirects=follow, **kwargs)
        )

    def submit(
        self,
        action: str | None = None,
        *,
        follow: bool = True,
        button: str | None = None,
        **fields: Any,
    ) -> Seen:
        """Fill in and send a form of the page last seen.

        :param action: the form whose action ends so; the first form in ``main`` otherwise.
        :param button: ``name=value`` of the button pressed. A field set to None is not sent.
        """
        assert self.seen is not None, "no page was opened"
        form = self._form(action)
        data = self._values(form)
        data.update(fields)
        if button:
            name, _, value = button.partition("=")
            data[name] = value
        data = {name: value for name, value in data.items() if value is not None}
        target = urljoin(self.seen.path, str(attributes(form).get("action") or self.seen.path))
        if str(attributes(form).get("method", "get")).lower() == "get":
            return self.get(target, query_string=data, follow=follow)
        return self.post(target, data, follow=follow)

    def csrf_token(self) -> str:
        """The token on the page last seen, or that of a page which is there for everybody."""
        seen = self.seen or Seen(self.client.get("/privacy", base_url=ORIGIN))
        found = seen.document.query('input[name="csrf_token"]')
        assert found, f"no CSRF token on {seen.path}"
        return str(attributes(found[0])["value"])

    def _form(self, action: str | None) -> Any:
        assert self.seen is not None
        forms = self.seen.document.query("main form" if action is None else "form")
        if action is not None:
            forms = [
                f for f in forms if urlsplit(str(attributes(f)["action"])).path.endswith(action)
            ]
        assert forms, f"no form {action or ''} on {self.seen.path}: {self.seen.h1}"
        posts = [f for f in forms if str(attributes(f).get("method", "get")).lower() == "post"]
        return (posts or forms)[0]

    @staticmethod
    def _values(form: Any) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for field in form.query("input, textarea, select"):
            attrs = attributes(field)
            name, kind = attrs.get("name"), attrs.get("type")
            if not name or kind in ("submit", "button", "file"):
                continue
            if kind in ("checkbox", "radio"):
                if "checked" in attrs:
                    values.setdefault(name, []).append(attrs.get("value") or "on")
            elif field.name == "select":
                chosen = [o for o in field.query("option") if "selected" in attributes(o)]
                if chosen:
                    values[name] = attributes(chosen[0]).get("value", words(chosen[0]))
            elif field.name == "textarea":
                values[name] = field.to_text()
            else:
                values[name] = attrs.get("value") or ""
        return values

    def _take(self, response: TestResponse) -> Seen:
        seen = Seen(response)
        response.close()
        if seen.is_html and not 300 <= seen.status < 400:
            self.seen = seen
            if self.lint:
                broken = broken_rules(seen.text)
                assert not broken, f"{seen.path}: " + "; ".join(broken)
        assert "Content-Security-Policy" in seen.headers
        return seen
