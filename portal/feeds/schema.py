"""The extract's files and columns, as data: ``docs/feed.md`` says the same in words.

Order matters twice: files are read in the order of :data:`FILES` (what is referred to comes first),
and a composite key is joined by ``|`` in the order of ``File.key``.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from portal.rules import vocabulary as words


class Kind(enum.Enum):
    """How a column's text is read."""

    KEY = "key"
    TEXT = "text"
    DATE = "date"
    MONEY = "amount"
    SIGNED_MONEY = "signed amount"
    BOOLEAN = "boolean"
    WORD = "word"
    SSN = "Social Security number"
    PIN = "PIN"
    PHONE = "phone number"
    EMAIL = "e-mail address"
    LANGUAGE = "language"
    COUNTRY = "country"
    JURISDICTION = "FIPS or ISO code"
    MARK = "mark"


class Ahead(enum.Enum):
    """What a date after the extract was made means."""

    FINE = "fine"
    WARN = "warn"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``refers`` names the file whose key it holds, ``personal`` masks its values."""

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    words: frozenset[str] = frozenset()
    refers: str | None = None
    ahead: Ahead = Ahead.FINE
    personal: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """One file: its columns, its key, and the pairs of columns that begin and end a span."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    spans: tuple[tuple[str, str], ...] = ()

    @property
    def filename(self) -> str:
        return f"{self.name}.csv"

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def has_case(self) -> bool:
        return "case_id" in self.column_names


def _key(name: str, refers: str | None = None, *, required: bool = True) -> Column:
    return Column(name, Kind.KEY, required, refers=refers)


def _word(name: str, vocabulary: type[enum.StrEnum], *, required: bool = True) -> Column:
    return Column(name, Kind.WORD, required, frozenset(member.value for member in vocabulary))


def _date(name: str, ahead: Ahead = Ahead.FINE, *, required: bool = False) -> Column:
    return Column(name, Kind.DATE, required, ahead=ahead)


def _amount(name: str = "amount", *, required: bool = True, signed: bool = False) -> Column:
    return Column(name, Kind.SIGNED_MONEY if signed else Kind.MONEY, required)


def _texts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


def _personal(name: str, kind: Kind = Kind.TEXT, *, required: bool = False) -> Column:
    return Column(name, kind, required, personal=True)


PARTICIPANTS = File(
    "participants",
    (
        _key("participant_id"),
        _personal("first_name"),
        _personal("middle_name"),
        _personal("last_name", required=True),
        _personal("suffix"),
        Column("birth_date", Kind.DATE, ahead=Ahead.REJECT, personal=True),
        _personal("ssn", Kind.SSN),
        _personal("pin", Kind.PIN),
        _personal("email", Kind.EMAIL),
        _personal("cell_phone", Kind.PHONE),
        _personal("home_phone", Kind.PHONE),
        _personal("mail_line1"),
        _personal("mail_line2"),
        _personal("mail_city"),
        _personal("mail_state"),
        _personal("mail_postal_code"),
        _personal("mail_country", Kind.COUNTRY),
        Column("language", Kind.LANGUAGE, personal=True),
        Column("family_violence", Kind.MARK, personal=True),
        _personal("employer_name"),
        _personal("employer_phone"),
        _personal("employer_address"),
        Column("deceased_on", Kind.DATE, ahead=Ahead.WARN, personal=True),
    ),
    ("participant_id",),
)
CASES = File(
    "cases",
    (
        _key("case_id"),
        _word("service", words.Service),
        _word("status", words.CaseStatus),
        _date("opened_on", Ahead.WARN, required=True),
        _date("closed_on", Ahead.WARN),
        *_texts("office", "caseworker_name", "caseworker_phone"),
        Column("public_assistance", Kind.BOOLEAN, required=True),
        Column("owed_to_state", Kind.BOOLEAN, required=True),
        _amount("overpayment_due"),
        _word("interstate", words.Interstate, required=False),
        Column("other_jurisdiction", Kind.JURISDICTION),
    ),
    ("case_id",),
    (("opened_on", "closed_on"),),
)
MEMBERS = File(
    "members",
    (
        _key("case_id", "cases"),
        _key("participant_id", "participants"),
        _word("role", words.Role),
        _date("since", Ahead.WARN, required=True),
        _date("until"),
    ),
    ("case_id", "participant_id", "role", "since"),
    (("since", "until"),),
)
ORDERS = File(
    "orders",
    (
        _key("order_id"),
        _key("case_id", "cases"),
        _word("kind", words.OrderKind),
        _amount(),
        _word("frequency", words.Frequency),
        _date("effective_on", required=True),
        _date("ended_on"),
        *_texts("court", "docket"),
        Column("issuing_state", Kind.JURISDICTION),
    ),
    ("order_id",),
    (("effective_on", "ended_on"),),
)
CHARGES = File(
    "charges",
    (
        _key("charge_id"),
        _key("case_id", "cases"),
        _key("order_id", "orders", required=False),
        _date("due_on", required=True),
        _word("kind", words.ChargeKind),
        _word("category", words.Category),
        _amount(signed=True),
        _word("reason", words.ChargeReason, required=False),
        Column("note"),
    ),
    ("charge_id",),
)
BALANCES = File(
    "balances",
    (
        _key("case_id", "cases"),
        _date("as_of", Ahead.REJECT, required=True),
        _word("category", words.Category),
        _word("owed_to", words.OwedTo),
        _amount(signed=True),
    ),
    ("case_id", "category", "owed_to"),
)
PAYMENTS = File(
    "payments",
    (
        _key("payment_id"),
        _key("payor_id", "participants"),
        _date("withheld_on", Ahead.WARN),
        _date("received_on", Ahead.REJECT, required=True),
        _amount(),
        _word("source", words.Source),
        *_texts("payer_name", "reference"),
        _date("reversed_on", Ahead.WARN),
    ),
    ("payment_id",),
    (("withheld_on", "received_on"), ("received_on", "reversed_on")),
)
ALLOCATIONS = File(
    "allocations",
    (
        _key("payment_id", "payments"),
        _key("case_id", "cases"),
        _word("category", words.AllocationCategory),
        _amount(),
    ),
    ("payment_id", "case_id", "category"),
)
DISBURSEMENTS = File(
    "disbursements",
    (
        _key("disbursement_id"),
        _key("payment_id", "payments"),
        _key("case_id", "cases"),
        _word("payee", words.Payee),
        _key("payee_id", "participants", required=False),
        _date("issued_on", Ahead.REJECT, required=True),
        _amount(),
        _word("method", words.Method),
        _word("status", words.DisbursementStatus),
        _date("status_on", Ahead.REJECT, required=True),
        _key("replaces", "disbursements", required=False),
    ),
    ("disbursement_id",),
    (("issued_on", "status_on"),),
)
ENFORCEMENT = File(
    "enforcement",
    (
        _key("action_id"),
        _key("case_id", "cases"),
        _word("kind", words.EnforcementKind),
        _word("status", words.EnforcementStatus),
        _date("started_on", Ahead.WARN, required=True),
        _date("ended_on"),
        Column("reason"),
    ),
    ("action_id",),
    (("started_on", "ended_on"),),
)
NOTICES = File(
    "notices",
    (
        _key("notice_id"),
        _key("case_id", "cases"),
        _key("participant_id", "participants"),
        _word("kind", words.NoticeKind),
        _date("dated_on", Ahead.WARN, required=True),
        _date("respond_by"),
        _amount(required=False),
        *_texts("subject", "text"),
    ),
    ("notice_id",),
    (("dated_on", "respond_by"),),
)
OUTCOMES = File(
    "outcomes",
    (
        _key("submission_id"),
        _word("outcome", words.Outcome),
        _date("on", Ahead.WARN, required=True),
        _key("case_id", "cases", required=False),
        Column("text"),
    ),
    ("submission_id", "outcome"),
)
REMOVALS = File(
    "removals",
    (Column("table", required=True), Column("key", required=True)),
    ("table", "key"),
)

FILES: tuple[File, ...] = (
    PARTICIPANTS,
    CASES,
    MEMBERS,
    ORDERS,
    CHARGES,
    BALANCES,
    PAYMENTS,
    ALLOCATIONS,
    DISBURSEMENTS,
    ENFORCEMENT,
    NOTICES,
    OUTCOMES,
)
BY_NAME: dict[str, File] = {file.name: file for file in FILES}
BY_FILENAME: dict[str, File] = {file.filename: file for file in (*FILES, REMOVALS)}
