"""A parent who lost the mailbox: another e-mail address, on proof that was seen (RCV-2).

A mailbox is the way to a new password. So one worker asks, another person approves, and then the
owner has a day to stop it (`portal.accounts.email_correction`). What was seen is noted as a code.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from portal.accounts import email_correction, factor_removal
from portal.accounts.find_account import email_of, find_by_email, find_by_participant
from portal.accounts.models import PARENT, Account
from portal.accounts.recovery_models import EmailCorrection
from portal.audit.trail import record_event
from portal.context import Context
from portal.record.models import Participant
from portal.record.names import full_name
from portal.staff import two_people
from portal.staff.help_parent import REASON, CannotHelp, parents_account
from portal.staff.look_up_person import mask
from portal.staff.models import TwoPersonRequest
from portal.staff.note_opening import note_at_once
from portal.staff.parties import cases_of, keep_out
from portal.staff.two_people import Action, CannotBeDone


class Proof(StrEnum):
    """What was seen, with the parent there or on paper."""

    PHOTO_ID = "photo-id"
    PIN_LETTER = "pin-letter"
    NOTARY = "notary"


PROOFS: Mapping[Proof, str] = {
    Proof.PHOTO_ID: _l("A photo ID, with the parent here"),
    Proof.PIN_LETTER: _l("Our letter with the PIN, the PIN covered, with the parent here"),
    Proof.NOTARY: _l("A letter on paper, signed in front of a notary"),
}


class AddressTaken(ValueError):
    """An account has the address already: this one, or another."""


def ask_correction(
    session: Session,
    context: Context,
    worker: Account,
    participant_id: str,
    email: str,
    proof: Proof,
    reason: str,
    now: datetime,
) -> None:
    """Ask a second person for it; nothing is mailed yet.

    Raises `CannotHelp` where there is no account or something is under way, `AddressTaken`,
    `LookupError` for nobody of the record, and `portal.staff.parties.PartyToCase` (ACL-4).
    """
    if session.get(Participant, participant_id) is None:
        raise LookupError(participant_id)
    keep_out(session, worker, participant_id, cases_of(session, participant_id))
    account = parents_account(session, participant_id)
    if not _can_begin(session, account) or _is_asked(session, account, now):
        raise CannotHelp(participant_id)
    note_at_once(session, context.sealer, worker, participant_id, REASON, reason, now)
    if find_by_email(session, context.keyring, email) is not None:
        record_event(session, "account:help:email-taken", now=now, actor_id=worker.id,
                     subject=("account", account.id), outcome="refused")  # fmt: skip
        raise AddressTaken(participant_id)
    row = email_correction.propose(session, context, account, email, proof.value, worker.id, now)
    two_people.ask(session, context, worker, Action.CORRECT_EMAIL, ("account", account.id), reason,
                   now, {"correction": row.id, "proof": proof.value})  # fmt: skip


def can_correct(session: Session, participant_id: str) -> bool:
    """Whether it can be asked for: there is an account, and no other way back in is under way."""
    account = find_by_participant(session, participant_id)
    return account is not None and account.kind == PARENT and _can_begin(session, account)


def _can_begin(session: Session, account: Account) -> bool:
    return (
        account.is_active
        and email_correction.STEP.waiting_until(session, account) is None
        and factor_removal.STEP.waiting_until(session, account) is None
    )


def _is_asked(session: Session, account: Account, now: datetime) -> bool:
    about = (Action.CORRECT_EMAIL.value, account.id)
    waiting = two_people.open_requests(session, now)
    return any((it.action, it.subject_id) == about for it in waiting)


@two_people.performs(Action.CORRECT_EMAIL)
def _begin(
    session: Session, context: Context, asked: TwoPersonRequest, approver: Account, now: datetime
) -> None:
    row, account = _row(session, asked), session.get(Account, asked.subject_id)
    if row is None or account is None or account.kind != PARENT or row.account_id != account.id:
        raise CannotBeDone(asked.id)
    if not _can_begin(session, account):
        raise CannotBeDone(asked.id)
    if not email_correction.begin(session, context, row, account, now, approved_by=approver.id):
        raise CannotBeDone(asked.id)


@two_people.describes(Action.CORRECT_EMAIL)
def _what(session: Session, context: Context, asked: TwoPersonRequest) -> str:
    """Whose, and the new address as it was typed: the second person compares it with the proof."""
    row, account = _row(session, asked), session.get(Account, asked.subject_id)
    new = email_correction.address_of(context, row) if row is not None else None
    if account is None or row is None or new is None:
        return ""
    person = session.get(Participant, account.participant_id) if account.participant_id else None
    lines = (
        full_name(person) if person else "",
        _("Now: %(address)s", address=mask(email_of(context.sealer, account))),
        _("New: %(address)s", address=new),
        _("Seen: %(proof)s", proof=PROOFS[Proof(row.proof)]),
    )
    return "\n".join(str(line) for line in lines if line)


@two_people.gives_up(Action.CORRECT_EMAIL)
def _forget(session: Session, asked: TwoPersonRequest, now: datetime) -> None:
    email_correction.drop(session, str(asked.detail.get("correction", "")))


def _row(session: Session, asked: TwoPersonRequest) -> EmailCorrection | None:
    return session.get(EmailCorrection, str(asked.detail.get("correction", "")))
