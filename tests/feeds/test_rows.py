"""What a row must be: rejected with what refers to it, or loaded with a warning."""

from __future__ import annotations

import csv
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.context import Context
from portal.feeds.load import Loaded, load
from portal.feeds.rejects import Rejects, masked
from portal.record import models as record
from tests.feeds.helpers import findings, one
from tests.support.extract import ExtractBuilder, one_family, two_households

MOST = 10_000


def take(context: Context, builder: ExtractBuilder, folder: Path, sequence: int = 1) -> Loaded:
    return load(context, builder.write(folder / str(sequence), sequence=sequence), max_rejects=MOST)


def rejected(done: Loaded) -> set[tuple[str, str]]:
    """(file, column) of what was rejected."""
    return {
        (row["file"].removesuffix(".csv"), row["column"])
        for row in findings(done)
        if row["severity"] == "rejected"
    }


def warned(done: Loaded) -> list[tuple[str, str, str]]:
    """(file, column, reason) of what loads with a warning."""
    return [
        (row["file"].removesuffix(".csv"), row["column"], row["reason"])
        for row in findings(done)
        if row["severity"] == "warning"
    ]


def test_a_rejected_person_takes_along_what_refers_to_them(either: Context, tmp_path: Path) -> None:
    builder = two_households().builder
    builder.find("participants.csv", participant_id="A")["birth_date"] = "2027-01-01"
    done = take(either, builder, tmp_path)
    files = {name for name, _ in rejected(done)}
    assert {"participants", "members", "disbursements", "notices"} <= files
    assert ("members", "participant_id") in rejected(done)
    check = one(either, record.CaseCheck, case_id="C1")
    assert check.lost_rows >= 3
    with either.database.transaction(write=False) as session:
        assert session.get(record.Participant, "A") is None
        assert not session.scalars(
            select(record.Member).where(record.Member.participant_id == "A")
        ).all()


def test_a_repeated_key_rejects_every_row_that_has_it(either: Context, tmp_path: Path) -> None:
    builder = one_family().builder
    row = builder.find("orders.csv", case_id="C1")
    again = dict(row, amount="90.00")
    builder.rows["orders.csv"].append(again)
    done = take(either, builder, tmp_path)
    orders = [line for line in findings(done) if line["file"] == "orders.csv"]
    assert [line["line"] for line in orders] == ["2", "3"]
    assert {line["reason"] for line in orders} == {"the key stands in more than one row"}
    charges = [line for line in findings(done) if line["file"] == "charges.csv"]
    assert len(charges) == len(builder.rows["charges.csv"])
    assert charges[0]["reason"] == "is not in orders.csv"


def test_an_id_may_not_stand_on_two_cases(either: Context, tmp_path: Path) -> None:
    builder = two_households().builder
    first, second = builder.rows["charges.csv"][0], builder.rows["charges.csv"][-1]
    assert first["case_id"] != second["case_id"]
    second["charge_id"] = first["charge_id"]
    done = take(either, builder, tmp_path)
    assert ("charges", "charge_id") in rejected(done)
    assert done.rejected == 2


def test_an_order_of_another_case_is_no_order_of_this_one(either: Context, tmp_path: Path) -> None:
    builder = two_households().builder
    other = builder.find("orders.csv", case_id="C2")["order_id"]
    builder.find("charges.csv", case_id="C1")["order_id"] = other
    done = take(either, builder, tmp_path)
    assert rejected(done) == {("charges", "order_id")}


def test_a_payment_that_does_not_add_up_goes_with_all_its_parts(
    either: Context, tmp_path: Path
) -> None:
    family = two_households()
    family.builder.find("allocations.csv", payment_id=family.fresh)["amount"] = "80.01"
    done = take(either, family.builder, tmp_path)
    assert {name for name, _ in rejected(done)} <= {"payments", "allocations", "disbursements"}
    with either.database.transaction(write=False) as session:
        for model in (record.Payment, record.Allocation, record.Disbursement):
            assert not session.scalars(select(model).where(model.payment_id == family.fresh)).all()
        for case_id in ("C1", "C2"):
            check = session.get_one(record.CaseCheck, case_id)
            assert check.lost_rows >= 1
            assert not check.adds_up
    assert done.not_adding_up == 2


def test_what_replaces_a_rejected_disbursement_is_rejected(either: Context, tmp_path: Path) -> None:
    family = two_households()
    family.builder.find("disbursements.csv", disbursement_id=family.returned)["status"] = "lost"
    done = take(either, family.builder, tmp_path)
    assert rejected(done) == {("disbursements", "status"), ("disbursements", "replaces")}


@pytest.mark.parametrize(
    ("file", "column", "value"),
    [
        ("cases", "interstate", "perhaps"),
        ("cases", "public_assistance", "yes"),
        ("cases", "overpayment_due", "-1.00"),
        ("charges", "amount", "-5.00"),
        ("charges", "reason", "because"),
        ("payments", "received_on", ""),
        ("payments", "amount", "1,200.00"),
        ("disbursements", "payee_id", ""),
        ("disbursements", "issued_on", "2026-12-01"),
        ("notices", "amount", "1.5"),
        ("notices", "dated_on", "11/02/2026"),
        ("members", "role", "father"),
        ("balances", "amount", "1e3"),
        ("orders", "order_id", "A" * 33),
        ("payments", "payment_id", "PAY|1"),
        ("payments", "amount", "１.00"),
    ],
)
def test_rejected(context: Context, tmp_path: Path, file: str, column: str, value: str) -> None:
    builder = two_households().builder
    builder.rows["charges.csv"][0]["kind"] = "charge"
    builder.rows[f"{file}.csv"][0][column] = value
    done = take(context, builder, tmp_path)
    assert (file, column) in rejected(done)


@pytest.mark.parametrize(
    ("file", "column", "value", "stored"),
    [
        ("participants", "ssn", "12-34", None),
        ("participants", "pin", "12", None),
        ("participants", "email", "not an address", None),
        ("participants", "cell_phone", "617 555 0100", None),
        ("participants", "language", "?", None),
        ("participants", "deceased_on", "soon", None),
        ("participants", "birth_date", "1985-02-30", None),
        ("participants", "mail_country", "usa", None),
        ("participants", "family_violence", "maybe", True),
        ("cases", "closed_on", "2020-13-01", None),
        ("cases", "other_jurisdiction", "Nowhere", None),
        ("orders", "ended_on", "2020-01-01", "2020-01-01"),
        ("members", "until", "2020-01-01", "2020-01-01"),
        ("cases", "opened_on", "2027-01-01", "2027-01-01"),
    ],
)
def test_loaded_with_a_warning(
    context: Context, tmp_path: Path, file: str, column: str, value: str, stored: object
) -> None:
    builder = one_family().builder
    builder.rows[f"{file}.csv"][0][column] = value
    done = take(context, builder, tmp_path)
    assert done.rejected == 0
    assert [(name, where) for name, where, _ in warned(done)] == [(file, column)]
    model = {"participants": record.Participant, "cases": record.Case, "orders": record.Order,
             "members": record.Member}[file]  # fmt: skip
    if hasattr(model, column):
        with context.database.transaction(write=False) as session:
            values = {
                str(found) if stored and stored is not True else found
                for found in session.scalars(select(getattr(model, column)))
            }
        assert stored in values


def test_an_extract_made_more_than_a_day_ahead_of_the_clock_loads_with_a_warning(
    context: Context, tmp_path: Path
) -> None:
    """Every bound on dates hangs on when it says it was made; a day is for clocks that differ."""
    builder = one_family().builder
    now = context.now()
    for sequence, ahead in ((1, timedelta(days=1)), (2, timedelta(days=1, seconds=1))):
        folder = builder.write(tmp_path / str(sequence), sequence=sequence, created_at=now + ahead)
        done = load(context, folder, max_rejects=MOST)
        told = [it for it in warned(done) if it[0] == "manifest.json"]
        ahead_of_time = ("manifest.json", "created_at", "is more than a day ahead of now")
        assert told == ([ahead_of_time] if sequence == 2 else [])
    assert done.rejected == 0
    assert findings(done)[0]["value"] == "2026-11-23T15:00:01+00:00"


def test_an_empty_mark_counts_as_one_without_a_word(either: Context, tmp_path: Path) -> None:
    builder = one_family().builder
    builder.find("participants.csv", participant_id="A")["family_violence"] = ""
    done = take(either, builder, tmp_path)
    assert (done.rejected, done.warnings) == (0, 0)
    assert one(either, record.Participant, participant_id="A").family_violence is True


def test_disbursements_above_their_allocations_are_a_warning(
    either: Context, tmp_path: Path
) -> None:
    family = two_households()
    family.builder.disbursement(family.fresh, "C1", "2026-11-20", "500.00", payee_id="A")
    done = take(either, family.builder, tmp_path)
    assert done.rejected == 0
    assert warned(done) == [("disbursements", "amount", "sent out more than was allocated")]


def test_a_case_that_does_not_add_up_is_loaded_and_counted(either: Context, tmp_path: Path) -> None:
    builder = two_households().builder
    row = builder.find("balances.csv", case_id="C2")
    row["amount"] = str(Decimal(row["amount"]) + Decimal("0.01"))
    done = take(either, builder, tmp_path)
    assert (done.rejected, done.not_adding_up) == (0, 1)
    check = one(either, record.CaseCheck, case_id="C2")
    assert (check.lost_rows, check.adds_up) == (0, False)


def test_current_support_and_arrears_count_together(either: Context, tmp_path: Path) -> None:
    builder = ExtractBuilder()
    builder.participant("P")
    builder.case("C1")
    builder.charge("C1", "2026-11-06", "100.00")
    builder.charge("C1", "2026-11-27", "100.00")  # after as_of: not due yet
    builder.charge("C1", "2026-11-06", "4.00", category="interest")
    builder.payment(
        "P",
        "2026-11-10",
        "40.00",
        {("C1", "arrears"): "10.00", ("C1", "held"): "20.00", ("C1", "refund"): "10.00"},
    )
    builder.payment(
        "P", "2026-11-10", "9.00", {("C1", "arrears"): "9.00"}, reversed_on="2026-11-12"
    )
    builder.balance("C1", "current_support", "50.00")
    builder.balance("C1", "arrears", "40.00", owed_to="state")
    builder.balance("C1", "interest", "4.00")
    assert take(either, builder, tmp_path).not_adding_up == 0
    builder.rows["balances.csv"][-1]["category"] = "penalty"
    assert take(either, builder, tmp_path, 2).not_adding_up == 1


def test_key_2_no_ssn_pin_or_address_is_left_in_plain(context: Context, tmp_path: Path) -> None:
    """Neither in the record, nor in the database, nor in rejects.csv, on success and refusal."""
    builder = one_family().builder
    person = builder.find("participants.csv", participant_id="A")
    secrets = {
        "ssn": "666778899",
        "pin": "90817263",
        "mail_line1": "77 Canary Court",
        "email": "canary@example.org",
        "cell_phone": "+16175550199",
        "birth_date": "1979-12-31",
        "employer_name": "Canary Works",
    }
    person.update(secrets)
    spoiled = builder.find("participants.csv", participant_id="P")
    spoiled.update(ssn="66677889X", pin="9081726x", email="canary.example.org", mail_country="77 C")
    builder.case("666-77-8899")
    builder.case("666778899", service="666-77-8899")
    take(context, builder, tmp_path)
    secrets["spoiled"] = "canary.example.org"
    written = b"".join(
        path.read_bytes() for path in context.settings.instance.rglob("*") if path.is_file()
    )
    for value in secrets.values():
        if value != "666778899":
            assert value.encode() not in written
    rejects = context.settings.instance / "loads" / "1" / "rejects.csv"
    assert "666" not in rejects.read_text().replace("***", "")
    sealed = one(context, record.Participant, participant_id="A")
    opened = context.sealer.open(sealed.private, "participants.private", "A")
    assert "77 Canary Court" in opened
    assert "90817263" in opened, "sealed beside its look-up, for a change of keys (KEY-3)"
    assert sealed.ssn_lookup == context.keyring.lookup("ssn", "666778899")
    assert sealed.pin_lookup == context.keyring.lookup("pin", "A:90817263")


def test_inj_3_no_cell_of_the_findings_is_a_formula(tmp_path: Path) -> None:
    with Rejects(tmp_path / "rejects.csv") as findings:
        findings.rejected("=cases", 1, "@service", " +1", "-1")
    _head, row = csv.reader((tmp_path / "rejects.csv").read_text("utf-8").splitlines())
    assert row == ["rejected", "'=cases.csv", "1", "'@service", "' +1", "'-1"]


def test_log_1_inj_3_values_are_masked_and_disarmed() -> None:
    assert masked("participants", "ssn", "123456789") == "***"
    assert masked("cases", "office", "call 123-45-6789 now") == "call *** now"
    assert masked("charges", "note", "she moved to Elm St") == "***"
    assert masked("cases", "service", '=HYPERLINK("x")') == '\'=HYPERLINK("x")'
    assert masked("cases", "service", " =1+1") == "' =1+1"
    assert masked("cases", "service", "a\nb\x1b[2J") == "a?b?[2J"
    assert len(masked("cases", "service", "x" * 500)) == 61


def test_rows_in_any_order_give_the_same_record(context: Context, tmp_path: Path) -> None:
    """Files sorted by key and files turned round: the same record, whatever way it was staged."""
    builder = two_households().builder
    take(context, builder, tmp_path, 1)
    with context.database.transaction(write=False) as session:
        before = [
            [row[1:] if model is record.Participant else row for row in session.execute(chosen)]
            for model in (record.Payment, record.Allocation, record.Charge, record.Disbursement)
            for chosen in [select(*model.__table__.columns)]
        ]
    for rows in builder.rows.values():
        rows.reverse()
    take(context, builder, tmp_path, 2)
    with context.database.transaction(write=False) as session:
        after = [
            list(session.execute(select(*model.__table__.columns)))
            for model in (record.Payment, record.Allocation, record.Charge, record.Disbursement)
        ]
    assert [list(map(tuple, rows)) for rows in after] == [list(map(tuple, rows)) for rows in before]
