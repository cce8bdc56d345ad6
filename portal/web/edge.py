"""The request as an edge: one database session, one commit (AUD-3).

A view that returns commits, also when it answers with a refusal; a view that raises rolls back.
GET and HEAD read, and whatever would write then fails (CSR-2). Other methods take the write lock
before they read, so that what a view decided on is still true when it writes. A view marked
:func:`reads_first` starts by reading and calls :func:`begin_writing` when its slow work (an upload)
is done. Where something has to be counted before the slow work, as a try of a password, the request
is two edges: see :class:`Edges`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from flask import Flask, Response, current_app, g, request
from sqlalchemy import event, update
from sqlalchemy.orm import ORMExecuteState, Session
from werkzeug.wrappers import Response as WerkzeugResponse

from portal.context import Context
from portal.database import begin_write
from portal.web.models import SessionRow

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SEEN_EVERY = timedelta(minutes=1)
View = TypeVar("View", bound=Callable[..., object])
Result = TypeVar("Result")


def context() -> Context:
    """The context of the application."""
    found: Context = current_app.extensions["portal"]
    return found


def db() -> Session:
    """This request's database session, opened when first asked for."""
    session: Session | None = g.get("db")
    if session is None:
        view = current_app.view_functions.get(request.endpoint or "")
        writes = request.method not in SAFE_METHODS and not getattr(view, "reads_first", False)
        session = g.db = context().database.session(write=writes)
        session.info["only_reads"] = request.method in SAFE_METHODS
        session.info["writes"] = writes
    return session


class WroteWhileReading(RuntimeError):
    """A view wanted to write in answer to GET or HEAD. The request fails, nothing is changed."""


@event.listens_for(Session, "before_flush")
def _refuse_rows(session: Session, _context: object, _instances: object) -> None:
    if session.info.get("only_reads"):
        raise WroteWhileReading


@event.listens_for(Session, "do_orm_execute")
def _refuse_statements(state: ORMExecuteState) -> None:
    writes = state.is_insert or state.is_update or state.is_delete
    if writes and state.session.info.get("only_reads"):
        raise WroteWhileReading


def reads_first(view: View) -> View:
    """Mark a view that posts but starts by reading."""
    view.reads_first = True  # type: ignore[attr-defined]
    return view


def begin_writing() -> None:
    """In a view that reads first: end the reading, take the write lock."""
    begin_write(db())
    db().info["writes"] = True


class Edges:
    """A request with slow work that must be counted first is two edges: reserve, then act (PWD-5).

    Comparing a password takes a tenth of a second on purpose, and while one transaction writes,
    SQLite lets no other one begin. So the try is counted in a short transaction of its own, which
    commits; the comparing is done with no transaction open; and what it came to is written in a
    second transaction, which reads anew whatever it rests on. Of many tries at one moment no more
    are compared than were reserved. A request killed in between has used up one try and done
    nothing else.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def reserve(self, write: Callable[[Session], Result]) -> Result:
        """Run ``write`` in a transaction of its own and commit it, before the slow work.

        What an edge before this one has written is committed with it.
        """
        if not self._session.info.get("writes"):
            begin_write(self._session)
        reserved = write(self._session)
        self.pause()
        return reserved

    def pause(self) -> None:
        """Let what was written stand, so that slow work may follow and nobody waits for it."""
        self._session.commit()
        self._session.info["writes"] = False

    def act(self) -> Session:
        """After the slow work: the session in a new writing transaction, committed at the end.

        All rows are read anew in it.
        """
        begin_write(self._session)
        self._session.info["writes"] = True
        return self._session


def write_afterwards(write: Callable[[Session], None]) -> None:
    """In a view that only reads: write to the trail once the answer is made.

    It runs in a short transaction of its own and is left out when the request fails.
    """
    g.setdefault("afterwards", []).append(write)


def roll_back() -> None:
    """Undo what this request did; the error handlers call it."""
    session: Session | None = g.get("db")
    if session is not None:
        session.rollback()


def _commit(response: Response) -> Response:
    session: Session | None = g.get("db")
    if session is not None and session.in_transaction():
        seen = g.pop("session_seen", None)
        afterwards: list[Callable[[Session], None]] = g.pop("afterwards", [])
        session.commit()
        if seen is not None:
            _touch(*seen)
        if afterwards:
            with context().database.transaction() as writing:
                for write in afterwards:
                    write(writing)
    return response


def _touch(row_id: str, now: object) -> None:
    """Write the last-seen time of a session that only read, in a short transaction of its own."""
    with context().database.transaction() as session:
        session.execute(update(SessionRow).where(SessionRow.id == row_id).values(seen_at=now))


def _close(_error: BaseException | None) -> None:
    session: Session | None = g.pop("db", None)
    if session is not None:
        session.close()


def init_app(app: Flask) -> None:
    """Hook the edge into ``app``, before other ``after_request`` hooks: so it runs last."""
    app.after_request(_commit)
    app.teardown_request(_close)


def is_html(response: WerkzeugResponse) -> bool:
    """Whether a response is a page."""
    return response.mimetype == "text/html"
