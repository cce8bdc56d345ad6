"""A post without its own session's CSRF token changes nothing and loses nothing (CSR-1, SES-3).

Pages are left open: meanwhile the person signs out in another tab, proves to be present in one and
so gets a new token, or the browser drops its cookies. What such a page posts is refused. Its words
are sealed for the account whose page it was, where this browser's cookie still leads to a session
of that account; otherwise, and only where the browser says that a page of ours sent them, they
stand on the answer to be copied. Nobody else can make this site show words of theirs.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from flask import current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import select

from portal.web import kept_work
from portal.web.access import Access, access_of
from portal.web.edge import context, db
from portal.web.models import SessionRow
from portal.web.session_tokens import mark_of, successor_of
from portal.web.sessions import current_session

ENDED_HERE_COUNTS = timedelta(hours=24)
"""How long after signing out in one tab the words of another one are still kept."""


def answer() -> ResponseReturnValue:
    """Keep the words of this post and lead to where they show again, or show them here."""
    session = current_session()
    is_here = session.row is not None and session.row.second_factor_at is not None
    account_id = _account_of_this_browser()
    if account_id and _mark_posted() == mark_of(account_id) and kept_work.keep(account_id):
        if is_here:
            return redirect(request.path, code=303)
        return redirect(url_for("accounts.sign_in", next=request.path, ended=1), code=303)
    return page()


def page() -> ResponseReturnValue:
    """Say what happened, with a link to go on and the words to copy."""
    session = current_session()
    access = access_of(request.endpoint or "")
    opens = kept_work.can_be_opened(request.path)
    shown = render_template(
        "errors/csrf.html",
        signed_out=session.row is None and access is not Access.PUBLIC,
        again=request.path if opens else None,
        words=kept_work.typed_words() if is_from_our_pages() else [],
    )
    return make_response(shown, 400)


def is_from_our_pages() -> bool:
    """Whether the browser says that a page of this very site made the request.

    Only browsers send ``Sec-Fetch-Site``, and no page can forge it; older ones tell the origin.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    parts = urlsplit(context().settings.base_url)
    return request.headers.get("Origin") == f"{parts.scheme}://{parts.netloc}"


def _account_of_this_browser() -> str | None:
    """Whose session this browser's cookie leads to: a live one, one that the clock has ended, or
    one that was signed out of in this browser. A complete one: no password alone (OTP-5)."""
    session = current_session()
    row = session.row
    if row is None and session.expired_complete:
        return session.expired_account
    if row is None and session.token is not None:
        ended = SessionRow.token_hash == successor_of(session.token)
        lately = SessionRow.ended_at > context().now() - ENDED_HERE_COUNTS
        row = db().scalar(select(SessionRow).where(ended, lately))
    return row.account_id if row is not None and row.second_factor_at is not None else None


def _mark_posted() -> str:
    """Whose page the post comes from, as its token says, which we have signed; else empty."""
    keys = current_app.config["WTF_CSRF_SECRET_KEY"]
    try:
        token = URLSafeTimedSerializer(keys, salt="wtf-csrf-token").loads(
            request.form.get("csrf_token", "")
        )
    except BadData:
        return ""
    return str(token).partition(".")[2]
