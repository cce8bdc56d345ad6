"""The people of the demo agency who work there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.context import Context
from portal.demo.people import Person
from portal.security.permissions import StaffRole
from portal.staff.provision import provision_staff


@dataclass(frozen=True)
class _Worker:
    key: str
    name: str
    role: StaffRole
    why: str


WORKERS = (
    _Worker("nora", "Nora Whitfield", StaffRole.CASEWORKER,
            "answers what parents send in: finds eleven requests, among them new ones, a question,"
            " one late, one that waits for the parent"),
    _Worker("theo", "Theo Marsh", StaffRole.CASEWORKER,
            "the other caseworker: take a request as Nora, and look at it as Theo"),
    _Worker("grace", "Grace Okafor", StaffRole.SUPERVISOR,
            "sees what is late, gives work out, looks after the staff"),
    _Worker("victor", "Victor Lindqvist", StaffRole.SUPERVISOR,
            "the second person: approves what Grace asks for"),
    _Worker("ines", "Ines Calder", StaffRole.AUDITOR,
            "reads the trail and who opened which record, and sees no case"),
    _Worker("owen", "Owen Baptiste", StaffRole.OPERATOR,
            "sees extracts, outgoing mail and health, and no case"),
)  # fmt: skip


def make_staff(context: Context, since: datetime | None = None) -> tuple[Person, ...]:
    """Accounts for all of them, since then or now, with authenticator apps that the demo keeps."""
    return tuple(_person(context, worker, since or context.now()) for worker in WORKERS)


def _person(context: Context, worker: _Worker, since: datetime) -> Person:
    email, password = f"{worker.key}@agency.example", f"Demo staff {worker.key} 2026"
    with context.database.transaction() as session:
        made = provision_staff(session, context, name=worker.name, email=email, password=password,
                               roles=[worker.role], now=since)  # fmt: skip
        account_id = made.account.id
    return Person(
        key=worker.key,
        name=worker.name,
        role=worker.role.value,
        why=worker.why,
        ssn="",
        pin="",
        birth_date="",
        participant_id="",
        email=email,
        password=password,
        totp_secret=made.totp_secret or "",
        account_id=account_id,
    )
