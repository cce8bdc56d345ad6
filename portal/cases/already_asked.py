"""Which of the person's own requests are about what a page shows (their own alone: ACL-1)."""

from __future__ import annotations

from datetime import date

from portal.ledger.case_view import CaseView
from portal.requests.asked_about import Asked, asked_about, request_about, requests_in_month
from portal.requests.disputes import Dispute
from portal.requests.summary import RequestSummary
from portal.web import context, db


def asked_of(account_id: str, view: CaseView, dispute: Dispute) -> list[RequestSummary]:
    """The request about a line or a payment, if there is one."""
    found = request_about(_asked(account_id, view), dispute)
    return [] if found is None else [found]


def asked_of_month(account_id: str, view: CaseView, first: date) -> list[RequestSummary]:
    """The requests about a month, by its first day, or about something of it."""
    return requests_in_month(_asked(account_id, view), first)


def _asked(account_id: str, view: CaseView) -> Asked:
    return asked_about(db(), context().sealer, account_id, view.case_id)
