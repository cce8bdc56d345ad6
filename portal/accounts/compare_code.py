"""Comparing a code that is kept as a slow hash: counted first, and with no lock held (OTP-3).

A recovery code, and a code of the printed card: each is used up by the one who gave it first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.context import Context
from portal.security import throttles
from portal.security.passwords import code_hasher
from portal.web.edge import Edges


@dataclass(frozen=True)
class Kept:
    """A code as it is kept; with neither hash nor use where there is none to compare with."""

    code_hash: str | None = None
    use_up: Callable[[Session], bool] = lambda _session: False
    """Called when it was right, in a transaction that reads anew whether it still opens anything:
    true for one of all callers, in a race too (OTP-1)."""


@dataclass(frozen=True)
class Outcome:
    """``closed_until`` when there were too many tries; else what came of it, and the transaction
    in which to write it down."""

    is_right: bool = False
    closed_until: datetime | None = None
    session: Session | None = None


def compare_code(
    edges: Edges,
    context: Context,
    typed: str,
    now: datetime,
    *,
    subject: Callable[[Session], str],
    kept: Callable[[Session], Kept],
    refused: Callable[[Session], None] = lambda _session: None,
) -> Outcome:
    """Count a try, compare it slowly with what is kept, and use that up where it is right.

    :param typed: the code in the spelling that was hashed.
    :param subject: what the tries of codes are counted for.
    :param refused: writes down that there were too many of them.
    """

    def reserve(session: Session) -> tuple[str, datetime | None, Kept]:
        counted_for = subject(session)
        gate = throttles.look(session, context.keyring, throttles.CODE, counted_for, now)
        closed_until = gate.closed_until(now)
        if closed_until is not None:
            refused(session)
            return counted_for, closed_until, Kept()
        gate.count(now)
        return counted_for, None, kept(session)

    counted_for, closed_until, found = edges.reserve(reserve)
    if closed_until is not None:
        return Outcome(closed_until=closed_until)
    check = code_hasher(context.settings).check(found.code_hash, typed)
    session = edges.act()
    is_right = check.is_right and found.use_up(session)
    if is_right:
        throttles.forget(session, context.keyring, throttles.CODE, counted_for, now)
    return Outcome(is_right, session=session)
