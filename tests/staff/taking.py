"""Two workers who press "Take it" at one moment."""

from __future__ import annotations

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import select

from portal.audit.models import AuditEvent
from portal.context import Context
from portal.requests.models import Submission, SubmissionEvent
from tests.staff.on_requests import Filed, change, file_one
from tests.support.accounts import TestAccount
from tests.support.page import ORIGIN, Page


def take_at_once(
    context: Context,
    app: Flask,
    workers: list[tuple[Page, str]],
    all_of: list[Filed],
    *,
    begun: int = 1,
) -> None:
    """Both press at one moment, on each request: it has one owner, one row of the trail, and as
    many events *taken* as `begun` says."""
    with context.database.session() as session:
        before = {it.id: session.get_one(Submission, it.id).version for it in all_of}

    tokens = [(page, page.csrf_token()) for page, _id in workers]

    def press(page: Page, token: str, number: str, start: threading.Barrier) -> int:
        client = app.test_client()
        cookie = page.client.get_cookie("portal", domain="localhost")
        assert cookie is not None
        client.set_cookie("portal", cookie.value, domain="localhost")
        start.wait(timeout=60)
        path = f"/staff/requests/{number}/take"
        response = client.post(path, data={"csrf_token": token}, base_url=ORIGIN)
        response.close()
        return response.status_code

    def run(filed: Filed) -> tuple[int, ...]:
        start, both = threading.Barrier(2), list(enumerate(tokens))
        random.SystemRandom().shuffle(both)
        with ThreadPoolExecutor(2) as pool:
            pressed = [(index, pool.submit(press, page, token, filed.number, start))
                       for index, (page, token) in both]  # fmt: skip
            answers = {index: it.result() for index, it in pressed}
        return answers[0], answers[1]

    with ThreadPoolExecutor(4) as pool:
        answers = dict(zip([it.id for it in all_of], pool.map(run, all_of), strict=True))
    assert set(answers.values()) <= {(302, 409), (409, 302)}, Counter(answers.values())
    with context.database.session() as session:
        for filed in all_of:
            owner = workers[answers[filed.id].index(302)][1]
            submission = session.get_one(Submission, filed.id)
            assert (submission.owner_id, submission.version) == (owner, before[filed.id] + 1)
            taken = select(SubmissionEvent.id).where(
                SubmissionEvent.submission_id == filed.id, SubmissionEvent.event == "taken"
            )
            assert len(list(session.scalars(taken))) == begun
            rows = select(AuditEvent.actor_id).where(
                AuditEvent.subject_id == filed.id, AuditEvent.name == "request:taken"
            )
            assert list(session.scalars(rows)) == [owner]


def many(context: Context, payor: TestAccount, times: int) -> list[Filed]:
    """So many reviews of one letter."""
    found = []
    for _ in range(times):
        found.append(file_one(context, payor))
        change(context, found[-1], notice_dated_on=None)  # the letter is free again
    return found
