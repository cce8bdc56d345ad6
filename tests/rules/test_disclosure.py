"""The disclosure table and what applies it; expectations are read from the table itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import disclosing
from portal.rules.disclosing import Action, Replaced, Sending, SourceKind
from portal.rules.disclosure import TABLE, Datum, Medium, Shown, Viewer, shown, viewer_of
from portal.rules.vocabulary import (
    AllocationCategory,
    ChargeReason,
    DisbursementStatus,
    EnforcementKind,
    EnforcementStatus,
    Method,
    Payee,
    Role,
    Source,
)

DAY = date(2026, 11, 18)
VIEWERS = tuple(Viewer)
NEVER_TO_ANYONE = {
    Datum.OTHER_PARENTS_NAME,
    Datum.OTHER_PARENTS_DATA,
    Datum.OTHER_PARENTS_REQUESTS,
    Datum.WHICH_AGENCY_OFFICE_WORKER,
}


@dataclass(frozen=True)
class Row:
    """A disbursement."""

    payee: Payee
    payee_id: str | None
    issued_on: date = DAY
    amount: Decimal = Decimal("45.00")
    method: Method = Method.CHECK
    status: DisbursementStatus = DisbursementStatus.RETURNED
    status_on: date = DAY + timedelta(days=9)
    disbursement_id: str = "D1"
    replaces: str | None = None


def test_every_datum_has_a_rule_for_every_viewer() -> None:
    for datum in Datum:
        assert set(TABLE[datum]) == set(Viewer), datum


def test_what_nobody_ever_sees() -> None:
    """PRV-1: the rows that are *never* in every column."""
    always_never = {d for d in Datum if set(TABLE[d].values()) == {Shown.NEVER}}
    assert always_never == NEVER_TO_ANYONE


def test_a_custodial_parent_is_told_no_more_than_these() -> None:
    """The column as written down by hand, so that no cell changes unnoticed."""
    column = {datum: shown(datum, Viewer.CUSTODIAL) for datum in Datum}
    assert column == {
        Datum.ORDER: Shown.YES,
        Datum.CHARGES: Shown.YES,
        Datum.BALANCES: Shown.YES,
        Datum.PAYMENT_AMOUNT: Shown.THIS_CASE,
        Datum.OTHER_HOUSEHOLDS: Shown.NEVER,
        Datum.PAYMENT_SOURCE: Shown.KIND,
        Datum.WITHHELD_ON: Shown.NEVER,
        Datum.PAYER_NAME: Shown.NEVER,
        Datum.PAYMENT_REFERENCE: Shown.NEVER,
        Datum.REFUND: Shown.NEVER,
        Datum.SENT_TO_FAMILY: Shown.TO_ONESELF,
        Datum.SENT_TO_OTHERS: Shown.AMOUNT_AND_DAY,
        Datum.OWN_NAME: Shown.YES,
        Datum.OTHER_PARENTS_NAME: Shown.NEVER,
        Datum.CHILDRENS_NAMES: Shown.FIRST_NAMES,
        Datum.CASE_NUMBER: Shown.YES,
        Datum.COURT_AND_DOCKET: Shown.YES,
        Datum.CASE_STATUS: Shown.YES,
        Datum.ANOTHER_AGENCY: Shown.YES,
        Datum.WHICH_AGENCY_OFFICE_WORKER: Shown.NEVER,
        Datum.WORKERS_WORDS: Shown.CODED_REASON,
        Datum.LETTERS: Shown.ADDRESSEE,
        Datum.OTHER_PARENTS_DATA: Shown.NEVER,
        Datum.OTHER_PARENTS_REQUESTS: Shown.NEVER,
        Datum.CLAIM_AGAINST_ME: Shown.WITHOUT_PROOF,
        Datum.ENFORCEMENT: Shown.GROUPED,
        Datum.OWN_RECORDS: Shown.YES,
    }


def test_who_looks_as_whom() -> None:
    assert viewer_of(Role.GUARDIAN) is viewer_of(Role.CUSTODIAL) is Viewer.CUSTODIAL
    assert viewer_of(Role.NONCUSTODIAL) is Viewer.PAYOR
    assert viewer_of(Role.CHILD) is None


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("medium", tuple(Medium))
@pytest.mark.parametrize("source", tuple(Source))
def test_a_source_is_shown_as_the_table_says(
    source: Source, medium: Medium, viewer: Viewer
) -> None:
    rule = shown(Datum.PAYMENT_SOURCE, viewer)
    seen = disclosing.source_shown(source, viewer, medium)
    if rule is Shown.YES:
        assert seen is source
    elif rule is Shown.NEVER:
        assert seen is None
    else:
        assert isinstance(seen, SourceKind)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (Source.INCOME_WITHHOLDING, SourceKind.EMPLOYER),
        (Source.PAID_ONLINE, SourceKind.OTHER_PARENT),
        (Source.CHECK_OR_MONEY_ORDER, SourceKind.OTHER_PARENT),
        (Source.CASH, SourceKind.OTHER_PARENT),
        (Source.UNEMPLOYMENT, SourceKind.ENFORCEMENT_OR_OTHER),
        (Source.WORKERS_COMPENSATION, SourceKind.ENFORCEMENT_OR_OTHER),
        (Source.INSURANCE_SETTLEMENT, SourceKind.ENFORCEMENT_OR_OTHER),
        (Source.OTHER_STATE, SourceKind.ENFORCEMENT_OR_OTHER),
    ],
)
def test_the_kinds_of_sources(source: Source, kind: SourceKind) -> None:
    for medium in Medium:
        assert disclosing.source_shown(source, Viewer.CUSTODIAL, medium) is kind


def test_a_federal_tax_refund_is_named_on_the_page_only() -> None:
    """PRV-3: every copy says *enforcement or other* (IRC 6103(l)(6))."""
    federal = Source.FEDERAL_TAX_OFFSET
    on_page = disclosing.source_shown(federal, Viewer.CUSTODIAL, Medium.PAGE)
    in_copy = disclosing.source_shown(federal, Viewer.CUSTODIAL, Medium.COPY)
    assert on_page is SourceKind.FEDERAL_TAX_REFUND
    assert in_copy is SourceKind.ENFORCEMENT_OR_OTHER
    kinds = {disclosing.copied(kind) for kind in SourceKind}
    assert SourceKind.FEDERAL_TAX_REFUND not in kinds


@pytest.mark.parametrize("viewer", VIEWERS)
def test_amounts_names_and_references(viewer: Viewer) -> None:
    whole = disclosing.whole_amount_shown(Decimal("120.00"), viewer)
    assert (whole is not None) is (shown(Datum.PAYMENT_AMOUNT, viewer) is Shown.WHOLE_AND_OWN_PARTS)
    name = disclosing.payer_name_shown("Harbor Freight Lines", viewer)
    assert (name is not None) is (shown(Datum.PAYER_NAME, viewer) is Shown.YES)
    reference = disclosing.reference_shown("EFT20261118", viewer)
    masked = shown(Datum.PAYMENT_REFERENCE, viewer) is Shown.MASKED
    assert reference == ("••••1118" if masked else None)
    withheld = disclosing.withheld_on_shown(DAY, viewer)
    assert (withheld is not None) is (shown(Datum.WITHHELD_ON, viewer) is Shown.YES)


def test_a_short_reference_is_masked_wholly() -> None:
    assert disclosing.reference_shown("1077", Viewer.PAYOR) == "••••"


def test_another_payors_payment_is_seen_as_a_custodial_parent_sees_it() -> None:
    assert disclosing.payment_viewer(Viewer.PAYOR, own=False) is Viewer.CUSTODIAL
    assert disclosing.payment_viewer(Viewer.PAYOR, own=True) is Viewer.PAYOR


@pytest.mark.parametrize("viewer", VIEWERS)
def test_a_refund_is_part_of_a_payment_for_the_payor_alone(viewer: Viewer) -> None:
    parts = {AllocationCategory.REFUND: Decimal("20.00"), AllocationCategory.ARREARS: Decimal(5)}
    sees = shown(Datum.REFUND, viewer) is not Shown.NEVER
    applied = disclosing.allocations_shown(parts, viewer)
    assert (AllocationCategory.REFUND in applied) is sees
    assert disclosing.part_shown(parts, viewer) == (25 if sees else 5)


PAYEES = st.sampled_from([(p, i) for p in Payee for i in (None, "A", "P", "B")])
KEYS = st.sampled_from(["D1", "D2", "D3"])
ROWS = st.builds(
    lambda payee, days, status, key, replaces: Row(
        payee[0],
        payee[1],
        DAY + timedelta(days=days),
        status=status,
        disbursement_id=key,
        replaces=replaces,
    ),
    PAYEES,
    st.integers(0, 30),
    st.sampled_from(DisbursementStatus),
    KEYS,
    st.none() | KEYS,
)


def test_a_check_sent_again_names_the_one_it_replaces() -> None:
    """To its payee alone: the payor learns neither, and the day it first went on once."""
    old = Row(Payee.FAMILY, "A")
    new = Row(Payee.FAMILY, "A", DAY + timedelta(days=12), disbursement_id="D2", replaces="D1")
    first, second = disclosing.sendings_shown(
        [new, old], me="A", payor_id="P", viewer=Viewer.CUSTODIAL
    )
    assert (first.was_reissued, first.replaces) == (True, None)
    assert second.replaces == Replaced(DAY, Method.CHECK, DisbursementStatus.RETURNED)
    assert second.is_reissue
    for_the_payor = disclosing.sendings_shown([new, old], me="P", payor_id="P", viewer=Viewer.PAYOR)
    assert for_the_payor == (Sending(DAY),)


def test_what_went_to_somebody_else_before_is_not_named() -> None:
    """A former guardian's check that was sent again to the new one."""
    old = Row(Payee.FAMILY, "B")
    new = Row(Payee.FAMILY, "A", DAY + timedelta(days=12), disbursement_id="D2", replaces="D1")
    (seen,) = disclosing.sendings_shown([old, new], me="A", payor_id="P", viewer=Viewer.CUSTODIAL)
    assert (seen.replaces, seen.is_reissue, seen.was_reissued) == (None, False, False)
    (hers,) = disclosing.sendings_shown([old, new], me="B", payor_id="P", viewer=Viewer.CUSTODIAL)
    assert not hers.was_reissued


@given(st.lists(ROWS, max_size=6))
def test_a_payor_never_learns_what_became_of_money_sent_to_others(rows: list[Row]) -> None:
    """A returned check would tell that she moved."""
    seen = disclosing.sendings_shown(rows, me="P", payor_id="P", viewer=Viewer.PAYOR)
    others = [sent for sent in seen if not sent.to_oneself]
    assert len(others) <= 1
    for sent in others:
        assert sent == Sending(sent.issued_on)
        sent_on = [r.issued_on for r in rows if not disclosing.is_to_oneself(r, "P", "P")]
        assert sent.issued_on in sent_on


@given(st.lists(ROWS, max_size=6))
def test_a_custodial_parent_sees_her_own_in_full_and_no_refund(rows: list[Row]) -> None:
    seen = disclosing.sendings_shown(rows, me="A", payor_id="P", viewer=Viewer.CUSTODIAL)
    assert sum(sent.to_oneself for sent in seen) == sum(row.payee_id == "A" for row in rows)
    for sent in seen:
        if not sent.to_oneself:
            assert sent.payee in (Payee.STATE, Payee.OTHER_STATE, Payee.AGENCY)
            assert sent.status is None
            assert sent.method is None


@given(st.lists(ROWS, max_size=6))
def test_without_a_role_only_what_went_to_oneself_shows(rows: list[Row]) -> None:
    seen = disclosing.sendings_shown(rows, me="A", payor_id="P", viewer=None)
    assert all(sent.to_oneself for sent in seen)
    assert len(seen) == sum(row.payee_id == "A" for row in rows)


@given(st.lists(ROWS, max_size=6), st.randoms())
def test_the_order_of_rows_does_not_show(rows: list[Row], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    for viewer in (*Viewer, None):
        first = disclosing.sendings_shown(rows, me="A", payor_id="P", viewer=viewer)
        second = disclosing.sendings_shown(shuffled, me="A", payor_id="P", viewer=viewer)
        assert [(s.issued_on, s.amount, s.status) for s in first] == [
            (s.issued_on, s.amount, s.status) for s in second
        ]


@dataclass(frozen=True)
class Enforcement:
    kind: EnforcementKind
    status: EnforcementStatus
    started_on: date = DAY
    ended_on: date | None = None


@pytest.mark.parametrize("viewer", VIEWERS)
def test_enforcement_is_shown_as_the_table_says(viewer: Viewer) -> None:
    row = Enforcement(EnforcementKind.BANK_LEVY, EnforcementStatus.STAYED, ended_on=DAY)
    rule = shown(Datum.ENFORCEMENT, viewer)
    expected = {
        Shown.WITHOUT_REASON: Action(DAY, row.kind, row.status, DAY),
        Shown.GROUPED: Action(DAY),
        Shown.NEVER: None,
    }
    assert disclosing.action_shown(row, viewer) == expected[rule]


def test_grouped_actions_cannot_be_told_apart_nor_counted() -> None:
    """A stayed one looks like an active one, and two of one day like one."""
    rows = [
        Enforcement(EnforcementKind.BANK_LEVY, EnforcementStatus.STAYED),
        Enforcement(EnforcementKind.LIEN, EnforcementStatus.ACTIVE),
        Enforcement(EnforcementKind.LIEN, EnforcementStatus.RELEASED, ended_on=DAY),
    ]
    seen = disclosing.actions_in_order(
        disclosing.action_shown(row, Viewer.CUSTODIAL) for row in rows
    )
    assert seen == (Action(DAY),)


def test_single_lines_and_coded_reasons_are_for_the_parents_of_the_case() -> None:
    """A statement for others holds totals, and no reason of a correction."""
    for viewer in Viewer:
        parent = viewer is not Viewer.STATEMENT
        assert disclosing.lines_shown(viewer) is parent
        reason = disclosing.reason_shown(ChargeReason.COURT_CREDIT, viewer)
        assert reason == (ChargeReason.COURT_CREDIT if parent else None)
        assert disclosing.reason_shown(None, viewer) is None
