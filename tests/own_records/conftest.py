"""The parents of two households, as for requests."""

from __future__ import annotations

from tests.requests.conftest import marked, parents, payor

__all__ = ["marked", "parents", "payor"]
