"""ACL-1: every address of a request, as the other parent, a stranger and nobody."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.context import Context
from portal.requests.models import EvidenceFile
from tests.requests.asking import QUESTION, send_question
from tests.requests.parents import (
    REVIEW,
    Parents,
    begin_review,
    photo,
    send_address,
    send_review,
    signed_in,
    upload,
)
from tests.support.accounts import make_account
from tests.support.page import Page
from tests.support.tokens import without_form_ids
from tests.support.walk import walk


@pytest.fixture
def addresses(payor: Page, context: Context) -> list[tuple[str, str]]:
    """Each address of the payor's requests, with one like it that never existed."""
    begin_review(payor)
    upload(payor, photo())
    review = send_review(payor)
    address, question = send_address(payor), send_question(payor)
    with context.database.session() as session:
        file = session.query(EvidenceFile).one().id
    found = [(f"/requests/{review}/evidence/{file}", "/requests/2222-2222/evidence/" + "0" * 32)]
    found += [
        (f"/requests/{number}{tail}", f"/requests/2222-2222{tail}")
        for number in (review, address, question)
        for tail in ("", "/receipt", "/withdrawal")
    ]
    found.append((f"/requests/{address}/evidence/{file}", f"/requests/{address}/evidence/x"))
    return found


@pytest.mark.parametrize("who", ["other parent", "other household", "stranger"])
def test_anothers_address_is_like_one_that_never_was(
    app: Flask, context: Context, parents: Parents, addresses: list[tuple[str, str]], who: str
) -> None:
    accounts = {"other parent": parents.marked, "other household": parents.other}
    account = accounts.get(who) or make_account(
        context, participant_id=None, email="staff@example.org"
    )
    page = signed_in(Page(app), account)
    for real, made_up in addresses:
        for method in ("get", "post"):
            theirs, nobodys = getattr(page, method)(real), getattr(page, method)(made_up)
            assert theirs.status == nobodys.status, real
            assert theirs.status in (404, 405), real
            assert without_form_ids(theirs.text) == without_form_ids(nobodys.text), real


def test_nobody_is_led_to_sign_in_alike(other_page: Page, addresses: list[tuple[str, str]]) -> None:
    for real, made_up in addresses:
        theirs = other_page.get(real, follow=False)
        nobodys = other_page.get(made_up, follow=False)
        assert theirs.status == nobodys.status == 302
        assert theirs.headers["Location"].split("?")[0] == nobodys.headers["Location"].split("?")[0]
    for step in ("new", "grounds", "payments", "evidence", "check"):
        answer = other_page.post(f"{REVIEW}/{step}", {"file": "x"}, follow=False)
        assert (answer.status, answer.headers["Location"].split("?")[0]) == (302, "/sign-in")
    for step in ("", "/check", "/subject/removal"):
        answer = other_page.post(f"{QUESTION}{step}", {"words": "x"}, follow=False)
        assert (answer.status, answer.headers["Location"].split("?")[0]) == (302, "/sign-in")


def test_what_one_parent_sends_shows_nowhere_to_the_other(payor: Page, marked: Page) -> None:
    """PRV-1: a review, its stay, a new address and a question leave every page of the other parent as it was."""

    starts = ("/cases", "/requests", "/requests/new", f"{REVIEW}/new", "/account")
    before = walk(marked, *starts)
    assert len(before) > 20
    begin_review(payor)
    upload(payor, photo())
    send_review(payor)
    send_address(payor)
    send_question(payor)
    assert walk(marked, *starts) == before


def test_another_parents_file_is_not_taken_out(payor: Page, marked: Page, context: Context) -> None:
    begin_review(payor)
    upload(payor, photo())
    begin_review(marked)
    with context.database.session() as session:
        file = session.query(EvidenceFile).one().id
    assert marked.post(f"{REVIEW}/evidence/{file}/removal").status == 404
    with context.database.session() as session:
        assert session.query(EvidenceFile).count() == 1


def test_a_letter_and_a_case_of_another_cannot_be_named(payor: Page, marked: Page) -> None:
    """ACL-2: a choice that was not offered is refused."""
    seen = payor.get(f"{REVIEW}/new")
    theirs = [str(dict(n.attrs)["value"]) for n in seen.document.query("input[name=about]")]
    for token in (*theirs, "C1", "C2", "0"):
        if token == "all":
            continue
        marked.get(f"{REVIEW}/new")
        seen = marked.submit("/new", about=token)
        assert seen.path == f"{REVIEW}/new", token
        assert seen.title.startswith("Error:")


def test_extra_fields_change_nothing(payor: Page, context: Context) -> None:
    """ACL-2"""
    from portal.requests.models import Submission

    begin_review(payor)
    payor.get(f"{REVIEW}/check")
    payor.submit("/check", case_id="C9", state="decided", decision="granted", decided_by="me",
                 due_on="2020-01-01", account_id="x", owner="x", number="2222-2222")  # fmt: skip
    with context.database.session() as session:
        row = session.query(Submission).one()
        assert (row.state, row.decision, row.owner) == ("submitted", None, None)
        assert {case.case_id for case in row.cases} == {"C1", "C2"}
