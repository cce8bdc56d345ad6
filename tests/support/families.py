"""Two ready families, small enough to check by hand. `as_of` is Friday, November 20, 2026.

Amounts: weekly orders fall due on Fridays; the employer sends $120.00 a week, short of the $150.00
that is due, so that current support is shared 2 to 1 and arrears grow.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from tests.support.extract_builder import AS_OF, ExtractBuilder

FIRST_FRIDAY = date(2026, 7, 3)
FRIDAYS = tuple(FIRST_FRIDAY + timedelta(weeks=n) for n in range(21))
"""July 3 to November 20, 2026: July and October have five of them."""


@dataclass(frozen=True)
class OneFamily:
    """Payor `P`, custodial parent `A` and child `K` on case `C1`."""

    builder: ExtractBuilder
    payor: str = "P"
    custodial: str = "A"
    child: str = "K"
    case: str = "C1"
    payor_ssn: str = "666100001"
    payor_pin: str = "111111"
    custodial_ssn: str = "666100002"
    custodial_pin: str = "222222"


@dataclass(frozen=True)
class TwoHouseholds:
    """Payor `P` on case `C1` with custodial parent `A` (safety mark) and `C2` with `B`.

    `fresh` is the payment of November 18, shared by both; `offset` the federal tax refund, `held`
    one that is not applied yet, `returned` a check to `A` that came back and `again` its
    replacement, `notice_1` and `notice_2` one letter dated November 10.
    """

    builder: ExtractBuilder
    fresh: str
    offset: str
    held: str
    returned: str
    again: str
    notice_1: str
    notice_2: str
    payor: str = "P"
    custodial_a: str = "A"
    custodial_b: str = "B"
    case_a: str = "C1"
    case_b: str = "C2"


def one_family() -> OneFamily:
    """$100.00 a week, paid in full each week except the last two: owes $200.00 at `as_of`."""
    builder = ExtractBuilder()
    family = OneFamily(builder)
    builder.participant(
        "P", first_name="Morgan", last_name="Reed", ssn=family.payor_ssn, pin=family.payor_pin,
        birth_date="1986-04-12", email="morgan@example.org", employer_name="Bay Staffing Inc",
    )  # fmt: skip
    builder.participant(
        "A", first_name="Alex", last_name="Silva", ssn=family.custodial_ssn,
        pin=family.custodial_pin, birth_date="1988-09-30", mail_line1="9 Hidden Ln",
        mail_city="Worcester", mail_postal_code="01608", cell_phone="+15085550123",
    )  # fmt: skip
    builder.participant("K", first_name="Kim", last_name="Reed", ssn="", pin="",
                        birth_date="2017-05-05")  # fmt: skip
    _household(builder, "C1", "P", "A", "K")
    order = builder.order("C1", "100.00")
    for friday in FRIDAYS:
        builder.charge("C1", friday, "100.00", order_id=order)
    for friday in FRIDAYS[:-2]:
        received = friday - timedelta(days=2)
        payment = builder.payment(
            "P", received, "100.00", {("C1", "current_support"): "100.00"},
            withheld_on=received - timedelta(days=2),
        )  # fmt: skip
        builder.disbursement(payment, "C1", received + timedelta(days=1), "100.00", payee_id="A")
    builder.notice("C1", "P", "delinquency", "2026-11-10", respond_by="2026-12-10",
                   amount="100.00", subject="Notice of Child Support Delinquency")  # fmt: skip
    builder.settle()
    return family


def two_households() -> TwoHouseholds:
    """$100.00 a week to `A` and $50.00 to `B`, of which $80.00 and $40.00 come in."""
    builder = ExtractBuilder()
    builder.participant(
        "P", first_name="Jordan", last_name="Pike", ssn="666200001", pin="314159",
        birth_date="1984-02-02", employer_name="Harbor Freight Lines",
        employer_phone="+16175550111", employer_address="1 Dock Rd, Boston, MA 02210",
    )  # fmt: skip
    builder.participant(
        "A", first_name="Ana", last_name="O'Brien-Ñuñez", ssn="666200002", pin="271828",
        birth_date="1987-07-07", mail_line1="14 Secret Way", mail_city="Lowell",
        mail_postal_code="01852", family_violence=True, cell_phone="+19785550144",
    )  # fmt: skip
    builder.participant(
        "B", first_name="Bea", last_name="Lopez", ssn="666200003", pin="161803",
        birth_date="1990-01-20", mail_line1="3 Quiet Ct", mail_city="Salem",
        mail_postal_code="01970", language="es",
    )  # fmt: skip
    for child, last in (("K1", "Pike"), ("K2", "Lopez")):
        builder.participant(child, first_name=f"Kid{child[1]}", last_name=last, ssn="", pin="",
                            birth_date="2016-06-06")  # fmt: skip
    _household(builder, "C1", "P", "A", "K1", owed_to_state="1", office="Northern Region",
               caseworker_name="Dana Worker", caseworker_phone="+16175550100")  # fmt: skip
    _household(builder, "C2", "P", "B", "K2")
    order_a = builder.order("C1", "100.00", docket="SU21W0001")
    order_b = builder.order(
        "C2", "50.00", docket="ES21W0002", court="Essex Probate and Family Court"
    )
    builder.charge("C1", "2021-12-31", "1000.00", kind="opening", category="arrears")
    builder.charge("C1", "2022-02-04", "100.00", order_id=order_a)
    builder.payment("P", "2022-02-02", "100.00", {("C1", "current_support"): "100.00"})
    for friday in FRIDAYS:
        builder.charge("C1", friday, "100.00", order_id=order_a)
        builder.charge("C2", friday, "50.00", order_id=order_b)
    fresh = ""
    for friday in FRIDAYS:
        fresh = _shared_payment(builder, friday - timedelta(days=2))
    builder.charge("C1", "2026-09-30", "6.10", category="interest", note="worker's words")
    builder.charge("C1", "2026-09-30", "6.10", category="penalty")
    builder.charge("C2", "2026-10-15", "-25.00", kind="adjustment", reason="court_credit",
                   category="arrears", note="credit for the summer")  # fmt: skip
    offset = builder.payment(
        "P", "2026-08-12", "600.00", {("C1", "arrears"): "500.00", ("C2", "arrears"): "100.00"},
        source="federal_tax_offset", payer_name="US Treasury", reference="TOP88812",
    )  # fmt: skip
    builder.disbursement(offset, "C1", "2026-08-14", "300.00", payee_id="A")
    builder.disbursement(offset, "C1", "2026-08-14", "200.00", payee="state", method="internal")
    builder.disbursement(offset, "C2", "2026-08-14", "100.00", payee_id="B", method="debit_card")
    held = builder.payment(
        "P", "2026-11-16", "90.00", {("C1", "held"): "60.00", ("C2", "held"): "30.00"},
        source="federal_tax_offset", payer_name="US Treasury", reference="TOP99912",
    )  # fmt: skip
    check = builder.payment(
        "P", "2026-10-20", "45.00", {("C1", "arrears"): "45.00"},
        source="check_or_money_order", payer_name="", reference="1077",
    )  # fmt: skip
    returned = builder.disbursement(
        check, "C1", "2026-10-21", "45.00", payee_id="A", method="check", status="returned",
        status_on="2026-10-30",
    )  # fmt: skip
    again = builder.disbursement(
        check, "C1", "2026-11-02", "45.00", payee_id="A", method="check", status="outstanding",
        replaces=returned,
    )  # fmt: skip
    builder.payment("P", "2026-10-05", "20.00", {("C2", "arrears"): "20.00"},
                    source="paid_online", payer_name="", reversed_on="2026-10-08")  # fmt: skip
    builder.enforcement("C1", "license_suspension", "2026-10-01", reason="arrears over 8 weeks")
    builder.enforcement("C1", "tax_offset", "2026-06-01")
    builder.enforcement("C2", "tax_offset", "2026-06-01")
    builder.enforcement("C2", "bank_levy", "2026-11-12", status="stayed")
    letter = {"respond_by": "2026-12-10", "subject": "Notice of Child Support Delinquency"}
    notice_1 = builder.notice("C1", "P", "delinquency", "2026-11-10", amount="875.00", **letter)
    notice_2 = builder.notice("C2", "P", "delinquency", "2026-11-10", amount="85.00", **letter)
    builder.notice("C1", "A", "general", "2026-11-03", subject="About your payments")
    builder.notice("C2", "B", "overpayment", "2026-09-09", amount="12.00", subject="Overpayment")
    builder.settle()
    return TwoHouseholds(builder, fresh, offset, held, returned, again, notice_1, notice_2)


def _household(
    builder: ExtractBuilder, case: str, payor: str, custodial: str, child: str, **values: str
) -> None:
    builder.case(case, **values)
    builder.member(case, payor, "noncustodial")
    builder.member(case, custodial, "custodial")
    builder.member(case, child, "child")


def _shared_payment(builder: ExtractBuilder, received: date) -> str:
    payment = builder.payment(
        "P", received, "120.00",
        {("C1", "current_support"): "80.00", ("C2", "current_support"): "40.00"},
        withheld_on=received - timedelta(days=2), payer_name="Harbor Freight Lines",
        reference=f"EFT{received:%m%d}",
    )  # fmt: skip
    issued = received + timedelta(days=1)
    status = "cashed" if issued < AS_OF - timedelta(days=7) else "outstanding"
    builder.disbursement(payment, "C1", issued, "80.00", payee_id="A", status=status)
    builder.disbursement(payment, "C2", issued, "40.00", payee_id="B", method="debit_card",
                         status=status)  # fmt: skip
    return payment
