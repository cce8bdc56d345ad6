"""Special families of plain money: households, notices, frequencies, orders that change."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from portal.demo.extract_plan import Action, Entry, Family, Habit, OrderPlan, Single
from portal.demo.extract_special import Maker, Special, be
from portal.rules.vocabulary import (
    Category,
    ChargeKind,
    ChargeReason,
    EnforcementKind,
    EnforcementStatus,
    Frequency,
    Method,
    OrderKind,
    Source,
)

D = Decimal


def two_households(m: Maker) -> Special:
    """Pay withheld falls short of two households' support; a fresh notice over both."""
    payor = m.payor(first_name="Daniel", last_name="Whitaker", language="en")
    rosa = m.people.adult(
        first_name="Rosa", last_name="Delgado", family_violence=True, language="es"
    )
    grace = m.people.adult(first_name="Grace", last_name="Kim", language="en")
    offset = Action(EnforcementKind.TAX_OFFSET, m.month(30))
    license_stayed = Action(
        EnforcementKind.LICENSE_SUSPENSION, m.ago(6), EnforcementStatus.STAYED, reason="8 weeks"
    )
    return Special(
        Family(
            payor,
            (
                m.case(
                    rosa,
                    m.weekly("100.00", m.month(54)),
                    opening={},
                    actions=(offset, license_stayed),
                    automatic_remedies=False,
                ),
                m.case(
                    grace,
                    m.weekly("60.00", m.month(38)),
                    method=Method.DEBIT_CARD,
                    actions=(offset, Action(EnforcementKind.LIEN, m.month(8))),
                    automatic_remedies=False,
                ),
            ),
            habits=(m.wages(m.month(54), share=D("0.85"), miss=4),),
            singles=(
                Single(m.month(19) + timedelta(days=20), Source.FEDERAL_TAX_OFFSET, D("912.00")),
                Single(m.month(7) + timedelta(days=11), Source.STATE_TAX_OFFSET, D("148.00")),
                Single(m.ago(25), Source.FEDERAL_TAX_OFFSET, D("640.00"), held=True),
                Single(m.ago(4), Source.PAID_ONLINE, D("75.00")),
            ),
            delinquency_on=(m.ago(375), m.ago(10)),
        ),
        (
            be(
                payor,
                "payor-two-households",
                "Pays two households; got a notice of delinquency ten days ago over both cases;"
                " part of a federal tax refund is held",
                "noncustodial",
            ),
            be(
                rosa,
                "custodial-safety-mark",
                "Has the safety mark; the other parent must not learn where she lives",
                "custodial",
                registered=True,
            ),
            be(
                grace,
                "custodial-second-household",
                "Paid by a payor of two households, of which she must not learn",
                "custodial",
            ),
        ),
    )


def fresh_notice(m: Maker) -> Special:
    """One household, a self-employed payor behind by months, a notice of ten days ago."""
    payor = m.people.adult(first_name="Tanya", last_name="Brooks", suffix="", language="en")
    custodial = m.people.adult(first_name="Marcus", last_name="Brooks", suffix="Jr.")
    return Special(
        Family(
            payor,
            (m.case(custodial, m.weekly("130.00", m.month(44))),),
            habits=(
                Habit(Source.PAID_ONLINE, Frequency.MONTHLY, m.month(44), m.month(6)),
                Habit(Source.CHECK_OR_MONEY_ORDER, Frequency.MONTHLY, m.month(3), share=D("0.4")),
            ),
            delinquency_on=(m.ago(10),),
        ),
        (
            be(
                payor,
                "payor-fresh-notice",
                "A mother who pays; notice of ten days ago: a review filed now stays enforcement",
                "noncustodial",
                registered=True,
            ),
            be(
                custodial,
                "custodial-father",
                "A father with custody; the last payments were too small",
                "custodial",
            ),
        ),
    )


def old_notice(m: Maker) -> Special:
    """A notice of six weeks ago: a review is late and stays nothing."""
    payor = m.payor(first_name="Tyrone", last_name="Jackson", suffix="III", language="en")
    custodial = m.people.adult(last_name="Ferreira-Lima", language="pt")
    return m.story(
        payor,
        m.case(
            custodial,
            m.weekly("175.00", m.start),
            method=Method.DEBIT_CARD,
            opening={
                Category.ARREARS: D("2310.50"),
                Category.INTEREST: D("84.10"),
                Category.PENALTY: D("84.10"),
            },
            actions=(
                Action(EnforcementKind.TAX_OFFSET, m.month(50)),
                Action(EnforcementKind.CREDIT_REPORTING, m.month(22)),
            ),
            automatic_remedies=False,
        ),
        m.wages(m.start, miss=7, late=15),
        be(
            payor,
            "payor-old-notice",
            "Notice of six weeks ago: a review is late and does not stop enforcement",
            "noncustodial",
            registered=True,
        ),
        delinquency_on=(m.ago(1137), m.ago(772), m.ago(407), m.ago(42)),
    )


def five_fridays(m: Maker) -> Special:
    """Never behind: four- and five-Friday months, paid as they fall due."""
    payor = m.payor(first_name="伟", last_name="张", language="zh")
    custodial = m.people.adult(first_name="אורית", last_name="לוי", language="en")
    return m.story(
        payor,
        m.case(custodial, m.weekly("100.00", m.month(48))),
        m.wages(m.month(48)),
        be(
            payor,
            "payor-five-fridays",
            "Never behind: sees 4 or 5 Fridays a month; a name in Chinese",
            "noncustodial",
            registered=True,
        ),
        be(custodial, "custodial-right-to-left", "A name that reads right to left", "custodial"),
    )


def frequencies(m: Maker) -> Special:
    """Biweekly support, semimonthly medical support and monthly alimony on one case."""
    payor = m.payor(first_name="Ifeoma", last_name="O’Brien-Ñuñez", middle_name="Zoë")
    custodial = m.people.adult(first_name="Seán", last_name="O'Brien-Ñuñez", language="en")
    since = m.month(40)
    medical, alimony = OrderKind.MEDICAL, OrderKind.ALIMONY
    return m.story(
        payor,
        m.case(
            custodial,
            OrderPlan(D("240.00"), Frequency.BIWEEKLY, since),
            OrderPlan(D("35.00"), Frequency.SEMIMONTHLY, since, kind=medical),
            OrderPlan(D("300.00"), Frequency.MONTHLY, since, kind=alimony),
        ),
        Habit(Source.INCOME_WITHHOLDING, Frequency.BIWEEKLY, since, share=D("0.97")),
        be(
            payor,
            "payor-three-orders",
            "Biweekly support, medical support and alimony; an apostrophe, a tilde, a hyphen",
            "noncustodial",
        ),
        be(custodial, "custodial-three-orders", "Three kinds of order", "custodial"),
    )


def changed_orders(m: Maker) -> Special:
    """The court changed the order twice; adjustments for every reason; a fee."""
    payor = m.payor(first_name="", last_name="Sukarno", language="en")
    custodial = m.people.adult(
        first_name="Maria Aparecida", last_name="dos Santos de Albuquerque Cavalcanti e Vasconcelos"
    )
    first, second = m.month(30), m.month(9)
    day = timedelta(days=1)
    entries = [
        Entry(m.month(26 - n), Category.ARREARS, D(amount), reason=reason, note=f"entry {n}")
        for n, (amount, reason) in enumerate(
            {
                "410.00": ChargeReason.COURT_ORDER,
                "-120.00": ChargeReason.COURT_CREDIT,
                "-60.00": ChargeReason.DIRECT_PAYMENT,
                "90.00": ChargeReason.CORRECTION,
                "-90.00": ChargeReason.REVERSAL,
                "-15.50": ChargeReason.OTHER,
            }.items()
        )
    ]
    entries += [
        Entry(m.month(14), Category.PENALTY, D("-40.00"), reason=ChargeReason.WAIVER),
        Entry(m.month(13), Category.FEE, D("35.00"), ChargeKind.CHARGE, note="annual fee"),
        Entry(m.month(1), Category.FEE, D("35.00"), ChargeKind.CHARGE, note="annual fee"),
    ]
    return m.story(
        payor,
        m.case(
            custodial,
            OrderPlan(D("620.00"), Frequency.MONTHLY, m.month(55), first - day),
            OrderPlan(D("155.00"), Frequency.WEEKLY, first, second - day),
            OrderPlan(D("121.50"), Frequency.WEEKLY, second),
            opening={},
            entries=tuple(entries),
            method=Method.CHECK,
        ),
        m.wages(m.month(55), share=D("0.9"), miss=3),
        be(
            payor,
            "payor-one-name",
            "Has one name only; the order changed twice; corrections of every kind",
            "noncustodial",
            registered=True,
        ),
        be(custodial, "custodial-long-name", "A very long name; paid by check", "custodial"),
    )


PAY_FAMILIES = (
    two_households,
    fresh_notice,
    old_notice,
    five_fridays,
    frequencies,
    changed_orders,
)
