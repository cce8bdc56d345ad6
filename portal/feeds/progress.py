"""How far a load has come: a bar on a terminal, log lines elsewhere."""

from __future__ import annotations

import logging
import time
from types import TracebackType
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as RichProgress

log = logging.getLogger(__name__)
SECONDS_BETWEEN_LINES = 5.0


class Progress(Protocol):
    """Told what is being done and how many rows of how many are done."""

    def begin(self, total: int) -> None: ...
    def phase(self, name: str) -> None: ...
    def advance(self, rows: int) -> None: ...


class Silent:
    """For callers that show nothing."""

    def begin(self, total: int) -> None: ...
    def phase(self, name: str) -> None: ...
    def advance(self, rows: int) -> None: ...


class Logged:
    """Log lines: each phase, and every few seconds the rows, the rate and the time left."""

    def __init__(self) -> None:
        self._total = 0
        self._rows = 0
        self._name = ""
        self._began = self._said = time.monotonic()

    def begin(self, total: int) -> None:
        self._total = total

    def phase(self, name: str) -> None:
        self._name = name
        if self._total:
            log.info("%s (%s of %s rows)", name, f"{self._rows:,}", f"{self._total:,}")
        else:  # before the rows are read, or in an extract without any
            log.info("%s", name)

    def advance(self, rows: int) -> None:
        self._rows += rows
        now = time.monotonic()
        if now - self._said < SECONDS_BETWEEN_LINES:
            return
        self._said = now
        rate = self._rows / (now - self._began)
        left = (self._total - self._rows) / rate if rate else 0
        log.info(
            "%s: %s of %s rows, %s rows a second, %d s left",
            self._name,
            f"{self._rows:,}",
            f"{self._total:,}",
            f"{rate:,.0f}",
            left,
        )


class Bar:
    """A bar on a terminal."""

    def __init__(self, console: Console) -> None:
        self._rich = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]} rows/s"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._task = self._rich.add_task("", total=None, rate="")

    def __enter__(self) -> Bar:
        self._rich.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._rich.stop()

    def begin(self, total: int) -> None:
        self._rich.update(self._task, total=total)

    def phase(self, name: str) -> None:
        self._rich.update(self._task, description=name)

    def advance(self, rows: int) -> None:
        speed = self._rich.tasks[0].speed
        self._rich.update(self._task, advance=rows, rate=f"{speed:,.0f}" if speed else "")
