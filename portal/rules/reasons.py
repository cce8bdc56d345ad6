"""Why a payment is smaller than the ones before, from one case's own figures.

Two payments of one source are held against each other: what came in for the case, and what of it
was held, kept or passed on elsewhere. What came in less is explained by what the case shows: fewer
billing days in the month, another order, arrears that are paid off, another payroll cycle. What is
left has one name, *less came in for this case*: never why, and nothing of the whole payment, which
is not an input here. Amounts are dollars, days agency-local.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from portal.rules.agency import Billing
from portal.rules.calendar import billing_days
from portal.rules.house_figures import Patterns
from portal.rules.money import ZERO, percent_of, round_cent
from portal.rules.pattern import PER_YEAR, cadence, period, usual
from portal.rules.vocabulary import Frequency, OrderKind


class ReasonKind(StrEnum):
    """Why less reached the viewer."""

    FIFTH_BILLING_DAY = "fifth_billing_day"
    """The month before had a billing day more, and the payor pays by the month."""
    ORDER_CHANGED = "order_changed"
    ARREARS_DONE = "arrears_done"
    PAYROLL_CYCLE = "payroll_cycle"
    """Pay comes more often now, and each time less of it."""
    LESS_RECEIVED = "less_received"
    HELD = "held"
    RECOVERED = "recovered"
    FEE = "fee"
    TO_STATE = "to_state"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came in for a case on a day from one kind of source, as shown to the viewer.

    `part` is what came in for the case; the rest says what of it did not reach the viewer (of a
    payor: what did not lower the support that is owed).
    """

    on: date
    stream: str
    part: Decimal
    past_due: Decimal = ZERO
    """What was applied to arrears, interest and penalties."""
    held: Decimal = ZERO
    fee: Decimal = ZERO
    recovered: Decimal = ZERO
    to_state: Decimal = ZERO

    @property
    def reached(self) -> Decimal:
        """What is left."""
        return self.part - self.held - self.fee - self.recovered - self.to_state


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """An order as far as it bears on how large payments are."""

    kind: OrderKind
    amount: Decimal
    frequency: Frequency
    effective_on: date
    ended_on: date | None = None

    def rate(self, day: date) -> Decimal:
        """What it comes to in a year, by what is in force on a day."""
        in_force = self.effective_on <= day <= (self.ended_on or date.max)
        return self.amount * PER_YEAR[self.frequency] if in_force else ZERO


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, and what it explains in dollars."""

    kind: ReasonKind
    amount: Decimal
    since: date | None = None
    """From when on: the day from which the order was lower."""


@dataclass(frozen=True, slots=True)
class Smaller:
    """That a payment is smaller than another, and why."""

    now: Receipt
    before: Receipt
    """The payment it is held against: the last one, or the last of the usual amount."""
    every: Frequency
    """How often such payments came."""
    reasons: tuple[Reason, ...]

    @property
    def by(self) -> Decimal:
        """By how much less reached the viewer."""
        return self.before.reached - self.now.reached


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the case shows beside its payments."""

    orders: tuple[OrderTerms, ...]
    past_due: Callable[[date], Decimal]
    """What is past due as a day ends, of this case."""
    billing: Billing
    withholding_increase: Decimal
    """By how many percent more is withheld while something is past due."""
    figures: Patterns


def why_smaller(receipts: Iterable[Receipt], now: Receipt, case: CaseFacts) -> Smaller | None:
    """Hold the payment against the ones before it; None where it is not smaller, or no pattern.

    `receipts` are those of the case that count, in any order, `now` among them or not. The reasons'
    amounts add up to at least what is missing, and exactly to it where nothing grew.
    """
    known = merged(receipts)
    now = next((it for it in known if (it.on, it.stream) == (now.on, now.stream)), now)
    mine = [it for it in known if it.stream == now.stream]
    earlier = [it for it in mine if it.on < now.on]
    every = cadence((it.on for it in earlier), case.figures)
    before = _held_against(earlier, now, case.figures)
    if every is None or before is None:
        return None
    later = next((it for it in mine if it.on > now.on), None)
    step = _Step(before, now, earlier[-1].on, later, every, case)
    return Smaller(now, before, every, tuple(_reasons(step)))


def merged(receipts: Iterable[Receipt]) -> list[Receipt]:
    """What came on one day from one source as one, by day."""
    found: dict[tuple[date, str], Receipt] = {}
    for it in receipts:
        sofar = found.get((it.on, it.stream))
        found[it.on, it.stream] = it if sofar is None else _sum(sofar, it)
    return [found[key] for key in sorted(found)]


def _sum(one: Receipt, other: Receipt) -> Receipt:
    return Receipt(
        one.on,
        one.stream,
        one.part + other.part,
        one.past_due + other.past_due,
        one.held + other.held,
        one.fee + other.fee,
        one.recovered + other.recovered,
        one.to_state + other.to_state,
    )


def _held_against(earlier: Sequence[Receipt], now: Receipt, figures: Patterns) -> Receipt | None:
    """The payment before, if larger and in line with what is usual; else the last usual one."""
    if not earlier:
        return None
    last = earlier[-figures.usual_of_payments :]
    normal = usual([it.reached for it in last])
    candidates = [last[-1]]
    if normal is not None:
        if last[-1].reached > normal * Decimal("1.5"):
            candidates = []
        candidates += [it for it in reversed(last) if it.reached == normal][:1]
    by = figures.smaller_from
    return next((it for it in candidates if it.reached - now.reached >= by), None)


@dataclass(frozen=True, slots=True)
class _Step:
    """From one payment to a smaller one."""

    before: Receipt
    now: Receipt
    last_on: date
    later: Receipt | None
    every: Frequency
    case: CaseFacts


def stayed(now: Receipt, before: Receipt | None = None) -> Iterator[Reason]:
    """Where parts of a payment stayed on their way; with one before it, what stayed more."""
    for kind, amount, sofar in (
        (ReasonKind.HELD, now.held, before.held if before else ZERO),
        (ReasonKind.RECOVERED, now.recovered, before.recovered if before else ZERO),
        (ReasonKind.FEE, now.fee, before.fee if before else ZERO),
        (ReasonKind.TO_STATE, now.to_state, before.to_state if before else ZERO),
    ):
        if amount > sofar:
            yield Reason(kind, amount - sofar)


def _reasons(step: _Step) -> Iterator[Reason]:
    yield from _received_less(step)
    yield from stayed(step.now, step.before)


def _received_less(step: _Step) -> Iterator[Reason]:
    """What came in less, shared out among what the case shows; the rest has no reason."""
    left = step.before.part - step.now.part
    slack = 1 + step.case.figures.slack_percent / 100
    for explain in (_billing_days, _order, _arrears, _payroll):
        found = explain(step) if left > 0 else None
        if found is not None and found.amount > 0:
            amount = left if left <= found.amount * slack else found.amount
            yield replace(found, amount=amount)
            left -= amount
    if left > 0:
        yield Reason(ReasonKind.LESS_RECEIVED, left)


def _billing_days(step: _Step) -> Reason | None:
    """A weekly order comes to less in a month of four billing days than in one of five."""
    if step.every not in (Frequency.MONTHLY, Frequency.SEMIMONTHLY):
        return None
    billing = step.case.billing
    fewer = billing_days(step.before.on, billing) - billing_days(step.now.on, billing)
    weekly = sum(
        (
            it.amount
            for it in step.case.orders
            if it.frequency is Frequency.WEEKLY and it.rate(step.now.on) and it.rate(step.before.on)
        ),
        ZERO,
    )
    times = PER_YEAR[step.every] // 12
    return Reason(ReasonKind.FIFTH_BILLING_DAY, round_cent(max(fewer, 0) * weekly / times))


def _order(step: _Step) -> Reason | None:
    """The orders come to less than they did shortly before the earlier payment."""
    first = step.before.on - timedelta(days=step.case.figures.order_takes_days)
    now = _rate(step.case, step.now.on)
    starts = {it.effective_on for it in step.case.orders}
    ends = {
        it.ended_on + timedelta(days=1)
        for it in step.case.orders
        if it.ended_on is not None and it.ended_on < date.max
    }
    days = sorted(day for day in starts | ends if first < day <= step.now.on)
    rates = [_rate(step.case, day) for day in (first, *days)]
    drop = max(rates) - now
    if drop <= 0:
        return None
    since = next(
        day for day, rate in zip(reversed(days), reversed(rates[:-1]), strict=True) if rate > now
    )
    return Reason(ReasonKind.ORDER_CHANGED, round_cent(drop / PER_YEAR[step.every]), since)


def _arrears(step: _Step) -> Reason | None:
    """More than current support was taken while something was past due; nothing is any more."""
    eve = step.before.on - timedelta(days=1)
    if step.case.past_due(eve) <= 0 or step.case.past_due(step.now.on) > 0:
        return None
    current = sum(
        (it.rate(step.before.on) for it in step.case.orders if it.kind is not OrderKind.ARREARS),
        ZERO,
    )
    extra = step.before.part - round_cent(current / PER_YEAR[step.every])
    past_due = step.before.past_due - step.now.past_due
    raised = percent_of(step.now.part, step.case.withholding_increase)
    return Reason(ReasonKind.ARREARS_DONE, max(extra, past_due, raised, ZERO))


def _payroll(step: _Step) -> Reason | None:
    """Pay came sooner than before and is as much smaller, and it went on like that."""
    usual_days, days = period(step.every), Decimal((step.now.on - step.last_on).days)
    if days > usual_days * Decimal("0.75"):
        return None
    often = min(PER_YEAR, key=lambda it: abs(period(it) - days))
    if PER_YEAR[often] <= PER_YEAR[step.every]:
        return None
    fair = step.before.part * PER_YEAR[step.every] / PER_YEAR[often]
    if abs(step.now.part - fair) > step.before.part / 10:
        return None
    if step.later is not None and step.later.part > (fair + step.before.part) / 2:
        return None
    return Reason(ReasonKind.PAYROLL_CYCLE, step.before.part - step.now.part)


def _rate(case: CaseFacts, day: date) -> Decimal:
    return sum((it.rate(day) for it in case.orders), ZERO)
