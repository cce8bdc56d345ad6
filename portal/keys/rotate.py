"""Rotating: one pass over everything sealed, and what is left on an older key afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.audit.anchor import AnchorProblem
from portal.audit.digest import key_of
from portal.audit.seal import ChainBroken, head_of, seal_events
from portal.audit.trail import record_event
from portal.context import Context
from portal.keys import counters, record
from portal.keys.columns import SEALED
from portal.keys.evidence import reseal_evidence
from portal.keys.reseal import count_stale, reseal_table

TellPhase = Callable[[str], None]


def _silent(_what: object) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is still on an older key."""

    rows: dict[str, int]
    """By table; ``record`` for the agency's record, ``evidence`` for files that do not open."""
    counters: int
    """Counters of numbers and addresses that nobody here knows: they stay until they expire."""
    is_chain_behind: bool
    """Whether the trail's chain does not end on the newest key yet."""

    @property
    def is_done(self) -> bool:
        """Whether nothing but such counters is left."""
        return not any(self.rows.values()) and not self.is_chain_behind


def rotate(context: Context, now: datetime, phase: TellPhase = _silent) -> Left:
    """Move everything to the newest key of the ring, and tell what could not be moved.

    Both keys stay usable meanwhile, and parents go on. Killed anywhere, it is run again.

    :raises portal.feeds.errors.FeedRefused: while a load runs; nothing is harmed.
    """
    for sealed in SEALED:
        phase(sealed.table.name)
        reseal_table(context, sealed)
    phase("evidence")
    broken = reseal_evidence(context)
    phase("the record")
    record.reseal_record(context)
    phase("counters")
    counters.move_counters(context)
    phase("the trail's chain")
    left = _seal_chain(context, now)
    with context.database.session() as session:
        return _left(context, session, broken, left)


def _seal_chain(context: Context, now: datetime) -> bool:
    """Write down the rotation and seal it with the newest key; whether that did not work yet."""
    with context.database.transaction() as session:
        record_event(session, "keys:rotation:run", now=now, actor_id="operator",
                     detail={"key": context.keyring.newest})  # fmt: skip
    try:
        seal_events(context, now)
    except (AnchorProblem, ChainBroken):
        return True
    with context.database.session() as session:
        head = head_of(session)
        return head is None or key_of(head) != context.keyring.newest


def _left(context: Context, session: Session, broken: int, is_chain_behind: bool) -> Left:
    newest = context.keyring.newest
    rows = {sealed.table.name: count_stale(session, sealed, newest) for sealed in SEALED}
    rows["record"] = record.count_left(session, newest)
    rows["evidence"] = broken
    return Left(
        {name: count for name, count in rows.items() if count},
        counters.count_left(session, newest),
        is_chain_behind,
    )
