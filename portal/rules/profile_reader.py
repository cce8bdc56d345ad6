"""Reads a TOML table into frozen dataclasses, strictly: no key missing, none unknown.

An error is one line that names the key, such as `review.decision_days: must be a whole number`.
"""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Record = TypeVar("Record")

_WORDS: dict[type, str] = {
    str: "text in quotes",
    int: "a whole number",
    bool: "true or false",
    date: "a date such as 2026-11-20",
    Decimal: "a number",
}


class ProfileError(ValueError):
    """An agency profile that cannot be used; the message names the key."""


def read_record(kind: type[Record], table: Any, path: str = "") -> Record:
    """A `kind` (a dataclass) from a parsed TOML `table`; `path` is the key it stands at.

    Raises `ProfileError` for a missing key without a default, an unknown key, or a value of the
    wrong kind. A dataclass's own `__post_init__` may raise `ValueError`s that start with a key.
    """
    if not isinstance(table, Mapping):
        raise ProfileError(f"{path or 'profile'}: must be a table")
    hints = typing.get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind) if field.init}  # type: ignore[arg-type]
    unknown = sorted(set(table) - set(fields))
    if unknown:
        raise ProfileError(f"{_join(path, unknown[0])}: is not a key of the profile")
    values: dict[str, Any] = {}
    for name, field in fields.items():
        if name in table:
            values[name] = _read(hints[name], table[name], _join(path, name))
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise ProfileError(f"{_join(path, name)}: is missing")
    try:
        return kind(**values)
    except ProfileError:
        raise
    except ValueError as error:
        raise ProfileError(_join(path, str(error))) from None


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _read(hint: Any, value: Any, path: str) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        wanted = [argument for argument in arguments if argument is not type(None)]
        return _read(wanted[0], value, path)
    if origin is tuple:
        if not isinstance(value, list):
            raise ProfileError(f"{path}: must be a list")
        return tuple(_read(arguments[0], item, f"{path}[{n}]") for n, item in enumerate(value))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            raise ProfileError(f"{path}: must be a table")
        return types.MappingProxyType(
            {key: _read(arguments[1], item, f"{path}.{key}") for key, item in value.items()}
        )
    if dataclasses.is_dataclass(hint):
        return read_record(typing.cast(type, hint), value, path)
    return _read_plain(hint, value, path)


def _read_plain(hint: Any, value: Any, path: str) -> Any:
    if hint is ZoneInfo:
        return _zone(value, path)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        try:
            return hint(value)
        except ValueError:
            words = ", ".join(member.value for member in hint)
            raise ProfileError(f"{path}: must be one of {words}") from None
    if hint is Decimal and isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if type(value) is not hint:  # exact: True is no number here, nor a datetime a date
        raise ProfileError(f"{path}: must be {_WORDS.get(hint, 'of another kind')}")
    if hint is str and not re.search(r"\S", value):
        raise ProfileError(f"{path}: must not be empty")
    return value


def _zone(value: Any, path: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise ProfileError(f"{path}: must be a time zone such as America/New_York") from None
