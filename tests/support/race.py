"""Doing the same thing many times at one moment, each time in a transaction of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy.orm import Session

from portal.context import Context
from portal.web.edge import Edges

T = TypeVar("T")


def race(context: Context, act: Callable[[Session], T], times: int = 20) -> list[T]:
    """What each of ``times`` parallel transactions came to; an exception fails the test."""
    start = threading.Barrier(times)

    def run(_: int) -> T:
        start.wait(timeout=60)
        with context.database.transaction() as session:
            return act(session)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def race_in_edges(context: Context, act: Callable[[Session, Edges], T], times: int = 20) -> list[T]:
    """What each of ``times`` parallel requests came to that reserve before they act."""
    start = threading.Barrier(times)

    def run(_: int) -> T:
        start.wait(timeout=60)
        with context.database.session() as session:
            came_to = act(session, Edges(session))
            session.commit()
            return came_to

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))
