"""Special families by where money goes or comes from: the state, other states, checks."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from portal.demo.extract_people import Address
from portal.demo.extract_plan import Action, Habit, Letter, OrderPlan, Single
from portal.demo.extract_special import Maker, Special, be
from portal.rules.vocabulary import (
    Category,
    DisbursementStatus,
    EnforcementKind,
    EnforcementStatus,
    Frequency,
    Interstate,
    Method,
    NoticeKind,
    OrderKind,
    Source,
)

D = Decimal

NEW_YORK, FLORIDA = "36", "12"


def public_assistance(m: Maker) -> Special:
    """Support goes to the state while the family receives public assistance."""
    payor, custodial = m.payor(), m.people.adult(language="ht")
    return m.story(
        payor,
        m.case(
            custodial,
            m.weekly("95.00", m.month(45)),
            assistance=(m.month(20), None),
            opening={},
            method=Method.DEBIT_CARD,
        ),
        m.wages(m.month(45), miss=12),
        be(
            custodial,
            "custodial-on-assistance",
            "Receives public assistance: support goes to the state",
            "custodial",
            registered=True,
        ),
    )


def formerly_on_assistance(m: Maker) -> Special:
    """Part of the arrears is still owed to the state."""
    payor, custodial = m.payor(), m.people.adult()
    return m.story(
        payor,
        m.case(
            custodial,
            OrderPlan(D("480.00"), Frequency.MONTHLY, m.month(52)),
            assistance=(m.month(52), m.month(25) - timedelta(days=1)),
        ),
        Habit(
            Source.CHECK_OR_MONEY_ORDER,
            Frequency.MONTHLY,
            m.month(52),
            share=D("0.8"),
            miss=10,
        ),
        be(
            payor,
            "payor-owes-state",
            "Owes arrears to the family and to the state",
            "noncustodial",
        ),
    )


def arrears_only(m: Maker) -> Special:
    """Current support has ended; an arrears order is being paid off."""
    payor, custodial = m.payor(), m.people.adult()
    ended = m.month(16) - timedelta(days=1)
    return m.story(
        payor,
        m.case(
            custodial,
            m.weekly("140.00", m.start, ended),
            OrderPlan(D("50.00"), Frequency.WEEKLY, m.month(16), kind=OrderKind.ARREARS),
            opening={Category.ARREARS: D("6200.00")},
            children=(m.people.child(payor.last_name, 21, 22),),
            actions=(Action(EnforcementKind.TAX_OFFSET, m.month(58)),),
            automatic_remedies=False,
        ),
        m.wages(m.start, miss=2),
        be(
            payor,
            "payor-arrears-only",
            "The order has ended; pays $50.00 a week on arrears",
            "noncustodial",
            registered=True,
        ),
    )


def initiating(m: Maker) -> Special:
    """The payor lives in another state, whose agency collects."""
    payor = m.payor(address=Address("88 Court St", "Brooklyn", "NY", "11201"))
    custodial = m.people.adult()
    return m.story(
        payor,
        m.case(
            custodial,
            OrderPlan(D("520.00"), Frequency.MONTHLY, m.month(33)),
            interstate=Interstate.INITIATING,
            other_jurisdiction=NEW_YORK,
        ),
        Habit(Source.OTHER_STATE, Frequency.MONTHLY, m.month(33), miss=9),
        be(
            custodial,
            "custodial-interstate",
            "The other parent lives elsewhere: another agency collects",
            "custodial",
        ),
    )


def responding(m: Maker) -> Special:
    """Another state's order: no interest here, money goes to that state's agency."""
    payor = m.payor()
    custodial = m.people.adult(address=Address("7 Palm Dr", "Orlando", "FL", "32801"))
    return m.story(
        payor,
        m.case(
            custodial,
            OrderPlan(D("410.00"), Frequency.MONTHLY, m.month(43)),
            interstate=Interstate.RESPONDING,
            other_jurisdiction=FLORIDA,
            issuing_state=FLORIDA,
        ),
        Habit(Source.INCOME_WITHHOLDING, Frequency.SEMIMONTHLY, m.month(43), share=D("0.88")),
        be(
            payor,
            "payor-order-of-another-state",
            "An order of another state: past due, and no interest here",
            "noncustodial",
        ),
    )


def overpayment(m: Maker) -> Special:
    """A check bounced after the family was paid; it is being recovered."""
    payor, custodial = m.payor(), m.people.adult()
    bounced = m.month(5) + timedelta(days=6)
    letter = Letter(
        bounced + timedelta(days=12),
        NoticeKind.OVERPAYMENT,
        custodial,
        "You were paid too much",
        "A payment that we sent to you was later taken back by the bank. We will keep a small part"
        " of coming payments until it is repaid.",
        amount=D("300.00"),
    )
    return m.story(
        payor,
        m.case(
            custodial,
            m.weekly("120.00", m.month(37)),
            letters=(letter,),
            recover=D("10.00"),
        ),
        m.wages(m.month(37), miss=10),
        be(
            custodial,
            "custodial-overpaid",
            "Was paid too much when a check bounced: part of each payment is kept",
            "custodial",
            registered=True,
        ),
        singles=(
            Single(
                bounced,
                Source.CHECK_OR_MONEY_ORDER,
                D("300.00"),
                reversed_on=bounced + timedelta(days=9),
            ),
            Single(
                m.month(2) + timedelta(days=8),
                Source.PAID_ONLINE,
                D("50.00"),
                reversed_on=m.month(2) + timedelta(days=9),
            ),
        ),
    )


def checks(m: Maker) -> Special:
    """Paid by check: cashed, returned, stopped, void, stale, and issued again."""
    payor, custodial = m.payor(), m.people.adult(first_name="Renée", last_name="St. John-Smythe")
    status = DisbursementStatus
    return m.story(
        payor,
        m.case(
            custodial,
            m.weekly("65.00", m.month(39)),
            method=Method.CHECK,
            fates=(
                *(status.CASHED,) * 6,
                status.RETURNED,
                *(status.CASHED,) * 5,
                status.STOPPED,
                *(status.CASHED,) * 4,
                status.VOID,
                *(status.CASHED,) * 7,
                status.STALE,
            ),
        ),
        m.wages(m.month(39)),
        be(
            custodial,
            "custodial-checks",
            "Paid by check: some came back, were stopped or grew stale, and were issued again",
            "custodial",
        ),
    )


def everything(m: Maker) -> Special:
    """Every source of payment and every remedy, over the years."""
    payor, custodial = m.payor(), m.people.adult()
    singles = tuple(
        Single(m.month(34 - 2 * n) + timedelta(days=13), source, D(180 + 23 * n))
        for n, source in enumerate(Source)
        if source is not Source.INCOME_WITHHOLDING
    )
    over = (EnforcementKind.BANK_LEVY, EnforcementKind.CONTEMPT, EnforcementKind.LOTTERY_INTERCEPT)
    actions = tuple(
        Action(
            kind,
            m.month(32 - n),
            EnforcementStatus.RELEASED if kind in over else EnforcementStatus.ACTIVE,
            m.month(20 - n) if kind in over else None,
            reason=f"criteria met, run {n}",
        )
        for n, kind in enumerate(EnforcementKind)
        if kind is not EnforcementKind.WITHHOLDING_INCREASE
    )
    raised = Action(EnforcementKind.WITHHOLDING_INCREASE, m.month(28))
    return m.story(
        payor,
        m.case(
            custodial,
            m.weekly("210.00", m.start),
            opening={Category.ARREARS: D("9400.00"), Category.FEE: D("70.00")},
            actions=(*actions, raised),
            automatic_remedies=False,
        ),
        m.wages(m.start, share=D("0.7"), miss=25),
        be(
            payor,
            "payor-every-remedy",
            "Payments from every source, and every kind of enforcement",
            "noncustodial",
            registered=True,
        ),
        singles=singles,
        delinquency_on=(m.ago(800), m.ago(435), m.ago(70)),
    )


MONEY_FAMILIES = (
    public_assistance,
    formerly_on_assistance,
    arrears_only,
    initiating,
    responding,
    overpayment,
    checks,
    everything,
)
