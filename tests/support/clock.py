"""A clock that stands until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    def __init__(self, moment: datetime = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def set(self, moment: datetime) -> None:
        self.moment = moment

    def forward(self, **delta: float) -> None:
        """Move on, as ``forward(minutes=5)``."""
        self.moment += timedelta(**delta)
