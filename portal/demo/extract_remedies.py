"""Enforcement on one case, started and ended by the agency's published thresholds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from portal.demo.extract_books import CaseBook
from portal.demo.extract_people import Numbers
from portal.demo.extract_plan import Action
from portal.rules.agency import Enforcement
from portal.rules.vocabulary import (
    Category,
    EnforcementKind,
    EnforcementStatus,
    Frequency,
    OrderKind,
    Service,
)

PER_YEAR = {
    Frequency.WEEKLY: 52,
    Frequency.BIWEEKLY: 26,
    Frequency.SEMIMONTHLY: 24,
    Frequency.MONTHLY: 12,
}


class Remedies:
    """The remedies of one case; looked at on the last day of each month."""

    def __init__(
        self, book: CaseBook, rules: Enforcement, numbers: Numbers, *, has_wages: bool
    ) -> None:
        self._book, self._rules, self._numbers = book, rules, numbers
        self._has_wages = has_wages
        self._active: dict[EnforcementKind, date] = {}
        self._over: list[Action] = []

    def has(self, kind: EnforcementKind, day: date) -> bool:
        """Whether a remedy is active on a date."""
        return kind in self._active or any(
            action.kind is kind
            and action.status is EnforcementStatus.ACTIVE
            and action.started_on <= day <= (action.ended_on or date.max)
            for action in self._book.plan.actions
        )

    def look(self, day: date) -> None:
        """Start what the case now meets; release everything once nothing is past due."""
        plan = self._book.plan
        if not plan.automatic_remedies or plan.service is not Service.FULL:
            return
        if self._book.arrears <= 0 or not self._book.is_worked(day):
            for kind, since in self._active.items():
                status = EnforcementStatus.RELEASED
                self._over.append(Action(kind, since, status, ended_on=day))
            self._active.clear()
            return
        for kind in self._met(day):
            self._active.setdefault(kind, day)

    def _met(self, day: date) -> Iterator[EnforcementKind]:
        owed, rules = self._book.arrears, self._rules
        if owed > rules.arrears_over:
            yield EnforcementKind.TAX_OFFSET
            if self._has_wages:
                yield EnforcementKind.WITHHOLDING_INCREASE
        weekly = self._weekly(day)
        behind = self._book.paid[Category.CURRENT_SUPPORT] == 0
        if weekly and behind and owed >= weekly * rules.license_weeks:
            yield EnforcementKind.LICENSE_SUSPENSION
        if owed > rules.passport_over:
            yield EnforcementKind.PASSPORT_DENIAL

    def _weekly(self, day: date) -> Decimal:
        return sum(
            (
                order.amount * PER_YEAR[order.frequency] / 52
                for _, order in self._book.orders
                if order.kind is OrderKind.CURRENT_SUPPORT
                and order.effective_on <= day <= (order.ended_on or date.max)
            ),
            Decimal(0),
        )

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows of enforcement.csv."""
        active = (Action(kind, since) for kind, since in self._active.items())
        for action in (*self._book.plan.actions, *self._over, *active):
            yield {
                "action_id": self._numbers.next("E"),
                "case_id": self._book.case_id,
                "kind": action.kind,
                "status": action.status,
                "started_on": action.started_on,
                "ended_on": action.ended_on,
                "reason": action.reason,
            }
