"""A parent's own log of payments beside the agency's record: matched one by one, by month.

Pure: days are agency-local dates, amounts dollars. Nobody prescribes how to compare; the windows
are figures of the agency's profile. A day of a bank and a day of the agency lie some days apart,
and most parents pay or are paid once a week, so each window ends short of the next week.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from portal.rules.calendar import first_of_month
from portal.rules.house_figures import OwnRecords
from portal.rules.money import ZERO


class Side(StrEnum):
    """Which way the money went."""

    MADE = "made"
    """The parent paid it; the agency receives it at that time or some days later."""
    RECEIVED = "received"
    """The parent got it; the agency sent it at that time or some days earlier."""


class State(StrEnum):
    """How a row of the comparison stands."""

    BOTH = "both"
    OTHER_AMOUNT = "other_amount"
    """Both have one of about that day, the agency with more or with less."""
    MISSING = "missing"
    """The parent has it and the agency does not."""
    TAKEN_BACK = "taken_back"
    """The agency had it, and it did not stay: a check that bounced, say."""
    DIRECT = "direct"
    """Paid by one parent to the other: it never came by the agency."""
    TOO_NEW = "too_new"
    """The agency's record does not reach so far yet."""
    TOO_OLD = "too_old"
    """From before what the agency's record shows."""
    ONLY_AGENCY = "only_agency"
    ON_THE_WAY = "on_the_way"
    """The agency sent it so lately that the parent may not have it yet."""


COMPARED = frozenset(
    {State.BOTH, State.OTHER_AMOUNT, State.MISSING, State.TAKEN_BACK, State.ONLY_AGENCY}
)
"""What counts in the sums of a month: on both sides, or as the difference."""
USUAL = OwnRecords()
_A_MATCH = 1_000_000
"""Worth more than any number of days apart: first as many matches as there can be."""


@dataclass(frozen=True, slots=True)
class Said:
    """An entry of the log."""

    key: str
    side: Side
    on: date
    amount: Decimal
    direct: bool = False
    came_as: frozenset[str] = frozenset()
    """How the record may say that it came; without any: any way. Of equal amounts it is not asked,
    for how a payment came is told wrongly more often than how much it was."""


@dataclass(frozen=True, slots=True)
class Known:
    """A payment of the agency's record.

    `day` is the day that it is listed under; from `first` to `last` it was under way, as far as the
    record says. `amounts` is what it may be called by, the usual one first (a payor of several
    cases may have noted the whole of a payment or the part on this case).
    """

    key: str
    side: Side
    day: date
    first: date
    last: date
    amounts: tuple[Decimal, ...]
    came_as: str | None = None
    """How it came, as far as the parent may see that."""

    def days_from(self, on: date, windows: OwnRecords = USUAL) -> int | None:
        """How many days a day lies off; None for one that is too far to mean this payment."""
        before, after = _before(self.side, windows), _after(self.side, windows)
        if not self.first - before <= on <= self.last + after:
            return None
        return max((self.first - on).days, (on - self.last).days, 0)


@dataclass(frozen=True, slots=True)
class Row:
    """An entry, a payment of the record, or both as one."""

    state: State
    said: Said | None = None
    known: Known | None = None

    @property
    def on(self) -> date:
        """The day that it counts under: the parent's own, where there is one."""
        if self.said is not None:
            return self.said.on
        assert self.known is not None, "a row is of somebody"
        return self.known.day

    @property
    def mine(self) -> Decimal | None:
        """What the parent has; None for nothing."""
        return None if self.said is None else self.said.amount

    @property
    def agency(self) -> Decimal | None:
        """What the agency has; None for nothing."""
        if self.state is State.TAKEN_BACK or self.known is None:
            return None
        is_equal = self.said is not None and self.said.amount in self.known.amounts
        return self.said.amount if self.said and is_equal else self.known.amounts[0]

    @property
    def difference(self) -> Decimal:
        """More than zero where the parent has more."""
        return (self.mine or ZERO) - (self.agency or ZERO)


@dataclass(frozen=True, slots=True)
class Month:
    """One month, by its first day."""

    first: date
    rows: tuple[Row, ...]

    @property
    def mine(self) -> Decimal:
        """What the parent has, of what is compared."""
        return _sum(row.mine for row in self.rows if row.state in COMPARED)

    @property
    def agency(self) -> Decimal:
        """What the agency has, of what is compared."""
        return _sum(row.agency for row in self.rows if row.state in COMPARED)

    @property
    def difference(self) -> Decimal:
        """More than zero where the parent has more."""
        return self.mine - self.agency

    @property
    def apart(self) -> Decimal:
        """What the parent has that is not compared."""
        return _sum(row.mine for row in self.rows if row.state not in COMPARED)


@dataclass(frozen=True, slots=True)
class Reach:
    """From which day to which the agency's record speaks, and today."""

    first: date
    last: date
    today: date


def match(
    said: Iterable[Said], known: Iterable[Known], windows: OwnRecords = USUAL
) -> dict[str, str]:
    """Which payment of the record an entry means: keys of entries to keys of payments.

    The same side and amount, a few days apart at most, one to one: as many as can be, and of all
    ways to do so one with the fewest days between them. The order of input does not matter.
    """
    entries = [it for it in said if not it.direct]
    payments = list(known)
    found: dict[str, str] = {}
    for place in range(max((len(it.amounts) for it in payments), default=0)):
        taken = set(found.values())
        open_said: dict[tuple[Side, Decimal], list[Said]] = defaultdict(list)
        open_known: dict[tuple[Side, Decimal], list[Known]] = defaultdict(list)
        for entry in entries:
            if entry.key not in found:
                open_said[entry.side, entry.amount].append(entry)
        for payment in payments:
            if payment.key not in taken and place < len(payment.amounts):
                open_known[payment.side, payment.amounts[place]].append(payment)
        for alike in open_said.keys() & open_known.keys():
            found |= _pairs(open_said[alike], open_known[alike], windows)
    return found


def match_others(
    said: Iterable[Said], known: Iterable[Known], windows: OwnRecords = USUAL
) -> dict[str, str]:
    """Which payment of another amount an entry may mean: keys of entries to keys of payments.

    For what `match` left: the same side, a few days apart at most, come as the entry says, one to
    one as there. The order of input does not matter.
    """
    entries, payments = [it for it in said if not it.direct], list(known)
    found: dict[str, str] = {}
    for side in Side:
        mine = [it for it in entries if it.side is side]
        found |= _pairs(mine, [it for it in payments if it.side is side], windows)
    return found


def compare(
    said: Iterable[Said],
    known: Iterable[Known],
    taken_back: Iterable[Known],
    reach: Reach,
    windows: OwnRecords = USUAL,
) -> tuple[Month, ...]:
    """Both records, month by month, the newest first, from the day of the first entry on.

    A payment that both have counts in the month of the parent's own day, on both sides alike.
    Equal amounts are found first, then what was taken back, then what has another amount.

    :param taken_back: payments that the agency had and that did not stay.
    """
    entries, by_key = list(said), {it.key: it for it in known}
    matched = match(entries, by_key.values(), windows)
    gone = {it.key: it for it in taken_back}
    left = match([it for it in entries if it.key not in matched], gone.values(), windows)
    meant = set(matched.values())
    others = match_others(
        [it for it in entries if it.key not in matched and it.key not in left
         and _lacked(it, reach, windows) is State.MISSING],
        [it for it in by_key.values() if it.key not in meant],
        windows,
    )  # fmt: skip
    rows: list[Row] = []
    for it in entries:
        if it.key in matched:
            rows.append(Row(State.BOTH, it, by_key[matched[it.key]]))
        elif it.key in left:
            rows.append(Row(State.TAKEN_BACK, it, gone[left[it.key]]))
        elif it.key in others:
            rows.append(Row(State.OTHER_AMOUNT, it, by_key[others[it.key]]))
        else:
            rows.append(Row(_lacked(it, reach, windows), it))
    begins = min((it.on for it in entries if not it.direct), default=None)
    if begins is not None:
        meant |= set(others.values())
        rows += [
            Row(_state_of_known(it, reach, windows), known=it)
            for it in by_key.values()
            if it.key not in meant and it.day >= begins
        ]
    return _months(rows)


def _lacked(said: Said, reach: Reach, windows: OwnRecords) -> State:
    """How an entry stands that the agency has nothing for."""
    if said.direct:
        return State.DIRECT
    if said.on < reach.first:
        return State.TOO_OLD
    # It may be on its way to the agency, or have left it after the last day of the record.
    lag = _before(said.side, windows)
    return State.TOO_NEW if said.on + lag > reach.last else State.MISSING


def _state_of_known(known: Known, reach: Reach, windows: OwnRecords) -> State:
    lag = _after(known.side, windows)
    is_new = known.side is Side.RECEIVED and known.last + lag >= reach.today
    return State.ON_THE_WAY if is_new else State.ONLY_AGENCY


def _before(side: Side, windows: OwnRecords) -> timedelta:
    days = windows.made_before_days if side is Side.MADE else windows.received_before_days
    return timedelta(days=days)


def _after(side: Side, windows: OwnRecords) -> timedelta:
    days = windows.made_after_days if side is Side.MADE else windows.received_after_days
    return timedelta(days=days)


def _months(rows: Iterable[Row]) -> tuple[Month, ...]:
    by_month: dict[date, list[Row]] = defaultdict(list)
    for row in rows:
        by_month[first_of_month(row.on)].append(row)
    return tuple(
        Month(first, tuple(sorted(by_month[first], key=_order, reverse=True)))
        for first in sorted(by_month, reverse=True)
    )


def _order(row: Row) -> tuple[date, bool, Decimal, State, date, str]:
    # By what is shown first of all: keys tell nothing, and differ from load to load.
    key = row.said.key if row.said is not None else row.known.key if row.known else ""
    amount = row.mine if row.mine is not None else row.agency
    listed = row.known.day if row.known is not None else row.on
    return row.on, row.said is not None, amount or ZERO, row.state, listed, key


def _pairs(said: Sequence[Said], known: Sequence[Known], windows: OwnRecords) -> Mapping[str, str]:
    """The best pairs of entries and payments, in the order of days on both sides."""
    entries = sorted(said, key=lambda it: (it.on, it.key))
    payments = sorted(known, key=lambda it: (it.first, it.last, it.day, it.key))
    best = [[0] * (len(payments) + 1) for _entry in range(len(entries) + 1)]
    for row, entry in enumerate(entries, start=1):
        above, here = best[row - 1], best[row]
        for place, payment in enumerate(payments, start=1):
            days = payment.days_from(entry.on, windows)
            here[place] = max(above[place], here[place - 1])
            if days is not None and _fits(entry, payment):
                here[place] = max(here[place], above[place - 1] + _A_MATCH - days)
    found: dict[str, str] = {}
    row, place = len(entries), len(payments)
    while row and place:
        if best[row][place] == best[row - 1][place]:
            row -= 1
        elif best[row][place] == best[row][place - 1]:
            place -= 1
        else:
            row, place = row - 1, place - 1
            found[entries[row].key] = payments[place].key
    return found


def _fits(said: Said, known: Known) -> bool:
    is_equal = said.amount in known.amounts
    return is_equal or not said.came_as or known.came_as in said.came_as


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), ZERO)
