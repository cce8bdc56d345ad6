"""The parents of two households, as for requests."""

from __future__ import annotations

from tests.requests.conftest import loaded, marked, parents, payor

__all__ = ["loaded", "marked", "parents", "payor"]
