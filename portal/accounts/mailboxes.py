"""Every e-mail address on file for an account: its own, and the one in the agency's record."""

from __future__ import annotations

import json

from sqlalchemy.orm import Session

from portal.accounts.contact import BadAddress, email_key, normalise_email
from portal.accounts.find_account import email_of
from portal.accounts.models import Account
from portal.context import Context
from portal.record.models import Participant


def recorded_elsewhere(session: Session, context: Context, account: Account) -> str | None:
    """The address that the record has for the account's person, where it is another one.

    It may be an old one that others read by now: what is sent there says nothing of the account.
    """
    person = session.get(Participant, account.participant_id or "")
    if person is None:
        return None
    private = json.loads(
        context.sealer.open(person.private, "participants.private", person.participant_id)
    )
    try:
        recorded = normalise_email(str(private.get("email") or ""))
    except BadAddress:
        return None
    own = email_of(context.sealer, account)
    return recorded if email_key(recorded) != email_key(own) else None
