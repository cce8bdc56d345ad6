"""Twelve families in whose record something is wrong, for the pages that find it.

Each is simulated as every other family is; then its finished rows are altered as the mistake would
have left them. They have random numbers and keys of their own: with or without them every other
family is the same, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from portal.demo.extract_people import Numbers, Person
from portal.demo.extract_plan import CasePlan, Family, Habit, OrderPlan, Single
from portal.demo.extract_planted_rows import Fields, Rows, half_percent
from portal.demo.extract_special import Maker, Special, be
from portal.rules.vocabulary import Category, Frequency, Interstate, Service, Source

D = Decimal
_DAY = timedelta(days=1)
_FLORIDA = "12"


@dataclass(frozen=True, slots=True)
class Mistake:
    """A family, and what is done to its finished rows."""

    make: Callable[[Maker], Special]
    alter: Callable[[Rows, Maker], None]


def planted_numbers() -> Numbers:
    """Keys and Social Security numbers far above those of every other family."""
    return Numbers(keys_after=900_000_000, people_after=1_900_000)


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


def _in(month: date) -> Callable[[Fields], bool]:
    """Whether a charge is support of a month."""
    return lambda row: (
        row["category"] == "current_support"
        and (row["due_on"].year, row["due_on"].month) == (month.year, month.month)
    )


def _last_day(m: Maker, months_ago: int) -> date:
    return m.month(months_ago - 1) - _DAY


def _order_changed(m: Maker) -> Special:
    return _family(
        m,
        "wrong-order-change",
        "the court lowered the order, and the old amount is still charged",
        _weekly(m, "120.00"),
        (m.wages(_since(m)),),
    )


def _lower_the_order(rows: Rows, m: Maker) -> None:
    (order,) = rows.of("orders")
    rows.add(
        "orders",
        order
        | {
            "order_id": f"{order['order_id']}-2",
            "amount": D("90.00"),
            "effective_on": m.month(7),
        },
    )
    order["ended_on"] = m.month(7) - _DAY


def _missing_charge(m: Maker) -> Special:
    return _family(
        m,
        "wrong-charge-missing",
        "one Friday was not charged, and the balance does not add up",
        _weekly(m, "100.00"),
        (m.wages(_since(m)),),
        arrears="300.00",
    )


def _lose_a_charge(rows: Rows, m: Maker) -> None:
    lost = rows.of("charges", _in(m.month(4)))[1]["charge_id"]
    rows.remove("charges", lambda row: row["charge_id"] == lost)


def _after_the_end(m: Maker) -> Special:
    return _family(
        m,
        "wrong-charged-after-end",
        "the order ended, and support is still charged",
        _weekly(m, "80.00"),
        (m.wages(_since(m), until=m.month(6) - _DAY),),
        children=(m.people.child("Grown", 21, 22),),
    )


def _end_the_order(rows: Rows, m: Maker) -> None:
    (order,) = rows.of("orders")
    order["ended_on"] = m.month(6) - _DAY


def _charged_twice(m: Maker) -> Special:
    return _family(
        m,
        "wrong-charged-twice",
        "one Friday was charged twice",
        _weekly(m, "95.00"),
        (m.wages(_since(m)),),
        arrears="200.00",
    )


def _charge_again(rows: Rows, m: Maker) -> None:
    row = rows.of("charges", _in(m.month(3)))[0]
    rows.add("charges", row | {"charge_id": f"{row['charge_id']}-2"})
    rows.owe(row["amount"])


def _withholding_only(m: Maker) -> Special:
    return _family(
        m,
        "wrong-interest-withholding-only",
        "interest on a case where we only pass on what the employer withholds",
        _weekly(m, "80.00"),
        (m.wages(_since(m), until=m.month(5) - _DAY), m.wages(m.month(2))),
        service=Service.INCOME_WITHHOLDING_ONLY,
    )


def _another_state(m: Maker) -> Special:
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


def _add_interest(rows: Rows, m: Maker, months_ago: int = 3) -> None:
    day = _last_day(m, months_ago)
    amount = half_percent(rows.owed(day, "current_support", "arrears"))
    rows.charge(day, "interest", amount, "family")
    rows.charge(day, "penalty", amount, "state")


def _compounded(m: Maker) -> Special:
    return _family(
        m,
        "wrong-interest-on-interest",
        "interest was added on interest",
        _weekly(m, "60.00"),
        (m.wages(_since(m), share=D("0.5")),),
        arrears="4000.00",
    )


def _compound(rows: Rows, m: Maker) -> None:
    day = _last_day(m, 3)
    base = rows.owed(day, "current_support", "arrears")
    before = rows.owed(day - _DAY, "interest", "penalty")
    (row,) = rows.of("charges", lambda it: (it["due_on"], it["category"]) == (day, "interest"))
    rows.owe(half_percent(base + before) - row["amount"], "interest")
    row["amount"] = half_percent(base + before)


def _minimum_paid(m: Maker) -> Special:
    return _family(
        m,
        "wrong-interest-minimum-paid",
        "interest in a month whose support was paid in full",
        _weekly(m, "70.00"),
        (m.wages(_since(m)),),
        arrears="1800.00",
    )


def _under_threshold(m: Maker) -> Special:
    return _family(
        m,
        "wrong-interest-little-owed",
        "interest although little is past due",
        _weekly(m, "40.00"),
        (m.wages(_since(m), until=m.month(3) - _DAY), m.wages(m.month(2))),
        arrears="250.00",
    )


def _credit_missed(m: Maker) -> Special:
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


def _leave_it_waiting(rows: Rows, _m: Maker) -> None:
    (payment,) = rows.of("payments", lambda row: row["source"] == Source.CHECK_OR_MONEY_ORDER)
    key = payment["payment_id"]
    for row in rows.of("allocations", lambda row: row["payment_id"] == key):
        row["category"] = "held"
    rows.remove("disbursements", lambda row: row["payment_id"] == key)
    rows.owe(payment["amount"])


def _federal_refund(m: Maker) -> Special:
    return _family(
        m,
        "wrong-federal-refund",
        "a federal tax refund was applied to current support",
        _monthly(m, "400.00"),
        (_by_month(m, until=m.month(6) - _DAY), _by_month(m, since=m.month(5))),
        arrears="900.00",
        singles=(Single(m.month(6) + timedelta(days=9), Source.FEDERAL_TAX_OFFSET, D("300.00")),),
    )


def _apply_to_current(rows: Rows, _m: Maker) -> None:
    (payment,) = rows.of("payments", lambda row: row["source"] == Source.FEDERAL_TAX_OFFSET)
    key = payment["payment_id"]
    (part,) = rows.of("allocations", lambda row: row["payment_id"] == key)
    part["category"] = "current_support"


def _wrong_case(m: Maker) -> Special:
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


def _apply_to_one(rows: Rows, m: Maker) -> None:
    first, second = rows.case_ids()
    payment = max(
        rows.of("payments", lambda row: row["received_on"] < m.month(2)),
        key=lambda row: row["received_on"],
    )
    key = payment["payment_id"]

    def there(row: Fields) -> bool:
        return bool(row["payment_id"] == key and row["case_id"] == second)

    (part,) = rows.of("allocations", there)
    rows.remove("allocations", there)
    rows.add("allocations", part | {"case_id": first, "category": "arrears"})
    rows.remove("disbursements", there)
    for row in rows.of("disbursements", lambda row: row["payment_id"] == key):
        row["amount"] += part["amount"]
    rows.owe(-part["amount"], case=0)
    rows.owe(part["amount"], case=1)


PLANTED = (
    Mistake(_order_changed, _lower_the_order),
    Mistake(_missing_charge, _lose_a_charge),
    Mistake(_after_the_end, _end_the_order),
    Mistake(_charged_twice, _charge_again),
    Mistake(_withholding_only, _add_interest),
    Mistake(_another_state, _add_interest),
    Mistake(_compounded, _compound),
    Mistake(_minimum_paid, _add_interest),
    Mistake(_under_threshold, _add_interest),
    Mistake(_credit_missed, _leave_it_waiting),
    Mistake(_federal_refund, _apply_to_current),
    Mistake(_wrong_case, _apply_to_one),
)
