"""The families in whose record something will be wrong, before anything is."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from portal.demo.extract_people import Person
from portal.demo.extract_plan import CasePlan, Family, Habit, OrderPlan, Single
from portal.demo.extract_special import Maker, Special, be
from portal.rules.vocabulary import Category, Frequency, Interstate, Service, Source

D = Decimal
_DAY = timedelta(days=1)
_FLORIDA = "12"


def _family(
    m: Maker,
    key: str,
    what: str,
    order: OrderPlan,
    habits: tuple[Habit, ...],
    *,
    arrears: str = "",
    singles: tuple[Single, ...] = (),
    **more: Any,
) -> Special:
    payor, custodial = m.payor(language="en"), m.people.adult(language="en")
    opening = {Category.ARREARS: D(arrears)} if arrears else {}
    case = _case(m, custodial, order, opening=opening, **more)
    persona = be(payor, key, f"Something is wrong: {what}", "noncustodial", registered=True)
    return Special(Family(payor, (case,), habits, singles), (persona,))


def _case(m: Maker, custodial: Person, order: OrderPlan, **more: Any) -> CasePlan:
    return m.case(custodial, order, automatic_remedies=False, **more)


def _since(m: Maker) -> date:
    return m.start - timedelta(days=300)


def _weekly(m: Maker, amount: str) -> OrderPlan:
    return m.weekly(amount, _since(m))


def _monthly(m: Maker, amount: str) -> OrderPlan:
    return OrderPlan(D(amount), Frequency.MONTHLY, _since(m))


def _by_month(m: Maker, **more: Any) -> Habit:
    return Habit(Source.PAID_ONLINE, Frequency.MONTHLY, more.pop("since", _since(m)), **more)


def order_changed(m: Maker) -> Special:
    """The court lowered a weekly order; who pays went on paying as charged."""
    return _family(
        m,
        "wrong-order-change",
        "the court lowered the order, and the old amount is still charged",
        _weekly(m, "120.00"),
        (m.wages(_since(m)),),
    )


def missing_charge(m: Maker) -> Special:
    """A little past due, and every Friday paid."""
    return _family(
        m,
        "wrong-charge-missing",
        "one Friday was not charged, and the balance does not add up",
        _weekly(m, "100.00"),
        (m.wages(_since(m)),),
        arrears="300.00",
    )


def after_the_end(m: Maker) -> Special:
    """Who pays stopped when the order ended; interest grew on what was still charged."""
    return _family(
        m,
        "wrong-charged-after-end",
        "the order ended, and support is still charged",
        _weekly(m, "80.00"),
        (m.wages(_since(m), until=m.month(6) - _DAY),),
        children=(m.people.child("Grown", 21, 22),),
    )


def charged_twice(m: Maker) -> Special:
    """A little past due, and every Friday paid."""
    return _family(
        m,
        "wrong-charged-twice",
        "one Friday was charged twice",
        _weekly(m, "95.00"),
        (m.wages(_since(m)),),
        arrears="200.00",
    )


def withholding_only(m: Maker) -> Special:
    """Pass-through service, and three months without pay."""
    return _family(
        m,
        "wrong-interest-withholding-only",
        "interest on a case where we only pass on what the employer withholds",
        _weekly(m, "80.00"),
        (m.wages(_since(m), until=m.month(5) - _DAY), m.wages(m.month(2))),
        service=Service.INCOME_WITHHOLDING_ONLY,
    )


def another_state(m: Maker) -> Special:
    """An order of Florida, and three months unpaid."""
    return _family(
        m,
        "wrong-interest-another-state",
        "interest on an order of another state",
        _monthly(m, "400.00"),
        (_by_month(m, until=m.month(5) - _DAY), _by_month(m, since=m.month(2))),
        interstate=Interstate.RESPONDING,
        other_jurisdiction=_FLORIDA,
        issuing_state=_FLORIDA,
    )


def compounded(m: Maker) -> Special:
    """Half of each Friday's support paid, over all years."""
    return _family(
        m,
        "wrong-interest-on-interest",
        "interest was added on interest",
        _weekly(m, "60.00"),
        (m.wages(_since(m), share=D("0.5")),),
        arrears="4000.00",
    )


def minimum_paid(m: Maker) -> Special:
    """Much past due, and every month's support paid."""
    return _family(
        m,
        "wrong-interest-minimum-paid",
        "interest in a month whose support was paid in full",
        _weekly(m, "70.00"),
        (m.wages(_since(m)),),
        arrears="1800.00",
    )


def under_threshold(m: Maker) -> Special:
    """Little past due, and one month unpaid."""
    return _family(
        m,
        "wrong-interest-little-owed",
        "interest although little is past due",
        _weekly(m, "40.00"),
        (m.wages(_since(m), until=m.month(3) - _DAY), m.wages(m.month(2))),
        arrears="250.00",
    )


def credit_missed(m: Maker) -> Special:
    """A check on top of each month's payment."""
    return _family(
        m,
        "wrong-payment-waits",
        "a payment has waited for months although support is past due",
        _monthly(m, "400.00"),
        (_by_month(m),),
        arrears="1500.00",
        singles=(
            Single(m.month(6) + timedelta(days=14), Source.CHECK_OR_MONEY_ORDER, D("200.00")),
        ),
    )


def federal_refund(m: Maker) -> Special:
    """A tax refund in the one month that was not paid."""
    return _family(
        m,
        "wrong-federal-refund",
        "a federal tax refund was applied to current support",
        _monthly(m, "400.00"),
        (_by_month(m, until=m.month(6) - _DAY), _by_month(m, since=m.month(5))),
        arrears="900.00",
        singles=(Single(m.month(6) + timedelta(days=9), Source.FEDERAL_TAX_OFFSET, D("300.00")),),
    )


def wrong_case(m: Maker) -> Special:
    """Two households, every Friday paid for both."""
    payor = m.payor(language="en")
    first, second = m.people.adult(language="en"), m.people.adult(language="en")
    opening = {Category.ARREARS: D("200.00")}
    cases = (
        _case(m, first, _weekly(m, "100.00"), opening=opening),
        _case(m, second, _weekly(m, "80.00"), opening=opening),
    )
    what = "Something is wrong: a payment for two households went to one"
    return Special(
        Family(payor, cases, (m.wages(_since(m)),)),
        (
            be(payor, "wrong-case", what, "noncustodial", registered=True),
            be(
                second,
                "wrong-case-not-told",
                "One payment is missing, for a reason that she must not learn",
                "custodial",
                registered=True,
            ),
        ),
    )
