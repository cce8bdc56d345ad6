"""Accounts, their second factors, sign-ups under way, and what the agency is asked to mail."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.card_models import Card
from portal.accounts.passkey_models import Passkey
from portal.accounts.staff_models import RoleGrant, StaffMember
from portal.database import Base
from portal.security.permissions import Permission, StaffRole, may
from portal.web.edge import context

if TYPE_CHECKING:
    from portal.web.models import SessionRow

PARENT = "parent"
STAFF = "staff"


class Account(Base):
    """A person who can sign in. Contact details are sealed; the e-mail is found by its look-up."""

    __tablename__ = "accounts"
    __table_args__ = (
        Index(
            "uq_accounts_live_participant",
            "participant_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "uq_accounts_live_email",
            "email_lookup",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), default=PARENT)
    """``parent`` or ``staff``."""
    participant_id: Mapped[str | None] = mapped_column(String(32))
    """The person of the record this account is linked to: one live account each (REG-5)."""
    language: Mapped[str] = mapped_column(String(35), default="en")
    email: Mapped[bytes] = mapped_column(LargeBinary)
    email_lookup: Mapped[str] = mapped_column(String(100))
    email_confirmed_at: Mapped[datetime | None]
    new_email: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The address that is to take the place of ``email`` once its link is confirmed."""
    phone: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The cell phone, E.164, sealed."""
    no_phone: Mapped[bool] = mapped_column(default=False)
    """The answer "Cell phone number not available"."""
    texts_since: Mapped[datetime | None]
    """Since when the phone is confirmed and gets codes by text message: a second factor."""
    password_hash: Mapped[str] = mapped_column(String(200))
    password_changed_at: Mapped[datetime]
    hint_question: Mapped[str | None] = mapped_column(String(32))
    hint_hash: Mapped[str | None] = mapped_column(String(200))
    spent_pin: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The PIN that linked the account, sealed: it never links again (REG-3)."""
    created_at: Mapped[datetime]
    last_signed_in_at: Mapped[datetime | None]
    recovery_kept_at: Mapped[datetime | None]
    """When the person proved, by typing one back, that the recovery codes are kept."""
    disabled_at: Mapped[datetime | None]
    """Suspended: keeps its person and address, but nobody signs in."""
    must_change_password_at: Mapped[datetime | None]
    """Since when nobody signs in before a new password was chosen by a mailed link."""
    closed_at: Mapped[datetime | None]
    """Ended for good: frees its person and address."""

    totp: Mapped[TotpFactor | None] = relationship(
        primaryjoin="and_(Account.id == TotpFactor.account_id, "
        "TotpFactor.confirmed_at.is_not(None), TotpFactor.ended_at.is_(None))",
        viewonly=True,
        uselist=False,
        lazy="select",
    )
    passkeys: Mapped[list[Passkey]] = relationship(
        viewonly=True, order_by=Passkey.created_at, lazy="select"
    )

    card: Mapped[Card | None] = relationship(
        primaryjoin="and_(Account.id == Card.account_id, "
        "Card.confirmed_at.is_not(None), Card.ended_at.is_(None))",
        viewonly=True,
        uselist=False,
        lazy="select",
    )

    staff_member: Mapped[StaffMember | None] = relationship(
        viewonly=True, uselist=False, lazy="select"
    )
    role_grants: Mapped[list[RoleGrant]] = relationship(
        primaryjoin="and_(Account.id == RoleGrant.account_id, RoleGrant.ended_at.is_(None))",
        viewonly=True,
        order_by=RoleGrant.role,
        lazy="select",
    )

    # -- what flask-login asks ----------------------------------------------------------------

    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def is_anonymous(self) -> bool:
        return False

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None and self.closed_at is None

    def get_id(self) -> str:
        """The id, for flask-login."""
        return self.id

    # -- what pages ask -----------------------------------------------------------------------

    @property
    def answered_phone(self) -> bool:
        """Whether the question for a cell phone was answered, if by "not available"."""
        return self.phone is not None or self.no_phone

    @property
    def gets_texts(self) -> bool:
        """Whether the phone is a second factor: a parent's only, and confirmed.

        It stays one while the agency sends no texts: a password alone must not open the account.
        """
        return self.kind == PARENT and self.phone is not None and self.texts_since is not None

    @property
    def is_staff(self) -> bool:
        """Whether it is a member of the staff's."""
        return self.kind == STAFF

    @property
    def roles(self) -> tuple[StaffRole, ...]:
        """The roles a member of the staff has now; none for a parent."""
        if not self.is_staff:
            return ()
        return tuple(StaffRole(grant.role) for grant in self.role_grants)

    def may(self, permission: Permission) -> bool:
        """Whether one of the roles has the permission (ACL-3)."""
        return may(self.roles, permission)

    @property
    def factors(self) -> int:
        """How many second factors there are; recovery codes only stand in for one, and a card
        whose codes are all used is none to lean on."""
        has_card = self.card is not None and self.card.asked is not None
        return (self.totp is not None) + len(self.passkeys) + self.gets_texts + has_card

    @property
    def has_factor_beside_card(self) -> bool:
        """Whether a second factor is left without the printed card."""
        return self.totp is not None or self.gets_texts or bool(self.passkeys)

    @property
    def has_factor(self) -> bool:
        """Whether there is a second factor; reads no further than to the first one found.

        A used-up card counts: a password alone never leads to setting up another factor.
        """
        return self.has_factor_beside_card or self.card is not None

    @property
    def needs_passkey(self) -> bool:
        """Whether the agency takes nothing less: of a member of the staff's, by its profile."""
        return self.is_staff and context().agency.staff.passkeys_only

    @property
    def takes_app_code(self) -> bool:
        """Whether a code of the app is a second factor: where a passkey is asked, up to the first.

        It then leads to making that passkey, and nowhere else.
        """
        return self.totp is not None and not (self.needs_passkey and self.passkeys)

    @property
    def takes_recovery_codes(self) -> bool:
        """Whether recovery codes stand in for a lost factor: never for a passkey that is asked."""
        return not self.needs_passkey

    @property
    def has_passkey_to_spare(self) -> bool:
        """Whether one passkey can be removed."""
        return (len(self.passkeys) if self.needs_passkey else self.factors) > 1

    def next_step(self, row: SessionRow) -> str | None:
        """The endpoint of the step still due before case pages open, or None.

        Whoever has a second factor gives it first, so that a password alone changes nothing.
        """
        if self.must_change_password_at is not None:
            return "accounts.new_password_due"
        if row.second_factor_at is None and self.has_factor:
            return "accounts.code"
        asked = not self.is_staff  # for a phone and a hint: neither opens a worker's account
        hints = asked and context().agency.features.security_hints
        due = (
            (self.email_confirmed_at is None, "accounts.missing_email"),
            (asked and not self.answered_phone, "accounts.missing_phone"),
            (hints and self.hint_hash is None, "accounts.missing_hint"),
            (self.needs_passkey and not self.passkeys, "accounts.passkey_due"),
            (not self.has_factor, "accounts.missing_authenticator"),
            (
                self.takes_recovery_codes and self.recovery_kept_at is None,
                "accounts.recovery_codes",
            ),
        )
        return next((endpoint for is_due, endpoint in due if is_due), None)


class TotpFactor(Base):
    """An authenticator app. Its secret is sealed; ``last_step`` makes each code work once."""

    __tablename__ = "totp_factors"
    __table_args__ = (
        Index(
            "uq_totp_factors_account",
            "account_id",
            unique=True,
            sqlite_where=text("confirmed_at IS NOT NULL AND ended_at IS NULL"),
            postgresql_where=text("confirmed_at IS NOT NULL AND ended_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    """When one valid code was given; before that it counts for nothing (OTP-4)."""
    ended_at: Mapped[datetime | None]
    last_step: Mapped[int | None]
    """The time step of the last code accepted, that of the enrolment too (OTP-1)."""


class RecoveryCode(Base):
    """One of ten codes that stand in for a lost authenticator, each once."""

    __tablename__ = "recovery_codes"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    selector: Mapped[str] = mapped_column(String(2))
    code_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Registration(Base):
    """A sign-up under way. It is no account: nobody signs in with it, and it holds no address for
    itself; it becomes an account when its mailed link is confirmed (REG-4)."""

    __tablename__ = "registrations"
    __table_args__ = (Index("registrations_participant", "participant_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    participant_id: Mapped[str] = mapped_column(String(32))
    pin: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(index=True)
    language: Mapped[str] = mapped_column(String(35))
    email: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_lookup: Mapped[str | None] = mapped_column(String(100), index=True)
    phone: Mapped[bytes | None] = mapped_column(LargeBinary)
    no_phone: Mapped[bool] = mapped_column(default=False)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    hint_question: Mapped[str | None] = mapped_column(String(32))
    hint_hash: Mapped[str | None] = mapped_column(String(200))
    sent_at: Mapped[datetime | None]
    """When its mail was queued first: the last step."""


class PinRequest(Base):
    """A parent asked for a new PIN. Goes out with the export as ``new_pin_asked``."""

    __tablename__ = "pin_requests"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    participant_id: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]


class LetterRequest(Base):
    """Something the address on record is to be told by letter (REG-5, REG-6). Goes out with the
    export as ``letter``; ``kind`` is ``account_exists``, ``registration_refused``,
    ``recovery_asked`` or ``email_correction_asked``."""

    __tablename__ = "letter_requests"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    participant_id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]
