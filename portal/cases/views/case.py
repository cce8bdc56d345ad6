"""Your case: its first page, its orders, its balances."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.cases.other_parent_page import other_parent_page
from portal.cases.overview_page import overview_page
from portal.cases.page import case_for, my_case_list, render_case, token_of
from portal.cases.state_words import why_owed_to_state
from portal.cases.views.blueprint import blueprint
from portal.ledger.balances import balances_shown
from portal.ledger.checks import findings
from portal.ledger.orders import due_in, orders_shown
from portal.web import db
from portal.web.access import signed_in


@blueprint.get("/cases")
@signed_in
def index() -> ResponseReturnValue:
    """To the person's case; a page that says so where there is none."""
    labels = my_case_list()
    if not labels:
        return render_template("cases/index.html")
    return redirect(url_for("cases.overview", case=token_of(labels[0].case_id)))


@blueprint.get("/cases/<case>")
@signed_in
def overview(case: str) -> ResponseReturnValue:
    """Your case at a glance."""
    view = case_for(case)
    shown = overview_page(db(), current_user.id, view)
    return render_case("cases/overview.html", view, shown=shown)


@blueprint.get("/cases/<case>/order")
@signed_in
def order(case: str) -> ResponseReturnValue:
    """What the court ordered, and what it comes to."""
    view = case_for(case)
    orders = orders_shown(db(), view)
    return render_case("cases/order.html", view, orders=orders, due_in=due_in(orders))


@blueprint.get("/cases/<case>/balances")
@signed_in
def balances(case: str) -> ResponseReturnValue:
    """What is owed, for what, to whom."""
    view = case_for(case)
    shown = balances_shown(db(), view)
    found = findings(db(), view, shown)
    return render_case(
        "cases/balances.html",
        view,
        balances=shown,
        findings=found,
        why_owed_to_state=why_owed_to_state,
    )


@blueprint.get("/account/other-parent")
@signed_in
def other_parents() -> ResponseReturnValue:
    """To what the other parent sees of the person's case; in general where there is none."""
    labels = my_case_list()
    if not labels:
        return redirect(url_for("web.privacy"))
    return redirect(url_for("cases.other_parent", case=token_of(labels[0].case_id)))


@blueprint.get("/cases/<case>/other-parent")
@signed_in
def other_parent(case: str) -> ResponseReturnValue:
    """What the other parent can see of the case, as a preview."""
    view = case_for(case)
    return render_case("cases/other_parent.html", view, page=other_parent_page(db(), view))
