"""Making a complete account without its pages: for the demo's people, and for tests."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.check_code import SECRET
from portal.accounts.contact import email_key, normalise_email
from portal.accounts.find_account import EMAIL, PHONE, SPENT_PIN
from portal.accounts.hints import QUESTIONS
from portal.accounts.make_recovery_codes import add_codes, draw
from portal.accounts.models import PARENT, Account, TotpFactor
from portal.audit.trail import record_event
from portal.context import Context
from portal.security import totp
from portal.security.passwords import normalise_answer, passwords


@dataclass(frozen=True)
class Wishes:
    """What the account is to have. The defaults make a complete one."""

    kind: str = PARENT
    is_confirmed: bool = True
    has_totp: bool = True
    has_recovery_codes: bool = True
    has_hint: bool = True
    phone: str | None = None
    answered_phone: bool = True
    hint_question: str = next(iter(QUESTIONS))
    hint_answer: str = "blue harbor 7"
    language: str = "en"
    spent_pin: str | None = None


@dataclass(frozen=True)
class Provisioned:
    """The account, and what only its owner would know."""

    account: Account
    password: str = field(repr=False)
    totp_secret: str | None = field(default=None, repr=False)
    codes: tuple[str, ...] = field(default=(), repr=False)


def provision_account(
    session: Session,
    context: Context,
    *,
    participant_id: str | None,
    email: str,
    password: str,
    now: datetime,
    wishes: Wishes = Wishes(),
) -> Provisioned:
    """An account as if it had been registered. No mail is sent.

    :raises sqlalchemy.exc.IntegrityError: where the person or the address has an account.
    """
    account = _account(context, participant_id, email, password, now, wishes)
    session.add(account)
    session.flush()
    secret = _add_totp(session, context, account, now) if wishes.has_totp else None
    drawn = draw(context) if wishes.has_recovery_codes else []
    add_codes(session, account, drawn, now)
    session.flush()
    record_event(session, "account:registration:provisioned", now=now, actor_id=account.id,
                 subject=("account", account.id))  # fmt: skip
    return Provisioned(account, password, secret, tuple(code for code, _code_hash in drawn))


def _account(
    context: Context,
    participant_id: str | None,
    email: str,
    password: str,
    now: datetime,
    wishes: Wishes,
) -> Account:
    account_id, hasher, seal = uuid.uuid4().hex, passwords(context.settings), context.sealer.seal
    address = normalise_email(email)
    hint = hasher.hash(normalise_answer(wishes.hint_answer)) if wishes.has_hint else None
    return Account(
        id=account_id,
        kind=wishes.kind,
        participant_id=participant_id,
        language=wishes.language,
        email=seal(address, EMAIL, account_id),
        email_lookup=context.keyring.lookup("email", email_key(address)),
        email_confirmed_at=now if wishes.is_confirmed else None,
        phone=seal(wishes.phone, PHONE, account_id) if wishes.phone else None,
        no_phone=wishes.answered_phone and not wishes.phone,
        password_hash=hasher.hash(password),
        password_changed_at=now,
        hint_question=wishes.hint_question if wishes.has_hint else None,
        hint_hash=hint,
        spent_pin=seal(wishes.spent_pin, SPENT_PIN, account_id) if wishes.spent_pin else None,
        created_at=now,
        recovery_kept_at=now if wishes.has_recovery_codes else None,
    )


def _add_totp(session: Session, context: Context, account: Account, now: datetime) -> str:
    secret, factor_id = totp.new_secret(), uuid.uuid4().hex
    session.add(
        TotpFactor(
            id=factor_id,
            account_id=account.id,
            secret=context.sealer.seal(secret, SECRET, factor_id),
            created_at=now,
            confirmed_at=now,
        )
    )
    return secret
