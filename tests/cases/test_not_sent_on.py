"""Money that came in and was not sent on: what each parent reads, on time and late.

`as_of` is Friday, November 20, 2026; the agency sends money on within two business days.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from portal.ledger.payments import payments_shown
from portal.ledger.unsent import unsent
from tests.cases.family import Family
from tests.ledger.views import opened
from tests.support.clock import Clock
from tests.support.extract import ExtractBuilder, one_family

USUAL = "We usually send money on within 2 business days after we receive it."
LATE_TO_HER = "This money is late. We do not see that it was sent to you."
LATE_OF_HIM = "This money is late. We do not see that it was sent on."
HERS, PAYORS = "Received, not sent to you yet", "Received, not sent on yet"


def received(day: str, amount: str = "100.00", category: str = "current_support") -> ExtractBuilder:
    """The family with a payment of that day of which nothing was sent on."""
    builder = one_family().builder
    builder.payment("P", day, amount, {("C1", category): amount})
    builder.settle()
    return builder


def traced(family: Family, person: str, day: str) -> str:
    listed = family.open(person, "/payments")
    return family.page(person).get(listed.links()[day]).words


@pytest.mark.parametrize("day", ["2026-11-20", "2026-11-18"])
def test_within_two_business_days_both_read_what_is_usual(family: Family, day: str) -> None:
    family.load(received(day))
    name = f"Nov {int(day[-2:])}, 2026"
    said = f"$100.00 came in on November {int(day[-2:])}, 2026."
    for person, status, coming in (("A", HERS, "Sent to you"), ("P", PAYORS, "Sent on")):
        for tail in ("", "/payments"):
            words = family.open(person, tail).words
            assert status in words
            assert f"{said} {USUAL}" in words
            assert "late" not in words.replace("later", "")
            assert "Ask about this payment" not in words
        words = traced(family, person, name)
        assert f"{coming} (not yet) {USUAL}" in words
        assert "This money is late" not in words


def test_late_says_so_and_how_to_ask(family: Family) -> None:
    """A second payment may have been sent since: it is the newest that the first page speaks of."""
    builder = one_family().builder
    builder.rows["disbursements.csv"].pop()
    family.load(builder)
    for person, late, title in (
        ("A", LATE_TO_HER, "Not sent to you yet"),
        ("P", LATE_OF_HIM, "Not sent on yet"),
    ):
        for tail in ("", "/payments"):
            words = family.open(person, tail).words
            assert f"Late: {title.lower()}" in words
            assert f"$100.00 came in on November 4, 2026. {late} {USUAL}" in words
            assert "Ask about this payment" in words
        words = traced(family, person, "Nov 4, 2026")
        assert f"{title} {late} {USUAL}" in words
        assert "Ask about this payment" in words


def test_when_it_is_late_is_the_agencys_own_figure(family: Family) -> None:
    """Received on Tuesday, three weekdays before the day of the record."""
    family.load(received("2026-11-17"))
    with opened(family.context, "A", "C1") as (session, view):
        (payment,) = [it for it in payments_shown(session, view) if it.on == date(2026, 11, 17)]
        late = []
        for days, spare in ((2, 1), (2, 0), (3, 0), (1, 2), (1, 1)):
            rules = replace(view.agency.distribution, disbursement_days=days, spare_weekdays=spare)
            agency = replace(view.agency, distribution=rules)
            found = unsent(replace(view, agency=agency), payment)
            assert found is not None
            late.append(found.is_late)
    assert late == [False, True, False, False, True]


@pytest.mark.parametrize("tail", ["", "/payments"])
def test_the_question_is_about_the_payment(family: Family, tail: str) -> None:
    builder = one_family().builder
    builder.rows["disbursements.csv"].pop()
    family.load(builder)
    family.open("A", tail)
    action = next(
        str(form.attrs["action"])
        for form in family.page("A").seen.document.query("main form")
        if "/requests/dispute/" in str(form.attrs["action"])
    )
    asked = family.page("A").submit(action)
    assert asked.h1 == "Ask a question"
    assert "Your question is about Payment of November 4, 2026" in asked.words


def test_once_asked_the_payments_page_names_the_question(family: Family) -> None:
    builder = one_family().builder
    builder.rows["disbursements.csv"].pop()
    family.load(builder)
    page = family.page("A")
    listed = family.open("A", "/payments")
    address = listed.links()["Nov 4, 2026"]
    page.get(address)
    page.submit(address.rpartition("/")[2])
    page.submit("/question", words="Where is it?")
    page.submit("/check")
    words = page.get(address).words
    assert "You have asked us about this" in words
    assert "Ask about this payment" not in words
    assert LATE_TO_HER in words


def test_a_part_that_was_not_sent_is_said(family: Family) -> None:
    builder = one_family().builder
    builder.rows["disbursements.csv"][-1]["amount"] = "60.00"
    family.load(builder)
    words = traced(family, "A", "Nov 4, 2026")
    assert f"Not sent to you yet $40.00 {LATE_TO_HER}" in words
    assert "$40.00 of a payment came in on November 4, 2026." not in words
    # The payor knows the first day that money was sent on, and no more.
    assert LATE_OF_HIM not in traced(family, "P", "Nov 4, 2026")


def test_money_that_was_held_first_tells_of_both(family: Family) -> None:
    builder = one_family().builder
    builder.payment(
        "P", "2026-11-13", "100.00", {("C1", "current_support"): "70.00", ("C1", "held"): "30.00"}
    )
    builder.settle()
    family.load(builder)
    words = family.open("A").words
    assert "None of it was sent to you. $30.00: We hold this money for now." in words
    rest = "Of the payment of November 13, 2026, $70.00 was not sent"
    assert f"{rest} to you yet. {LATE_TO_HER}" in words
    assert f"{rest} on yet. {LATE_OF_HIM}" in family.open("P").words


@pytest.mark.parametrize(
    ("change", "values"),
    [
        ("reversed", {"reversed_on": "2026-11-18"}),
        ("fee", {}),
    ],
)
def test_what_is_not_to_be_sent_is_not_late(
    family: Family, change: str, values: dict[str, str]
) -> None:
    builder = one_family().builder
    category = "fee" if change == "fee" else "arrears"
    builder.payment("P", "2026-11-09", "10.00", {("C1", category): "10.00"}, **values)
    builder.settle()
    family.load(builder)
    for person in ("A", "P"):
        assert "This money is late" not in family.open(person).words
        words = traced(family, person, "Nov 9, 2026")
        assert "This money is late" not in words
        assert "(not yet)" not in words


def test_the_record_counts_not_the_day_it_is_read(family: Family, clock: Clock) -> None:
    """No extract came for a week: what was sent since is not known, so nothing is called late."""
    family.load(received("2026-11-19"))
    clock.forward(days=7)
    assert "This money is late" not in traced(family, "A", "Nov 19, 2026")


def test_one_who_has_left_is_asked_nothing(family: Family) -> None:
    builder = one_family().builder
    builder.rows["disbursements.csv"].pop()
    builder.find("members.csv", participant_id="A")["until"] = "2026-11-15"
    family.load(builder)
    words = traced(family, "A", "Nov 4, 2026")
    assert "Received, not sent to you" in words
    assert "This money is late" not in words


def alone(parts: dict[str, str], *, guardian: bool = False) -> tuple[ExtractBuilder, str]:
    """A payment of November 4 shared so, the last one, of which nothing was sent on; its key."""
    builder = one_family().builder
    payment = builder.rows["disbursements.csv"].pop()["payment_id"]
    rows = builder.rows["allocations.csv"]
    builder.rows["allocations.csv"] = [it for it in rows if it["payment_id"] != payment]
    for category, amount in parts.items():
        builder.allocation(payment, "C1", category, amount)
    whole = sum(map(Decimal, parts.values()))
    builder.find("payments.csv", payment_id=payment)["amount"] = f"{whole:.2f}"
    if guardian:
        builder.find("members.csv", participant_id="A")["until"] = "2026-09-30"
        builder.participant("G", first_name="Gail")
        builder.member("C1", "G", "guardian", "2026-10-01")
    builder.settle()
    return builder, payment


def test_money_may_have_gone_to_another_of_the_family(family: Family) -> None:
    """PRV-1: she is told neither that it is late nor, by words that change, that it went there."""
    builder, payment = alone({"arrears": "100.00"}, guardian=True)
    family.load(builder)
    before = {tail: family.open("G", tail).words for tail in ("", "/payments", "/payments.csv")}
    trace = traced(family, "G", "Nov 4, 2026")
    assert HERS in before["/payments"]
    assert "late" not in (before[""] + before["/payments"] + trace).lower().replace("later", "")
    assert "Sent to you (not yet)" not in trace
    builder.disbursement(payment, "C1", "2026-11-05", "100.00", payee_id="A")
    family.load(builder, 2)
    assert before == {tail: family.open("G", tail).words for tail in before}
    assert trace == traced(family, "G", "Nov 4, 2026")


@pytest.mark.parametrize("status", ["void", "stopped", "returned"])
def test_a_states_part_that_did_not_arrive_is_not_called_late(family: Family, status: str) -> None:
    builder, payment = alone({"current_support": "100.00"})
    old = builder.disbursement(payment, "C1", "2026-11-05", "100.00", payee="state",
                               method="internal", status=status)  # fmt: skip
    family.load(builder)
    assert HERS in family.open("A", "/payments").words
    assert "This money is late" not in traced(family, "A", "Nov 4, 2026")
    # Sent there again in part, and the rest neither to the state nor to her.
    builder.disbursement(payment, "C1", "2026-11-06", "60.00", payee="state", method="internal",
                         replaces=old)  # fmt: skip
    family.load(builder, 2)
    assert f"Not sent to you yet $40.00 {LATE_TO_HER}" in traced(family, "A", "Nov 4, 2026")


def test_a_fee_that_went_to_the_state_is_taken_off_once(family: Family) -> None:
    builder, payment = alone({"current_support": "100.00", "fee": "35.00"})
    family.load(builder)
    assert f"Not sent to you yet $100.00 {LATE_TO_HER}" in traced(family, "A", "Nov 4, 2026")
    builder.disbursement(payment, "C1", "2026-11-05", "35.00", payee="state", method="internal")
    family.load(builder, 2)
    assert f"Not sent to you yet $100.00 {LATE_TO_HER}" in traced(family, "A", "Nov 4, 2026")


def test_where_a_fee_or_support_may_have_gone_to_the_state_nothing_is_said(family: Family) -> None:
    parts = {"current_support": "100.00", "arrears": "35.00", "fee": "35.00"}
    builder, payment = alone(parts)
    builder.disbursement(payment, "C1", "2026-11-05", "35.00", payee="state", method="internal")
    family.load(builder)
    assert "This money is late" not in traced(family, "A", "Nov 4, 2026")


def test_what_went_to_the_state_twice_counts_once(family: Family) -> None:
    builder, payment = alone({"current_support": "60.00", "arrears": "40.00"})
    old = builder.disbursement(payment, "C1", "2026-11-05", "40.00", payee="state",
                               method="internal", status="stale")  # fmt: skip
    builder.disbursement(payment, "C1", "2026-11-10", "40.00", payee="state", method="internal",
                         replaces=old)  # fmt: skip
    family.load(builder)
    assert f"Not sent to you yet $60.00 {LATE_TO_HER}" in traced(family, "A", "Nov 4, 2026")


@pytest.mark.parametrize("category", ["current_support", "arrears"])
def test_support_that_is_owed_to_the_state_is_not_promised_to_her(
    family: Family, category: str
) -> None:
    builder, _payment = alone({category: "100.00"})
    builder.balance("C1", category, "0.00", owed_to="state")
    family.load(builder)
    for tail in ("", "/payments"):
        words = family.open("A", tail).words
        assert "Late: not sent on yet" in words
        assert LATE_OF_HIM in words
        assert "to you yet" not in words
    words = traced(family, "A", "Nov 4, 2026")
    assert f"Not sent on yet {LATE_OF_HIM}" in words
    assert "to you yet" not in words


def test_another_households_rows_change_nothing_of_it(family: Family) -> None:
    """PRV-1: the payor's other case has two receivers and a part of the state's that came back."""
    builder, payment = alone({"current_support": "100.00"})
    family.load(builder)
    before = [family.open("A", tail).words for tail in ("", "/payments")]
    trace = traced(family, "A", "Nov 4, 2026")
    assert LATE_TO_HER in trace
    builder.case("C2")
    builder.member("C2", "P", "noncustodial")
    for person, role in (("B", "custodial"), ("G", "guardian")):
        builder.participant(person, first_name=f"First{person}")
        builder.member("C2", person, role)
    builder.find("payments.csv", payment_id=payment)["amount"] = "150.00"
    builder.allocation(payment, "C2", "arrears", "50.00")
    builder.disbursement(payment, "C2", "2026-11-05", "50.00", payee="state", method="internal",
                         status="void")  # fmt: skip
    builder.balance("C2", "current_support", "0.00", owed_to="state")
    family.load(builder, 2)
    assert before == [family.open("A", tail).words for tail in ("", "/payments")]
    assert trace == traced(family, "A", "Nov 4, 2026")


def test_a_check_of_hers_that_came_back_is_said_beside_what_waits(family: Family) -> None:
    builder, payment = alone({"current_support": "60.00", "arrears": "40.00"})
    builder.disbursement(payment, "C1", "2026-11-05", "60.00", payee_id="A", method="check",
                         status="returned", status_on="2026-11-12")  # fmt: skip
    family.load(builder)
    words = traced(family, "A", "Nov 4, 2026")
    assert "Call us if your address or your account has changed." in words
    assert f"Not sent to you yet $40.00 {LATE_TO_HER}" in words
