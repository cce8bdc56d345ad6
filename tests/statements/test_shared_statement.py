"""A statement for others: what it says and what it leaves out, whose it is, how it is made."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import event, select

from portal.accounts.models import Account
from portal.audit.models import AuditEvent
from portal.context import Context
from portal.security import throttles
from portal.security.permissions import StaffRole
from portal.statements.models import SharedStatement
from tests.cases.family import Family
from tests.statements.sharing import share, text_of, without_code
from tests.support.accounts import mails, sign_in
from tests.support.clock import Clock
from tests.support.page import Page
from tests.support.staff import make_staff
from tests.support.tokens import without_tokens

MADE_UP = "A" * 43


def count(context: Context) -> int:
    with context.database.session() as session:
        return len(session.scalars(select(SharedStatement)).all())


def test_what_it_says_to_the_cent(family: Family) -> None:
    made = share(family, "A", first="10/08/2026", last="10/31/2026")
    words = without_code(text_of(made.pdf()))
    assert words == (
        "Massachusetts Department of Revenue Child Support Services Division"
        " Child support statement Name: Alex Silva This person: receives child support Case: C1"
        " Period: October 8, 2026 to October 31, 2026 Figures as of: November 20, 2026"
        " Made on: November 22, 2026 Can be checked until: February 20, 2027"
        " Check this statement Make sure that it is ours and that nobody changed it."
        " Point the camera of a phone at the picture, or go to this address and type the code."
        " http://localhost:8000/statements/check CODE"
        " What the court ordered Child support: $100.00 every week, since January 4, 2021"
        " What was owed and paid What Amount Owed when October 8, 2026 began −$100.00"
        " Support that fell due $400.00 Interest, penalties and fees added $0.00"
        " Changes by the agency $0.00 Payments applied −$300.00"
        " Owed when October 31, 2026 ended $0.00"
        " Payments for this case Received Amount First sent on"
        " Oct 14, 2026 $100.00 Oct 15, 2026 Oct 21, 2026 $100.00 Oct 22, 2026"
        " Oct 28, 2026 $100.00 Oct 29, 2026 Total $300.00"
        " The total leaves out payments that were taken back. Money received can be applied, and"
        " sent on, on a later day. This statement does not say where a payment came from."
        " Questions Call us: (800) 332-2733 or (617) 660-1234."
        " Case C1, made on November 22, 2026 · CODE Page 1 of 1"
    )


@pytest.mark.parametrize("who", ["P", "A"])
def test_it_leaves_out_all_that_the_table_does_not_give(households: Family, who: str) -> None:
    """PRV-1, PRV-3: no source on any payment, nothing of others, nothing that locates."""
    made = share(households, who)
    seen = Page(made.page.app).get(f"/statements/check/{made.code}")
    for text in (text_of(made.pdf()), seen.text, made.page.get(made.address).text):
        words = re.sub(r"(?s)<(header|footer|nav).*?</\1>", "", text)
        words = without_code(without_tokens(words))
        for hidden in (
            "ederal", "tax", "Employer", "mployer", "Enforcement", "online", "Check or money",
            "eld,", "Harbor", "EFT", "1077", "Treasury", "TOP", "Lopez", "C2", "Kid1", "Probate",
            "SU21", "Secret", "Lowell", "the state", "the family", "icense", "came back",
            "Nov 2, 2026", "outstanding", "ashed", "Dana", "Northern",
        ):  # fmt: skip
            assert hidden not in words, hidden
        other = "O'Brien" if who == "P" else "Pike"
        assert other not in words


def test_both_parents_statements_give_the_same_figures(households: Family) -> None:
    """Whoever sees both learns nothing: not even that a check came back and was sent again."""
    of_payor, of_payee = (
        text_of(share(households, who).pdf()).partition("What the court ordered")[2]
        for who in ("P", "A")
    )
    assert without_code(of_payor) == without_code(of_payee)
    assert "Oct 20, 2026 $45.00 Oct 21, 2026" in of_payor


def test_the_pdf_is_for_everybody(family: Family) -> None:
    """PDF/UA-1: tagged, titled, and the picture has words."""
    made = share(family, "A")
    with pikepdf.open(io.BytesIO(made.pdf())) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
        assert "Alex" not in str(pdf.docinfo.get("/Title", ""))
        figures = [it for it in _elements(pdf.Root.StructTreeRoot) if it.get("/S") == "/Figure"]
        assert len(figures) == 1
        assert "camera" in str(figures[0].Alt)


def _elements(node: pikepdf.Object) -> list[pikepdf.Object]:
    found, waiting = [], [node]
    while waiting:
        element = waiting.pop()
        if isinstance(element, pikepdf.Array):
            waiting.extend(element)
        elif isinstance(element, pikepdf.Dictionary):
            found.append(element)
            if "/K" in element:
                waiting.append(element.K)
    return found


def test_making_one_takes_a_fresh_proof(family: Family, clock: Clock) -> None:
    """SES-6: what is handed on opens a page of the case to others."""
    page = family.page("A")
    base = page.get("/cases").path
    page.get(f"{base}/statements/new")
    clock.forward(minutes=6)
    seen = page.submit("/statements/new")
    assert "/account/authenticate" in seen.path or seen.h1 != "A statement for others"
    assert count(family.context) == 0
    assert page.get(f"{base}/statements", follow=False).status == 200, "one's own needs none"


def test_a_form_sent_twice_makes_one(family: Family) -> None:
    """CON-1"""
    page = family.page("A")
    page.get(page.get("/cases").path + "/statements/new")
    form = page.seen
    first = page.submit("/statements/new")
    page.seen = form
    second = page.submit("/statements/new")
    assert first.path == second.path
    assert count(family.context) == 1
    assert len(mails(family.context, "statement_shared")) == 1


def test_the_owner_is_told_and_it_stands_in_the_trail(family: Family) -> None:
    """AUD-1: with ids alone; the mail has no fact of the case."""
    made = share(family, "A")
    [(_template, to, words)] = mails(family.context, "statement_shared")
    assert to == "a@example.org"
    assert not any("C1" in str(word) or made.code in str(word) for word in words.values())
    made.take_back()
    with family.context.database.session() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.subject_kind == "statement"))
        assert [it.name for it in events] == ["statement:shared", "statement:taken-back"]
    history = made.page.get("/account/history").words
    assert "You made a statement to show to others" in history
    assert "You ended a statement" in history


def test_ten_a_day(family: Family, clock: Clock) -> None:
    """RAT-1: each is told by mail."""
    page = family.page("A")
    base = page.get("/cases").path
    for _number in range(10):
        page.get(f"{base}/statements/new")
        assert page.submit("/statements/new").h1 == "A statement for others"
    page.get(f"{base}/statements/new")
    seen = page.submit("/statements/new")
    assert "There were too many tries" in seen.errors
    assert count(family.context) == 10
    with family.context.database.session() as session:
        account = session.scalars(select(Account.id).where(Account.participant_id == "A")).one()
        for hours, closed in ((23, True), (25, False)):
            later = clock() + timedelta(hours=hours)
            until = throttles.peek(
                session, family.context.keyring, throttles.STATEMENT, account, later
            )
            assert (until is not None) is closed


def test_errors_name_the_fix(family: Family) -> None:
    page = family.page("A")
    base = page.get("/cases").path
    page.get(f"{base}/statements/new")
    seen = page.submit("/statements/new", **{"from": "10/31/2026", "to": "10/01/2026"})
    assert "Enter a day that is not before the first one" in seen.errors
    seen = page.submit("/statements/new", **{"from": "nonsense", "to": "10/01/2026"})
    assert "Enter the date as month, day and year" in seen.errors
    assert count(family.context) == 0


def test_nobody_elses_statement_opens(households: Family) -> None:
    """ACL-1: the other parent, another household, a stranger: the same as for a made-up address."""
    made = share(households, "A")
    tails = ("", "/statement.pdf", "/removal")
    for who in ("P", "B", "S"):
        page = households.page(who)
        page.get("/account")
        for tail in tails:
            seen = page.get(made.address + tail, follow=False)
            other = page.get(f"/statements/{MADE_UP}{tail}", follow=False)
            assert (seen.status, seen.source) == (404, other.source)
        assert page.post(f"{made.address}/removal").status == 404
        base = households.page("A").get("/cases").path
        for tail in ("/statements", "/statements/new", "/statements/statement.pdf"):
            assert page.get(base + tail).status == 404
        assert page.post(f"{base}/statements/new", {"once": "x"}).status == 404
        assert made.address not in page.get("/statements").text
    assert Page(made.page.app).get(f"/statements/check/{made.code}").h1 == "This statement is ours"


def test_a_visitor_and_the_staff_find_nothing(app: Flask, family: Family, context: Context) -> None:
    """ACL-1, ACL-3"""
    made = share(family, "A")
    anonymous = Page(made.page.app)
    for address in (made.address, f"/statements/{MADE_UP}", "/statements"):
        assert "/sign-in?next=" in anonymous.get(address, follow=False).headers["Location"]
    worker = Page(made.page.app)
    sign_in(worker, make_staff(context, *StaffRole))
    for address in ("/statements", made.address):
        assert worker.get(address).status == 404
    assert worker.get(f"/statements/check/{made.code}").h1 == "This statement is ours"


def test_without_its_token_no_form_does_anything(family: Family) -> None:
    """CSR-1"""
    made = share(family, "A")
    base = made.page.get("/cases").path
    for address in (f"{base}/statements/new", f"{made.address}/removal"):
        assert made.page.post(address, {"once": "y"}, csrf=False).status == 400
    assert count(family.context) == 1
    assert made.page.get(made.address).words.count("Can be checked")


def test_a_marked_parent_makes_one_and_takes_it_back_at_once(
    households: Family, clock: Clock
) -> None:
    """PRV-2: a mark takes nothing away; taking back wants no fresh proof."""
    made = share(households, "A")
    clock.forward(minutes=10)
    seen = made.take_back()
    assert "The statement was ended" in seen.text
    visitor = Page(made.page.app)
    assert visitor.get(f"/statements/check/{made.code}").h1 == "This statement no longer counts"
    assert made.page.get(f"{made.address}/statement.pdf").status == 404
    assert made.take_back().status == 200, "twice does no harm"


def test_the_number_of_queries_does_not_grow(family: Family, clock: Clock) -> None:
    """The list asks once for the checks of all statements."""
    share(family, "P")
    one = _queries(family)
    for _number in range(3):
        share(family, "P")
    assert _queries(family) == one


def _queries(family: Family) -> int:
    asked: list[str] = []

    def counted(*arguments: object) -> None:
        if "audit_events" in str(arguments[2]):
            asked.append(str(arguments[2]))

    engine = family.context.database.engine
    event.listen(engine, "before_cursor_execute", counted)
    assert family.page("P").get("/statements").status == 200
    event.remove(engine, "before_cursor_execute", counted)
    return len(asked)


def test_the_list_counts_checks(family: Family, clock: Clock) -> None:
    """That somebody checked it, and when; not who."""
    made = share(family, "A")
    assert "Checked not yet" in made.page.get("/statements").words
    visitor = Page(made.page.app)
    for _number in range(2):
        visitor.get(f"/statements/check/{made.code}")
    clock.forward(minutes=1)
    words = made.page.get("/statements").words
    assert "Checked 2 times, last on November 22, 2026" in words
    assert "Period Oct 1, 2025" in words or "Period Nov 1, 2025" in words
    assert "Can be checked until February 20, 2027" in words
    assert timedelta(days=90).days == family.context.agency.statements.valid_days


def test_the_first_page_of_statements_leads_to_both(family: Family) -> None:
    links = family.open("A", "/statements").links()
    assert "Make a statement to show" in links
    assert links["Statements you made for others"] == "/statements"
    assert "You made none yet" in family.page("A").get("/statements").words


def test_a_period_without_figures_makes_none(households: Family) -> None:
    """The stranger's case has nothing on it."""
    page = households.page("S")
    page.get(page.get("/cases").path + "/statements/new")
    seen = page.submit("/statements/new")
    if seen.h1 == "A statement for others":
        assert "No payment in this period" in seen.words
    else:
        assert "Our records have no figures in that time" in seen.errors
