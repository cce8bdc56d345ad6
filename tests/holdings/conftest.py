"""Families that are loaded, for what is held on them."""

from __future__ import annotations

from tests.requests.conftest import marked, parents, payor
from tests.statements.conftest import family, households

__all__ = ["family", "households", "marked", "parents", "payor"]
