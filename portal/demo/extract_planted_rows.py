"""A family's finished rows, to be altered as an agency's mistake would have left them.

Nothing here asks `portal.rules`: the mistakes are made, and their sums worked out, on their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal.demo.extract_simulation import Row

Fields = dict[str, Any]


class Rows:
    """The rows of one family, by file."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = list(rows)

    def of(self, name: str, which: Callable[[Fields], bool] = lambda _row: True) -> list[Fields]:
        """Rows of a file (`charges`), in their order."""
        return [row for file, row in self.rows if file == f"{name}.csv" and which(row)]

    def add(self, name: str, row: Fields) -> None:
        """One row more."""
        self.rows.append((f"{name}.csv", row))

    def remove(self, name: str, which: Callable[[Fields], bool]) -> None:
        """Take rows of a file away."""
        file_name = f"{name}.csv"
        self.rows = [(file, row) for file, row in self.rows if file != file_name or not which(row)]

    def case_ids(self) -> list[str]:
        """The family's cases, in the order they were made."""
        return [row["case_id"] for row in self.of("cases")]

    def owe(
        self, amount: Decimal, category: str = "arrears", to: str = "family", case: int = 0
    ) -> None:
        """Raise a balance by dollars (below zero: lower it); one that was not there begins."""
        case_id = self.case_ids()[case]
        for row in self.of("balances"):
            if (row["case_id"], row["category"], row["owed_to"]) == (case_id, category, to):
                row["amount"] += amount
                return
        as_of = self.of("balances")[0]["as_of"]
        self.add(
            "balances",
            {
                "case_id": case_id,
                "as_of": as_of,
                "category": category,
                "owed_to": to,
                "amount": amount,
            },
        )

    def owed(self, day: date, *categories: str) -> Decimal:
        """What the rows come to at the end of a day, of the categories named, in dollars."""
        charged = sum(
            (
                row["amount"]
                for row in self.of("charges")
                if row["category"] in categories and row["due_on"] <= day
            ),
            Decimal(0),
        )
        received = {
            row["payment_id"]
            for row in self.of("payments")
            if row["received_on"] <= day and not row["reversed_on"]
        }
        paid = sum(
            (
                row["amount"]
                for row in self.of("allocations")
                if row["category"] in categories and row["payment_id"] in received
            ),
            Decimal(0),
        )
        return charged - paid

    def charge(self, day: date, category: str, amount: Decimal, owed_to: str) -> None:
        """A row of interest or penalty that should not be there, and its balance."""
        last = self.of("charges")[-1]
        self.add(
            "charges",
            {
                "charge_id": f"{last['charge_id']}-{category[0].upper()}",
                "case_id": last["case_id"],
                "due_on": day,
                "kind": "charge",
                "category": category,
                "amount": amount,
            },
        )
        self.owe(amount, category, owed_to)


def half_percent(amount: Decimal) -> Decimal:
    """0.5 % of dollars, to the cent."""
    return (amount / 200).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
