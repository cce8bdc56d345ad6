"""Lines, payments and months as a parent's pages name them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from portal.context import Context
from portal.ledger.case_view import case_token, open_case
from portal.ledger.explained import explained, line_token, month_token
from portal.ledger.lines import Entry
from portal.ledger.payments import payment_token, payments_shown
from tests.support.clock import Clock


def line_path(
    context: Context, clock: Clock, person: str, case: str, wanted: Callable[[Entry], bool]
) -> str:
    """The address of a dispute of the first such line."""
    with context.database.session() as session:
        view = open_case(session, person, case, agency=context.agency,
                         today=context.agency.local_date(clock()))  # fmt: skip
        assert view is not None
        entry = next(it.entry for it in explained(session, view).lines if wanted(it.entry))
        token = line_token(context.opaque, view, entry)
    return f"/requests/dispute/{case_token(context.opaque, person, case)}/{token}"


def payment_path(context: Context, clock: Clock, person: str, case: str, on: date) -> str:
    """The address of a dispute of the payment of a day."""
    with context.database.session() as session:
        view = open_case(session, person, case, agency=context.agency,
                         today=context.agency.local_date(clock()))  # fmt: skip
        assert view is not None
        payment = next(it for it in payments_shown(session, view) if it.on == on)
        token = payment_token(context.opaque, view, payment)
    return f"/requests/dispute/{case_token(context.opaque, person, case)}/{token}"


def month_path(context: Context, clock: Clock, person: str, case: str, first: date) -> str:
    """The address of a dispute of a month."""
    with context.database.session() as session:
        view = open_case(session, person, case, agency=context.agency,
                         today=context.agency.local_date(clock()))  # fmt: skip
        assert view is not None
        token = month_token(context.opaque, view, first)
    return f"/requests/dispute/{case_token(context.opaque, person, case)}/{token}"
