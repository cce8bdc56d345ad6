"""A large extract, written fast: some families written by hand among very many alike."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from portal.demo.extract_files import write_manifest
from tests.support.extract import AS_OF, CREATED_AT, ExtractBuilder

PAYMENTS_A_CASE = 50
_OPENED = date(2022, 12, 2)


def write_large(folder: Path, builder: ExtractBuilder, payments: int, *, sequence: int) -> Path:
    """The builder's extract and as many payments more, fifty a case, each case adding up."""
    builder.write(folder, sequence=sequence)
    cases = range(payments // PAYMENTS_A_CASE)
    days = [(_OPENED + timedelta(weeks=3 * n)).isoformat() for n in range(PAYMENTS_A_CASE)]
    with (folder / "cases.csv").open("a") as file:
        file.writelines(f"X{n},full,open,2022-01-02,,,,,0,0,0.00,none,\n" for n in cases)
    with (folder / "participants.csv").open("a") as file:
        file.writelines(f"Q{n},Pat,,Example{n},{',' * 13},0,,,,\n" for n in cases)
    with (folder / "members.csv").open("a") as file:
        file.writelines(f"X{n},Q{n},noncustodial,2022-01-02,\n" for n in cases)
    with (folder / "balances.csv").open("a") as file:
        owed = f"-{PAYMENTS_A_CASE * 30}.00"
        file.writelines(f"X{n},{AS_OF},current_support,family,{owed}\n" for n in cases)
    # Payments come as they were received: scattered over the cases.
    with (folder / "payments.csv").open("a") as file:
        file.writelines(
            f"Y{place}-{n},Q{n},,{day},30.00,income_withholding,Employer {n % 997},R{n},\n"
            for place, day in enumerate(days)
            for n in cases
        )
    with (folder / "allocations.csv").open("a") as file:
        file.writelines(
            f"Y{place}-{n},X{n},current_support,30.00\n"
            for place in range(PAYMENTS_A_CASE)
            for n in cases
        )
    (folder / "manifest.json").unlink()
    write_manifest(folder, agency="MA", sequence=sequence, as_of=AS_OF, created_at=CREATED_AT)
    return folder
