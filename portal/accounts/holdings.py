"""What we hold on a person as the owner of an account: how to reach them, how they sign in."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal.accounts import add_passkey
from portal.accounts.card_models import Card, CardCode
from portal.accounts.contact import shown_phone
from portal.accounts.find_account import email_of, new_email_of, phone_of
from portal.accounts.hints import QUESTIONS
from portal.accounts.known_devices import KnownDevice
from portal.accounts.models import Account, RecoveryCode, TotpFactor
from portal.accounts.passkey_models import Passkey
from portal.accounts.safety_marks import SafetyMark
from portal.web.holdings import Asked, Why, Word, holds
from portal.web.models import SessionRow

SET_BY = {
    "parent": _l("you, on this site"),
    "feed": _l("the agency’s records"),
    "staff": _l("our staff, in person"),
}


def account_of(asked: Asked) -> Account:
    """The account of whoever asks."""
    return asked.session.get_one(Account, asked.account_id)


@holds(
    "account",
    place=30,
    title=_l("Your account on this site"),
    labels={
        "email": _l("E-mail address"),
        "email_confirmed_at": _l("Confirmed"),
        "new_email": _l("New e-mail address that waits for its link"),
        "phone": _l("Cell phone"),
        "no_phone": _l("You said you have no cell phone"),
        "language": _l("Language"),
        "created_at": _l("Opened"),
        "last_signed_in_at": _l("Last signed in"),
    },
    told={
        "accounts": "email email_confirmed_at new_email phone no_phone language created_at "
        "last_signed_in_at"
    },
    kept_back=[
        (Why.INSIDE, {"accounts": "id kind participant_id disabled_at must_change_password_at "
                      "closed_at"}),
        (Why.PROOF, {"accounts": "email_lookup password_hash hint_hash spent_pin"}),
    ],
)  # fmt: skip
def _account(asked: Asked) -> dict[str, Any]:
    account, sealer = account_of(asked), asked.context.sealer
    phone = phone_of(sealer, account)
    return {
        "email": email_of(sealer, account),
        "email_confirmed_at": account.email_confirmed_at,
        "new_email": new_email_of(sealer, account),
        "phone": shown_phone(phone) if phone else None,
        "no_phone": account.no_phone,
        "language": account.language,
        "created_at": account.created_at,
        "last_signed_in_at": account.last_signed_in_at,
    }


@holds(
    "sign_in",
    place=40,
    title=_l("How you sign in"),
    labels={
        "password_changed_at": _l("Password set"),
        "security_question": _l("Your security question"),
        "texts_since": _l("Codes by text message since"),
        "recovery_codes": _l("Recovery codes"),
        "recovery_kept_at": _l("You showed that you keep your recovery codes"),
        "authenticator_apps": _l("Authenticator apps"),
        "passkeys": _l("Passkeys"),
        "printed_cards": _l("Printed cards"),
        "name": _l("Name"),
        "is_backed_up": _l("Copied to your other devices"),
        "created_at": _l("Made"),
        "confirmed_at": _l("First used"),
        "last_used_at": _l("Last used"),
        "codes": _l("Codes"),
        "ended_at": _l("Ended"),
        "codes_used": _l("Codes used"),
    },
    told={
        "accounts": "password_changed_at hint_question texts_since recovery_kept_at",
        "totp_factors": "created_at confirmed_at ended_at",
        "recovery_codes": "created_at used_at",
        "passkeys": "name is_backed_up created_at last_used_at",
        "cards": "created_at confirmed_at ended_at",
        "card_codes": "used_at",
    },
    kept_back=[
        (Why.PROOF, {"totp_factors": "secret", "recovery_codes": "selector code_hash",
                      "passkeys": "credential_id public_key", "cards": "asked",
                      "card_codes": "code_hash"}),
        (Why.INSIDE, {"totp_factors": "id account_id last_step", "recovery_codes": "id account_id",
                      "passkeys": "id account_id sign_count transports", "cards": "id account_id",
                      "card_codes": "card_id position"}),
    ],
)  # fmt: skip
def _sign_in(asked: Asked) -> dict[str, Any]:
    account, sealer = account_of(asked), asked.context.sealer
    question = account.hint_question
    passkeys = [
        {
            "name": sealer.open(it.name, add_passkey.NAME, it.id),
            "created_at": it.created_at,
            "last_used_at": it.last_used_at,
            "is_backed_up": it.is_backed_up,
        }
        for it in asked.session.scalars(
            select(Passkey).where(Passkey.account_id == account.id).order_by(Passkey.created_at)
        )
    ]
    return {
        "password_changed_at": account.password_changed_at,
        "security_question": Word(question, str(QUESTIONS[question])) if question else None,
        "texts_since": account.texts_since,
        "recovery_kept_at": account.recovery_kept_at,
        "recovery_codes": _recovery_codes(asked),
        "authenticator_apps": _rows(asked, TotpFactor, "created_at", "confirmed_at", "ended_at"),
        "passkeys": passkeys,
        "printed_cards": _cards(asked),
    }


def _recovery_codes(asked: Asked) -> list[dict[str, Any]]:
    """Each set of them: how many there were, how many of them were used, and when last."""
    columns = (RecoveryCode.created_at, func.count(), func.count(RecoveryCode.used_at),
               func.max(RecoveryCode.used_at))  # fmt: skip
    mine = select(*columns).where(RecoveryCode.account_id == asked.account_id)
    sets = mine.group_by(RecoveryCode.created_at).order_by(RecoveryCode.created_at)
    return [
        {"created_at": made, "codes": codes, "codes_used": used, "last_used_at": last}
        for made, codes, used, last in asked.session.execute(sets)
    ]


def _cards(asked: Asked) -> list[dict[str, Any]]:
    used = (
        select(CardCode.card_id, func.count(CardCode.used_at).label("used"))
        .group_by(CardCode.card_id)
        .subquery()
    )
    chosen = select(Card, used.c.used).outerjoin(used, used.c.card_id == Card.id)
    mine = chosen.where(Card.account_id == asked.account_id).order_by(Card.created_at, Card.id)
    return [
        {
            "created_at": card.created_at,
            "confirmed_at": card.confirmed_at,
            "ended_at": card.ended_at,
            "codes_used": count or 0,
        }
        for card, count in asked.session.execute(mine)
    ]


@holds(
    "devices",
    place=50,
    title=_l("Devices"),
    labels={
        "sessions": _l("Where you were signed in"),
        "known_devices": _l("Devices we know"),
        "device": _l("Device"),
        "started_at": _l("Since"),
        "seen_at": _l("Last used"),
        "ended_at": _l("Signed out"),
        "first_seen_at": _l("Since"),
    },
    told={
        "sessions": "device started_at seen_at ended_at",
        "known_devices": "device first_seen_at seen_at",
    },
    kept_back=[
        (Why.PROOF, {"sessions": "token_hash", "known_devices": "token_hash"}),
        (Why.INSIDE, {"sessions": "id account_id second_factor_at reauthenticated_at "
                      "known_device_id data", "known_devices": "id account_id"}),
    ],
)  # fmt: skip
def _devices(asked: Asked) -> dict[str, Any]:
    return {
        "sessions": _rows(asked, SessionRow, "device", "started_at", "seen_at", "ended_at"),
        "known_devices": _rows(asked, KnownDevice, "device", "first_seen_at", "seen_at"),
    }


@holds(
    "safety",
    place=20,
    title=_l("Safety"),
    labels={
        "marked": _l("Your account is marked for your safety"),
        "set_by": _l("Set by"),
        "changed_at": _l("Last changed"),
    },
    told={"safety_marks": "marked set_by changed_at"},
    kept_back=[(Why.INSIDE, {"safety_marks": "participant_id"})],
)
def _safety(asked: Asked) -> dict[str, Any]:
    mark = asked.session.get(SafetyMark, asked.participant_id or "")
    return {
        "marked": mark is not None and mark.marked,
        "set_by": Word(mark.set_by, str(SET_BY.get(mark.set_by, mark.set_by))) if mark else None,
        "changed_at": mark.changed_at if mark else None,
    }


def _rows(asked: Asked, model: Any, *names: str) -> list[dict[str, Any]]:
    """Those columns of the account's rows, the oldest first."""
    columns = [getattr(model, name) for name in names]
    mine = select(*columns).where(model.account_id == asked.account_id)
    first = next(column for column in columns if column.key.endswith("_at"))
    return [dict(row._mapping) for row in asked.session.execute(mine.order_by(first, *columns))]
