"""Everything we hold laid out to read: headings, facts, tables, and what is too long for either."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from portal.notices.letter_pdf import plain
from portal.web.filters import moment, money, short_day
from portal.web.holdings import Chapters, Part, Word

MOST_COLUMNS = 6
LONG = 90
"""A text longer than this stands in a paragraph of its own."""
DEEPEST = 4
Block = dict[str, Any]
Labels = Mapping[str, str]


def lay_out_part(part: Part, value: Any) -> list[Block]:
    """A part with its heading."""
    return [heading(2, str(part.title)), *_blocks(value, part.labels, 3)]


def heading(level: int, text: str) -> Block:
    """A heading; the deepest ones are alike."""
    return {"kind": "heading", "level": min(level, DEEPEST), "text": plain(text)}


def paragraph(text: str) -> Block:
    """A paragraph, its lines kept."""
    return {"kind": "lines", "lines": [line for it in text.splitlines() if (line := plain(it))]}


def label_of(key: str, labels: Labels) -> str:
    """What a name is called; its own words where a room forgot to say so."""
    return str(labels.get(key) or key.replace("_", " ").capitalize())


def in_words(value: Any) -> str:
    """One value as it reads: nothing for `None`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("yes")) if value else str(_("no"))
    if isinstance(value, Word):
        return value.words
    if isinstance(value, Decimal):
        return money(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return short_day(value)
    return plain(str(value))


def _blocks(value: Any, labels: Labels, level: int) -> Iterator[Block]:
    if value is None or value == [] or value == {}:
        yield paragraph(_("Nothing."))
    elif isinstance(value, Mapping):
        yield from _mapping(value, labels, level)
    elif isinstance(value, Chapters):
        for number, item in enumerate(value, 1):
            name, rest = _chapter(item, number, labels)
            yield heading(level, name)
            yield from _blocks(rest, labels, level + 1)
    elif _is_list(value):
        yield from _list(value, labels)
    else:
        yield paragraph(in_words(value))


def _mapping(value: Mapping[str, Any], labels: Labels, level: int) -> Iterator[Block]:
    """First what is short, as facts; then each longer thing under its heading."""
    facts = [
        [label_of(key, labels), in_words(it)]
        for key, it in value.items()
        if _is_short(it) and it is not None
    ]
    if facts:
        yield {"kind": "facts", "rows": facts}
    for key, it in value.items():
        if _is_short(it) or _is_nothing(it):
            continue
        yield heading(level, label_of(key, labels))
        yield from _blocks(it, labels, level + 1)
    if not facts and all(_is_nothing(it) for it in value.values()):
        yield paragraph(_("Nothing."))


def _list(value: Sequence[Any], labels: Labels) -> Iterator[Block]:
    if not all(isinstance(item, Mapping) for item in value):
        yield _items(value, labels)
        return
    names = [name for name in value[0] if any(not _is_nothing(it.get(name)) for it in value)]
    flat = all(_is_short(item.get(name)) for item in value for name in names)
    if flat and names and len(names) <= MOST_COLUMNS:
        yield _table(value, names, labels)
    else:
        yield _items(value, labels)


def _table(rows: Sequence[Mapping[str, Any]], names: Sequence[str], labels: Labels) -> Block:
    amounts = [
        place
        for place, name in enumerate(names)
        if all(isinstance(row.get(name), Decimal | None) for row in rows)
    ]
    return {
        "kind": "table",
        "head": [label_of(name, labels) for name in names],
        "rows": [[in_words(row.get(name)) for name in names] for row in rows],
        "money": amounts,
    }


def _items(value: Sequence[Any], labels: Labels) -> Block:
    """Each item in a line or a few: what it tells first stands out, the rest follows."""
    told = [_pairs(item, labels) if isinstance(item, Mapping) else ["", _inline(item, labels)]
            for item in value]  # fmt: skip
    return {"kind": "list", "items": [[lead, " · ".join(rest)] for lead, *rest in told]}


def _pairs(item: Mapping[str, Any], labels: Labels) -> list[str]:
    pairs = [
        f"{label_of(key, labels)}: {_inline(it, labels)}"
        for key, it in item.items()
        if not _is_nothing(it)
    ]
    return pairs or [str(_("Nothing."))]


def _inline(value: Any, labels: Labels) -> str:
    """A value in one line: ``For: arrears; Amount: $20.00``."""
    if isinstance(value, Mapping):
        return "; ".join(_pairs(value, labels))
    if _is_list(value):
        return " / ".join(_nested(it, labels) for it in value)
    return in_words(value)


def _nested(value: Any, labels: Labels) -> str:
    """An item within a line: amounts, days and words speak for themselves."""
    if isinstance(value, Mapping):
        return ", ".join(_inline(it, labels) for it in value.values() if not _is_nothing(it))
    return _inline(value, labels)


def _chapter(item: Any, number: int, labels: Labels) -> tuple[str, Any]:
    """Named by the first thing that it tells, as ``Case: C1``; and what else it tells."""
    if isinstance(item, Mapping):
        for key, value in item.items():
            if _is_short(value) and value is not None:
                rest = {name: it for name, it in item.items() if name != key}
                return f"{label_of(key, labels)}: {in_words(value)}", rest
    return str(number), item


def _is_short(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= LONG and "\n" not in value
    return not isinstance(value, Mapping) and not _is_list(value)


def _is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, Mapping | list | tuple | str) and not value)


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)
