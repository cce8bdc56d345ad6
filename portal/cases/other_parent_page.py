"""What the other parent can see of a case, as a preview for the parent who looks.

Values are shown only of what both parents may see; all else is called by its name. Whether there
is another parent now, and since when, is not told: the page is the same with and without one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from portal.accounts.safety_marks import is_marked
from portal.cases import words
from portal.cases.explain_words import line_name
from portal.cases.other_parent_words import Group, Told, told
from portal.cases.phrases import order_in_words
from portal.ledger.balances import balances_shown
from portal.ledger.case_view import CaseView
from portal.ledger.enforcement import enforcement_shown
from portal.ledger.explained import explained
from portal.ledger.lines import LineKind
from portal.ledger.orders import Order, orders_shown
from portal.ledger.payments import Payment, payments_shown
from portal.ledger.people import childrens_names
from portal.rules.disclosing import source_shown
from portal.rules.disclosure import Datum, Medium, Viewer
from portal.rules.vocabulary import Source
from portal.web.filters import day, money

Values = Callable[[], list[str]]


@dataclass(frozen=True, slots=True)
class Item:
    """One datum, with this case's own values where both parents see them."""

    told: Told
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OtherParentPage:
    """All of the page."""

    sees: tuple[Item, ...]
    never: tuple[Item, ...]
    their_own: tuple[Item, ...]
    is_marked: bool


def other_parent_page(session: Session, view: CaseView) -> OtherParentPage:
    """What the page shows."""
    other = Viewer.CUSTODIAL if view.is_payor else Viewer.PAYOR
    values = _values(session, view)
    found: dict[Group, list[Item]] = {group: [] for group in Group}
    for datum, words_of in told(other):
        preview = values[datum]() if words_of.group is Group.SEES and datum in values else []
        found[words_of.group].append(Item(words_of, tuple(preview)))
    return OtherParentPage(
        tuple(found[Group.SEES]),
        tuple(found[Group.NEVER]),
        tuple(found[Group.THEIR_OWN]),
        is_marked(session, view.participant_id),
    )


def _values(session: Session, view: CaseView) -> Mapping[Datum, Values]:
    """What both see, as this parent's own pages have it: nothing else is read for the preview."""
    orders = orders_shown(session, view)
    payment = _newest(session, view)
    found: dict[Datum, Values] = {
        Datum.CASE_NUMBER: lambda: [view.case_id],
        Datum.CASE_STATUS: lambda: _status(view),
        Datum.COURT_AND_DOCKET: lambda: _courts(orders),
        Datum.ANOTHER_AGENCY: lambda: [_("Another agency takes part")] * view.another_agency,
        Datum.CHILDRENS_NAMES: lambda: list(childrens_names(session, view)),
        Datum.ORDER: lambda: [order_in_words(it) for it in orders if it.is_current],
        Datum.CHARGES: lambda: _charge(session, view),
        Datum.BALANCES: lambda: _balances(session, view),
        Datum.PAYMENT_AMOUNT: lambda: _part(payment),
        Datum.ENFORCEMENT: lambda: _actions(session, view),
    }
    if view.is_payor:  # of their own payment a payor knows the source, and so what is made of it
        found[Datum.PAYMENT_SOURCE] = lambda: _kind(payment)
    # The day first sent on has no value: a payor's can be that of a sending she is not shown.
    return found


def _newest(session: Session, view: CaseView) -> Payment | None:
    """Of which something stays on the case: one that went wholly back the payor alone sees."""
    payments = payments_shown(session, view)
    return next((it for it in payments if it.received_on and it.received_in), None)


def _status(view: CaseView) -> list[str]:
    return [] if view.ended_on is not None else [str(words.CASE_STATUSES[view.row.status])]


def _courts(orders: tuple[Order, ...]) -> list[str]:
    named = (", ".join(it for it in (order.court, order.docket) if it) for order in orders)
    return list(dict.fromkeys(name for name in named if name))


def _charge(session: Session, view: CaseView) -> list[str]:
    """The newest one."""
    lines = [it.entry for it in explained(session, view).lines if it.entry.kind is LineKind.CHARGE]
    return [f"{line_name(it)}, {day(it.on)}: {money(it.amount)}" for it in lines[-1:]]


def _balances(session: Session, view: CaseView) -> list[str]:
    found = []
    for row in balances_shown(session, view).rows:
        name = str(words.CATEGORIES[row.category])
        to = f", {words.OWED_TO[row.owed_to]}" if row.owed_to else ""
        found.append(f"{name}{to}: {money(row.amount)}")
    return found


def _part(payment: Payment | None) -> list[str]:
    """The part on this case as both know it: without what went back to the payor."""
    if payment is None:
        return []
    values = {"day": day(payment.on), "amount": money(payment.received_in)}
    return [_("Payment of %(day)s, for this case: %(amount)s", **values)]


def _kind(payment: Payment | None) -> list[str]:
    """What the other parent reads in place of the source."""
    if payment is None or not isinstance(payment.source, Source):
        return []
    kind = source_shown(payment.source, Viewer.CUSTODIAL, Medium.PAGE)
    if kind is None:
        return []
    values = {"day": day(payment.on), "source": words.SOURCES[kind]}
    return [_("Payment of %(day)s: %(source)s", **values)]


def _actions(session: Session, view: CaseView) -> list[str]:
    """Their dates: what both see of them."""
    days = dict.fromkeys(it.started_on for it in enforcement_shown(session, view))
    return [_("A collection action, %(day)s", day=day(it)) for it in days]
