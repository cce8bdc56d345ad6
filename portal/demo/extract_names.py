"""The names the made-up agency draws from, read from the table beside this file."""

import tomllib
from pathlib import Path
from typing import Any

_TABLE: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("extract_names.toml").read_text(encoding="utf-8")
)

FIRST_NAMES = tuple(_TABLE["first_names"])
LAST_NAMES = tuple(_TABLE["last_names"])
CHILDREN = tuple(_TABLE["children"])
STREETS = tuple(_TABLE["streets"])
STATE: str = _TABLE["state"]
TOWNS = tuple((town[:-6], town[-5:]) for town in _TABLE["towns"])
EMPLOYERS = tuple(_TABLE["employers"])
AREA_CODES = tuple(_TABLE["area_codes"])
COUNTIES = tuple((county[:2], county[3:]) for county in _TABLE["counties"])
COURT: str = _TABLE["court"]
OFFICES = tuple(_TABLE["offices"])
WORKERS = tuple(_TABLE["workers"])
