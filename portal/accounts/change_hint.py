"""The hint question and its answer (HNT-3)."""

from __future__ import annotations

from datetime import datetime

from portal.accounts import mail
from portal.accounts.models import Account
from portal.audit.trail import record_event
from portal.context import Context
from portal.security.passwords import normalise_answer, passwords
from portal.web.edge import Edges


def change_hint(
    edges: Edges, context: Context, account: Account, question: str, answer: str, now: datetime
) -> None:
    """Note the key of the question and the slow hash of the answer; a change is told by mail.

    What was counted against guessing goes on (HNT-4).
    """
    hint_hash = passwords(context.settings).hash(normalise_answer(answer))
    session = edges.act()
    is_change = account.hint_hash is not None
    account.hint_question = question
    account.hint_hash = hint_hash
    session.flush()
    if is_change:
        mail.tell(session, context, "hint_changed", account, now)
    record_event(session, "account:hint:changed", now=now, actor_id=account.id,
                 subject=("account", account.id))  # fmt: skip
