"""The same on PostgreSQL: sent once by 20 parallel posts, and events that nothing changes."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from portal import create_app
from portal.context import Context
from portal.requests.drafts import begin_draft
from portal.requests.models import Draft, Submission
from portal.requests.outcomes import OutcomeRow, apply_outcomes
from portal.requests.sweep_drafts import KEPT_FOR, sweep_drafts
from portal.rules.vocabulary import RequestKind
from tests.requests.parents import (
    REVIEW,
    begin_review,
    load_parents,
    photo,
    send_address,
    signed_in,
    to_check,
    upload,
)
from tests.requests.test_submit_once import _counts, _post_at_once
from tests.support.clock import Clock
from tests.support.page import ORIGIN, Page, attributes
from tests.support.race import race

pytestmark = pytest.mark.postgresql


@pytest.fixture
def context(postgresql_context: Context) -> Context:
    return postgresql_context


def test_twenty_parallel_posts(app: Flask, page: Page, context: Context, tmp_path: Path) -> None:
    """CON-1"""
    payor = signed_in(page, load_parents(context, tmp_path).payor)
    begin_review(payor)
    upload(payor, photo())
    to_check(payor)
    answers = _post_at_once(create_app(context=context), payor, f"{REVIEW}/check", 20)
    assert len(set(answers)) == 1
    assert answers[0].endswith("/receipt")
    assert _counts(context) == (1, 1, 0, 1)
    with context.database.session() as session:
        assert len(session.query(Submission).one().cases) == 2
    for statement in (
        "UPDATE submission_events SET event = 'withdrawn'",
        "DELETE FROM submission_events",
        "TRUNCATE submission_events CASCADE",
    ):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            context.database.transaction() as session,
        ):
            session.execute(text(statement))


def test_first_answers_posted_at_once_begin_one_draft(
    app: Flask, page: Page, context: Context, tmp_path: Path
) -> None:
    """CON-1: two windows, or an impatient second press; every one of them goes on."""
    payor = signed_in(page, load_parents(context, tmp_path).payor)
    seen = payor.get(f"{REVIEW}/new")
    choice = attributes(seen.document.query("input[name=about]")[0])["value"]
    token, cookie = payor.csrf_token(), payor.client.get_cookie("portal", domain="localhost")
    assert cookie is not None
    other, start = create_app(context=context), threading.Barrier(8)

    def post(_number: int) -> tuple[int, str]:
        client = other.test_client()
        client.set_cookie("portal", cookie.value, domain="localhost")
        data = {"about": choice, "csrf_token": token}
        start.wait(timeout=30)
        answer = client.post(f"{REVIEW}/new", data=data, base_url=ORIGIN, follow_redirects=True)
        return answer.status_code, answer.request.path

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(post, range(8)))
    assert answers == {(200, f"{REVIEW}/grounds")}
    with context.database.session() as session:
        assert session.query(Draft).count() == 1


def test_a_draft_begun_twice_is_one(context: Context) -> None:
    """CON-1: each sees none at first; who comes second is given the other's."""

    def begin(session: Session) -> str:
        kind = RequestKind.CHANGE_OF_ADDRESS
        return begin_draft(session, context.sealer, "a" * 32, kind, context.now()).id

    assert len(set(race(context, begin, 8))) == 1
    with context.database.session() as session:
        assert session.query(Draft).count() == 1


def test_a_later_change_of_address_replaces_the_earlier(
    page: Page, context: Context, tmp_path: Path
) -> None:
    payor = signed_in(page, load_parents(context, tmp_path).payor)
    first, second = send_address(payor), send_address(payor, line1="99 Oak Street")
    row = OutcomeRow(second, "applied", date(2026, 11, 23), None, None, 2)
    with context.database.transaction() as session:
        assert apply_outcomes(session, context.sealer, [row], context.now()) == []
    assert "Replaced by your later change" in payor.get(f"/requests/{first}").words
    with context.database.session() as session:
        assert {it.state for it in session.query(Submission)} == {"applied"}


def test_old_drafts_are_swept(page: Page, context: Context, tmp_path: Path, clock: Clock) -> None:
    payor = signed_in(page, load_parents(context, tmp_path).payor)
    begin_review(payor)
    clock.forward(days=KEPT_FOR.days + 1)
    assert sweep_drafts(context, clock()) == 1
    with context.database.session() as session:
        assert session.query(Draft).count() == 0


def test_a_spoilt_draft_is_not_found(page: Page, context: Context, tmp_path: Path) -> None:
    """ACL-1: as what never was; nothing of it gets to the database."""
    payor = signed_in(page, load_parents(context, tmp_path).payor)
    for spoilt in ("a\0b", "\0", "", "x" * 5000, "\ud7ff" * 32, "A" * 32):
        for kind in ("question", "administrative-review", "closing-response"):
            answer = payor.post(f"/requests/{kind}/check", {"draft": spoilt})
            assert answer.status == 404, (kind, spoilt)
