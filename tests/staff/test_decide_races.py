"""A parent takes a request back while it is being decided: one legal end, and a trail that fits."""

from __future__ import annotations

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal import create_app
from portal.accounts.models import Account
from portal.audit.models import AuditEvent
from portal.context import Context
from portal.notices.letter_models import PortalLetter
from portal.requests.models import Submission, SubmissionCase, SubmissionEvent
from portal.staff.decision_draft import TypedDecision, TypedLine, save_decision
from tests.requests.parents import Parents, load_parents, signed_in
from tests.staff.desk import parents
from tests.staff.on_requests import Filed, caseworker, file_one, give
from tests.support.accounts import TestAccount
from tests.support.page import ORIGIN, Page

__all__ = ["parents"]

TYPED = TypedDecision(
    (
        TypedLine("granted", "", "It is there."),
        TypedLine("partly", "45.00", "We found 45.00."),
        TypedLine("denied", "", "It did not come through us."),
        TypedLine("denied", "", "It adds up."),
    )
)
BEGUN = ["submitted", "stay_began", "stay_began", "taken"]
ENDS = {
    "decided": ["partly_granted", "stay_ended", "stay_ended"],
    "withdrawn": ["withdrawn", "stay_ended", "stay_ended"],
}


def _ready(context: Context, payor: TestAccount, worker: TestAccount) -> Filed:
    """A review that its owner is about to decide."""
    filed = file_one(context, payor)
    give(context, filed, worker)
    with context.database.transaction() as session:
        account = session.get_one(Account, worker.id)
        save_decision(session, context.sealer, account, filed.number, 0, TYPED, context.now())
        session.get_one(Submission, filed.id).notice_dated_on = None  # the letter is free again
    return filed


def _post(app: Flask, page: Page, path: str, token: str, **fields: str) -> int:
    """As this browser, with a client of its own."""
    client = app.test_client()
    cookie = page.client.get_cookie("portal", domain="localhost")
    assert cookie is not None
    client.set_cookie("portal", cookie.value, domain="localhost")
    response = client.post(path, data={"csrf_token": token, **fields}, base_url=ORIGIN)
    response.close()
    return response.status_code


def _race(context: Context, app: Flask, desk: Page, parent: Page, requests: list[Filed]) -> None:
    """Both press at one moment, on each request; exactly one of the two goes through."""
    tokens = desk.csrf_token(), parent.csrf_token()

    def run(filed: Filed) -> tuple[int, int]:
        start = threading.Barrier(2)
        answers = [0, 0]

        def decide() -> None:
            start.wait(timeout=60)
            answers[0] = _post(app, desk, f"/staff/requests/{filed.number}/decision/sending",
                               tokens[0], version="1", draft="1")  # fmt: skip

        def withdraw() -> None:
            start.wait(timeout=60)
            answers[1] = _post(app, parent, f"/requests/{filed.number}/withdrawal", tokens[1])

        both = [threading.Thread(target=act) for act in (decide, withdraw)]
        random.SystemRandom().shuffle(both)
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
        return answers[0], answers[1]

    with ThreadPoolExecutor(4) as pool:
        answers = Counter(pool.map(run, requests))
    assert set(answers) <= {(302, 409), (409, 302)}, answers
    _check(context, requests, decided=answers[302, 409])


def _check(context: Context, requests: list[Filed], *, decided: int) -> None:
    """One end each, its events, its row of the trail, its letter, and no stay left."""
    with context.database.session() as session:
        states: Counter[str] = Counter()
        for filed in requests:
            submission = session.get_one(Submission, filed.id)
            states[submission.state] += 1
            chosen = select(SubmissionEvent.event).where(SubmissionEvent.submission_id == filed.id)
            happened = list(session.scalars(chosen.order_by(SubmissionEvent.id)))
            assert happened == BEGUN + ENDS[submission.state]
            rows = select(AuditEvent.name).where(
                AuditEvent.subject_id == filed.id,
                AuditEvent.name.in_(["request:decided", "request:withdrawn"]),
            )
            assert list(session.scalars(rows)) == [f"request:{submission.state}"]
            letters = select(PortalLetter.id).where(PortalLetter.submission_id == filed.id)
            assert len(list(session.scalars(letters))) == int(submission.state == "decided")
            assert (submission.decision is not None) == (submission.state == "decided")
        open_stays = select(SubmissionCase).where(SubmissionCase.stay_ended_at.is_(None))
        assert session.scalars(open_stays).all() == []
    assert states["decided"] == decided
    assert states["withdrawn"] == len(requests) - decided


@pytest.mark.slow
def test_two_hundred_withdrawals_against_decisions(
    context: Context, parents: Parents, page: Page, other_page: Page
) -> None:
    """ACL-5, CON-2, AUD-3"""
    sam = caseworker(context)
    requests = [_ready(context, parents.payor, sam) for _ in range(200)]
    desk, parent = signed_in(page, sam), signed_in(other_page, parents.payor)
    _race(context, create_app(context=context), desk, parent, requests)


@pytest.mark.postgresql
def test_twenty_on_postgresql(postgresql_context: Context, tmp_path: Path) -> None:
    """ACL-5, CON-2, AUD-3"""
    found = load_parents(postgresql_context, tmp_path)
    app = create_app(context=postgresql_context)
    sam = caseworker(postgresql_context)
    requests = [_ready(postgresql_context, found.payor, sam) for _ in range(20)]
    desk, parent = signed_in(Page(app), sam), signed_in(Page(app), found.payor)
    _race(postgresql_context, app, desk, parent, requests)
