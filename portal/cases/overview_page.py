"""Your case at a glance: what needs the parent, this month, the last payment, what is past due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from portal.cases.drawing import bars
from portal.cases.letters import answer_address, letter_address, numbers_of_answers
from portal.cases.letters_page import ListedLetter, own_letters, waiting_letters, without_ours
from portal.cases.page import payment_address
from portal.cases.reason_words import NextPayment, next_payment
from portal.cases.trace import steps_in_short
from portal.ledger.balances import Balances, balances_shown
from portal.ledger.case_view import CaseView
from portal.ledger.checks import Findings, findings
from portal.ledger.letters import Letter, letters_shown
from portal.ledger.months import Month, ThisMonth, this_month, twelve_months
from portal.ledger.orders import orders_shown
from portal.ledger.payments import Payment, payments_shown
from portal.ledger.people import childrens_names
from portal.ledger.reasons import outlook
from portal.notices.portal_letters import OwnLetter
from portal.requests.summary import RequestSummary, open_requests


@dataclass(frozen=True, slots=True)
class Need:
    """A letter that waits for an answer, and where to answer it."""

    letter: Letter
    href: str
    is_answer: bool
    """The address is where to answer it; else the letter itself."""


@dataclass(frozen=True, slots=True)
class LastPayment:
    """The newest payment in short."""

    payment: Payment
    href: str
    steps: list[tuple[str, date]]


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """All of the page."""

    children: tuple[str, ...]
    needs: list[Need]
    new_letters: list[ListedLetter]
    """Letters of the portal that were not opened, or whose last day is still to come."""
    month: ThisMonth
    last_payment: LastPayment | None
    coming: NextPayment
    balances: Balances
    requests: list[RequestSummary]
    months: Sequence[Month]
    drawing: Markup | None
    findings: Findings


def overview_page(session: Session, account_id: str, view: CaseView) -> OverviewPage:
    """What the page shows."""
    payments = payments_shown(session, view)
    months = twelve_months(session, view, payments)
    balances = balances_shown(session, view)
    orders = orders_shown(session, view)
    own = own_letters(session, view)
    return OverviewPage(
        childrens_names(session, view),
        _needs(session, account_id, view, own),
        waiting_letters(session, account_id, view, own),
        this_month(view, orders, payments, balances),
        _last(view, payments),
        next_payment(view, outlook(session, view, payments, orders)),
        balances,
        _requests(session, account_id, view),
        months,
        _drawn(months),
        findings(session, view, balances),
    )


def _drawn(months: Sequence[Month]) -> Markup | None:
    label = _("Two bars a month: what fell due and what came in. The table has the same figures.")
    return bars([(it.first, it.due, it.paid) for it in months], label)


def _needs(
    session: Session, account_id: str, view: CaseView, own: Sequence[OwnLetter]
) -> list[Need]:
    """Letters that can still be answered; a notice that was answered is done with."""
    letters = [it for it in without_ours(letters_shown(session, view), own) if it.is_open]
    answered = numbers_of_answers(session, view, account_id, letters)
    return [_need(view, it) for it in letters if it.notice_id not in answered]


def _need(view: CaseView, letter: Letter) -> Need:
    answer = answer_address(view, letter)
    return Need(letter, answer or letter_address(view, letter), answer is not None)


def _last(view: CaseView, payments: Sequence[Payment]) -> LastPayment | None:
    if not payments:
        return None
    href = payment_address(view, payments[0])
    return LastPayment(payments[0], href, steps_in_short(payments[0]))


def _requests(session: Session, account_id: str, view: CaseView) -> list[RequestSummary]:
    """The person's own open requests: those about this case and those about no case."""
    return [
        it
        for it in open_requests(session, account_id)
        if not it.case_ids or view.case_id in it.case_ids
    ]
