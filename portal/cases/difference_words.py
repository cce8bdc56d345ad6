"""What a recomputation found, in words: what the record has, what it would be, what to do.

The same difference in months that follow each other is said once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.cases import words
from portal.rules.calendar import next_month
from portal.rules.money import ZERO
from portal.rules.recompute import Difference, DifferenceKind
from portal.rules.vocabulary import Category
from portal.web.edge import context
from portal.web.filters import money, month_and_year

Kind = DifferenceKind
TITLES: Mapping[DifferenceKind, str] = {
    Kind.ORDER_CHANGE_NOT_CHARGED: _l("The order changed, and the old amount was still charged"),
    Kind.NOT_CHARGED: _l("Support fell due and was not charged"),
    Kind.WRONG_AMOUNT: _l("The amount charged is not the amount of the order"),
    Kind.CHARGED_AFTER_END: _l("Support was charged after the order ended"),
    Kind.CHARGED_BEFORE_START: _l("Support was charged before the order began"),
    Kind.CHARGED_TWICE: _l("The same day was charged twice"),
    Kind.ON_WITHHOLDING_ONLY: _l("Interest or a penalty on a case that has none"),
    Kind.ON_ORDER_OF_ANOTHER_STATE: _l("Interest or a penalty on an order of another state"),
    Kind.OUTSIDE_SERVICE: _l("Interest or a penalty while we did not work on the case"),
    Kind.COMPOUNDED: _l("Interest or a penalty was worked out on interest"),
    Kind.MINIMUM_WAS_PAID: _l("Interest or a penalty in a month that was paid"),
    Kind.UNDER_THRESHOLD: _l("Interest or a penalty although little was past due"),
    Kind.WRONG_RATE: _l("Interest or a penalty at the wrong rate"),
    Kind.WRONG_BASE: _l("Interest or a penalty on another amount than was past due"),
    Kind.FEE_TOO_MUCH: _l("The yearly fee was charged too often or too early"),
    Kind.CREDIT_WRONG_SIGN: _l("A credit was added to what is owed, not taken off"),
    Kind.HELD_TOO_LONG: _l("A payment still waits although support is past due"),
    Kind.REVERSED_TWICE: _l("A payment that was taken back was added back twice"),
    Kind.FEDERAL_REFUND_NOT_ON_PAST_DUE: _l("A federal tax refund did not go to past-due support"),
    Kind.WRONG_ORDER_OF_APPLICATION: _l(
        "A payment was applied in another order than the rules say"
    ),
    Kind.WRONG_CASE: _l("A payment for several cases went to the wrong one"),
    Kind.NOT_IN_PROPORTION: _l("A payment was not shared between your cases as the rules say"),
}
_RULES: Mapping[DifferenceKind, str] = {
    Kind.ORDER_CHANGE_NOT_CHARGED: _l(
        "From the day a new order begins, its amount is what falls due."
    ),
    Kind.NOT_CHARGED: _l("Each day on which an order falls due brings one charge."),
    Kind.WRONG_AMOUNT: _l("Each charge should be the amount that the court ordered."),
    Kind.CHARGED_AFTER_END: _l("No new support falls due after the last day of an order."),
    Kind.CHARGED_BEFORE_START: _l("No support falls due before the first day of an order."),
    Kind.CHARGED_TWICE: _l("Each day on which an order falls due brings one charge, not two."),
    Kind.ON_WITHHOLDING_ONLY: _l(
        "Where we only pass on what the employer takes from the pay, we add no interest and no"
        " penalties."
    ),
    Kind.ON_ORDER_OF_ANOTHER_STATE: _l(
        "We add no interest and no penalties to an order that another state’s court made. If that"
        " state told us of interest of its own, ask us to show it to you."
    ),
    Kind.OUTSIDE_SERVICE: _l(
        "Interest and penalties are for months in which the case was open with us."
    ),
    Kind.COMPOUNDED: _l(
        "Interest and penalties are worked out on past-due support alone, never on earlier interest"
        " or penalties."
    ),
    Kind.MINIMUM_WAS_PAID: _l(
        "A month in which all that was asked for was paid brings no interest and no penalty."
    ),
    Kind.WRONG_RATE: _l(
        "Each month has one rate. The rate used here is not the one of that month."
    ),
    Kind.WRONG_BASE: _l("They are worked out on the support that was past due on the last day."),
    Kind.FEE_TOO_MUCH: _l("The fee is charged once a year, after enough was collected."),
    Kind.CREDIT_WRONG_SIGN: _l(
        "A credit by a court, a direct payment and a waiver make what is owed smaller."
    ),
    Kind.HELD_TOO_LONG: _l(
        "Money that waits should be applied once support is past due. There can be a reason to"
        " wait that we do not see here."
    ),
    Kind.REVERSED_TWICE: _l(
        "When a payment is taken back, it is owed again one time. Here it was added two times."
    ),
    Kind.FEDERAL_REFUND_NOT_ON_PAST_DUE: _l("A federal tax refund pays past-due support only."),
    Kind.WRONG_ORDER_OF_APPLICATION: _l(
        "A payment goes to the support of the month first and then to what is past due."
    ),
    Kind.WRONG_CASE: _l(
        "A payment that is too small for all your cases is shared by what is due on each."
    ),
    Kind.NOT_IN_PROPORTION: _l(
        "A payment that is too small for all your cases is shared by what is due on each."
    ),
}
_PROOF: Mapping[DifferenceKind, str] = {
    Kind.ORDER_CHANGE_NOT_CHARGED: _l("Have the court’s new order at hand."),
    Kind.CHARGED_AFTER_END: _l("Have the paper at hand that ended the order."),
    Kind.CREDIT_WRONG_SIGN: _l("Have the court’s paper or proof of the direct payment at hand."),
    Kind.HELD_TOO_LONG: _l("Have the day and the amount of the payment at hand."),
}
_OF_PAYMENTS = frozenset(
    {
        Kind.HELD_TOO_LONG,
        Kind.FEDERAL_REFUND_NOT_ON_PAST_DUE,
        Kind.WRONG_ORDER_OF_APPLICATION,
        Kind.WRONG_CASE,
        Kind.NOT_IN_PROPORTION,
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of difference over the months in which it goes on."""

    kind: DifferenceKind
    first: date
    last: date
    parts: tuple[Difference, ...]

    @property
    def record(self) -> Decimal:
        """What the record has in all of them, in dollars."""
        return sum((it.record for it in self.parts), ZERO)

    @property
    def expected(self) -> Decimal:
        """What it would be by the rules, in dollars."""
        return sum((it.expected for it in self.parts), ZERO)

    @property
    def categories(self) -> tuple[Category, ...]:
        """What it is about."""
        return tuple(it for it in Category if any(part.category is it for part in self.parts))


def findings_of(found: Iterable[Difference]) -> tuple[Finding, ...]:
    """The differences, those of one kind in months that follow each other as one."""
    runs: list[list[Difference]] = []
    for it in sorted(found, key=lambda it: (it.kind, it.payment_id or "", it.month, it.category)):
        if runs and _goes_on(runs[-1][-1], it):
            runs[-1].append(it)
        else:
            runs.append([it])
    made = (Finding(run[0].kind, run[0].month, run[-1].month, tuple(run)) for run in runs)
    return tuple(sorted(made, key=lambda it: (it.first, it.kind), reverse=True))


def of_month(found: Iterable[Difference], first: date) -> tuple[Difference, ...]:
    """The differences in the month that begins on that day."""
    return tuple(it for it in found if it.month == first)


def of_line(
    found: Iterable[Difference], *, charge_id: str | None = None, payment_id: str | None = None
) -> tuple[Difference, ...]:
    """The differences that are about that charge or payment."""
    return tuple(it for it in found if it.concerns(charge_id=charge_id, payment_id=payment_id))


def when(finding: Finding) -> str:
    """``August 2026``; ``April 2026 to November 2026``."""
    first, last = month_and_year(finding.first), month_and_year(finding.last)
    return first if first == last else str(_("%(first)s to %(last)s", first=first, last=last))


def what(finding: Finding) -> str:
    """``current support``; ``interest and penalties``."""
    names = [str(words.SHORT_CATEGORIES[it]) for it in finding.categories]
    return (
        names[0]
        if len(names) == 1
        else str(_("%(one)s and %(other)s", one=", ".join(names[:-1]), other=names[-1]))
    )


def compared(finding: Finding) -> str:
    """What the record has beside what it would be by the rules, and by how much."""
    values = {
        "record": money(finding.record),
        "expected": money(finding.expected),
        "what": what(finding),
        "by": money(abs(finding.record - finding.expected)),
    }
    if finding.kind is Kind.HELD_TOO_LONG:
        said = _(
            "%(expected)s of a payment of this month still waits. By the rules it would be taken"
            " off what is past due.",
            **values,
        )
        return str(said)
    if finding.kind in (Kind.WRONG_CASE, Kind.NOT_IN_PROPORTION):
        said = _("The record has %(record)s of a payment of this month on this case.", **values)
    elif finding.kind in _OF_PAYMENTS:
        said = _(
            "The record has %(record)s of a payment of this month applied to %(what)s.", **values
        )
    else:
        said = _("The record has %(record)s for %(what)s.", **values)
    if finding.record > finding.expected:
        return f"{said} {_('By the rules it would be %(expected)s: %(by)s less.', **values)}"
    return f"{said} {_('By the rules it would be %(expected)s: %(by)s more.', **values)}"


def rule(finding: Finding) -> str:
    """The rule, in a sentence or two."""
    if finding.kind is Kind.UNDER_THRESHOLD:
        over = money(context().agency.interest.threshold)
        return str(_("They are added only where more than %(amount)s is past due.", amount=over))
    return str(_RULES[finding.kind])


def at_hand(finding: Finding) -> str:
    """What helps when one asks about it; empty where nothing special does."""
    return str(_PROOF.get(finding.kind, ""))


def _goes_on(one: Difference, other: Difference) -> bool:
    if one.kind is not other.kind or one.payment_id != other.payment_id:
        return False
    return other.month in (one.month, next_month(one.month))
