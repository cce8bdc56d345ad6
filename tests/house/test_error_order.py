"""Errors stand in the summary in the order of the fields on the page, whichever template it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from portal.settings import PROJECT
from portal.web.forms import PortalForm

TEMPLATES = PROJECT / "templates"
FIELD = re.compile(r"\b(?:\w+_field|\w+_group|checkbox)\(\s*form\.(\w+)")


def shown() -> Iterator[tuple[str, list[str]]]:
    """The templates with a summary, and the fields of their form as they come."""
    for path in sorted(TEMPLATES.rglob("*.html")):
        source = path.read_text("utf-8")
        names = FIELD.findall(source)
        if "error_summary(form)" in source and len(names) > 1:
            yield str(path.relative_to(TEMPLATES)), names


def forms(of: type[PortalForm] = PortalForm) -> Iterator[type[PortalForm]]:
    for kind in of.__subclasses__():
        yield kind
        yield from forms(kind)


def fields(form: type[PortalForm]) -> list[str]:
    """The fields of a form as it lists them, and its errors."""
    found = [name for name in dir(form) if hasattr(getattr(form, name), "_formfield")]
    found.sort(key=lambda name: int(getattr(form, name).creation_counter))
    return [*form.first_on_page, *(name for name in found if name not in form.first_on_page)]


@pytest.mark.parametrize(
    ("template", "names"), list(shown()), ids=lambda found: found if isinstance(found, str) else ""
)
def test_a_form_lists_its_fields_as_the_page_shows_them(
    app: Flask, template: str, names: list[str]
) -> None:
    of_page = [form for form in forms() if set(fields(form)) >= set(names)]
    fewest = min((len(fields(form)) for form in of_page), default=0)
    closest = [form for form in of_page if len(fields(form)) == fewest]
    assert closest, f"no form has {names}"
    for form in closest:
        ordered = [name for name in fields(form) if name in names]
        assert ordered == list(dict.fromkeys(names)), f"{form.__name__} on {template}"
