"""The present moment, for views. Services are handed it as ``now``."""

from __future__ import annotations

from datetime import date, datetime

from portal.web.edge import context


def now() -> datetime:
    """Aware, in UTC."""
    return context().now()


def today() -> date:
    """The agency's calendar date now."""
    return context().agency.local_date(now())
