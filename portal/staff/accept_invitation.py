"""Accepting an invitation: here a member's account begins, with a password of their own."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts import find_account
from portal.accounts.contact import email_key
from portal.accounts.models import STAFF, Account
from portal.audit.trail import record_event
from portal.context import Context
from portal.security import links
from portal.security.links import Purpose
from portal.security.models import Link
from portal.security.passwords import passwords
from portal.staff import invite, parties
from portal.staff.add_member import add_member, grant_roles
from portal.staff.models import Invitation, StaffParty


def find_link(
    session: Session, context: Context, token: str, now: datetime
) -> tuple[Link, Invitation] | None:
    """The live link behind a token, and its invitation; changes nothing (LNK-4)."""
    purpose = Purpose.STAFF_INVITATION
    link = links.find(session, context.keyring, purpose, token, now, invite.LIFE)
    invitation = session.get(Invitation, link.owner_id) if link else None
    if link is None or invitation is None:
        return None
    is_open = invite.state(invitation, now) is invite.State.SENT
    rests = links.rests_on(link, invite.link_state(invitation))
    stands = is_open and rests and invite.is_backed(session, invitation)
    return (link, invitation) if stands else None


def accept(
    session: Session,
    context: Context,
    token: str,
    password: str,
    close_to: str,
    now: datetime,
) -> Account | None:
    """Make the account of the invitation behind ``token``; exactly one of several tries does.

    The address is confirmed, for the link came by it. A second factor is the next step.

    :param password: one that the rules allow.
    :param close_to: the Social Security number or case number of somebody on a case whom the new
        member is or is close to; empty for nobody.
    """
    found = find_link(session, context, token, now)
    if found is None or not links.spend(session, found[0], now):
        return None
    invitation = found[1]
    account = _account_of(context, invitation, password, now)
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError:  # the address was registered by a parent meanwhile
        record_event(session, "staff:invitation:accepted", now=now, outcome="refused",
                     subject=("invitation", invitation.id))  # fmt: skip
        return None
    invitation.accepted_at, invitation.account_id = now, account.id
    record_event(session, "staff:invitation:accepted", now=now, actor_id=account.id,
                 subject=("invitation", invitation.id))  # fmt: skip
    add_member(session, account, invitation.name, now)
    assert invitation.approved_by is not None
    grant_roles(session, account, invite.roles_of(invitation),
                asked_by=invitation.invited_by, approved_by=invitation.approved_by,
                now=now)  # fmt: skip
    _keep_parties(session, context, account, invitation, now)
    if close_to:
        parties.declare_close(session, context, account.id, close_to, by=account, now=now)
    return account


def _keep_parties(
    session: Session, context: Context, account: Account, invitation: Invitation, now: datetime
) -> None:
    """Whom an ended account of the address was close to, the new one is close to (ACL-4)."""
    address = invite.email_of(context, invitation)
    lookups = context.keyring.lookups("email", email_key(address))
    before = (
        select(StaffParty.participant_id)
        .join(Account, Account.id == StaffParty.account_id)
        .where(Account.email_lookup.in_(lookups), Account.kind == STAFF, Account.id != account.id)
    )
    for participant_id in session.scalars(before.distinct()).all():
        parties.declare(session, account.id, participant_id, by=account, now=now)


def _account_of(context: Context, invitation: Invitation, password: str, now: datetime) -> Account:
    account_id = uuid.uuid4().hex
    address = invite.email_of(context, invitation)
    return Account(
        id=account_id,
        kind=STAFF,
        participant_id=None,
        language=context.agency.languages[0],
        email=context.sealer.seal(address, find_account.EMAIL, account_id),
        email_lookup=context.keyring.lookup("email", email_key(address)),
        email_confirmed_at=now,
        no_phone=False,
        password_hash=passwords(context.settings).hash(password),
        password_changed_at=now,
        created_at=now,
    )
