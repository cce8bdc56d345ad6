"""The blueprint, the menu's entry, and what several pages of this room need."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import cast

from flask import Blueprint, abort, redirect, request, session, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import Field

from portal.accounts import device_cookie, known_devices, mail, waiting_step
from portal.accounts.check_code import Answer
from portal.accounts.history_words import device_code
from portal.accounts.models import Account
from portal.accounts.remove_factor import ThisBrowser
from portal.audit.trail import record_event
from portal.web import clock, context, current_session, db
from portal.web.access import is_own_path
from portal.web.navigation import Entry, is_current

blueprint = Blueprint("accounts", __name__)

FEW, MANY = "120 per hour", "300 per 5 minutes"
"""Posts from one network address before sign-in (RAT-1). Wide, for libraries and phone carriers
share addresses; what protects an account is counted for the account, in the database."""


NOT_FOR_STAFF = frozenset(
    f"accounts.{name}"
    for name in (
        "card",
        "card_codes",
        "card_proof",
        "card_removal",
        "change_hint",
        "change_phone",
        "change_text_codes",
        "change_text_codes_confirm",
        "missing_card",
        "missing_card_proof",
        "missing_hint",
        "missing_phone",
        "missing_text_codes",
        "missing_text_codes_confirm",
        "safety",
        "text_codes_removal",
    )
)
"""A worker signs in with a passkey or an authenticator app, never by text message, card or hint
(63B 2.2.2), and has no case."""


NOT_BESIDE_PASSKEYS = frozenset(
    f"accounts.{name}"
    for name in (
        "change_authenticator",
        "change_authenticator_picture",
        "change_recovery_codes",
        "recovery_code",
    )
)
"""Not there for a worker whose agency takes passkeys alone. What sets up a first factor is never
due for them."""


@blueprint.before_request
def _keep_staff_out() -> None:
    if not current_user.is_authenticated or not me().is_staff:
        return
    hidden = NOT_FOR_STAFF | NOT_BESIDE_PASSKEYS if me().needs_passkey else NOT_FOR_STAFF
    if request.endpoint in hidden:
        abort(404)


def navigation() -> Iterator[Entry]:
    """The account's entry of the menu."""
    href = url_for("accounts.account")
    yield Entry(_("Account"), href, is_current(href))


def me() -> Account:
    """The account signed in."""
    return cast(Account, current_user._get_current_object())


def this_browser() -> ThisBrowser:
    """The browser of this request: what stays signed in when all others are signed out."""
    row = current_session().row
    return ThisBrowser(row.id if row is not None else None, device_cookie.held())


def locale() -> str:
    """The language of this request, as BCP 47."""
    return str(get_locale() or "en").replace("_", "-")


def wait_words(until: datetime, now: datetime) -> str:
    """How long to wait after too many tries, the same for known and unknown (ENU-1)."""
    minutes = max(1, -int((now - until).total_seconds() // 60))
    return str(
        ngettext(
            "There were too many tries. Wait %(num)s minute and try again",
            "There were too many tries. Wait %(num)s minutes and try again",
            minutes,
        )
    )


def go_on() -> Response:
    """To the next step that is due; a complete account goes where it wanted to go."""
    account, row = me(), current_session().row
    step = account.next_step(row) if row is not None else None
    if step is not None:
        return redirect(url_for(step))
    wanted = session.pop("next", None)
    return redirect(wanted if is_own_path(wanted) else url_for("web.home"))


def let_in(field: Field, answer: Answer, now: datetime, wrong: str) -> bool:
    """Complete the sign-in where the code was right; otherwise say at its field why not.

    :param wrong: what is said of a code that does not work.
    """
    if answer.is_right:
        complete_sign_in(me())
        return True
    field.errors = (wait_words(answer.closed_until, now) if answer.closed_until else wrong,)
    return False


def complete_sign_in(account: Account) -> None:
    """Both halves of signing in are done: note when, under a new session token (SES-1)."""
    now = clock.now()
    current_session().second_factor_passed()
    _remember_device(account, now)
    waiting_step.cancel_all(db(), account, now)
    account.last_signed_in_at = now
    db().flush()
    row = current_session().row
    record_event(db(), "account:sign-in:completed", now=now, actor_id=account.id,
                 subject=("account", account.id),
                 detail={"device": device_code(row.device) if row else ""})  # fmt: skip


def _remember_device(account: Account, now: datetime) -> None:
    """Know this browser from now on; a new one is told by mail, but for an account's first."""
    row = current_session().row
    words = row.device if row is not None else ""
    device = known_devices.remember(db(), account.id, device_cookie.held(), words, now)
    device_cookie.give(device.token)
    if row is not None:
        row.known_device_id = device.row.id
    if device.is_new and account.last_signed_in_at is not None:
        mail.tell(db(), context(), "new_device", account, now, device=device.row.id)
