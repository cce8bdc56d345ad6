"""A small hand-written extract for tests: add rows with sensible defaults, then `write` it.

    builder = ExtractBuilder()
    builder.participant("P1", ssn="666120001", pin="4711")
    builder.case("C1")
    builder.member("C1", "P1", "noncustodial")
    builder.payment("P1", "2026-11-18", "100.00", {("C1", "current_support"): "100.00"})
    builder.settle()                              # balances.csv, so that the cases add up
    folder = builder.write(tmp_path / "extract")

Every value may be given as text; a column not named is empty. `builder.rows["payments.csv"]` is the
plain list of rows, to spoil one for a test of refusals. Ready families: `tests.support.families`.
"""

from __future__ import annotations

import copy
import csv
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from portal.demo.extract_files import COLUMNS, write_manifest

AS_OF = date(2026, 11, 20)
CREATED_AT = datetime.fromisoformat("2026-11-20T22:00:00-05:00")

Row = dict[str, str]


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)


class ExtractBuilder:
    """Rows by file; keys not given are counted up (`PAY1`, `PAY2`, …)."""

    def __init__(self, *, agency: str = "MA", as_of: date = AS_OF) -> None:
        self.agency = agency
        self.as_of = as_of
        self.rows: dict[str, list[Row]] = {name: [] for name in COLUMNS}
        self.removals: list[Row] = []
        self._count: dict[str, int] = defaultdict(int)

    def copy(self) -> ExtractBuilder:
        """The same rows again, to change for the next extract."""
        return copy.deepcopy(self)

    def row(self, name: str, **values: object) -> Row:
        """Add a raw row to a file (`participants.csv` …); returns it for later changes."""
        row = dict.fromkeys(COLUMNS.get(name, ()), "")
        row.update({column: _text(value) for column, value in values.items()})
        self.rows[name].append(row)
        return row

    def find(self, name: str, **values: str) -> Row:
        """The first row of a file with these values."""
        return next(
            row for row in self.rows[name] if all(row[key] == values[key] for key in values)
        )

    def _key(self, prefix: str) -> str:
        self._count[prefix] += 1
        return f"{prefix}{self._count[prefix]}"

    def participant(self, participant_id: str, **values: object) -> str:
        number = len(self.rows["participants.csv"]) + 1
        defaults: dict[str, object] = {
            "first_name": "Pat",
            "last_name": f"Example{number}",
            "birth_date": f"1985-03-{number % 28 + 1:02d}",
            "ssn": f"66612{number:04d}",
            "pin": f"{4000 + number}",
            "mail_line1": f"{number} Main St",
            "mail_city": "Boston",
            "mail_state": "MA",
            "mail_postal_code": "02108",
            "mail_country": "US",
            "language": "en",
            "family_violence": "0",
        }
        self.row("participants.csv", participant_id=participant_id, **{**defaults, **values})
        return participant_id

    def case(self, case_id: str, **values: object) -> str:
        defaults: dict[str, object] = {
            "service": "full",
            "status": "open",
            "opened_on": "2021-01-04",
            "public_assistance": "0",
            "owed_to_state": "0",
            "overpayment_due": "0.00",
            "interstate": "none",
        }
        self.row("cases.csv", case_id=case_id, **{**defaults, **values})
        return case_id

    def member(
        self,
        case_id: str,
        participant_id: str,
        role: str,
        since: object = "2021-01-04",
        until: object = "",
    ) -> None:
        self.row(
            "members.csv",
            case_id=case_id,
            participant_id=participant_id,
            role=role,
            since=since,
            until=until,
        )

    def order(self, case_id: str, amount: str = "100.00", **values: object) -> str:
        defaults: dict[str, object] = {
            "order_id": self._key("ORD"),
            "kind": "current_support",
            "frequency": "weekly",
            "effective_on": "2021-01-04",
            "court": "Suffolk Probate and Family Court",
            "docket": "SU21W0001",
            "issuing_state": "25",
        }
        row = self.row("orders.csv", case_id=case_id, amount=amount, **{**defaults, **values})
        return row["order_id"]

    def charge(self, case_id: str, due_on: object, amount: str, **values: object) -> str:
        defaults: dict[str, object] = {
            "charge_id": self._key("CHG"),
            "kind": "charge",
            "category": "current_support",
        }
        row = self.row(
            "charges.csv", case_id=case_id, due_on=due_on, amount=amount, **{**defaults, **values}
        )
        return row["charge_id"]

    def balance(self, case_id: str, category: str, amount: str, **values: object) -> None:
        defaults: dict[str, object] = {"as_of": self.as_of, "owed_to": "family"}
        self.row(
            "balances.csv",
            case_id=case_id,
            category=category,
            amount=amount,
            **{**defaults, **values},
        )

    def payment(
        self,
        payor_id: str,
        received_on: object,
        amount: str,
        allocations: Mapping[tuple[str, str], str],
        **values: object,
    ) -> str:
        """A payment with its allocations by (case, category)."""
        defaults: dict[str, object] = {
            "payment_id": self._key("PAY"),
            "source": "income_withholding",
            "payer_name": "Bay Staffing Inc",
            "reference": "REF0001",
        }
        row = self.row(
            "payments.csv",
            payor_id=payor_id,
            received_on=received_on,
            amount=amount,
            **{**defaults, **values},
        )
        for (case_id, category), part in allocations.items():
            self.allocation(row["payment_id"], case_id, category, part)
        return row["payment_id"]

    def allocation(self, payment_id: str, case_id: str, category: str, amount: str) -> None:
        self.row(
            "allocations.csv",
            payment_id=payment_id,
            case_id=case_id,
            category=category,
            amount=amount,
        )

    def disbursement(
        self, payment_id: str, case_id: str, issued_on: object, amount: str, **values: object
    ) -> str:
        """A disbursement, to the family unless said: then name `payee_id`."""
        defaults: dict[str, object] = {
            "disbursement_id": self._key("DIS"),
            "payee": "family",
            "method": "direct_deposit",
            "status": "cashed",
            "status_on": issued_on,
        }
        row = self.row(
            "disbursements.csv",
            payment_id=payment_id,
            case_id=case_id,
            issued_on=issued_on,
            amount=amount,
            **{**defaults, **values},
        )
        return row["disbursement_id"]

    def enforcement(self, case_id: str, kind: str, started_on: object, **values: object) -> str:
        defaults: dict[str, object] = {"action_id": self._key("ACT"), "status": "active"}
        row = self.row(
            "enforcement.csv",
            case_id=case_id,
            kind=kind,
            started_on=started_on,
            **{**defaults, **values},
        )
        return row["action_id"]

    def notice(
        self, case_id: str, participant_id: str, kind: str, dated_on: object, **values: object
    ) -> str:
        defaults: dict[str, object] = {
            "notice_id": self._key("NOT"),
            "subject": "A letter about your case",
            "text": "Please read this letter.",
        }
        row = self.row(
            "notices.csv",
            case_id=case_id,
            participant_id=participant_id,
            kind=kind,
            dated_on=dated_on,
            **{**defaults, **values},
        )
        return row["notice_id"]

    def outcome(self, submission_id: str, outcome: str, on: object, **values: object) -> None:
        self.row("outcomes.csv", submission_id=submission_id, outcome=outcome, on=on, **values)

    def removal(self, table: str, key: str) -> None:
        """A row of `removals.csv`, for a delta: `removal("members", "C1|P1|child|2021-01-04")`."""
        self.removals.append({"table": table, "key": key})

    def owed(self) -> dict[str, dict[str, Decimal]]:
        """What each case owes by category at `as_of`; support under `arrears`."""
        owed: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for charge in self.rows["charges.csv"]:
            if charge["due_on"] <= str(self.as_of):
                owed[charge["case_id"]][_together(charge["category"])] += Decimal(charge["amount"])
        counted = {
            payment["payment_id"]
            for payment in self.rows["payments.csv"]
            if payment["received_on"] <= str(self.as_of)
            and not "" < payment["reversed_on"] <= str(self.as_of)
        }
        for part in self.rows["allocations.csv"]:
            if part["payment_id"] in counted and part["category"] not in ("held", "refund"):
                owed[part["case_id"]][_together(part["category"])] -= Decimal(part["amount"])
        return owed

    def settle(self) -> None:
        """Write `balances.csv` anew so that every case adds up (all of it owed to the family)."""
        self.rows["balances.csv"] = []
        for case_id, categories in self.owed().items():
            for category, amount in categories.items():
                self.balance(case_id, category, f"{amount:.2f}")

    def write(
        self,
        folder: Path,
        *,
        sequence: int = 1,
        kind: str = "full",
        as_of: date | None = None,
        created_at: datetime = CREATED_AT,
    ) -> Path:
        """Write the extract; a delta holds only the files with rows. Returns the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in self.rows.items():
            if rows or kind == "full":
                _write_csv(folder / name, COLUMNS[name], rows)
        if self.removals:
            _write_csv(folder / "removals.csv", ("table", "key"), self.removals)
        write_manifest(
            folder,
            agency=self.agency,
            sequence=sequence,
            as_of=as_of or self.as_of,
            created_at=created_at,
            kind=kind,
        )
        return folder


def _together(category: str) -> str:
    return "arrears" if category == "current_support" else category


def _write_csv(path: Path, columns: tuple[str, ...], rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        names = [*columns, *{key: 0 for row in rows for key in row if key not in columns}]
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def zip_extract(folder: Path, target: Path) -> Path:
    """The same files as one `.zip`."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, path.name)
    return target
