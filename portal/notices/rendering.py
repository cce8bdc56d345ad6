"""From a template's name and its words to a subject and two bodies, in the recipient's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from flask_babel import get_translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined, meta

from portal.context import Context
from portal.notices.registry import TEMPLATES, Notice, UnknownTemplate, notice_of


@dataclass(frozen=True, slots=True)
class Rendered:
    """The words of one mail."""

    subject: str
    text: str
    html: str


def render(context: Context, notice: Notice, language: str, words: Mapping[str, str]) -> Rendered:
    """Render a notice's ``subject.txt``, ``body.txt`` and ``body.html``.

    The language is the one that Flask-Babel works in at the moment; ``language`` is only named in
    the HTML. The subject is one line whatever the words hold, so none can add a header (INJ-3).

    :raises jinja2.TemplateError: where a file is missing or asks for a word that is not there.
    """
    environment = _environment(notice.folder)
    shared = _shared(context, language)

    def part(file: str, **more: str) -> str:
        found = environment.get_template(f"notices/{notice.name}/{file}")
        return found.render({**words, **shared, **more})

    subject = one_line(part("subject.txt"))
    return Rendered(subject, part("body.txt").strip() + "\n", part("body.html", subject=subject))


def render_text(context: Context, notice: Notice, language: str, words: Mapping[str, str]) -> str:
    """Render the one line of a text message.

    :raises jinja2.TemplateError: as ``render`` does.
    """
    found = _environment(notice.folder).get_template(f"{notice.name}.txt")
    return one_line(found.render({**words, **_shared(context, language)}))


def subject_of(context: Context, name: str) -> str:
    """A mail's subject in the language worked in at the moment, its words left out; for a mail
    that is not sent any more, its name."""
    try:
        notice = notice_of(name)
    except UnknownTemplate:
        return name.replace("_", " ")
    found = _environment(notice.folder).get_template(f"notices/{name}/subject.txt")
    words = {**dict.fromkeys(_words_of(notice.folder, name), "…"), **_shared(context, "en")}
    return one_line(found.render(words))


@lru_cache(maxsize=256)
def _words_of(folder: Path, name: str) -> frozenset[str]:
    environment = _environment(folder)
    assert environment.loader is not None
    source, _file, _fresh = environment.loader.get_source(
        environment, f"notices/{name}/subject.txt"
    )
    return frozenset(meta.find_undeclared_variables(environment.parse(source)))


def _shared(context: Context, language: str) -> dict[str, object]:
    is_rtl = locale_of(language).character_order == "right-to-left"
    return {
        "agency": context.agency,
        "base_url": context.settings.base_url,
        "language": language,
        "direction": "rtl" if is_rtl else "ltr",
    }


def one_line(text: str) -> str:
    """The text without line breaks and other control characters, for a header."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def locale_of(language: str) -> Locale:
    """The locale of a language tag (BCP 47); English where there is none of it."""
    try:
        return Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale("en")


@lru_cache(maxsize=8)
def _environment(folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader([folder, TEMPLATES]),
        autoescape=_is_html,  # noqa: S701
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    install: Callable[..., None] = environment.install_gettext_callables  # type: ignore[attr-defined]
    install(
        gettext=lambda words: get_translations().ugettext(words),
        ngettext=lambda one, many, count: get_translations().ungettext(one, many, count),
        newstyle=True,
    )
    return environment


def _is_html(name: str | None) -> bool:
    return name is None or not name.endswith(".txt")
