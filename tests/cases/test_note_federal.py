"""Who was shown federal tax information stands in the trail (PRV-3)."""

from __future__ import annotations

from sqlalchemy import select

from portal.audit.models import AuditEvent
from portal.cases.note_federal import EVENT
from tests.cases.family import Family
from tests.support.extract import two_households


def shown(family: Family) -> list[tuple[str | None, dict[str, object]]]:
    with family.context.database.session() as session:
        chosen = select(AuditEvent).where(AuditEvent.name == EVENT).order_by(AuditEvent.at)
        return [(event.subject_id, dict(event.detail)) for event in session.scalars(chosen)]


def test_a_page_that_names_a_refund_leaves_a_trail_and_no_other_does(family: Family) -> None:
    """PRV-3: two refunds in the list, one on a payment's page; none in the CSV or elsewhere."""
    family.load(two_households().builder)
    for tail in ("", "/order", "/balances", "/letters", "/payments.csv"):
        family.open("A", tail)
    assert shown(family) == []
    listed = family.open("A", "/payments")
    assert shown(family) == [("C1", {"payments": 2})]
    family.page("A").get(listed.links()["Nov 18, 2026"])
    assert len(shown(family)) == 1
    family.page("A").get(listed.links()["Nov 16, 2026"])
    assert shown(family)[1:] == [("C1", {"payments": 1})]


def test_the_payors_own_refund_leaves_none(family: Family) -> None:
    family.load(two_households().builder)
    assert "Federal tax refund" in family.open("P", "/payments").text
    assert shown(family) == []
