"""Sessions live on the server; the cookie holds an opaque token and nothing else (SES-1, SES-5).

A visitor who has only read pages has a random cookie and no row. A row is made when there is
something to keep, always under a new token: a token that came in from outside is never adopted.
The CSRF token is derived from the cookie's token: bound to it without being stored (CSR-1). It also
says whose page it stands on: what was typed on a page left open is kept for that account alone.
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar

from flask import Flask, Request, Response, g, request, session
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.database import rows_changed
from portal.web.devices import describe_device
from portal.web.edge import SEEN_EVERY, context, db, write_afterwards
from portal.web.models import SessionRow
from portal.web.session_tokens import csrf_token, digest_of, successor_of

View = TypeVar("View", bound=Callable[..., Any])
PLACE = "sessions.data"
_TOKEN_LENGTH = 43
_FOREIGN = frozenset({"_remember", "_remember_seconds", "_fresh", "_id", "_user_id"})
"""Keys of flask-login's cookie session, which this session does not use."""


class ServerSession(SessionMixin):
    """Flask's ``session``: reads its row when it is first needed."""

    modified = False
    accessed = True

    def __init__(self, token: str | None, user_agent: str) -> None:
        self.token = token
        self.issue_token = False
        self.expired_account: str | None = None
        self.expired_complete = False
        self._owner: str | None = None
        self._ends_at: datetime | None = None
        self._user_agent = user_agent
        self._row: SessionRow | None = None
        self._data: dict[str, Any] = {}
        self._loaded = False

    # -- the row ------------------------------------------------------------------------------

    @property
    def row(self) -> SessionRow | None:
        """The live row of this session, or None for a visitor without one."""
        self._load()
        return self._row

    @property
    def ends_at(self) -> datetime | None:
        """When this session ends if nothing more is done in it; None for a visitor."""
        self._load()
        return self._ends_at

    def read_again(self) -> None:
        """A new transaction has begun: the row may have ended, and its data have changed."""
        if not self.modified:
            self._row, self._data, self._loaded = None, {}, False
        elif self._row is not None and not is_live(self._row, context().now()):
            self._row, self._data, self.modified = None, {}, False

    def still_here(self) -> None:
        """The person said so: the idle limit counts from now (SES-3)."""
        if self.row is not None:
            self.row.seen_at = context().now()
            self._note_end(self.row)

    def sign_in(self, account_id: str) -> SessionRow:
        """A new session for the account under a new token; the old one is ended."""
        now = context().now()
        self.end()
        return self._begin(account_id, now)

    def second_factor_passed(self) -> None:
        """Note that the second factor was given, under a new token.

        :raises LookupError: when nobody is signed in.
        """
        row = self._renew()
        row.second_factor_at = row.reauthenticated_at = context().now()

    def reauthenticated(self) -> None:
        """Note that the owner proved to be present, under a new token (SES-6).

        :raises LookupError: when nobody is signed in.
        """
        self._renew().reauthenticated_at = context().now()

    def end(self) -> None:
        """End this session on the server: a copy of its cookie is dead (SES-2).

        The row notes the cookie that this browser has from now on; see ``refused_posts``.
        """
        row = self.row
        self._new_token()
        if row is not None:
            assert self.token is not None
            row.ended_at = context().now()
            row.data = None
            row.token_hash = successor_of(self.token)
            db().flush()
        self._row, self._data, self._loaded = None, {}, True
        self._owner = self._ends_at = None

    def keep(self) -> None:
        """Write changed data into the row; the edge calls it before the commit."""
        if not self.modified:
            return
        row = self.row or self._begin(None, context().now())
        sealed = context().sealer.seal(json.dumps(self._data), PLACE, row.id)
        self.modified = False
        if _is_writing():
            row.data = sealed
            db().flush()
        else:  # a message was shown for the first time: its turn comes when reading is over
            write_afterwards(_put(row.id, sealed))

    def _load(self) -> None:
        if self._loaded:
            return
        self._loaded, self._owner = True, None
        if self.token is None:
            return
        now = context().now()
        row = db().scalar(select(SessionRow).where(SessionRow.token_hash == digest_of(self.token)))
        if row is None:
            return
        self._owner = row.account_id
        if not is_live(row, now):
            self.expired_account = row.account_id if row.ended_at is None else None
            self.expired_complete = row.second_factor_at is not None
            return
        self._row = row
        if row.data is not None:
            self._data = json.loads(context().sealer.open(row.data, PLACE, row.id))
        self._note_end(row)
        if now - row.seen_at >= SEEN_EVERY:
            self._seen(row, now)

    def _seen(self, row: SessionRow, now: datetime) -> None:
        if g.get("in_background", False):
            return
        self._note_end(row, seen_at=now)
        if _is_writing():
            row.seen_at = now
        else:
            g.session_seen = (row.id, now)

    def _note_end(self, row: SessionRow, seen_at: datetime | None = None) -> None:
        settings = context().settings
        idle_until = (seen_at or row.seen_at) + settings.idle
        if row.account_id is not None:
            self._ends_at = min(idle_until, row.started_at + settings.overall)

    def _begin(self, account_id: str | None, now: datetime) -> SessionRow:
        self._new_token()
        assert self.token is not None
        self._row = SessionRow(
            id=uuid.uuid4().hex,
            token_hash=digest_of(self.token),
            account_id=account_id,
            started_at=now,
            seen_at=now,
            device=describe_device(self._user_agent),
        )
        self._loaded, self._owner = True, account_id
        self._note_end(self._row)
        db().add(self._row)
        db().flush()
        return self._row

    def _renew(self) -> SessionRow:
        row = self.row
        if row is None or row.account_id is None:
            raise LookupError("Nobody is signed in.")
        self._new_token()
        assert self.token is not None
        row.token_hash = digest_of(self.token)
        return row

    def _new_token(self) -> None:
        self.token = secrets.token_urlsafe(32)
        self.issue_token = True

    # -- the mapping --------------------------------------------------------------------------

    def __getitem__(self, key: str) -> Any:
        if key == "csrf_token":
            return self._csrf_token()
        if key in _FOREIGN:
            raise KeyError(key)
        self._load()
        return self._data[key]

    def __setitem__(self, key: str, value: Any) -> None:
        if key == "csrf_token" or key in _FOREIGN:
            return
        self._load()
        self._data[key] = value
        self.modified = True

    def __delitem__(self, key: str) -> None:
        self._load()
        del self._data[key]
        self.modified = True

    def __iter__(self) -> Iterator[str]:
        self._load()
        return iter(self._data)

    def __len__(self) -> int:
        self._load()
        return len(self._data)

    def __contains__(self, key: object) -> bool:
        return key == "csrf_token" or (key not in _FOREIGN and self._loads_with(key))

    def _loads_with(self, key: object) -> bool:
        self._load()
        return key in self._data

    def _csrf_token(self) -> str:
        if self.token is None:
            self._new_token()
        assert self.token is not None
        self._load()
        return csrf_token(self.token, self._owner)


class ServerSessions(SessionInterface):
    """Puts :class:`ServerSession` in the place of Flask's signed cookie."""

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        token = request.cookies.get(self.get_cookie_name(app))
        well_formed = token is not None and len(token) == _TOKEN_LENGTH and token.isascii()
        return ServerSession(token if well_formed else None, request.user_agent.string)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set the cookie; the row was written before the commit."""
        assert isinstance(session, ServerSession)
        if session.issue_token and session.token is not None:
            response.set_cookie(
                self.get_cookie_name(app),
                session.token,
                path="/",
                secure=self.get_cookie_secure(app),
                httponly=True,
                samesite="Lax",
            )


def in_background(view: View) -> View:
    """Mark a view that pages ask by themselves: that keeps no session alive (SES-3)."""
    view.in_background = True  # type: ignore[attr-defined]
    return view


def current_session() -> ServerSession:
    """The session of this request."""
    found = session._get_current_object()  # type: ignore[attr-defined]
    assert isinstance(found, ServerSession)
    return found


def _put(row_id: str, data: bytes) -> Callable[[Session], None]:
    live = update(SessionRow).where(SessionRow.id == row_id, SessionRow.ended_at.is_(None))

    def write(session: Session) -> None:
        session.execute(live.values(data=data))

    return write


def _is_writing() -> bool:
    return bool(db().info.get("writes"))


def is_live(row: SessionRow, now: datetime) -> bool:
    """Whether the session has neither ended nor passed its idle or overall limit (SES-3)."""
    settings = context().settings
    return (
        row.ended_at is None
        and now - row.seen_at <= settings.idle
        and now - row.started_at <= settings.overall
    )


def end_sessions(
    session: Session, account_id: str, now: datetime, *, except_id: str | None = None
) -> int:
    """End every session of the account but one; returns how many were live rows."""
    rows = (
        update(SessionRow)
        .where(SessionRow.account_id == account_id, SessionRow.ended_at.is_(None))
        .where(SessionRow.id != (except_id or ""))
        .values(ended_at=now, data=None)
    )
    return rows_changed(session.execute(rows))


def init_app(app: Flask) -> None:
    """Use server sessions in ``app``."""
    secure = context_is_https(app)
    app.config.update(
        SESSION_COOKIE_NAME="__Host-portal" if secure else "portal",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.session_interface = ServerSessions()

    @app.before_request
    def note_background() -> None:
        view = app.view_functions.get(request.endpoint or "")
        g.in_background = hasattr(view, "in_background")

    @app.after_request
    def keep(response: Response) -> Response:
        found = current_session()
        if found.modified:
            found.keep()
        return response


def context_is_https(app: Flask) -> bool:
    """Whether the portal is reached over https; plain http drops ``__Host-`` and ``Secure``."""
    return bool(app.extensions["portal"].settings.is_https)
