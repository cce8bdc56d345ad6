"""Every sealed column of our tables, every look-up, and how each is made anew (KEY-3).

A test compares this list with the tables: a new sealed column that is not here fails it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Table

from portal.accounts import add_passkey, check_code, email_correction, find_account, register
from portal.accounts.contact import email_key
from portal.accounts.match_person import RECOVERY_PIN
from portal.accounts.models import Account, Registration, TotpFactor
from portal.accounts.passkey_models import Passkey
from portal.accounts.recovery_models import EmailCorrection, Recovery
from portal.database import Base
from portal.feeds.give_positions import PLACE as LINE
from portal.feeds.models import ExportedLine
from portal.notices.letter_models import FIGURES, PDF, WORDS, PortalLetter
from portal.notices.models import RECIPIENT, OutboxItem
from portal.own_records.models import DATA as OWN_RECORD
from portal.own_records.models import OwnRecord
from portal.requests.models import Draft, EvidenceFile, Submission, SubmissionEvent
from portal.requests.sealed import DETAIL, DRAFT, FIELDS, NAME
from portal.security.models import TextCode
from portal.security.text_codes import PHONE as TEXT_PHONE
from portal.staff.models import (
    DecisionDraft,
    Invitation,
    ProtectedLocationGrant,
    RecordOpening,
    StaffNote,
    TwoPersonRequest,
)
from portal.statements import codes
from portal.statements import models as statements
from portal.web.kept_work import PLACE as KEPT
from portal.web.models import KeptWork, SessionRow
from portal.web.sessions import PLACE as SESSION

Opened = Mapping[str, str | None]
LookedUp = Callable[[Opened], str | None]
"""From a row's opened columns to the value that its look-up is of; None where that is not known."""


@dataclass(frozen=True)
class Sealed:
    """What is sealed in one table."""

    model: type[Base]
    places: Mapping[str, str]
    """The place by column."""
    bound_to: str = "id"
    """The column whose value the seals are bound to; also unique."""
    lookups: Mapping[str, tuple[str, LookedUp]] = field(default_factory=dict)
    """Purpose and value by look-up column."""

    @property
    def table(self) -> Table:
        table = self.model.__table__
        assert isinstance(table, Table)
        return table


def _email(opened: Opened) -> str | None:
    email = opened["email"]
    return None if email is None else email_key(email)


def _path(opened: Opened) -> str | None:
    kept = json.loads(opened["fields"] or "null")
    return str(kept["path"]) if isinstance(kept, dict) else None


SEALED = (
    Sealed(
        Account,
        {
            "email": find_account.EMAIL,
            "new_email": find_account.NEW_EMAIL,
            "phone": find_account.PHONE,
            "spent_pin": find_account.SPENT_PIN,
        },
        lookups={"email_lookup": ("email", _email)},
    ),
    Sealed(
        Registration,
        {"pin": register.PIN, "email": register.EMAIL, "phone": register.PHONE},
        lookups={"email_lookup": ("email", _email)},
    ),
    Sealed(Recovery, {"pin": RECOVERY_PIN}),
    Sealed(EmailCorrection, {"email": email_correction.ADDRESS}),
    Sealed(TotpFactor, {"secret": check_code.SECRET}),
    Sealed(TextCode, {"phone": TEXT_PHONE}),
    Sealed(Passkey, {"name": add_passkey.NAME}),
    Sealed(SessionRow, {"data": SESSION}),
    Sealed(KeptWork, {"fields": KEPT}, lookups={"path_lookup": ("kept_work", _path)}),
    Sealed(OutboxItem, {"recipient": RECIPIENT}),
    Sealed(Submission, {"fields": FIELDS}),
    Sealed(SubmissionEvent, {"detail": DETAIL}, bound_to="uid"),
    Sealed(Draft, {"data": DRAFT}),
    Sealed(EvidenceFile, {"name": NAME}),
    Sealed(OwnRecord, {"data": OWN_RECORD}),
    Sealed(ExportedLine, {"line": LINE}, bound_to="position"),
    Sealed(PortalLetter, {"pdf": PDF, "words": WORDS, "figures": FIGURES}),
    Sealed(
        Invitation,
        {"email": "staff_invitations.email"},
        lookups={"email_lookup": ("email", _email)},
    ),
    Sealed(TwoPersonRequest, {"reason": "two_person_requests.reason"}),
    Sealed(StaffNote, {"words": "staff_notes.words"}),
    Sealed(DecisionDraft, {"data": "decision_drafts.data"}),
    Sealed(ProtectedLocationGrant, {"reason": "protected_location_grants.reason"}),
    Sealed(RecordOpening, {"words": "record_openings.words"}),
    Sealed(statements.StatementKey, {"seed": statements.SEED}),
    Sealed(
        statements.SharedStatement,
        {"code": statements.CODE, "content": statements.CONTENT, "pdf": statements.PDF},
        lookups={"code_lookup": (codes.PURPOSE, lambda opened: opened["code"])},
    ),
)
