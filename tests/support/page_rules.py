"""Rules that every page a test fetches is held to."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from justhtml import JustHTML

from tests.support.tokens import without_form_ids

PARAGRAPHS = ("p", "li", "dd", "td", "th", "legend", "h1", "h2", "h3")
"""Where text stands. Lists to choose from are no sentences."""
_GLUED = re.compile(r"\S*[a-z)][.!?][A-Z][a-z]+")
SKIPPED_INPUTS = {"hidden", "submit", "button"}
_good: set[bytes] = set()
"""Pages without fault, their forms' ids apart: many tests fetch the very same ones."""


def broken_rules(html: str) -> list[str]:
    """Every rule the page breaks, in words; an empty list for a good page."""
    sum_of_page = hashlib.sha256(without_form_ids(html).encode()).digest()
    if sum_of_page in _good:
        return []
    found = _broken_rules(html)
    if not found:
        _good.add(sum_of_page)
    return found


def _broken_rules(html: str) -> list[str]:
    document = JustHTML(html, collect_errors=True, sanitize=False)
    found = [f"line {e.line}: {e.message}" for e in document.errors or []]
    elements = _Elements(document)
    for rule in (_title_and_heading, _ids, _forms, _labels, _inline, _names, _summary, _sentences):
        found.extend(rule(elements))
    return found


def attributes(node: Any) -> dict[str, str | None]:
    return dict(node.attrs or {})


def words(node: Any) -> str:
    return " ".join(node.to_text().split())


def _below(node: Any) -> Iterator[Any]:
    """The elements in ``node``, in the page's order."""
    for child in node.children or ():
        if not child.name.startswith(("#", "!")):
            yield child
            yield from _below(child)


class _Elements:
    """A page's elements in their order, gone through once: a query for each rule takes longer."""

    def __init__(self, document: JustHTML) -> None:
        self.all = tuple(_below(document.root))
        self._named: dict[str, list[Any]] = defaultdict(list)
        self._holding: dict[str, list[Any]] = defaultdict(list)
        for node in self.all:
            self._named[node.name].append(node)
            for name in node.attrs or ():
                self._holding[name].append(node)

    def named(self, *names: str) -> Iterator[Any]:
        """The elements of these names; those of one name stand together."""
        return (node for name in names for node in self._named[name])

    def holding(self, attribute: str) -> list[Any]:
        """The elements that have this attribute."""
        return self._holding[attribute]


def _title_and_heading(page: _Elements) -> list[str]:
    headings, titles = list(page.named("h1")), list(page.named("title"))
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
    if not all(attributes(html).get("lang") for html in page.named("html")):
        found.append("html has no lang")
    return found


def _ids(page: _Elements) -> list[str]:
    ids = Counter(attributes(node)["id"] for node in page.holding("id"))
    found = [f"id {name!r} stands {times} times" for name, times in ids.items() if times > 1]
    for name in ("aria-describedby", "aria-labelledby", "aria-controls"):
        for node in page.holding(name):
            found += [
                f"{name} names a missing id {target!r}"
                for target in str(attributes(node)[name]).split()
                if target not in ids
            ]
    for target in (str(attributes(node).get("href") or "") for node in page.named("a")):
        if target.startswith("#") and target[1:] and target[1:] not in ids:
            found.append(f"a link to a missing id {target[1:]!r}")
    return found


def _forms(page: _Elements) -> list[str]:
    found = []
    for form in page.named("form"):
        attrs = attributes(form)
        if "action" not in attrs:
            found.append("a form without action")
        if str(attrs.get("method", "get")).lower() == "post" and not any(
            it.name == "input" and attributes(it).get("name") == "csrf_token" for it in _below(form)
        ):
            found.append(f"the form to {attrs.get('action')} has no CSRF token")
    return found


def _labels(page: _Elements) -> list[str]:
    labelled = {attributes(node).get("for") for node in page.named("label")} - {None}
    found = []
    for field in page.named("input", "select", "textarea"):
        attrs = attributes(field)
        if attrs.get("type") in SKIPPED_INPUTS:
            continue
        named = attrs.get("aria-label") or attrs.get("aria-labelledby")
        if attrs.get("id") not in labelled and not named:
            found.append(f"the field {attrs.get('name')!r} has no label")
    return found


def _inline(page: _Elements) -> list[str]:
    found = ["inline style"] if page.holding("style") or any(page.named("style")) else []
    found += ["inline script" for it in page.named("script") if not attributes(it).get("src")]
    for node in page.all:
        found += [f"inline {name}" for name in attributes(node) if name.startswith("on")]
    return found


def _names(page: _Elements) -> list[str]:
    found = [
        f"a link without words to {attributes(link)['href']}"
        for link in page.named("a")
        if "href" in attributes(link) and _is_nameless(link)
    ]
    found += ["an image without alt" for it in page.named("img") if "alt" not in attributes(it)]
    found += ["a button without words" for it in page.named("button") if _is_nameless(it)]
    return found


def _is_nameless(node: Any) -> bool:
    return not words(node) and not attributes(node).get("aria-label")


def _summary(page: _Elements) -> list[str]:
    """The links of an error summary come in the order of the fields on the page."""
    order = [attributes(node)["id"] for node in page.holding("id")]
    targets = [
        str(attributes(link).get("href"))[1:]
        for summary in page.holding("class")
        if "error-summary__list" in str(attributes(summary)["class"]).split()
        for link in _below(summary)
        if link.name == "a"
    ]
    places = [order.index(target) for target in targets if target in order]
    return [] if places == sorted(places) else [f"errors are not in the page's order: {targets}"]


def _sentences(page: _Elements) -> list[str]:
    return [
        f"no space between two sentences: {glued}"
        for node in page.named(*PARAGRAPHS)
        for glued in _GLUED.findall(node.to_text(strip=False, separator_blocks_only=True))
        if not any(it.name == "select" for it in _below(node))
    ]
