"""What every page of a case shares: the guard, the switch between cases, the menu, addresses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, g, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.cases import phrases, words
from portal.ledger.case_list import CaseLabel, case_list
from portal.ledger.case_view import CaseView, case_token, find_case
from portal.ledger.payments import Payment, payment_token
from portal.web.clock import today
from portal.web.edge import context, db
from portal.web.navigation import Entry, is_current

PAGES = ("overview", "payments", "balances", "how_we_got_here", "order", "letters")


def case_for(token: str) -> CaseView:
    """The signed-in person's case behind an address, or 404, alike for all who may not (ACL-1)."""
    view = find_case(
        db(),
        context().opaque,
        current_user.participant_id,
        token,
        agency=context().agency,
        today=today(),
    )
    if view is None:
        abort(404)
    g.case_view = view
    return view


def my_case_list() -> tuple[CaseLabel, ...]:
    """The person's cases, the one to open first at the top; read once a request."""
    if "case_list" not in g:
        g.case_list = case_list(db(), current_user.participant_id, today())
    found: tuple[CaseLabel, ...] = g.case_list
    return found


def token_of(case_id: str) -> str:
    """One of the person's own cases in an address."""
    return case_token(context().opaque, current_user.participant_id, case_id)


def case_address(page: str, view: CaseView, **values: Any) -> str:
    """The address of one of the case's pages."""
    return url_for(f"cases.{page}", case=token_of(view.case_id), **values)


def payment_address(view: CaseView, payment: Payment) -> str:
    """The page of one payment."""
    token = payment_token(context().opaque, view, payment)
    return case_address("payment", view, payment=token)


def month_address(view: CaseView, first: date) -> str:
    """The page of one month of the ledger."""
    return case_address("month", view, month=f"{first:%Y-%m}")


def disagree_address(view: CaseView, subject: str) -> str:
    """Where to say that something in the ledger is wrong, about a line, a payment or a month."""
    return url_for("requests.dispute", case=token_of(view.case_id), subject=subject)


@dataclass(frozen=True, slots=True)
class SwitchItem:
    """One of the person's cases in the switch."""

    label: CaseLabel
    href: str
    current: bool


def render_case(template: str, view: CaseView, **values: Any) -> str:
    """A page of the case with what all of them need."""
    return render_template(
        template,
        view=view,
        switch=_switch(view),
        words=words,
        phrases=phrases,
        case_address=case_address,
        payment_address=payment_address,
        **values,
    )


def navigation() -> Iterable[Entry]:
    """The case's pages, for a parent's menu."""
    if current_user.is_staff:
        return
    view: CaseView | None = g.get("case_view")
    labels = () if view else my_case_list()
    if view is None and not labels:
        yield Entry(_("Your case"), url_for("cases.index"), is_current(url_for("cases.index")))
        return
    case_id = view.case_id if view else labels[0].case_id
    names = (
        _("Your case"),
        _("Payments"),
        _("What is owed"),
        _("How we got here"),
        _("Order"),
        _("Letters"),
    )
    for page, name in zip(PAGES, names, strict=True):
        href = url_for(f"cases.{page}", case=token_of(case_id))
        yield Entry(name, href, is_current(href))


def _switch(view: CaseView) -> list[SwitchItem]:
    if len(view.mine) < 2:
        return []
    endpoint = request.endpoint if request.endpoint in _SWITCHED else "cases.overview"
    return [
        SwitchItem(
            label,
            url_for(endpoint, case=token_of(label.case_id)),
            label.case_id == view.case_id,
        )
        for label in my_case_list()
    ]


_SWITCHED = frozenset(f"cases.{page}" for page in (*PAGES, "other_parent"))
