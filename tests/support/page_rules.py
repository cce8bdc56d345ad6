"""Rules that every page a test fetches is held to."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import Any

from justhtml import JustHTML

PARAGRAPHS = "p, li, dd, td, th, legend, h1, h2, h3"
"""Where text stands. Lists to choose from are no sentences."""
_GLUED = re.compile(r"\S*[a-z)][.!?][A-Z][a-z]+")
SKIPPED_INPUTS = {"hidden", "submit", "button"}
_TOKEN = re.compile(r'(name="csrf_token" value=")[^"]+')
_good: set[bytes] = set()
"""Pages without fault, their tokens apart: many tests fetch the very same ones."""


def broken_rules(html: str) -> list[str]:
    """Every rule the page breaks, in words; an empty list for a good page."""
    sum_of_page = hashlib.sha256(_TOKEN.sub(r"\1", html).encode()).digest()
    if sum_of_page in _good:
        return []
    found = _broken_rules(html)
    if not found:
        _good.add(sum_of_page)
    return found


def _broken_rules(html: str) -> list[str]:
    document = JustHTML(html, collect_errors=True, sanitize=False)
    found = [f"line {e.line}: {e.message}" for e in document.errors or []]
    for rule in (_title_and_heading, _ids, _forms, _labels, _inline, _names, _summary, _sentences):
        found.extend(rule(document))
    return found


def attributes(node: Any) -> dict[str, str | None]:
    return dict(node.attrs or {})


def words(node: Any) -> str:
    return " ".join(node.to_text().split())


def _title_and_heading(document: JustHTML) -> list[str]:
    headings = document.query("h1")
    titles = document.query("title")
    if len(headings) != 1 or len(titles) != 1:
        return [f"{len(headings)} h1 and {len(titles)} title"]
    title = words(titles[0])
    what = title.removeprefix("Error:").strip().split(" · ")[0]
    heading = words(headings[0])
    found = []
    if " · " not in title:
        found.append(f"the title names no agency: {title}")
    if not heading.startswith(what) and not what.startswith(heading):
        found.append(f"title {what!r} and h1 {heading!r} differ")
    if not attributes(document.query("html")[0]).get("lang"):
        found.append("html has no lang")
    return found


def _ids(document: JustHTML) -> list[str]:
    ids = Counter(attributes(node)["id"] for node in document.query("[id]"))
    found = [f"id {name!r} stands {times} times" for name, times in ids.items() if times > 1]
    for name in ("aria-describedby", "aria-labelledby", "aria-controls"):
        for node in document.query(f"[{name}]"):
            found += [
                f"{name} names a missing id {target!r}"
                for target in str(attributes(node)[name]).split()
                if target not in ids
            ]
    for node in document.query('a[href^="#"]'):
        target = str(attributes(node)["href"])[1:]
        if target and target not in ids:
            found.append(f"a link to a missing id {target!r}")
    return found


def _forms(document: JustHTML) -> list[str]:
    found = []
    for form in document.query("form"):
        attrs = attributes(form)
        if "action" not in attrs:
            found.append("a form without action")
        if str(attrs.get("method", "get")).lower() == "post" and not form.query(
            'input[name="csrf_token"]'
        ):
            found.append(f"the form to {attrs.get('action')} has no CSRF token")
    return found


def _labels(document: JustHTML) -> list[str]:
    labelled = {attributes(node).get("for") for node in document.query("label[for]")}
    found = []
    for field in document.query("input, select, textarea"):
        attrs = attributes(field)
        if attrs.get("type") in SKIPPED_INPUTS:
            continue
        named = attrs.get("aria-label") or attrs.get("aria-labelledby")
        if attrs.get("id") not in labelled and not named:
            found.append(f"the field {attrs.get('name')!r} has no label")
    return found


def _inline(document: JustHTML) -> list[str]:
    found = []
    if document.query("style") or document.query("[style]"):
        found.append("inline style")
    found += [
        "inline script" for node in document.query("script") if not attributes(node).get("src")
    ]
    for node in document.query("*"):
        found += [f"inline {name}" for name in attributes(node) if name.startswith("on")]
    return found


def _names(document: JustHTML) -> list[str]:
    found = [
        f"a link without words to {attributes(link).get('href')}"
        for link in document.query("a[href]")
        if not words(link) and not attributes(link).get("aria-label")
    ]
    found += [
        "an image without alt" for image in document.query("img") if "alt" not in attributes(image)
    ]
    found += [
        "a button without words"
        for b in document.query("button")
        if not words(b) and not attributes(b).get("aria-label")
    ]
    return found


def _summary(document: JustHTML) -> list[str]:
    """The links of an error summary come in the order of the fields on the page."""
    order = [attributes(node)["id"] for node in document.query("[id]")]
    targets = [
        str(attributes(link)["href"])[1:] for link in document.query(".error-summary__list a[href]")
    ]
    places = [order.index(target) for target in targets if target in order]
    return [] if places == sorted(places) else [f"errors are not in the page's order: {targets}"]


def _sentences(document: JustHTML) -> list[str]:
    return [
        f"no space between two sentences: {glued}"
        for node in document.query(PARAGRAPHS)
        for glued in _GLUED.findall(node.to_text(strip=False, separator_blocks_only=True))
        if not node.query("select")
    ]
