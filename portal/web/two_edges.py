"""A view with slow work in its middle: see :class:`portal.web.edge.Edges`."""

from __future__ import annotations

from flask import abort, make_response, redirect, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from portal.web.edge import Edges, db
from portal.web.sessions import current_session


class _RequestEdges(Edges):
    def act(self) -> Session:
        """As it says there. Whose session ended meanwhile is led to the sign-in page."""
        was_in = current_session().row is not None
        session = super().act()
        if was_in and not _is_still_in():
            abort(make_response(redirect(url_for("accounts.sign_in", ended="1"))))
        return session


def _is_still_in() -> bool:
    current_session().read_again()
    row = current_session().row
    return row is not None and (row.account_id is None or current_user.is_active)


def edges() -> Edges:
    """The edges of this request. A view that slow work begins with is marked ``@reads_first``."""
    return _RequestEdges(db())
