"""Profiles: Massachusetts as published, another agency without a change of code, clear errors."""

import dataclasses
import re
import tomllib
from datetime import UTC, date, datetime
from decimal import Decimal as D
from pathlib import Path

import pytest

from portal.rules.agency import Agency, ProfileError, load_agency
from portal.rules.calendar import Terms, due_in_month
from portal.rules.deadlines import decide_by, respond_by
from portal.rules.distribution import Due, distribute
from portal.rules.interest import MonthEnd, assess
from portal.rules.vocabulary import AllocationCategory, Category, Frequency, Source
from tests.support.agencies import LAKELAND_PATH, lakeland

SHIPPED = Path("portal/rules/agencies/massachusetts.toml")


def spoilt(tmp_path: Path, old: str, new: str) -> Path:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "spoilt.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_massachusetts_as_published() -> None:
    ma = load_agency("massachusetts")
    assert ma.contact.call_us == ("(800) 332-2733", "(617) 660-1234")
    assert ma.billing.weekday == 4
    assert (ma.notices.response_days, ma.review.decision_days, ma.review.judicial_review_days) == (
        30,
        30,
        45,
    )
    assert (ma.interest.threshold, ma.enforcement.passport_over) == (500, 2500)
    assert ma.payments.history_years == 4
    assert ma.distribution.federal_tax_offset_past_due_only
    assert ma.enforcement.state_offset_from is None
    assert "probate and family court" in ma.review.court.in_language("en-US")
    assert ma.review.court.in_language("fr") == ma.review.court.in_language("en")


def test_another_agency_bills_on_mondays_and_gives_21_days() -> None:
    other = lakeland()
    due = due_in_month(
        Terms(D(10), Frequency.WEEKLY, date(2020, 1, 1)), date(2026, 11, 1), other.billing
    )
    assert [day.day for day in due.dates] == [2, 9, 16, 23, 30]
    assert respond_by(date(2026, 11, 2), None, other) == date(2026, 11, 23)
    assert decide_by(datetime(2026, 11, 2, 5, 30, tzinfo=UTC), other) == date(2026, 12, 16)
    assert other.end_of_day(date(2026, 11, 2)) == datetime(2026, 11, 3, 6, 0, tzinfo=UTC)


def test_another_agency_charges_and_shares_by_its_own_rules() -> None:
    other = lakeland()
    behind = MonthEnd(date(2026, 10, 31), D("1000.01"), minimum=D("100.00"), paid=D("0.00"))
    result = assess(behind, other.interest)
    assert (result.interest, result.penalty) == (D("7.50"), D("0.00"))
    arrears = [
        Due("C1", Category.ARREARS, D("900.00"), past_due=True),
        Due("C2", Category.ARREARS, D("100.00"), past_due=True),
    ]
    shares = distribute(D("150.00"), Source.LIEN, arrears, other.distribution, {"C1": D(1)})
    assert [share.amount for share in shares] == [D("75.00"), D("75.00")]
    rest = distribute(D("9.00"), Source.CASH, [], other.distribution, {"C1": D(1)})
    assert rest[0].category is AllocationCategory.REFUND


def test_an_agency_may_change_any_figure() -> None:
    """No key of the two profiles is left the same by an oversight of the second."""
    first, second = (
        tomllib.loads(path.read_text(encoding="utf-8")) for path in (SHIPPED, LAKELAND_PATH)
    )
    same = {
        f"{table}.{key}"
        for table, values in first.items()
        if isinstance(values, dict)
        for key, value in values.items()
        if second[table].get(key) == value
    }
    assert same == {  # federal law, alike everywhere
        "enforcement.passport_over",
        "enforcement.federal_offset_assigned_from",
        "enforcement.federal_offset_from",
    }


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("decision_days = 30\n", "", "review.decision_days: is missing"),
        (
            "decision_days = 30",
            'decision_days = "30"',
            "review.decision_days: must be a whole number",
        ),
        (
            "decision_days = 30",
            "decision_days = true",
            "review.decision_days: must be a whole number",
        ),
        (
            "[features]",
            "[features]\nunicorns = true",
            "features.unicorns: is not a key of the profile",
        ),
        ("weekday = 4 ", "weekday = 7 ", "billing.weekday: must be 0 (Monday) to 6 (Sunday)"),
        ("[1, 15]", "[15, 1]", "billing.semimonthly_days: must be two rising days from 1 to 28"),
        (
            "America/New_York",
            "Mars/Olympus",
            "timezone: must be a time zone such as America/New_York",
        ),
        (
            '"proportional"',
            '"by_eye"',
            "distribution.arrears_share: must be one of proportional, equal",
        ),
        ('"medical", "alimony"]', '"medical", 7]', "distribution.current[2]: must be one of"),
        ("2010-06-30", '"2010"', "interest.rates[0].until: must be a date"),
        ('["(800) 332-2733", "(617) 660-1234"]', "[]", "contact.call_us: must not be empty"),
        ('site = "Case Manager"', 'site = " "', "names.site: must not be empty"),
        (
            'languages = ["en", "es"]',
            'languages = ["es"]',
            "languages: must be a list that starts with en",
        ),
        (
            "fewest_payments = 4",
            "fewest_payments = 2",
            "patterns.fewest_payments: must be 3 or more",
        ),
        ("smaller_from = 1.00", "smaller_from = 0", "patterns.smaller_from: must be more than 0"),
        (
            "months_without_claim = 6",
            "months_without_claim = 0",
            "comparing.months_without_claim: must be 1 or more",
        ),
        ('code = "MA"', "code = ", "spoilt.toml: is not TOML"),
    ],
)
def test_errors_are_one_line_that_names_the_key(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    with pytest.raises(ProfileError) as caught:
        load_agency(spoilt(tmp_path, old, new))
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_profile_from_before_the_house_figures_loads_and_none_is_asked_for_what_nobody_reads(
    tmp_path: Path,
) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    kept = re.sub(
        r"(?ms)^\[(requests|staff|statements|patterns|comparing|own_records)\]\n.*?(?=^\[)",
        "",
        text,
    )
    assert "[patterns]" not in kept
    kept = re.sub(r"(?m)^\w+ = .*(house figure|read by nothing yet).*\n", "", kept)
    assert "card_fee_percent" not in kept
    path = tmp_path / "old.toml"
    path.write_text(kept, encoding="utf-8")
    old, shipped = load_agency(path), load_agency("massachusetts")
    assert old.payments.card_fee_percent is None
    assert old.enforcement.lottery_over is None
    for field in dataclasses.fields(Agency):
        if field.name not in ("payments", "enforcement"):
            assert getattr(old, field.name) == getattr(shipped, field.name), field.name


def test_a_profile_that_names_what_nothing_reads_any_more_still_loads(tmp_path: Path) -> None:
    """An agency's file that was right yesterday does not keep the portal from starting."""
    text = SHIPPED.read_text(encoding="utf-8")
    text = text.replace("[contact]\n", '[contact]\nwebsite = "https://agency.example"\n')
    text = text.replace("[payments]\n", "[payments]\nsmall_overpayment = 10.00\n")
    path = tmp_path / "yesterday.toml"
    path.write_text(text, encoding="utf-8")
    assert load_agency(path).contact.website == "https://agency.example"
    assert load_agency(path).payments.small_overpayment == 10


def test_the_page_about_the_profile_tells_every_house_figure_with_its_default() -> None:
    page = Path("docs/agency-profile.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"(?m)^\| `(\w+\.\w+)` \| `(.+?)` \|", page))
    told.pop("distribution.spare_weekdays")
    figures = {
        f"{section.name}.{field.name}": _as_toml(field.default)
        for section in dataclasses.fields(Agency)
        if section.default_factory is not dataclasses.MISSING
        for field in dataclasses.fields(section.default_factory())  # type: ignore[arg-type]
    }
    assert told == figures


def _as_toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(list(value)) if isinstance(value, tuple) else str(value)


def test_an_unknown_profile_names_the_shipped_ones() -> None:
    with pytest.raises(ProfileError, match="no agency profile 'atlantis'; shipped: massachusetts"):
        load_agency("atlantis")


def test_the_shipped_profile_is_plain_toml() -> None:
    assert tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["code"] == "MA"
