"""Special families by their cases: service, closing, guardian, two roles, no role."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from portal.demo.extract_people import Address
from portal.demo.extract_plan import Family, Letter, Single
from portal.demo.extract_special import Maker, Special, be
from portal.rules.vocabulary import (
    CaseStatus,
    NoticeKind,
    Service,
    Source,
)

D = Decimal


def withholding_only(m: Maker) -> Special:
    """Pass-through service: payments by the employer only, no interest, no enforcement."""
    payor, custodial = m.payor(), m.people.adult(first_name="Null", last_name="Null")
    return m.story(
        payor,
        m.case(
            custodial,
            m.weekly("85.00", m.month(36)),
            service=Service.INCOME_WITHHOLDING_ONLY,
        ),
        m.wages(m.month(36), miss=15),
        be(
            payor,
            "payor-withholding-only",
            "Income withholding only: behind, but no interest and no enforcement",
            "noncustodial",
            registered=True,
        ),
        be(custodial, "custodial-null", "First and last name are Null", "custodial"),
    )


def closing(m: Maker) -> Special:
    """The agency wrote that it may close the case, since the parent could not be reached."""
    payor, custodial = m.payor(), m.people.adult(first_name="Dolores", last_name="Haze")
    letter = Letter(
        m.ago(20),
        NoticeKind.CASE_CLOSURE,
        custodial,
        "We may close your case",
        "We could not reach you by mail or by phone. We may close your case. Please write to us or"
        " call us before the date in this letter if you want your case to stay open.",
        respond_by=m.ago(20 - m.agency.notices.closing_days),
    )
    return m.story(
        payor,
        m.case(
            custodial,
            m.weekly("70.00", m.month(41)),
            status=CaseStatus.CLOSING,
            letters=(letter,),
        ),
        m.wages(m.month(41), miss=6),
        be(
            custodial,
            "custodial-closing",
            "Got a letter that the case may be closed",
            "custodial",
        ),
    )


def closed(m: Maker) -> Special:
    """Ended nine months ago with nothing owed; the employer went on and was paid back."""
    payor, custodial = m.payor(), m.people.adult()
    ended = m.month(9) - timedelta(days=1)
    child = m.people.child(payor.last_name, 21, 23)
    return m.story(
        payor,
        m.case(
            custodial,
            m.weekly("90.00", m.month(50), ended),
            children=(child,),
            status=CaseStatus.CLOSED,
            closed_on=m.month(7) - timedelta(days=1),
        ),
        m.wages(m.month(50), until=ended),
        be(
            payor,
            "payor-closed",
            "A closed case, paid in full; a last payment was refunded",
            "noncustodial",
            registered=True,
        ),
        singles=(Single(ended + timedelta(days=9), Source.INCOME_WITHHOLDING, D("90.00")),),
    )


def guardian(m: Maker) -> Special:
    """A grandmother has had the children since last year; before, their mother was paid."""
    payor = m.payor()
    mother = m.people.adult(first_name="Shauna", last_name="D’Angelo")
    grandmother = m.people.adult(
        first_name="Philomena",
        last_name="D’Angelo",
        birth_date=m.ago(365 * 68),
        address=Address("12 Rue de l’Église", "Québec", "QC", "G1R 3V9", "CA"),
    )
    welcome = Letter(
        m.month(14),
        NoticeKind.GENERAL,
        grandmother,
        "Payments now come to you",
        "From now on we send the child support payments of this case to you.",
    )
    return m.story(
        payor,
        m.case(
            mother,
            m.weekly("110.00", m.month(46)),
            guardian=grandmother,
            guardian_since=m.month(14),
            children=tuple(m.people.child(payor.last_name) for _ in range(3)),
            letters=(welcome,),
        ),
        m.wages(m.month(46), miss=5),
        be(
            grandmother,
            "guardian",
            "A guardian since fourteen months ago, with an address in Canada",
            "guardian",
            registered=True,
        ),
        be(
            mother,
            "custodial-until-last-year",
            "Had the children until the guardian: sees nothing of what came after",
            "custodial",
        ),
    )


def ahead(m: Maker) -> Special:
    """Pays more than is due: what is left over waits for the months to come."""
    payor = m.payor(first_name="Bo", last_name="Li")
    custodial = m.people.adult()
    decided = Letter(
        m.ago(90),
        NoticeKind.REVIEW_DECISION,
        payor,
        "Our decision on your review",
        "We looked at the payments you told us of. We agree and have corrected your balance. You"
        " can ask a court to look at this decision.",
    )
    return m.story(
        payor,
        m.case(custodial, m.weekly("75.00", m.month(28)), letters=(decided,)),
        m.wages(m.month(28)),
        be(
            payor,
            "payor-ahead",
            "Paid ahead: money waits for the months to come; a decision on a review",
            "noncustodial",
        ),
        singles=(
            Single(m.month(2) + timedelta(days=3), Source.CASH, D("500.00")),
            Single(m.ago(9), Source.PAID_ONLINE, D("260.00")),
        ),
    )


def both_roles(m: Maker) -> Special:
    """Someone who pays on one case and is paid on another."""
    both = m.payor(first_name="Jordan", last_name="Pham-O'Connell")
    first, other = m.people.adult(), m.payor()
    return m.story(
        both,
        m.case(first, m.weekly("55.00", m.month(31))),
        m.wages(m.month(31), miss=4),
        be(
            both,
            "both-roles",
            "Pays on one case and is paid on another: a switch between two cases",
            "noncustodial",
            "custodial",
            registered=True,
        ),
        also=(
            Family(
                other,
                (m.case(both, m.weekly("80.00", m.month(21))),),
                habits=(m.wages(m.month(21), miss=7),),
            ),
        ),
    )


def deceased(m: Maker) -> Special:
    """The payor died; the case is closing. With it a person who has no case at all."""
    payor = replace(m.payor(), deceased_on=m.ago(150))
    custodial = m.people.adult()
    stranger = m.people.adult(first_name="Nobody", last_name="Here")
    last = m.ago(150)
    return m.story(
        payor,
        m.case(custodial, m.weekly("105.00", m.month(35), last), status=CaseStatus.CLOSING),
        m.wages(m.month(35), until=last, miss=8),
        be(
            stranger,
            "no-case",
            "Is in the record with a PIN, but has no role on any case",
            registered=True,
        ),
        others=(stranger,),
    )


CASE_FAMILIES = (
    withholding_only,
    closing,
    closed,
    guardian,
    ahead,
    both_roles,
    deceased,
)
