"""The same on PostgreSQL: sent once by 20 parallel posts, and events that nothing changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from portal import create_app
from portal.context import Context
from portal.requests.models import Submission
from tests.requests.parents import (
    REVIEW,
    begin_review,
    load_parents,
    photo,
    signed_in,
    to_check,
    upload,
)
from tests.requests.test_submit_once import _counts, _post_at_once
from tests.support.page import Page
from tests.support.postgresql import postgresql_context, postgresql_server

pytestmark = pytest.mark.postgresql

__all__ = ["postgresql_context", "postgresql_server"]


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
