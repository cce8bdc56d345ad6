"""The auditor reads the trail: what the staff did and was refused, without a fact of a parent."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.context import Context
from portal.security.permissions import StaffRole
from portal.staff import audit_pages
from portal.staff.trail_words import EVENTS
from portal.staff.unusual import REFUSED_A_DAY, Rule
from tests.requests.parents import Parents, signed_in
from tests.staff.case_letters import choose
from tests.staff.desk import desk, filed, parents, sam
from tests.staff.looking_up import OTHER, PAYOR, look_up, make_close
from tests.staff.on_requests import Filed
from tests.staff.queue_of import queries
from tests.staff.test_trail import audit, robin
from tests.support.accounts import TestAccount
from tests.support.letters import sent_letter
from tests.support.page import Page
from tests.support.page_rules import attributes
from tests.support.staff import make_staff

__all__ = ["audit", "desk", "filed", "parents", "robin", "sam"]
PATH = "/staff/trail/events"
HIDDEN = ("Jordan", "Pike", "Ana", "Lopez", "666", "C1", "CANARYWHY", "P</", "@")


def rows(auditor: Page, **query: str) -> list[str]:
    seen = auditor.get(PATH, query_string=query)
    return [" ".join(it.to_text().split()) for it in seen.document.query("main tbody tr")]


def test_what_was_done_and_refused_stands_there_with_who_and_why(
    app: Flask, desk: Page, audit: Page, filed: Filed, context: Context, sam: TestAccount
) -> None:
    """AUD-1, AUD-4, ACL-3: a request by its number, a parent by the label of the openings."""
    look_up(desk, **PAYOR)
    look_up(desk, by="case", case="C99")
    desk.get("/staff/people")
    desk.get("/staff/queue")
    desk.submit(f"/requests/{filed.number}/take")
    sent_letter(app, context, sam, case_id="C1")
    make_close(context, sam, "A")
    desk.get(f"/staff/requests/{filed.number}")
    choose(desk, "sent", reason="visit")
    told = rows(audit)
    for words in (
        "Sam Field A look-up was refused refused nobody was found; Case number; The parent called",
        "A page was refused refused not a page of the worker’s roles; staff.people",
        f"Sam Field Took a request {filed.number}",
        "Sam Field Sent a letter",
        "A page was refused refused the worker is close to the person; staff.request_page",
        "refused the worker is close to the person; Case number; The parent came",
        "Sam Field Opened a record",
    ):
        assert any(words in row for row in told), f"{words}: {told}"
    text = " ".join(told)
    for hidden in HIDDEN:
        assert hidden not in text, hidden
    label = audit.get("/staff/trail").document.query("main tbody tr td")[1].to_text().strip()
    assert any(f"Opened a record {label}" in row for row in told)


def test_the_filters_stand_in_the_address(
    desk: Page, audit: Page, filed: Filed, context: Context
) -> None:
    look_up(desk, **PAYOR)
    look_up(desk, by="case", case="C99")
    assert len(rows(audit, kind="refusals")) == 1
    assert len(rows(audit, refused="y")) == 1
    assert rows(audit, kind="letters") == []
    assert "No event fits." in audit.get(PATH, query_string={"kind": "letters"}).words
    options = audit.get(PATH).document.query("select[name=worker] option")
    token = next(
        str(attributes(it)["value"]) for it in options if it.to_text().strip() == "Sam Field"
    )
    assert rows(audit, worker=token)
    for spoilt in ({"worker": "made-up"}, {"first": "2026-01-01", "last": "2026-01-02"}):
        assert rows(audit, **spoilt) == []
    for spoilt in ({"kind": "<b>"}, {"first": "x"}, {"page": "99"}, {"page": "-1"}):
        assert len(rows(audit, **spoilt)) == len(rows(audit))


def test_many_are_paged_and_ask_the_database_no_more(
    desk: Page, audit: Page, context: Context
) -> None:
    look_up(desk, **PAYOR)
    few = queries(context, audit, PATH)
    for _ in range(30):
        look_up(desk, **OTHER)
        look_up(desk, **PAYOR)
    assert queries(context, audit, PATH) == few
    assert len(rows(audit, kind="records")) == 50
    assert len(rows(audit, kind="records", page="2")) == 11


def test_many_refused_look_ups_and_tries_at_family_are_unusual(
    desk: Page, audit: Page, context: Context, sam: TestAccount, filed: Filed
) -> None:
    """AUD-4, ACL-4: five are mistyped, six are not; of somebody close one is enough."""

    def found() -> set[tuple[Rule, int]]:
        with context.database.session() as session:
            today = context.agency.local_date(context.now())
            return {
                (it.rule, it.count)
                for it in audit_pages.unusual(session, context.agency, today, today)
                if it.worker_id == sam.id
            }

    for _ in range(REFUSED_A_DAY):
        look_up(desk, by="case", case="C99")
    assert found() == set()
    look_up(desk, by="case", case="C99")
    assert found() == {(Rule.MANY_REFUSED, 6)}
    make_close(context, sam, "P")
    desk.get(f"/staff/requests/{filed.number}")
    assert found() == {(Rule.MANY_REFUSED, 6), (Rule.CLOSE_TRIED, 1)}
    seen = audit.get("/staff/trail/unusual")
    assert "Sam Field Many refused look-ups in one day 6" in seen.words
    assert "Sam Field Tried to open what concerns somebody close 1" in seen.words
    links = [str(attributes(it)["href"]) for it in seen.document.query("main tbody a")]
    assert all("A look-up was refused" in audit.get(it).words for it in links)


@pytest.mark.parametrize("role", [role for role in StaffRole if role is not StaffRole.AUDITOR])
def test_only_the_auditor_reads_it(
    page: Page, context: Context, parents: Parents, role: StaffRole
) -> None:
    """ACL-3: nobody of those whose steps stand in it, and no parent."""
    signed_in(page, make_staff(context, role, name="Ada Lane"))
    assert page.get(PATH).status == 404
    payor = signed_in(Page(page.app), parents.payor)
    assert payor.get(PATH).status == 404


def test_every_kind_of_event_has_words() -> None:
    assert all(str(words) for words in EVENTS.values())
    assert len(EVENTS) > 40
