"""Registering, step by step, until the mail is on its way. No account comes of it yet (REG-4)."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.accounts import mail
from portal.accounts.contact import email_key
from portal.accounts.find_account import find_by_email
from portal.accounts.models import Registration
from portal.audit.trail import record_event
from portal.context import Context
from portal.security import links
from portal.security.links import Purpose
from portal.security.passwords import normalise_answer, passwords
from portal.web.edge import Edges

KEPT_FOR = timedelta(hours=24)
PIN = "registrations.pin"
EMAIL = "registrations.email"
PHONE = "registrations.phone"


def begin(
    session: Session,
    context: Context,
    participant_id: str,
    pin: str,
    language: str,
    now: datetime,
) -> Registration:
    """A sign-up for a person who was matched; those of more than a day ago are dropped."""
    session.execute(delete(Registration).where(Registration.created_at < now - KEPT_FOR))
    row_id = uuid.uuid4().hex
    row = Registration(
        id=row_id,
        participant_id=participant_id,
        pin=context.sealer.seal(pin, PIN, row_id),
        created_at=now,
        language=language,
    )
    session.add(row)
    session.flush()
    record_event(session, "registration:match:accepted", now=now,
                 subject=("participant", participant_id))  # fmt: skip
    return row


def find(session: Session, registration_id: str | None, now: datetime) -> Registration | None:
    """The sign-up of that id, if it is under way and young enough."""
    row = session.get(Registration, registration_id) if registration_id else None
    return row if row is not None and now - row.created_at < KEPT_FOR else None


def give_contact(
    session: Session, context: Context, row: Registration, email: str, phone: str | None
) -> None:
    """Note the e-mail address and the cell phone (E.164), or that there is none."""
    row.email = context.sealer.seal(email, EMAIL, row.id)
    row.email_lookup = context.keyring.lookup("email", email_key(email))
    row.phone = None if phone is None else context.sealer.seal(phone, PHONE, row.id)
    row.no_phone = phone is None
    session.flush()


def give_password(edges: Edges, context: Context, row: Registration, password: str) -> None:
    """Note the password's hash. The caller has checked it against the rules."""
    password_hash = passwords(context.settings).hash(password)
    session = edges.act()
    row.password_hash = password_hash
    session.flush()


def is_password(context: Context, row: Registration, text: str) -> bool:
    """Whether ``text`` is the password chosen a step before: no hint may be (HNT-3)."""
    return passwords(context.settings).check(row.password_hash, text).is_right


def give_hint(
    edges: Edges, context: Context, row: Registration, question: str, answer: str
) -> None:
    """Note the key of the question and the slow hash of the answer (HNT-3)."""
    hint_hash = passwords(context.settings).hash(normalise_answer(answer))
    session = edges.act()
    row.hint_question = question
    row.hint_hash = hint_hash
    session.flush()


def email_of(context: Context, row: Registration) -> str:
    """The address given. :raises ValueError: before the contact step."""
    if row.email is None:
        raise ValueError("No address was given yet.")
    return context.sealer.open(row.email, EMAIL, row.id)


def email_lookups_of(context: Context, row: Registration) -> list[str]:
    """The look-ups of the address under every key of the ring; none before the contact step."""
    if row.email is None:
        return []
    return context.keyring.lookups("email", email_key(email_of(context, row)))


def state_of(row: Registration, lookup: str | None) -> str:
    """What the mailed link rests on: any change makes it a dead one (LNK-3)."""
    parts = (lookup, row.password_hash, row.hint_hash, str(row.no_phone))
    return "|".join(part or "" for part in parts)


def send_link(session: Session, context: Context, row: Registration, now: datetime) -> None:
    """Mail the link. An address that has an account is told so by mail only (ENU-1)."""
    email = email_of(context, row)
    row.sent_at = row.sent_at or now
    if mail.may_mail(session, context, email_key(email), now):
        # A link is made for an address that has an account too, and mailed to nobody: both answers
        # take the same time (ENU-2).
        state = state_of(row, row.email_lookup)
        link = links.issue(session, Purpose.CONFIRM_REGISTRATION, row.id, state, now)
        if find_by_email(session, context.keyring, email) is not None:
            mail.send(session, context, "already_registered", email, row.language, now)
        else:
            mail.send(session, context, "confirm_registration", email, row.language, now, link)
    session.flush()
