"""The made-up agency's extract: adds up, shows everything, is repeatable, uses no real numbers."""

import csv
import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal as D
from enum import StrEnum
from pathlib import Path

import pytest

from portal.demo.extract import FEWEST_FAMILIES, Persona, write_extract
from portal.demo.extract_files import COLUMNS, measure
from portal.demo.extract_people import never_issued_ssn
from portal.feeds.schema import FILES
from portal.rules import vocabulary as words
from portal.rules.agency import load_agency
from portal.rules.calendar import billing_days
from tests.support.agencies import lakeland

AS_OF = date(2026, 11, 20)
FAMILIES = 45
AGENCY = load_agency("massachusetts")


@dataclass(frozen=True)
class Made:
    folder: Path
    personas: list[Persona]

    read: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def rows(self, name: str) -> list[dict[str, str]]:
        if name not in self.read:
            with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
                self.read[name] = list(csv.DictReader(file))
        return self.read[name]


def make(folder: Path, families: int = FAMILIES, seed: int = 1, as_of: date = AS_OF) -> Made:
    personas = write_extract(
        folder, families=families, seed=seed, as_of=as_of, sequence=7, agency=AGENCY
    )
    return Made(folder, personas)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("agency"))


def test_the_manifest_counts_and_hashes_every_file(made: Made) -> None:
    manifest = json.loads((made.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["format"] == "portal-extract/1"
    assert (manifest["agency"], manifest["sequence"], manifest["kind"]) == ("MA", 7, "full")
    assert (manifest["as_of"], manifest["created_at"]) == (
        "2026-11-20",
        "2026-11-20T00:00:00-05:00",
    ), "made by now on whatever day it is loaded"
    assert set(manifest["files"]) == set(COLUMNS)
    for name, stated in manifest["files"].items():
        assert stated == measure(made.folder / name)


def test_the_columns_are_those_the_feed_reads() -> None:
    read = {file.filename: file.column_names for file in FILES if file.filename != "removals.csv"}
    assert read == dict(COLUMNS)


def together(category: str) -> str:
    return "arrears" if category == "current_support" else category


def owed(made: Made, as_of: str) -> dict[tuple[str, str], D]:
    """Charges due less allocations of payments received and not reversed, per case."""
    sums: dict[tuple[str, str], D] = defaultdict(D)
    for row in made.rows("charges"):
        if row["due_on"] <= as_of:
            sums[row["case_id"], together(row["category"])] += D(row["amount"])
    counted = {
        row["payment_id"]
        for row in made.rows("payments")
        if row["received_on"] <= as_of and not "" < row["reversed_on"] <= as_of
    }
    for row in made.rows("allocations"):
        if row["payment_id"] in counted and row["category"] not in ("held", "refund"):
            sums[row["case_id"], together(row["category"])] -= D(row["amount"])
    return sums


def shown(made: Made) -> dict[tuple[str, str], D]:
    sums: dict[tuple[str, str], D] = defaultdict(D)
    for row in made.rows("balances"):
        sums[row["case_id"], together(row["category"])] += D(row["amount"])
    return sums


def nonzero(sums: dict[tuple[str, str], D]) -> dict[tuple[str, str], D]:
    return {key: amount for key, amount in sums.items() if amount}


def test_every_case_adds_up_to_the_cent(made: Made) -> None:
    assert nonzero(owed(made, AS_OF.isoformat())) == nonzero(shown(made))
    assert len({case for case, _ in shown(made)}) == len(list(made.rows("cases")))


def test_other_seeds_and_days_add_up_too(tmp_path: Path) -> None:
    for seed, as_of in ((2, date(2026, 12, 31)), (3, date(2024, 2, 29)), (4, date(2027, 3, 1))):
        other = make(tmp_path / str(seed), FEWEST_FAMILIES + 6, seed, as_of)
        assert nonzero(owed(other, as_of.isoformat())) == nonzero(shown(other))


def test_another_agency_adds_up_by_its_own_rules(tmp_path: Path) -> None:
    agency = lakeland()
    personas = write_extract(
        tmp_path, families=FEWEST_FAMILIES + 6, seed=1, as_of=AS_OF, sequence=1, agency=agency
    )
    other = Made(tmp_path, personas)
    assert nonzero(owed(other, AS_OF.isoformat())) == nonzero(shown(other))
    charged = [r for r in other.rows("charges") if r["kind"] == "charge"]
    assert "interest" in {r["category"] for r in charged}
    assert "penalty" not in {r["category"] for r in charged}
    weekly = {r["order_id"] for r in other.rows("orders") if r["frequency"] == "weekly"}
    assert {
        date.fromisoformat(r["due_on"]).weekday() for r in charged if r["order_id"] in weekly
    } == {0}


def test_allocations_add_up_to_their_payment(made: Made) -> None:
    sums: dict[str, D] = defaultdict(D)
    for row in made.rows("allocations"):
        assert D(row["amount"]) > 0
        sums[row["payment_id"]] += D(row["amount"])
    assert sums == {row["payment_id"]: D(row["amount"]) for row in made.rows("payments")}


def test_disbursements_stay_within_their_allocations(made: Made) -> None:
    applied: dict[tuple[str, str], D] = defaultdict(D)
    for row in made.rows("allocations"):
        if row["category"] != "held":
            applied[row["payment_id"], row["case_id"]] += D(row["amount"])
    sent: dict[tuple[str, str], D] = defaultdict(D)
    for row in made.rows("disbursements"):
        if row["status"] in ("outstanding", "cashed"):
            sent[row["payment_id"], row["case_id"]] += D(row["amount"])
    assert all(amount <= applied[key] for key, amount in sent.items())


def test_money_is_sent_on_within_two_business_days(made: Made) -> None:
    received = {
        row["payment_id"]: date.fromisoformat(row["received_on"]) for row in made.rows("payments")
    }
    waits: Counter[int] = Counter()
    for row in made.rows("disbursements"):
        if not row["replaces"]:
            issued = date.fromisoformat(row["issued_on"])
            assert issued.weekday() < 5
            day = received[row["payment_id"]]
            days = range((issued - day).days)
            waits[sum((day + timedelta(days=n + 1)).weekday() < 5 for n in days)] += 1
    within = waits[1] + waits[2]
    assert within / waits.total() > 0.95  # the rest was held until a month began
    assert min(waits) == 1


def test_charges_fall_on_the_days_of_their_orders(made: Made) -> None:
    """A weekly order has four or five charges in each full month, all of them on Fridays."""
    weekly = {
        r["order_id"]: r
        for r in made.rows("orders")
        if r["frequency"] == "weekly" and r["kind"] != "arrears"
    }
    months: Counter[tuple[str, str]] = Counter()
    for row in made.rows("charges"):
        if row["order_id"] in weekly:
            assert date.fromisoformat(row["due_on"]).weekday() == AGENCY.billing.weekday
            months[row["order_id"], row["due_on"][:7]] += 1
    counts = set()
    for (order_id, month), count in months.items():
        order = weekly[order_id]
        whole = order["effective_on"][:7] < month < (order["ended_on"] or AS_OF.isoformat())[:7]
        if whole:
            assert count == billing_days(date.fromisoformat(f"{month}-01"), AGENCY.billing)
            counts.add(count)
    assert counts == {4, 5}


def test_interest_is_half_a_percent_of_what_was_past_due_that_day(made: Made) -> None:
    """Worked out again from the files, for every fifth month end."""
    charged = [r for r in made.rows("charges") if r["kind"] == "charge"]
    interest = [r for r in charged if r["category"] == "interest"]
    days = sorted({row["due_on"] for row in interest})[::5]
    for day in days:
        past_due = owed(made, day)
        for row in interest:
            if row["due_on"] == day:
                base = past_due[row["case_id"], "arrears"]
                assert base > 500
                assert abs(D(row["amount"]) - base * D("0.005")) <= D("0.005")
    assert len(days) > 9
    penalties = [r["due_on"] for r in charged if r["category"] == "penalty"]
    assert len(penalties) == len(interest)


def test_withholding_only_cases_have_no_interest_and_no_enforcement(made: Made) -> None:
    cases = {r["case_id"] for r in made.rows("cases") if r["service"] == "income_withholding_only"}
    assert cases
    assert not [r for r in made.rows("enforcement") if r["case_id"] in cases]
    assert not [
        r
        for r in made.rows("charges")
        if r["case_id"] in cases and r["category"] in ("interest", "penalty")
    ]


@pytest.mark.parametrize(
    ("name", "column", "vocabulary"),
    [
        ("cases", "service", words.Service),
        ("cases", "status", words.CaseStatus),
        ("cases", "interstate", words.Interstate),
        ("members", "role", words.Role),
        ("orders", "kind", words.OrderKind),
        ("orders", "frequency", words.Frequency),
        ("charges", "kind", words.ChargeKind),
        ("charges", "category", words.Category),
        ("charges", "reason", words.ChargeReason),
        ("balances", "category", words.Category),
        ("balances", "owed_to", words.OwedTo),
        ("payments", "source", words.Source),
        ("allocations", "category", words.AllocationCategory),
        ("disbursements", "payee", words.Payee),
        ("disbursements", "method", words.Method),
        ("disbursements", "status", words.DisbursementStatus),
        ("enforcement", "kind", words.EnforcementKind),
        ("enforcement", "status", words.EnforcementStatus),
        ("notices", "kind", words.NoticeKind),
    ],
)  # fmt: skip
def test_every_word_occurs(made: Made, name: str, column: str, vocabulary: type[StrEnum]) -> None:
    """The special families alone show each value of each vocabulary."""
    found = {row[column] for row in made.rows(name)} - {""}
    wanted = {member.value for member in vocabulary}
    if (name, column) == ("charges", "category"):
        assert found == wanted
    else:
        assert found >= wanted, wanted - found


def test_a_notice_ten_days_old_is_one_letter_over_two_cases(made: Made) -> None:
    payor = next(p for p in made.personas if p.key == "payor-two-households")
    rows = [
        r
        for r in made.rows("notices")
        if r["participant_id"] == payor.participant_id and r["dated_on"] == "2026-11-10"
    ]
    assert len({row["case_id"] for row in rows}) == 2
    assert {(row["kind"], row["respond_by"]) for row in rows} == {("delinquency", "2026-12-10")}
    assert all(D(row["amount"]) > 500 for row in rows)
    old = next(p for p in made.personas if p.key == "payor-old-notice")
    assert [
        r
        for r in made.rows("notices")
        if r["participant_id"] == old.participant_id and r["dated_on"] == "2026-10-09"
    ]


def test_a_federal_refund_is_never_applied_to_current_support(made: Made) -> None:
    offsets = {
        r["payment_id"] for r in made.rows("payments") if r["source"] == "federal_tax_offset"
    }
    applied = {r["category"] for r in made.rows("allocations") if r["payment_id"] in offsets}
    assert applied == {"arrears", "held"}


def test_payments_reach_two_households(made: Made) -> None:
    cases: dict[str, set[str]] = defaultdict(set)
    for row in made.rows("allocations"):
        cases[row["payment_id"]].add(row["case_id"])
    assert Counter(len(found) for found in cases.values())[2] > 100


def test_replaced_disbursements_point_at_one_that_failed(made: Made) -> None:
    by_id = {row["disbursement_id"]: row for row in made.rows("disbursements")}
    replacing = [row for row in by_id.values() if row["replaces"]]
    assert {by_id[row["replaces"]]["status"] for row in replacing} == {
        "returned",
        "stopped",
        "void",
        "stale",
    }
    for row in replacing:
        old = by_id[row["replaces"]]
        assert (old["amount"], old["payment_id"]) == (row["amount"], row["payment_id"])
        assert old["status_on"] < row["issued_on"]


def test_an_overpayment_is_being_recovered(made: Made) -> None:
    kept: dict[str, D] = defaultdict(D)
    for row in made.rows("disbursements"):
        if row["payee"] == "agency":
            kept[row["case_id"]] += D(row["amount"])
    case = next(r for r in made.rows("cases") if D(r["overpayment_due"]) and kept[r["case_id"]])
    assert D(case["overpayment_due"]) + kept[case["case_id"]] == D("300.00")


def test_no_date_lies_ahead(made: Made) -> None:
    for name, columns in {
        "payments": ("withheld_on", "received_on", "reversed_on"),
        "disbursements": ("issued_on", "status_on"),
        "charges": ("due_on",),
        "notices": ("dated_on",),
    }.items():
        for row in made.rows(name):
            assert all(row[column] <= "2026-11-20" for column in columns)


def test_keys_are_unique_and_amounts_have_two_places(made: Made) -> None:
    for name, columns in COLUMNS.items():
        rows = list(made.rows(name.removesuffix(".csv")))
        if columns[0].endswith("_id") and name not in (
            "members.csv",
            "balances.csv",
            "allocations.csv",
        ):
            keys = [row[columns[0]] for row in rows]
            assert len(set(keys)) == len(keys)
            assert all(re.fullmatch(r"[A-Za-z0-9_.-]{1,32}", key) for key in keys)
        for row in rows:
            if row.get("amount"):
                assert re.fullmatch(r"-?\d+\.\d\d", row["amount"])


def test_no_social_security_number_was_ever_given_out(made: Made) -> None:
    numbers = [row["ssn"] for row in made.rows("participants") if row["ssn"]]
    assert len(set(numbers)) == len(numbers) > FAMILIES
    assert {number[:3] for number in numbers} == {"666", "000"}
    assert all(re.fullmatch(r"\d{9}", number) for number in numbers)


def test_numbers_never_come_twice() -> None:
    many = {never_issued_ssn(number) for number in range(1, 50_001)}
    far = {never_issued_ssn(99 * 9999 + number) for number in range(1, 50_001)}
    assert len(many) == len(far) == 50_000
    assert not many & far
    with pytest.raises(ValueError, match="is left"):
        never_issued_ssn(2 * 99 * 9999 + 1)


def test_the_same_again_gives_the_same_bytes(made: Made, tmp_path: Path) -> None:
    again = make(tmp_path / "again")
    assert again.personas == made.personas
    for name in (*COLUMNS, "manifest.json"):
        assert (again.folder / name).read_bytes() == (made.folder / name).read_bytes()


def test_another_seed_gives_other_families_and_a_larger_agency_begins_the_same(
    made: Made, tmp_path: Path
) -> None:
    other = make(tmp_path / "other", FEWEST_FAMILIES, seed=2)
    assert [p.key for p in other.personas] == [p.key for p in made.personas]
    assert other.personas != made.personas
    small = make(tmp_path / "small", FEWEST_FAMILIES)
    large_lines = (made.folder / "charges.csv").read_text(encoding="utf-8")
    assert large_lines.startswith((small.folder / "charges.csv").read_text(encoding="utf-8"))


def test_personas_can_register_and_are_told_apart(made: Made) -> None:
    people = {row["participant_id"]: row for row in made.rows("participants")}
    roles: dict[str, set[str]] = defaultdict(set)
    for row in made.rows("members"):
        roles[row["participant_id"]].add(row["role"])
    assert len({p.key for p in made.personas}) == len(made.personas) >= 25
    for persona in made.personas:
        row = people[persona.participant_id]
        assert (persona.ssn, persona.pin, persona.birth_date.isoformat()) == (
            row["ssn"],
            row["pin"],
            row["birth_date"],
        )
        assert set(persona.roles) == roles[persona.participant_id]
        assert persona.why
        assert re.fullmatch(r"\d{4,12}", persona.pin)
    assert 5 < sum(persona.registered for persona in made.personas) < len(made.personas) - 5


def test_awkward_names_are_there(made: Made) -> None:
    names = {persona.name for persona in made.personas}
    assert {"Sukarno", "Null Null", "伟 张", "אורית לוי"} <= names
    assert any(len(name) > 60 for name in names)
    assert any("'" in name for name in names)
    assert any("’" in name for name in names)
    assert any(name.endswith(" III") for name in names)
