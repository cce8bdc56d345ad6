"""Throttles: how often somebody may try, counted in the database for one subject (PWD-5, OTP-3).

The count holds across addresses, workers, restarts and parallel requests, because the row is locked
from the first look to the commit: on SQLite by the transaction's write lock, on PostgreSQL by
``FOR UPDATE``. Subjects that nobody knows are counted like all others (ENU-1).

``look`` comes first and says whether a try may be made; ``count`` then writes down that it was made
or that it failed. Neither raises, so that the count outlives the refusal. A try that costs a slow
hash is counted before it, in a transaction that ends there, and taken back or forgotten when it was
right (:class:`portal.web.edge.Edges`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.security.keys import Keyring
from portal.security.models import Throttle


@dataclass(frozen=True)
class Growing:
    """Waits that grow: after ``free`` tries each ``every``-th further one starts the next wait."""

    name: str
    free: int
    every: int
    waits: tuple[timedelta, ...]
    forget_after: timedelta

    def closed_until(self, row: Throttle, now: datetime) -> datetime | None:
        """Until when the count just reached closes the throttle, if it does."""
        over = row.count - self.free
        if over < 0 or over % self.every:
            return None
        return now + self.waits[min(over // self.every, len(self.waits) - 1)]

    def is_over(self, row: Throttle, now: datetime) -> bool:
        """Whether what was counted may be forgotten."""
        return now - row.latest >= self.forget_after


@dataclass(frozen=True)
class Window:
    """At most ``limit`` in any ``length`` of time, wherever one begins to measure.

    Tries are forgotten together, ``length`` after the latest: a window that began with the first
    one would let through nearly twice as many around its end (HNT-4).
    """

    name: str
    limit: int
    length: timedelta

    def closed_until(self, row: Throttle, now: datetime) -> datetime | None:
        """When all of it may be forgotten, once the limit is reached."""
        return now + self.length if row.count >= self.limit else None

    def is_over(self, row: Throttle, now: datetime) -> bool:
        """Whether what was counted may be forgotten."""
        return now - row.latest >= self.length


Policy = Growing | Window

_SECONDS = tuple(timedelta(seconds=30 * 2**power) for power in range(7))
PASSWORD = Growing("password", 5, 1, (*_SECONDS, timedelta(hours=1)), timedelta(hours=24))
CODE = Growing(
    "code",
    free=10,
    every=10,
    waits=(*(timedelta(minutes=m) for m in (10, 20, *[40] * 7)), timedelta(hours=24)),
    forget_after=timedelta(hours=24),
)
"""Whoever gets here knows the password: after 100 wrong codes in a row, a day's rest."""
HINT = Window("hint", 5, timedelta(hours=24))
REGISTER_DAY = Window("register-day", 5, timedelta(hours=24))
REGISTER_PIN = Window("register-pin", 20, timedelta(days=3650))
NEW_PIN = Window("new-pin", 3, timedelta(hours=24))
MAIL = Window("mail", 5, timedelta(hours=1))
TEXT_HOUR = Window("text-hour", 5, timedelta(hours=1))
TEXT_DAY = Window("text-day", 10, timedelta(hours=24))
"""Texts, for the account and for the phone (RAT-1)."""
LOOK_UP = Window("look-up", 100, timedelta(hours=8))
LOOK_UP_MISSED = Window("look-up-missed", 10, timedelta(hours=1))
"""Of one member of the staff: all look-ups of a working day, and those that found nobody; the
auditor's searches of the trail by a number are counted as such."""
UNLOCK = Window("unlock", 3, timedelta(hours=24))
UNLOCK_WORKER = Window("unlock-worker", 20, timedelta(hours=24))
"""How often the staff lift a parent's wait after wrong tries, and how often one worker lifts any.
Else the waits would keep nobody from guessing who has a friend at the agency (PWD-5)."""
CLOSE_PERSON = Window("close-person", 10, timedelta(hours=24))
"""Numbers that one member of the staff names as somebody's close to them: what is closed to them
afterwards would tell whose number it was."""
STATEMENT = Window("statement", 10, timedelta(hours=24))
"""Statements for others that one account makes; each is told by mail."""
_ALL: tuple[Policy, ...] = (
    PASSWORD, CODE, HINT, REGISTER_DAY, REGISTER_PIN, NEW_PIN, MAIL, TEXT_HOUR, TEXT_DAY,
    LOOK_UP, LOOK_UP_MISSED, UNLOCK, UNLOCK_WORKER, CLOSE_PERSON, STATEMENT,
)  # fmt: skip


@dataclass(frozen=True)
class Gate:
    """One throttle for one subject, as found at ``now`` and locked until the commit."""

    policy: Policy
    row: Throttle

    def closed_until(self, now: datetime) -> datetime | None:
        """Until when nothing may be tried; None when a try may be made now."""
        until = self.row.closed_until
        return until if until is not None and until > now else None

    def count(self, now: datetime) -> None:
        """Write down one more try (or one more failure: what the caller throttles)."""
        self.row.count += 1
        self.row.latest = now
        self.row.closed_until = self.policy.closed_until(self.row, now)

    def take_back(self, now: datetime) -> None:
        """Undo one ``count``: the try it was for was right."""
        self.row.count = max(0, self.row.count - 1)
        self.row.closed_until = self.policy.closed_until(self.row, now)

    def forget(self, now: datetime) -> None:
        """Begin anew, after a success that only the owner can have."""
        self.row.count, self.row.since, self.row.latest = 0, now, now
        self.row.closed_until = None


def look(session: Session, keyring: Keyring, policy: Policy, subject: str, now: datetime) -> Gate:
    """Find (or begin) what ``policy`` counts for ``subject`` and lock it until the commit.

    :param subject: an e-mail key, an account's id, nine digits: stored as a keyed HMAC only.
    """
    subjects = keyring.lookups(f"throttle:{policy.name}", subject)
    row = _find(session, policy, subjects)
    if row is None:
        newest = keyring.lookup(f"throttle:{policy.name}", subject)
        row = _begin(session, policy, newest, now) or _find(session, policy, subjects)
        assert row is not None
    gate = Gate(policy, row)
    if row.count and policy.is_over(row, now):
        gate.forget(now)
    return gate


def forget(session: Session, keyring: Keyring, policy: Policy, subject: str, now: datetime) -> None:
    """Begin anew, as :meth:`Gate.forget`, without looking first."""
    subjects = keyring.lookups(f"throttle:{policy.name}", subject)
    counted = update(Throttle).where(Throttle.name == policy.name, Throttle.subject.in_(subjects))
    session.execute(counted.values(count=0, since=now, latest=now, closed_until=None))


def peek(
    session: Session, keyring: Keyring, policy: Policy, subject: str, now: datetime
) -> datetime | None:
    """Until when nothing may be tried, for a page that only reads: nothing is begun or locked."""
    wanted = select(Throttle.closed_until).where(
        Throttle.name == policy.name,
        Throttle.subject.in_(keyring.lookups(f"throttle:{policy.name}", subject)),
        Throttle.closed_until > now,
    )
    return session.scalars(wanted.order_by(Throttle.closed_until.desc()).limit(1)).first()


def sweep(session: Session, now: datetime) -> None:
    """Drop counters that nothing rests on any more; called by the worker now and then."""
    for policy in _ALL:
        old = policy.forget_after if isinstance(policy, Growing) else policy.length
        session.execute(
            delete(Throttle).where(Throttle.name == policy.name, Throttle.latest < now - old)
        )


def _find(session: Session, policy: Policy, subjects: list[str]) -> Throttle | None:
    wanted = (
        select(Throttle)
        .where(Throttle.name == policy.name, Throttle.subject.in_(subjects))
        .order_by(Throttle.count.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session.execute(wanted).scalar()


def _begin(session: Session, policy: Policy, subject: str, now: datetime) -> Throttle | None:
    """A new row; None where another transaction began it at this moment."""
    values = {"name": policy.name, "subject": subject, "count": 0, "since": now, "latest": now}
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    begun = dialect.insert(Throttle).values(values).on_conflict_do_nothing().returning(Throttle)
    return session.scalars(begun).first()
