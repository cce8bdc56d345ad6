"""The language that a letter is written in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from flask_babel import force_locale

from portal.notices.rendering import locale_of


def spoken(language: str) -> str:
    """The language of a letter to somebody who wishes for `language` (BCP 47): this one where the
    portal has words in it, English otherwise."""
    wished = locale_of(language).language
    babel = current_app.extensions["babel"].instance
    known = {locale.language for locale in babel.list_translations()}
    return language if wished in known else "en"


@contextmanager
def words_in(language: str) -> Iterator[str]:
    """Write the words of a letter to somebody who wishes for `language`; yields the language
    that they are in."""
    found = spoken(language)
    with force_locale(str(locale_of(found))):
        yield found
