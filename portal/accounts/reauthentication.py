"""Sensitive changes want the owner present: signed in, or password and code given again, at most
five minutes ago (SES-6). What was typed meanwhile is kept and shown again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from flask import redirect, request, url_for
from flask_login import current_user

from portal.web import context, current_session, kept_work
from portal.web.edge import SAFE_METHODS
from portal.web.models import SessionRow

View = TypeVar("View", bound=Callable[..., Any])


def is_recent(row: SessionRow | None, now: datetime, life: timedelta) -> bool:
    """Whether the session's owner was proved to be present within ``life``."""
    at = row.reauthenticated_at if row is not None else None
    return at is not None and now - at <= life


def recently_authenticated(view: View) -> View:
    """Ask for password and code before ``view`` where the last time is too long ago.

    Stands below ``@signed_in``.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        found = context()
        if is_recent(current_session().row, found.now(), found.settings.reauthentication):
            return view(*args, **kwargs)
        if request.method not in SAFE_METHODS:
            kept_work.keep(current_user.id)
        return redirect(url_for("accounts.authenticate", next=request.path))

    return cast(View, guarded)
