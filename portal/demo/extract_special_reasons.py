"""Families of whom one payment is smaller than the others, each for one reason alone.

Each family has also a payment that looks alike and is smaller for another reason. They have random
numbers and keys of their own: with or without them every other family is the same, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from portal.demo.extract_disbursing import business_day
from portal.demo.extract_people import Numbers, Person
from portal.demo.extract_plan import Action, CasePlan, Entry, Family, Habit, OrderPlan, Single
from portal.demo.extract_special import Maker, Special, be
from portal.rules.calendar import billing_days, end_of_month, weekday_on_or_after
from portal.rules.money import percent_of
from portal.rules.reasons import ReasonKind
from portal.rules.vocabulary import (
    Category,
    ChargeKind,
    ChargeReason,
    EnforcementKind,
    Frequency,
    Source,
)

D = Decimal
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Telling:
    """A family, the day of the payment that is smaller for one reason alone, and of its double."""

    kind: ReasonKind
    special: Special
    true_on: date
    alike_on: date
    """Smaller too, and not for that reason."""
    custodial: Person


def reason_numbers() -> Numbers:
    """Keys and Social Security numbers far above those of every other family."""
    return Numbers(keys_after=950_000_000, people_after=1_940_000)


def _payday(m: Maker, day: date) -> date:
    """The first billing weekday on or after a day: when weekly pay is taken."""
    return weekday_on_or_after(day, m.agency.billing.weekday)


def _last_payday(m: Maker, month: date) -> date:
    return _payday(m, end_of_month(month) - timedelta(days=6))


def _weekly(m: Maker, since: date, other: Mapping[date, str]) -> tuple[Habit, ...]:
    """Weekly withholding in full, but on some paydays another share; a share of 0 is no pay."""
    habits: list[Habit] = []
    for day in sorted(other):
        habits.append(m.wages(since, until=day - _DAY))
        if D(other[day]):
            habits.append(m.wages(day, until=day, share=D(other[day])))
        since = day + _DAY
    return (*habits, m.wages(since))


def _arrears(day: date, amount: str | Decimal) -> Entry:
    return Entry(day, Category.ARREARS, D(amount), reason=ChargeReason.COURT_ORDER)


def _told(
    m: Maker,
    kind: ReasonKind,
    what: str,
    case: CasePlan,
    habits: tuple[Habit, ...],
    days: tuple[date, date],
    *,
    singles: tuple[Single, ...] = (),
    also: tuple[CasePlan, ...] = (),
) -> Telling:
    payor, true_on = m.payor(language="en"), business_day(days[0])
    custodial = case.custodial
    why = f"A payment is smaller: {what}. See {true_on:%B} {true_on.day}, {true_on.year}"
    key = f"why-{kind.value.replace('_', '-')}"
    personas = (
        be(custodial, key, why, "custodial", registered=True),
        be(payor, f"{key}-payor", f"Pays that case: {what}", "noncustodial"),
    )
    family = Family(payor, (case, *also), habits, singles)
    return Telling(kind, Special(family, personas), true_on, business_day(days[1]), custodial)


def _case(m: Maker, *orders: OrderPlan, **more: object) -> CasePlan:
    return m.case(m.people.adult(language="en"), *orders, automatic_remedies=False, **more)


def fifth_billing_day(m: Maker) -> Telling:
    """Pays each month what is due in it: 5 Fridays, then 4. Once a quarter is missing."""
    since, billing = m.month(40), m.agency.billing

    def fewer(count: int) -> int:
        return billing_days(m.month(count + 1), billing) - billing_days(m.month(count), billing)

    true = next(n for n in range(1, 12) if fewer(n) > 0)
    alike = next(
        n
        for n in range(true + 3, true + 20)
        if not fewer(n) and billing_days(m.month(n), billing) == 4
    )
    check, every = Source.CHECK_OR_MONEY_ORDER, Frequency.MONTHLY
    true_on, alike_on = (m.month(n).replace(day=billing.monthly_day) for n in (true, alike))
    habits = (
        Habit(check, every, since, alike_on - _DAY),
        Habit(check, every, alike_on, alike_on, share=D("0.75")),
        Habit(check, every, alike_on + _DAY),
    )
    case = _case(m, m.weekly("100.00", since))
    days = (true_on, alike_on)
    kind = ReasonKind.FIFTH_BILLING_DAY
    return _told(m, kind, "the month before had a Friday more", case, habits, days)


def order_changed(m: Maker) -> Telling:
    """The court lowered the order; months before, one payment was too small."""
    since, change = m.month(40), m.month(3)
    true, alike = _payday(m, change), _payday(m, m.month(8) + timedelta(days=9))
    case = _case(
        m, m.weekly("120.00", since, change - _DAY), OrderPlan(D(90), Frequency.WEEKLY, change)
    )
    habits = _weekly(m, since, {alike: "0.75"})
    return _told(
        m, ReasonKind.ORDER_CHANGED, "the court lowered the order", case, habits, (true, alike)
    )


def arrears_done(m: Maker) -> Telling:
    """More is taken until arrears are paid off; later it stops while some are left."""
    since, raised = m.month(40), EnforcementKind.WITHHOLDING_INCREASE
    more = percent_of(D(100), m.agency.enforcement.withholding_increase_percent)
    fridays = sum(billing_days(m.month(n), m.agency.billing) for n in (9, 8, 7))
    case = _case(
        m,
        m.weekly("100.00", since),
        entries=(
            _arrears(m.month(10) + timedelta(days=4), more * fridays),
            _arrears(m.month(5) + timedelta(days=4), "400.00"),
        ),
        actions=(
            Action(raised, m.month(9), ended_on=m.month(6) - _DAY),
            Action(raised, m.month(4), ended_on=m.month(3) - _DAY),
        ),
    )
    days = (_payday(m, m.month(6)), _payday(m, m.month(3)))
    habits = _weekly(m, since, {})
    return _told(m, ReasonKind.ARREARS_DONE, "arrears are paid off", case, habits, days)


def payroll_cycle(m: Maker) -> Telling:
    """Paid every two weeks, then every week; before that, one half was missing."""
    since, every = _payday(m, m.month(20)), Frequency.BIWEEKLY
    last = since + 2 * _WEEK * ((m.month(4) - since).days // 14)
    alike = last - 2 * _WEEK * 9
    case = _case(
        m, m.weekly("100.00", m.month(20)), entries=(_arrears(m.month(20) + _DAY, "300.00"),)
    )
    wages = Source.INCOME_WITHHOLDING
    habits = (
        Habit(wages, every, since, alike - _DAY),
        Habit(wages, every, alike, alike, share=D("0.5")),
        Habit(wages, every, alike + 2 * _WEEK, last),
        m.wages(last + _DAY),
    )
    days = (last + _WEEK, alike)
    return _told(m, ReasonKind.PAYROLL_CYCLE, "pay comes every week now", case, habits, days)


def held(m: Maker) -> Telling:
    """The last payment is held. Months before, one was too small while other money was held."""
    since, alike = m.month(40), _payday(m, m.month(3) + timedelta(days=9))
    true = _payday(m, m.as_of - timedelta(days=6))
    case = _case(m, m.weekly("100.00", since), entries=(_arrears(m.month(12) + _DAY, "300.00"),))
    singles = (
        Single(alike, Source.FEDERAL_TAX_OFFSET, D("40.00"), held=True),
        Single(
            true,
            Source.INCOME_WITHHOLDING,
            D("100.00"),
            held=True,
        ),
    )
    habits = _weekly(m, since, {alike: "0.6", true: "0"})
    return _told(
        m, ReasonKind.HELD, "we hold it for now", case, habits, (true, alike), singles=singles
    )


def recovered(m: Maker) -> Telling:
    """A check bounced after it was sent on; 20 of each payment are kept until it is paid back."""
    since, alike = m.month(40), _payday(m, m.month(10) + timedelta(days=9))
    single, back = _bounced(m.month(5) + timedelta(days=6), "200.00")
    case = _case(
        m,
        m.weekly("100.00", since),
        entries=(_arrears(m.month(14) + _DAY, "400.00"),),
        recover=D("20.00"),
    )
    habits, days = _weekly(m, since, {alike: "0.8"}), (_payday(m, back + _DAY), alike)
    what = "a part repays what was sent by mistake"
    return _told(m, ReasonKind.RECOVERED, what, case, habits, days, singles=(single,))


def fee(m: Maker) -> Telling:
    """A fee is paid from the last payment of a month; from a later one, too small, it is not."""
    since = m.month(40)
    true, alike = _last_payday(m, m.month(6)), _last_payday(m, m.month(3))
    fees = tuple(
        Entry(m.month(n) + _DAY, Category.FEE, D("35.00"), ChargeKind.CHARGE, note="annual fee")
        for n in (6, 3)
    )
    case = _case(m, m.weekly("100.00", since), entries=fees)
    single = Single(m.month(6) + timedelta(days=2), Source.PAID_ONLINE, D("35.00"))
    habits = _weekly(m, since, {alike: "0.65"})
    what = "a fee was paid from it"
    return _told(m, ReasonKind.FEE, what, case, habits, (true, alike), singles=(single,))


def less_received(m: Maker) -> Telling:
    """The same pay is shared with a second household, of which the first must not learn.

    Before that, a check bounced and a part was kept: what came in was the same.
    """
    since, second = m.month(30), m.month(5)
    single, back = _bounced(m.month(10) + timedelta(days=6), "150.00")
    case = _case(
        m,
        m.weekly("100.00", since),
        entries=(_arrears(m.month(14) + _DAY, "300.00"),),
        recover=D("37.50"),
    )
    other = _case(m, m.weekly("60.00", second))
    habits = (m.wages(since, until=second - _DAY), m.wages(second, share=D("0.625")))
    days = (_payday(m, second), _payday(m, back + _DAY))
    kind, what = ReasonKind.LESS_RECEIVED, "less came in for the case"
    return _told(m, kind, what, case, habits, days, singles=(single,), also=(other,))


def to_state(m: Maker) -> Telling:
    """Support went to the state for three months; later one payment was small."""
    since, alike = m.month(40), _payday(m, m.month(2) + timedelta(days=9))
    case = _case(m, m.weekly("100.00", since), assistance=(m.month(8), m.month(5) - _DAY))
    days = (_payday(m, m.month(8)), alike)
    habits = _weekly(m, since, {alike: "0.4"})
    return _told(m, ReasonKind.TO_STATE, "it went to the state", case, habits, days)


def _bounced(day: date, amount: str) -> tuple[Single, date]:
    """A check of that day that is taken back nine days after it came in, and when that is."""
    back = business_day(day) + timedelta(days=9)
    check = Source.CHECK_OR_MONEY_ORDER
    return Single(day, check, D(amount), reversed_on=day + timedelta(days=9)), back


def late(m: Maker) -> Special:
    """Weekly pay that stopped coming ten days ago or more."""
    payor, custodial = m.payor(language="en"), m.people.adult(language="en")
    since = m.month(26)
    habit = m.wages(since, until=m.ago(11))
    persona = be(custodial, "payment-is-late", "A payment is late", "custodial", registered=True)
    return m.story(payor, m.case(custodial, m.weekly("80.00", since)), habit, persona)


TELLINGS: tuple[Callable[[Maker], Telling], ...] = (
    fifth_billing_day,
    order_changed,
    arrears_done,
    payroll_cycle,
    held,
    recovered,
    fee,
    less_received,
    to_state,
)


def _family_of(tell: Callable[[Maker], Telling]) -> Callable[[Maker], Special]:
    return lambda m: tell(m).special


REASON_FAMILIES = (*map(_family_of, TELLINGS), late)
