"""The agency profile: every name, number, deadline, rate, weekday and threshold of one agency.

The profiles are data (`agencies/*.toml`); no code or template knows an agency. Days are calendar
days on the agency's own calendar, percentages are of 100, money is dollars.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from portal.rules.closing import ClosingReason
from portal.rules.house_figures import Comparing, OwnRecords, Patterns, Requests, Staff, Statements
from portal.rules.profile_reader import ProfileError, read_record
from portal.rules.vocabulary import AllocationCategory, Category

__all__ = ["Agency", "ProfileError", "load_agency"]

_SHIPPED = Path(__file__).parent / "agencies"


class ChargeRate(StrEnum):
    """What is charged by a monthly rate on past-due support."""

    INTEREST = "interest"
    PENALTY = "penalty"


class ArrearsShare(StrEnum):
    """How past-due support is shared among households."""

    PROPORTIONAL = "proportional"
    EQUAL = "equal"


@dataclass(frozen=True, slots=True)
class Text:
    """Words of the agency's own for parents, by language."""

    by_language: Mapping[str, str]

    def __post_init__(self) -> None:
        if "en" not in self.by_language:
            raise ValueError("by_language.en: is missing")

    def in_language(self, language: str) -> str:
        """The words in `language` (BCP 47), its base language, or English."""
        base = language.split("-")[0]
        found = self.by_language.get(language) or self.by_language.get(base)
        return found or self.by_language["en"]


@dataclass(frozen=True, slots=True)
class Names:
    """What the site and the agency are called."""

    site: str
    agency: str
    division: str
    jurisdiction: str


@dataclass(frozen=True, slots=True)
class Contact:
    """How the agency is reached. Numbers are as printed; the first is the one to lead with."""

    call_us: tuple[str, ...]
    risk_of_harm: tuple[str, ...]
    mailing_address: tuple[str, ...] = ()
    """For sending things by mail; read by nothing yet."""
    website: str | None = None
    """Read by nothing yet."""
    other_languages: tuple[str, ...] = ()
    """How to get an interpreter, a line in each language: on letters that are not in the language
    of the person they go to."""

    def __post_init__(self) -> None:
        for key in ("call_us", "risk_of_harm"):
            if not getattr(self, key):
                raise ValueError(f"{key}: must not be empty")


@dataclass(frozen=True, slots=True)
class Billing:
    """When support falls due. Weekdays count from Monday as 0."""

    weekday: int
    monthly_day: int
    semimonthly_days: tuple[int, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError("weekday: must be 0 (Monday) to 6 (Sunday)")
        if not 1 <= self.monthly_day <= 28:
            raise ValueError("monthly_day: must be 1 to 28")
        days = self.semimonthly_days
        if len(days) != 2 or not 1 <= days[0] < days[1] <= 28:
            raise ValueError("semimonthly_days: must be two rising days from 1 to 28")


@dataclass(frozen=True, slots=True)
class Rate:
    """A monthly rate in force from `since` to `until` (both included)."""

    kind: ChargeRate
    percent: Decimal
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Interest:
    """Interest and penalty on past-due support."""

    threshold: Decimal
    owed_to_state: tuple[ChargeRate, ...]
    rates: tuple[Rate, ...]
    law: str = ""
    """The agency's law on it as it is cited, shown beside each line of interest and penalty."""
    arrears_order_is_minimum: bool = False
    """Whether, once current support has ended, an order to pay off arrears sets the month's
    required payment in place of the last obligation."""

    def percent(self, kind: ChargeRate, on: date) -> Decimal:
        """The monthly rate of `kind` in force on a date; 0 where none is."""
        for rate in self.rates:
            if rate.kind is kind and rate.since <= on <= (rate.until or date.max):
                return rate.percent
        return Decimal(0)


@dataclass(frozen=True, slots=True)
class AnnualFee:
    """The yearly fee for services (42 USC 654(6)(B)), where the agency charges it to the payor."""

    amount: Decimal
    collected_from: Decimal
    """Charged once so much was collected on the case in a fiscal year."""
    year_begins: int = 10
    """The month in which the fiscal year begins: the federal one in October."""

    def __post_init__(self) -> None:
        if not 1 <= self.year_begins <= 12:
            raise ValueError("year_begins: must be a month from 1 to 12")


@dataclass(frozen=True, slots=True)
class Distribution:
    """In which order a payment is applied, category by category."""

    current: tuple[Category, ...]
    past_due: tuple[Category, ...]
    arrears_share: ArrearsShare
    federal_tax_offset_past_due_only: bool
    federal_tax_offset: tuple[Category, ...]
    left_over: AllocationCategory
    disbursement_days: int
    """Business days from receipt within which money is usually sent on: a parent is told so."""
    spare_weekdays: int = 1
    """Weekdays beyond these before money counts as late: holidays are not known here."""


@dataclass(frozen=True, slots=True)
class Notices:
    """How long parents have to answer letters."""

    response_days: int
    closing_days: int
    closing_reasons: tuple[ClosingReason, ...] = tuple(ClosingReason)
    """The reasons that the agency closes a case for, after a notice."""


@dataclass(frozen=True, slots=True)
class Review:
    """The clocks of an administrative review."""

    decision_days: int
    judicial_review_days: int
    court: Text
    court_is_free: bool = False
    """Whether asking the court costs no fee."""


@dataclass(frozen=True, slots=True)
class Enforcement:
    """When remedies start. None means that the agency publishes no figure.

    Those that may be None are for showing which remedies a case meets or nears, and nothing reads
    them yet: no agency has to name them.
    """

    arrears_over: Decimal
    license_weeks: int
    passport_over: Decimal
    offset_hold_months: int
    withholding_increase_percent: Decimal
    license_notice_days: int | None = None
    federal_offset_assigned_from: Decimal | None = None
    federal_offset_from: Decimal | None = None
    lottery_over: Decimal | None = None
    insurance_from: Decimal | None = None
    state_offset_from: Decimal | None = None
    credit_reporting_from: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Payments:
    """Showing and taking payments."""

    history_years: int
    stale_check_days: int
    card_fee_percent: Decimal | None = None
    """For paying online; read by nothing yet."""
    direct_payment_silence_days: int | None = None
    """For claims that something was paid from one parent to the other; read by nothing yet."""
    small_overpayment: Decimal | None = None
    """In dollars; read by nothing yet."""


@dataclass(frozen=True, slots=True)
class Features:
    """What an agency turns on or off."""

    security_hints: bool


@dataclass(frozen=True, slots=True)
class Agency:
    """One agency's profile."""

    code: str
    fips: str
    timezone: ZoneInfo
    currency: str
    languages: tuple[str, ...]
    names: Names
    contact: Contact
    billing: Billing
    interest: Interest
    distribution: Distribution
    notices: Notices
    review: Review
    enforcement: Enforcement
    payments: Payments
    features: Features
    requests: Requests = field(default_factory=Requests)
    staff: Staff = field(default_factory=Staff)
    statements: Statements = field(default_factory=Statements)
    patterns: Patterns = field(default_factory=Patterns)
    comparing: Comparing = field(default_factory=Comparing)
    own_records: OwnRecords = field(default_factory=OwnRecords)
    annual_fee: AnnualFee | None = None
    """None where nothing is published, or where no case is charged."""

    def __post_init__(self) -> None:
        if not self.languages or self.languages[0] != "en":
            raise ValueError("languages: must be a list that starts with en")

    def local_date(self, now: datetime) -> date:
        """The agency's calendar date at an aware instant. Raises `ValueError` for a naive one."""
        if now.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return now.astimezone(self.timezone).date()

    def start_of_day(self, day: date) -> datetime:
        """The first instant of an agency-local date, in UTC."""
        return datetime.combine(day, time.min, tzinfo=self.timezone).astimezone(UTC)

    def end_of_day(self, day: date) -> datetime:
        """The midnight that ends an agency-local date, in UTC: in time means *before* it.

        The last two days that a calendar holds have none: they stand for "never".
        """
        if day > date.max - timedelta(days=2):
            return datetime.max.replace(tzinfo=UTC)
        return self.start_of_day(day + timedelta(days=1))


def load_agency(name_or_path: str | Path) -> Agency:
    """The profile of a shipped name (`massachusetts`) or of a TOML file's path.

    Raises `ProfileError` with one plain line that names the file's key, or says that there is no
    such profile.
    """
    named = str(name_or_path)
    shipped = _SHIPPED / f"{named}.toml"
    is_name = named.replace("_", "").replace("-", "").isalnum()
    path = shipped if is_name and shipped.is_file() else Path(named)
    try:
        with path.open("rb") as file:
            table = tomllib.load(file, parse_float=Decimal)
    except OSError:
        known = ", ".join(sorted(file.stem for file in _SHIPPED.glob("*.toml")))
        raise ProfileError(f"no agency profile {named!r}; shipped: {known}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileError(f"{path.name}: is not TOML: {error}") from None
    return read_record(Agency, table)
