"""Every second factor is removed with the help of two of the staff: after a day's wait (RCV-2).

Whoever still has the account is told at once at every address on file and by letter, and cancels by
the mailed link or by signing in. Afterwards nobody gets in with the old password: a new one is
chosen by a mailed link, with the hint in between. The staff never see or set any of it.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from portal.accounts import known_devices, mail
from portal.accounts.end_factors import end_every_factor
from portal.accounts.models import Account
from portal.accounts.recovery_models import FactorRemoval
from portal.accounts.reset_password import mail_link
from portal.accounts.waiting_step import WAIT, WaitingStep
from portal.audit.trail import record_event
from portal.context import Context
from portal.security import links
from portal.security.links import Purpose
from portal.web.sessions import end_sessions


def begin(
    session: Session,
    context: Context,
    account: Account,
    now: datetime,
    *,
    asked_by: str,
    approved_by: str,
) -> FactorRemoval:
    """Begin the wait. The owner is told by mail, with a link that cancels, and by letter."""
    STEP.cancel_open(session, account, now)
    row = FactorRemoval(
        id=uuid.uuid4().hex,
        account_id=account.id,
        asked_by=asked_by,
        approved_by=approved_by,
        approved_at=now,
        due_at=now + WAIT,
    )
    session.add(row)
    session.flush()
    STEP.tell(session, context, row, account, now)
    record_event(session, "account:factors:removal-asked", now=now, actor_id=approved_by,
                 subject=("account", account.id),
                 detail={"removal": row.id, "asked_by": asked_by})  # fmt: skip
    return row


def _remove(
    session: Session, context: Context, row: FactorRemoval, account: Account, now: datetime
) -> None:
    row.done_at = now
    if not account.is_active:
        return
    end_every_factor(session, account, now)
    account.must_change_password_at = now
    session.flush()
    links.end_all(session, account.id, now)
    end_sessions(session, account.id, now)
    known_devices.forget(session, account.id)
    mail.tell(session, context, "factors_removed", account, now)
    mail_link(session, context, account, now)
    record_event(session, "account:factors:removed", now=now,
                 subject=("account", account.id), detail={"removal": row.id})  # fmt: skip


STEP = WaitingStep(
    FactorRemoval,
    stop_link=Purpose.CANCEL_REMOVAL,
    asked_mail="factor_removal_asked",
    check_mail="factor_removal_check",
    letter="recovery_asked",
    stopped_event="account:factors:removal-cancelled",
    question=_l(
        "Somebody told our office that every way to sign in to your account is lost. Press the "
        "button if it was not you."
    ),
    stopped=_l(
        "Your account is as it was. Somebody who knows a lot about you may have been at our office "
        "or on the phone."
    ),
    do=_remove,
)
