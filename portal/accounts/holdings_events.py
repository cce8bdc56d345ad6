"""What we hold on what happened to an account, and on who opened a person's record."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.accounts import email_correction
from portal.accounts.history import whole_history
from portal.accounts.holdings import account_of
from portal.accounts.models import LetterRequest, PinRequest, Registration
from portal.accounts.record_openings import openings_of, role_words
from portal.accounts.recovery_models import EmailCorrection, FactorRemoval, Recovery
from portal.web.holdings import Asked, Why, Word, holds

LETTERS = {
    "account_exists": _l("Somebody tried to open a second account in your name"),
    "registration_refused": _l("Somebody tried to open an account in your name"),
    "recovery_asked": _l("Somebody asked for a way back into your account"),
    "email_correction_asked": _l("We were asked to change your e-mail address"),
}


@holds(
    "history",
    place=60,
    title=_l("What happened on your account"),
    labels={"at": _l("When"), "event": _l("What"), "outcome": _l("How it ended"),
            "device": _l("Device")},
    told={"audit_events": "at name outcome detail"},
    kept_back=[(Why.INSIDE, {"audit_events": "id actor_id subject_kind subject_id request_id"}),
               (Why.PROOF, {"audit_events": "address"})],
)  # fmt: skip
def _history(asked: Asked) -> list[dict[str, Any]]:
    outcomes = {"success": _("done"), "refused": _("refused")}
    return [
        {
            "at": entry.at,
            "event": Word(name, entry.words),
            "outcome": Word(outcome, str(outcomes.get(outcome, outcome))),
            "device": entry.device or None,
        }
        for name, outcome, entry in whole_history(asked.session, account_of(asked))
    ]


@holds(
    "record_openings",
    place=70,
    title=_l("Who opened your record"),
    labels={"on": _l("Day"), "role": _l("Who"), "name": _l("Name"), "reason": _l("Why")},
    told={"record_openings": "role reason at"},
    kept_back=[
        (Why.INSIDE, {"record_openings": "id participant_id submission_id"}),
        (Why.OTHERS, {"record_openings": "account_id"}),
        (Why.AGENCY, {"record_openings": "words"}),
    ],
)
def _openings(asked: Asked) -> list[dict[str, Any]]:
    """Days, never the time; the names of the staff only where the agency's profile says so."""
    return [
        {
            "on": opened.on,
            "role": Word(opened.role, role_words(opened.role)),
            "name": opened.name or None,
            "reason": Word(opened.reason, opened.why),
        }
        for opened in reversed(openings_of(asked.session, asked.context.agency,
                                           asked.participant_id or ""))
    ]  # fmt: skip


@holds(
    "account_steps",
    place=80,
    title=_l("Opening your account, and ways back into it"),
    labels={
        "registrations": _l("Accounts begun in your name and not finished"),
        "pin_requests": _l("New PINs asked for"),
        "letters_asked": _l("Letters to your address on record"),
        "ways_back": _l("Ways back in with a new PIN"),
        "factor_removals": _l("Lost ways to sign in, removed by our staff"),
        "email_corrections": _l("Changes of your e-mail address by our staff"),
        "at": _l("When"),
        "kind": _l("What for"),
        "created_at": _l("Begun"),
        "sent_at": _l("Link sent"),
        "asked_at": _l("Asked"),
        "approved_at": _l("Approved"),
        "due_at": _l("To be done"),
        "confirmed_at": _l("Confirmed"),
        "cancelled_at": _l("Stopped"),
        "done_at": _l("Done"),
        "email": _l("New address"),
    },
    told={
        "registrations": "created_at sent_at",
        "pin_requests": "at",
        "letter_requests": "kind at",
        "recoveries": "asked_at due_at sent_at cancelled_at done_at",
        "factor_removals": "approved_at due_at cancelled_at done_at",
        "email_corrections": "email asked_at approved_at due_at confirmed_at cancelled_at done_at",
    },
    kept_back=[
        (Why.MAYBE_OTHERS, {"registrations": "language email phone no_phone hint_question"}),
        (Why.PROOF, {"registrations": "pin email_lookup password_hash hint_hash",
                      "recoveries": "pin"}),
        (Why.INSIDE, {"registrations": "id participant_id", "pin_requests": "id participant_id",
                      "letter_requests": "id participant_id", "recoveries": "id account_id",
                      "factor_removals": "id account_id", "email_corrections": "id account_id"}),
        (Why.OTHERS, {"factor_removals": "asked_by approved_by",
                      "email_corrections": "asked_by approved_by"}),
        (Why.AGENCY, {"email_corrections": "proof"}),
    ],
)  # fmt: skip
def _steps(asked: Asked) -> dict[str, Any]:
    return {
        "registrations": _of_person(asked, Registration, "created_at", "sent_at"),
        "pin_requests": _of_person(asked, PinRequest, "at"),
        "letters_asked": [
            {**row, "kind": Word(row["kind"], str(LETTERS.get(row["kind"], row["kind"])))}
            for row in _of_person(asked, LetterRequest, "at", "kind")
        ],
        "ways_back": _of_account(asked, Recovery, "asked_at", "due_at", "sent_at", "cancelled_at",
                                 "done_at"),
        "factor_removals": _of_account(asked, FactorRemoval, "approved_at", "due_at",
                                       "cancelled_at", "done_at"),
        "email_corrections": _corrections(asked),
    }  # fmt: skip


def _corrections(asked: Asked) -> list[dict[str, Any]]:
    chosen = select(EmailCorrection).where(EmailCorrection.account_id == asked.account_id)
    sealer, place = asked.context.sealer, email_correction.ADDRESS
    return [
        {
            "asked_at": row.asked_at,
            "email": sealer.open(row.email, place, row.id) if row.email else None,
            "approved_at": row.approved_at,
            "due_at": row.due_at,
            "confirmed_at": row.confirmed_at,
            "cancelled_at": row.cancelled_at,
            "done_at": row.done_at,
        }
        for row in asked.session.scalars(chosen.order_by(EmailCorrection.asked_at))
    ]


def _of_person(asked: Asked, model: Any, *names: str) -> list[dict[str, Any]]:
    return _rows(asked, model, model.participant_id == (asked.participant_id or ""), names)


def _of_account(asked: Asked, model: Any, *names: str) -> list[dict[str, Any]]:
    return _rows(asked, model, model.account_id == asked.account_id, names)


def _rows(asked: Asked, model: Any, mine: Any, names: tuple[str, ...]) -> list[dict[str, Any]]:
    columns = [getattr(model, name) for name in names]
    found = asked.session.execute(select(*columns).where(mine).order_by(*columns))
    return [dict(row._mapping) for row in found]
