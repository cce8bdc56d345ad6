"""The edge itself: what reads cannot write (CSR-2)."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal.context import Context
from portal.web import db
from portal.web.access import public
from portal.web.models import SessionRow
from tests.support.accounts import make_account, sign_in
from tests.support.page import ORIGIN, Page


@pytest.fixture
def careless(app: Flask) -> Flask:
    """Two views that forget which method they answer."""

    @app.route("/careless/row", methods=["GET", "POST"], endpoint="careless.row")
    @public
    def row() -> str:
        for found in db().scalars(select(SessionRow)):
            found.device = "changed"
        db().flush()
        return "done"

    @app.route("/careless/statement", methods=["GET", "POST"], endpoint="careless.statement")
    @public
    def statement() -> str:
        db().execute(update(SessionRow).values(device="changed"))
        return "done"

    return app


@pytest.mark.parametrize("path", ["/careless/row", "/careless/statement"])
def test_a_view_that_writes_on_get_or_head_fails_and_changes_nothing(
    careless: Flask, page: Page, context: Context, path: str
) -> None:
    """CSR-2: a second guard behind the views themselves."""
    sign_in(page, make_account(context))
    page.lint = False
    for method in ("GET", "HEAD"):
        assert page.client.open(path, method=method, base_url=ORIGIN).status_code == 500
    changed = select(func.count()).select_from(SessionRow).where(SessionRow.device == "changed")
    with context.database.session() as session:
        assert session.scalar(changed) == 0
    assert page.post(path).status == 200
    with context.database.session() as session:
        assert session.scalar(changed) != 0
