"""Why a payment is smaller, and when the next should come, on the pages that say it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from portal.cases.reason_words import WHERE_WORDS
from portal.rules.reasons import ReasonKind
from tests.cases.family import Family
from tests.support.extract import one_family, two_households
from tests.support.page import Seen
from tests.support.reasons import Demo, key_of, load_reasons, tellings

HEADING = "Why it is smaller than before"
LESS = "$37.50: Less came in for this case than before."
SAID = {
    ReasonKind.FIFTH_BILLING_DAY: "$100.00: Support falls due on Fridays. July 2026 had 5 of them,"
    " August 2026 has 4.",
    ReasonKind.ORDER_CHANGED: "$30.00: The court order is lower since August 1, 2026.",
    ReasonKind.ARREARS_DONE: "$25.00: The past-due support is paid off. Only current support is"
    " paid now.",
    ReasonKind.PAYROLL_CYCLE: "$100.00: Payments come more often now than before, and each one is"
    " smaller.",
    ReasonKind.LESS_RECEIVED: LESS,
    ReasonKind.HELD: "$100.00: We hold this money for now. It may be subject to adjustment.",
    ReasonKind.RECOVERED: "$20.00: We kept this to recover an overpayment.",
    ReasonKind.FEE: "$35.00: This went to a fee on the case.",
    ReasonKind.TO_STATE: "$100.00: This went to the state or to another agency.",
}
TOLD = tellings()
LESS_RECEIVED = ReasonKind.LESS_RECEIVED


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    demo = load_reasons(tmp_path_factory.mktemp("reasons"))
    yield demo
    demo.family.context.database.engine.dispose()


def payment_of(demo: Demo, person: str, day: date, source: str = "") -> Seen:
    """The payment of that day, of that kind of source where there were two."""
    me = demo.people[person]
    page, base = demo.family.page(me), demo.family.open(me).path
    listed = page.get(f"{base}/payments?from={day}&to={day}&source={source}")
    assert "1 payment, all pages" in listed.words
    (name,) = {name for name in listed.links() if name == f"{day:%b} {day.day}, {day.year}"}
    return page.get(listed.links()[name])


@pytest.mark.parametrize("kind", list(ReasonKind))
def test_the_reason_is_said_where_it_is_true_and_only_there(demo: Demo, kind: ReasonKind) -> None:
    words = payment_of(demo, key_of(kind), TOLD[kind].true_on).words
    assert f"{HEADING} It brought you $" in words
    assert SAID[kind] in words
    source = "employer" if kind is ReasonKind.HELD else ""
    alike = payment_of(demo, key_of(kind), TOLD[kind].alike_on, source).words
    assert HEADING in alike
    said = SAID[kind].partition(": ")[2]
    assert said not in alike
    other = SAID[ReasonKind.RECOVERED if kind is ReasonKind.LESS_RECEIVED else LESS_RECEIVED]
    assert other.partition(": ")[2] in alike


def test_the_link_leads_to_the_payment_before(demo: Demo) -> None:
    kind = ReasonKind.ORDER_CHANGED
    seen = payment_of(demo, key_of(kind), TOLD[kind].true_on)
    assert "less than the payment of July 31, 2026. See that payment" in seen.words
    before = demo.family.page(demo.people[key_of(kind)]).get(seen.links()["See that payment"])
    assert "Payment of July 31, 2026" in before.words
    assert HEADING not in before.words


def test_the_payor_is_told_of_the_support_that_is_paid(demo: Demo) -> None:
    kind = ReasonKind.ORDER_CHANGED
    words = payment_of(demo, f"{key_of(kind)}-payor", TOLD[kind].true_on).words
    assert "It paid $30.00 less of the support than the one of July 31, 2026." in words
    assert SAID[kind] in words


def test_what_is_kept_or_sent_on_is_not_told_to_the_payor(demo: Demo) -> None:
    """An overpayment of the other parent's, and public assistance of theirs."""
    for kind in (ReasonKind.RECOVERED, ReasonKind.TO_STATE):
        assert SAID[kind] in payment_of(demo, key_of(kind), TOLD[kind].true_on).words
        words = payment_of(demo, f"{key_of(kind)}-payor", TOLD[kind].true_on).words
        assert HEADING not in words
        assert "overpayment" not in words
        assert "to the state" not in words


def test_a_second_household_is_never_a_reason(demo: Demo) -> None:
    """Pay is shared with it since then; the first household learns that less came in, no more."""
    kind = ReasonKind.LESS_RECEIVED
    me = demo.people[key_of(kind)]
    seen = payment_of(demo, key_of(kind), TOLD[kind].true_on)
    assert LESS in seen.words
    pages = [seen, *(demo.family.open(me, tail) for tail in ("", "/payments", "/order"))]
    for word in ("household", "other case", "60.00", "37.50 of", "shared"):
        assert not [it.path for it in pages if word in it.text], word


def test_a_late_payment_is_said_in_plain_words(demo: Demo) -> None:
    page = demo.family.page(demo.people["payment-is-late"])
    for address in ("", "/payments"):
        words = page.get(page.get("/cases").path + address).words
        assert "We expected a payment about November 13, 2026. It has not come yet." in words
        assert "Nothing came in for this case since November 6, 2026." in words
        assert "as of November 20, 2026" in words


def test_the_payor_is_told_of_their_own_late_payment(family: Family) -> None:
    family.load(one_family().builder)
    words = family.open("P").words
    assert "We expected your payment about November 11, 2026. It has not come yet." in words


def test_a_payment_to_come_with_its_pattern(demo: Demo) -> None:
    words = demo.family.open(demo.people[key_of(ReasonKind.FIFTH_BILLING_DAY)]).words
    assert "Next payment We expect about $400.00 around December 2, 2026." in words
    assert "So far payments came every month. This is a guess from that." in words
    assert "Support falls due every week. A week without a payment is normal here." in words


def test_nothing_arrived_and_why(demo: Demo) -> None:
    """On the first page and above the list, with the payment to trace."""
    me = demo.people[key_of(ReasonKind.HELD)]
    overview = demo.family.open(me)
    said = "$100.00 came in on November 20, 2026. None of it was sent to you."
    assert f"{said} {SAID[ReasonKind.HELD]}" in overview.words
    listed = demo.family.page(me).get(overview.path + "/payments")
    assert f"{said} Trace it {SAID[ReasonKind.HELD]}" in listed.words
    traced = demo.family.page(me).get(listed.links()["Trace it"])
    assert "Payment of November 20, 2026" in traced.words


def test_a_payment_that_was_taken_back_is_the_reason_for_nothing(family: Family) -> None:
    builder = one_family().builder
    builder.payment("P", "2026-11-11", "100.00", {("C1", "current_support"): "100.00"},
                    reversed_on="2026-11-16")  # fmt: skip
    builder.settle()
    family.load(builder)
    said = "A payment came in on November 11, 2026. It was taken back on November 16, 2026."
    assert said in family.open("A").words


def test_no_guess_where_there_is_no_pattern(family: Family) -> None:
    """Payments of a few days and of months apart in turn."""
    builder = one_family().builder
    gone = {row["payment_id"] for row in builder.rows["payments.csv"][3:]}
    for name in ("payments.csv", "allocations.csv", "disbursements.csv"):
        builder.rows[name] = [it for it in builder.rows[name] if it["payment_id"] not in gone]
    for day in ("2026-08-21", "2026-10-01", "2026-10-05", "2026-11-12"):
        payment = builder.payment("P", day, "100.00", {("C1", "current_support"): "100.00"})
        builder.disbursement(payment, "C1", day, "100.00", payee_id="A")
    builder.settle()
    family.load(builder)
    for address in ("", "/payments"):
        assert "Next payment" not in family.open("A", address).words


def test_pay_that_is_only_passed_through_is_late_too(family: Family) -> None:
    builder = one_family().builder
    builder.find("cases.csv", case_id="C1")["service"] = "income_withholding_only"
    family.load(builder)
    for address in ("", "/payments"):
        words = family.open("A", address).words
        assert "We expected a payment about November 11, 2026. It has not come yet." in words


def test_the_reason_of_a_hold_is_the_same_whatever_is_held(family: Family) -> None:
    """A joint tax return looks like money that waits for the month to come."""
    builder = two_households().builder
    builder.payment("P", "2026-11-20", "120.00", {("C1", "held"): "80.00", ("C2", "held"): "40.00"})
    builder.settle()
    family.load(builder)
    wages = family.open("A").words
    assert f"$80.00: {WHERE_WORDS[ReasonKind.HELD]}" in wages
    for word in ("joint", "spouse", "injured", "tax return"):
        assert word not in wages.lower()
