"""The parents of a case, for letters to them: who may be written to, and in which language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.find_account import is_live_account_of
from portal.accounts.models import Account
from portal.record.models import Case, Member, Participant
from portal.record.names import full_name
from portal.rules.vocabulary import CaseStatus, Role
from portal.staff.parties import keep_out

_PARENTS = (Role.CUSTODIAL, Role.GUARDIAN, Role.NONCUSTODIAL)


@dataclass(frozen=True, slots=True)
class CaseParent:
    """A parent or guardian who is on the case now."""

    participant_id: str
    name: str
    role: Role
    account_id: str | None
    """None where nobody registered: then the letter is to be printed and mailed."""
    language: str

    @property
    def gets_services(self) -> bool:
        """Whether the support is for this one: a custodial parent or a guardian."""
        return self.role is not Role.NONCUSTODIAL


@dataclass(frozen=True, slots=True)
class CaseToWrite:
    """A case about which letters are written."""

    case_id: str
    status: CaseStatus
    parents: tuple[CaseParent, ...]
    public_assistance: bool
    """With `owed_to_state` and what is overpaid: what keeps a case from closing on request,
    as the record has it; for the staff alone."""
    owed_to_state: bool
    overpayment_due: Decimal
    """Dollars overpaid and not paid back yet."""

    @property
    def may_not_close_on_request(self) -> bool:
        """Whether one of the three bars is there."""
        return self.public_assistance or self.owed_to_state or self.overpayment_due > 0


def case_to_write(session: Session, worker: Account, case_id: str, today: date) -> CaseToWrite:
    """The case with its parents of today, those who died left out.

    Raises `LookupError` where there is no such case, `portal.staff.parties.PartyToCase` (ACL-4).
    """
    case = session.get(Case, case_id)
    if case is None:
        raise LookupError(case_id)
    keep_out(session, worker, "", [case_id])
    chosen = (
        select(Member, Participant, Account)
        .join(Participant, Participant.participant_id == Member.participant_id)
        .outerjoin(Account, is_live_account_of(Member.participant_id))
        .where(Member.case_id == case_id, Member.role.in_(_PARENTS), Member.since <= today)
        .where((Member.until.is_(None)) | (Member.until >= today))
        .where(Participant.deceased_on.is_(None))
        .order_by(Member.role, Member.participant_id)
    )
    parents = {
        member.participant_id: _parent(member, person, account)
        for member, person, account in session.execute(chosen)
    }
    return CaseToWrite(
        case_id,
        CaseStatus(case.status),
        tuple(parents.values()),
        case.public_assistance,
        case.owed_to_state,
        case.overpayment_due,
    )


def _parent(member: Member, person: Participant, account: Account | None) -> CaseParent:
    return CaseParent(
        member.participant_id,
        full_name(person),
        Role(member.role),
        account.id if account else None,
        account.language if account else person.language or "en",
    )
