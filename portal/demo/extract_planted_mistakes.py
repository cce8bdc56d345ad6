"""What the mistakes do to a family's finished rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from portal.demo.extract_planted_rows import Fields, Rows, half_percent
from portal.demo.extract_special import Maker
from portal.rules.vocabulary import Source

D = Decimal
_DAY = timedelta(days=1)


def _in(month: date) -> Callable[[Fields], bool]:
    """Whether a charge is support of a month."""
    return lambda row: (
        row["category"] == "current_support"
        and (row["due_on"].year, row["due_on"].month) == (month.year, month.month)
    )


def _last_day(m: Maker, months_ago: int) -> date:
    return m.month(months_ago - 1) - _DAY


def lower_the_order(rows: Rows, m: Maker) -> None:
    """The order that the court made, of which the charges know nothing."""
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


def lose_a_charge(rows: Rows, m: Maker) -> None:
    """The second Friday's charge of a month goes; the balance keeps it."""
    lost = rows.of("charges", _in(m.month(4)))[1]["charge_id"]
    rows.remove("charges", lambda row: row["charge_id"] == lost)


def end_the_order(rows: Rows, m: Maker) -> None:
    """The end that the court set, of which the charges know nothing."""
    (order,) = rows.of("orders")
    order["ended_on"] = m.month(6) - _DAY


def charge_again(rows: Rows, m: Maker) -> None:
    """A month's first Friday is charged again."""
    row = rows.of("charges", _in(m.month(3)))[0]
    rows.add("charges", row | {"charge_id": f"{row['charge_id']}-2"})
    rows.owe(row["amount"])


def add_interest(rows: Rows, m: Maker, months_ago: int = 3) -> None:
    """Interest and penalty that the rules do not bring, half a percent each."""
    day = _last_day(m, months_ago)
    amount = half_percent(rows.owed(day, "current_support", "arrears"))
    rows.charge(day, "interest", amount, "family")
    rows.charge(day, "penalty", amount, "state")


def compound(rows: Rows, m: Maker) -> None:
    """A month's interest is worked out on earlier interest and penalties too."""
    day = _last_day(m, 3)
    base = rows.owed(day, "current_support", "arrears")
    before = rows.owed(day - _DAY, "interest", "penalty")
    (row,) = rows.of("charges", lambda it: (it["due_on"], it["category"]) == (day, "interest"))
    rows.owe(half_percent(base + before) - row["amount"], "interest")
    row["amount"] = half_percent(base + before)


def leave_it_waiting(rows: Rows, _m: Maker) -> None:
    """A check is held and nothing of it sent on."""
    (payment,) = rows.of("payments", lambda row: row["source"] == Source.CHECK_OR_MONEY_ORDER)
    key = payment["payment_id"]
    for row in rows.of("allocations", lambda row: row["payment_id"] == key):
        row["category"] = "held"
    rows.remove("disbursements", lambda row: row["payment_id"] == key)
    rows.owe(payment["amount"])


def apply_to_current(rows: Rows, _m: Maker) -> None:
    """A tax refund on arrears becomes one on current support."""
    (payment,) = rows.of("payments", lambda row: row["source"] == Source.FEDERAL_TAX_OFFSET)
    key = payment["payment_id"]
    (part,) = rows.of("allocations", lambda row: row["payment_id"] == key)
    part["category"] = "current_support"


def apply_to_one(rows: Rows, m: Maker) -> None:
    """What one household was due of a payment goes to the other's arrears."""
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
