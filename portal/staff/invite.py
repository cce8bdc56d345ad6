"""Inviting somebody to the staff: one asks, another one approves, then the mail goes out (ACL-4).

The first two supervisors are invited by command and approved by nobody: there is nobody yet.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from portal.accounts.contact import email_key, normalise_email
from portal.accounts.find_account import find_by_email
from portal.accounts.models import Account
from portal.accounts.staff_models import COMMAND, FOUNDING, RoleGrant
from portal.audit.trail import record_event
from portal.context import Context
from portal.notices.outbox import enqueue
from portal.security import links
from portal.security.links import Purpose
from portal.security.models import Link
from portal.security.permissions import Permission, StaffRole
from portal.staff import mail as mail  # registers the mail
from portal.staff import members, two_people
from portal.staff.models import Invitation, TwoPersonRequest
from portal.staff.two_people import Action
from portal.staff.words import ROLE_WORDS

HOURS = 72
LIFE = timedelta(hours=HOURS)
"""How long the mailed link works."""
EMAIL = "staff_invitations.email"
FOUNDERS = 2


class CannotInvite(two_people.CannotBeDone):
    """The address has an account or an open invitation already; which of them is not said."""


class NotFounding(ValueError):
    """The first two supervisors were invited: from here on invitations are approved."""


class State(StrEnum):
    """How far an invitation has come."""

    WAITING = "waiting"
    SENT = "sent"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Wanted:
    """Who is to be invited."""

    name: str
    email: str
    roles: tuple[StaffRole, ...]


def invite(
    session: Session,
    context: Context,
    worker: Account | None,
    wanted: Wanted,
    reason: str,
    now: datetime,
) -> Invitation:
    """Ask for an invitation; it goes out once a supervisor other than the asker approved it.

    :param worker: who asks; None for a command.
    :raises CannotInvite: where the address cannot be invited.
    """
    invited_by = COMMAND if worker is None else worker.id
    invitation = _make(session, context, wanted, invited_by, now, now + two_people.LIFE)
    two_people.ask(
        session, context, worker, Action.INVITE, ("invitation", invitation.id), reason, now
    )
    return invitation


def invite_founder(session: Session, context: Context, wanted: Wanted, now: datetime) -> Invitation:
    """Invite one of the first two supervisors at once.

    Open again where no supervisor can sign in, for then nobody could approve anything.

    :raises NotFounding: where two were invited. :raises CannotInvite: as `invite` does.
    """
    waiting = [
        it for it in invitations(session)
        if it.invited_by == FOUNDING and state(it, now) is State.SENT
    ]  # fmt: skip
    begun = _supervisors_ever(session) if members.active_supervisors(session) else 0
    if begun + len(waiting) >= FOUNDERS:
        raise NotFounding(wanted.email)
    only = Wanted(wanted.name, wanted.email, (StaffRole.SUPERVISOR,))
    invitation = _make(session, context, only, FOUNDING, now, now + LIFE)
    _send(session, context, invitation, FOUNDING, now)
    return invitation


def withdraw(session: Session, invitation_id: str, worker: Account, now: datetime) -> None:
    """Take an invitation back; its link is dead. :raises LookupError: where it is not open."""
    invitation = session.get(Invitation, invitation_id, with_for_update=True)
    if invitation is None or state(invitation, now) not in (State.WAITING, State.SENT):
        raise LookupError(invitation_id)
    two_people.withdraw_about(session, ("invitation", invitation_id), worker.id, now)
    _end(session, invitation, now)
    record_event(session, "staff:invitation:withdrawn", now=now, actor_id=worker.id,
                 subject=("invitation", invitation_id))  # fmt: skip


def end_sent_by(
    session: Session, account_id: str, by: str, now: datetime, *, asked: bool, approved: bool
) -> None:
    """End what somebody asked for, or approved, who may not do so any more; its mail is dead."""
    for invitation in invitations(session):
        rests = (asked and invitation.invited_by == account_id) or (
            approved and invitation.approved_by == account_id
        )
        if rests and state(invitation, now) is State.SENT:
            _end(session, invitation, now)
            record_event(session, "staff:invitation:withdrawn", now=now, actor_id=by,
                         subject=("invitation", invitation.id))  # fmt: skip


def is_backed(session: Session, invitation: Invitation) -> bool:
    """Whether those who asked for it and approved it still may, as far as they are people."""
    people = (
        (session.get(Account, invitation.invited_by), Permission.MANAGE_STAFF),
        (session.get(Account, invitation.approved_by or ""), Permission.APPROVE),
    )
    return all(it is None or (it.is_active and it.may(needed)) for it, needed in people)


def invitations(session: Session) -> list[Invitation]:
    """All of them, the newest first."""
    chosen = select(Invitation).order_by(Invitation.invited_at.desc(), Invitation.id)
    return list(session.scalars(chosen))


def state(invitation: Invitation, now: datetime) -> State:
    """How far it has come."""
    if invitation.accepted_at is not None:
        return State.ACCEPTED
    if invitation.withdrawn_at is not None:
        return State.WITHDRAWN
    if invitation.expires_at <= now:
        return State.EXPIRED
    return State.SENT if invitation.approved_at is not None else State.WAITING


def email_of(context: Context, invitation: Invitation) -> str:
    """The address it goes to."""
    return context.sealer.open(invitation.email, EMAIL, invitation.id)


def roles_of(invitation: Invitation) -> tuple[StaffRole, ...]:
    """The roles that come with it."""
    return tuple(StaffRole(role) for role in invitation.roles)


def link_state(invitation: Invitation) -> str:
    """What the mailed link rests on."""
    return f"{invitation.id}|{invitation.approved_by}|{invitation.expires_at.isoformat()}"


def _make(
    session: Session,
    context: Context,
    wanted: Wanted,
    invited_by: str,
    now: datetime,
    expires_at: datetime,
) -> Invitation:
    address = normalise_email(wanted.email)
    if not _is_free(session, context, address, now):
        raise CannotInvite(address)
    invitation_id = uuid.uuid4().hex
    invitation = Invitation(
        id=invitation_id,
        name=wanted.name,
        email=context.sealer.seal(address, EMAIL, invitation_id),
        email_lookup=context.keyring.lookup("email", email_key(address)),
        roles=_codes(wanted.roles),
        invited_by=invited_by,
        invited_at=now,
        expires_at=expires_at,
    )
    session.add(invitation)
    session.flush()
    record_event(session, "staff:invitation:made", now=now, actor_id=invited_by,
                 subject=("invitation", invitation_id),
                 detail={"roles": "+".join(invitation.roles)})  # fmt: skip
    return invitation


def _codes(roles: Iterable[StaffRole]) -> list[str]:
    return sorted({role.value for role in roles})


def _is_free(session: Session, context: Context, address: str, now: datetime) -> bool:
    if find_by_email(session, context.keyring, address) is not None:
        return False
    lookups = context.keyring.lookups("email", email_key(address))
    found = session.scalars(select(Invitation).where(Invitation.email_lookup.in_(lookups)))
    return all(state(it, now) not in (State.WAITING, State.SENT) for it in found)


def _supervisors_ever(session: Session) -> int:
    counted = select(func.count(distinct(RoleGrant.account_id)))
    return session.scalar(counted.where(RoleGrant.role == StaffRole.SUPERVISOR.value)) or 0


def _send(
    session: Session, context: Context, invitation: Invitation, approved_by: str, now: datetime
) -> Link:
    invitation.approved_by, invitation.approved_at = approved_by, now
    invitation.expires_at = now + LIFE
    session.flush()
    link = links.issue(
        session, Purpose.STAFF_INVITATION, invitation.id, link_state(invitation), now
    )
    enqueue(session, context.sealer, "staff_invitation",
            recipient_email=email_of(context, invitation),
            language=context.agency.languages[0],
            ids={"link": link.id, "hours": str(HOURS)}, now=now)  # fmt: skip
    return link


def _end(session: Session, invitation: Invitation, now: datetime) -> None:
    invitation.withdrawn_at = now
    links.end_all(session, invitation.id, now, Purpose.STAFF_INVITATION)
    session.flush()


@two_people.performs(Action.INVITE)
def _approved(
    session: Session, context: Context, asked: TwoPersonRequest, worker: Account, now: datetime
) -> None:
    invitation = session.get_one(Invitation, asked.subject_id, with_for_update=True)
    if state(invitation, now) is not State.WAITING:
        raise two_people.NothingToDecide(asked.id)
    if find_by_email(session, context.keyring, email_of(context, invitation)) is not None:
        raise CannotInvite(invitation.id)
    _send(session, context, invitation, worker.id, now)


@two_people.gives_up(Action.INVITE)
def _refused(session: Session, asked: TwoPersonRequest, now: datetime) -> None:
    invitation = session.get_one(Invitation, asked.subject_id)
    if invitation.withdrawn_at is None:
        _end(session, invitation, now)


@two_people.describes(Action.INVITE)
def _describe(session: Session, context: Context, asked: TwoPersonRequest) -> str:
    invitation = session.get_one(Invitation, asked.subject_id)
    roles = ", ".join(str(ROLE_WORDS[role]) for role in roles_of(invitation))
    return f"{invitation.name} ({email_of(context, invitation)}): {roles}"
