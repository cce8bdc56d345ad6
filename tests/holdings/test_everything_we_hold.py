"""The page that saves a copy of everything we hold: who may, how often, what it leaves behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, select

from portal.accounts.models import Account
from portal.accounts.safety_marks import lift_mark
from portal.audit.models import AuditEvent
from portal.context import Context
from portal.security.throttles import EVERYTHING
from portal.web.kept_work import PLACE
from portal.web.models import KeptWork
from tests.cases.family import Family, new_family
from tests.holdings.copies import ADDRESS, everything, save
from tests.support.accounts import mails, make_account, sign_in
from tests.support.clock import Clock
from tests.support.extract import ExtractBuilder, one_family
from tests.support.page import Page
from tests.support.staff import make_staff


def test_the_page_says_what_is_in_it_and_leads_from_the_account(family: Family) -> None:
    page = family.page("A")
    links = page.get("/account").links()
    assert links["Everything we hold about you: save a copy"] == ADDRESS
    words = page.get(ADDRESS).words
    for said in ("private facts", "Your cases", "Mails we sent you", "What is not in it"):
        assert said in words


def test_a_marked_parent_is_told_to_think_where_it_is_saved(
    households: Family, context: Context
) -> None:
    """PRV-2"""
    page = households.page("A")
    assert "that the other parent can open" in page.get(ADDRESS).words
    with context.database.transaction() as session:
        lift_mark(session, "A", context.now())
    assert "that the other parent can open" not in page.get(ADDRESS).words


@pytest.mark.parametrize("kind", ["json", "pdf"])
def test_both_files_are_saved_under_a_name_that_says_nothing(family: Family, kind: str) -> None:
    seen = save(family.page("P"), kind)
    headers = dict(seen.headers)
    assert headers["Content-Type"].startswith(f"application/{kind}")
    assert headers["Content-Disposition"] == f"attachment; filename=copy-2026-11-22.{kind}"
    assert "no-store" in headers["Cache-Control"]
    assert "sandbox" in headers["Content-Security-Policy"]


def test_it_takes_a_fresh_proof(family: Family, context: Context) -> None:
    """SES-6: neither the page nor the files for whoever finds the phone open."""
    page = family.page("P")
    page.get(ADDRESS)
    page.app.extensions["portal"].read_clock.forward(minutes=6)
    refused = page.submit(ADDRESS, json="1", follow=False)
    assert refused.status == 302
    assert refused.headers["Location"].startswith("/account/authentication?next=")
    assert page.get(ADDRESS).h1 != "Everything we hold about you"
    assert mails(context, "everything_downloaded") == []


def test_what_one_typed_as_the_session_ended_is_in_it(family: Family, context: Context) -> None:
    """A form's words are held for a day, so they are told; not its page, nor its tokens."""
    page, key = family.page("P"), "k" * 32
    fields = [["words", "half a sentence"], ["once", "A" * 43], ["empty", ""]]
    text = json.dumps({"path": "/requests/somewhere", "fields": fields})
    with context.database.transaction() as session:
        account = session.scalars(select(Account).where(Account.participant_id == "P")).one()
        sealed = context.sealer.seal(text, PLACE, key)
        kept = {"account_id": account.id, "kept_at": context.now(), "fields": sealed}
        session.add(KeptWork(id=key, path_lookup="x", **kept))
    (told,) = everything(page)["kept_forms"]
    assert told["fields"] == [{"name": "words", "value": "half a sentence"}]
    assert "somewhere" not in json.dumps(told)


def test_it_takes_the_token_of_the_form(family: Family, context: Context) -> None:
    """CSR-1"""
    page = family.page("P")
    page.get(ADDRESS)
    assert page.post(ADDRESS, {"json": "1"}, csrf=False).status == 400
    assert mails(context, "everything_downloaded") == []


def test_there_is_none_for_the_staff_and_none_without_signing_in(
    app: Flask, context: Context, page: Page, other_page: Page
) -> None:
    """ACL-1"""
    sign_in(page, make_staff(context))
    assert page.get(ADDRESS).status == 404
    assert other_page.get(ADDRESS).h1 == "Sign in"


def test_each_gets_their_own_and_nobody_elses(households: Family) -> None:
    """ACL-1, PRV-1: there is no id in the address to change; the other parent's are not in it."""
    mine, theirs = everything(households.page("A")), everything(households.page("B"))
    assert mine["person"]["participant_number"] == "A"
    assert [case["case"] for case in mine["cases"]] == ["C1"]
    assert [case["case"] for case in theirs["cases"]] == ["C2"]
    assert "a@example.org" not in json.dumps(theirs)


def test_an_account_of_nobody_in_the_record_has_a_copy_too(
    app: Flask, context: Context, page: Page
) -> None:
    sign_in(page, make_account(context))
    found = everything(page)
    assert found["person"] is None
    assert found["cases"] == []
    assert found["account"]["email"] == "morgan@example.org"


def test_saving_is_written_down_and_told_by_mail_without_a_fact(
    family: Family, context: Context
) -> None:
    """AUD-1, LNK-6, PRV-3"""
    page = family.page("P")
    save(page, "json")
    save(page, "pdf")
    with context.database.session() as session:
        rows = session.scalars(
            select(AuditEvent).where(AuditEvent.name == "account:copy:saved")
            .order_by(AuditEvent.id)
        ).all()  # fmt: skip
        assert [row.detail for row in rows] == [{"format": "json"}, {"format": "pdf"}]
        assert {row.actor_id for row in rows} == {rows[0].subject_id}
    sent = mails(context, "everything_downloaded")
    assert [to for _name, to, _words in sent] == ["p@example.org"] * 2
    assert set(sent[0][2]) == {"sign_in", "forgotten", "register", "not_me", "device"}
    assert "You saved a copy of all that we hold about you" in page.get("/account/history").words


def test_six_a_day_and_no_more(family: Family, context: Context, clock: Clock) -> None:
    """RAT-1: the seventh is refused in words, and nothing is made or mailed."""
    page = family.page("P")
    for _number in range(EVERYTHING.limit):
        assert save(page).body.startswith(b"{")
    refused = save(page)
    assert refused.is_html
    assert "There were too many tries" in refused.words
    assert len(mails(context, "everything_downloaded")) == EVERYTHING.limit


def test_a_copy_that_could_not_be_made_is_not_counted(
    family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RAT-1: what went wrong on our side is not laid to the parent's charge."""
    page = family.page("P")

    def broken(*_arguments: object) -> bytes:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("portal.holdings.download.make", broken)
        for _number in range(EVERYTHING.limit + 1):
            assert save(page).status == 500
    for _number in range(EVERYTHING.limit):
        assert save(page).body.startswith(b"{")
    assert "There were too many tries" in save(page).words


def test_the_number_of_queries_does_not_grow(tmp_path: Path) -> None:
    """The same for a short case and a long one."""
    short = _queries(tmp_path / "short", one_family().builder)
    assert _queries(tmp_path / "long", _longer()) == short
    assert short < 80


def _longer() -> ExtractBuilder:
    builder = one_family().builder
    for month in range(1, 10):
        day = f"2025-{month:02d}-05"
        payment = builder.payment("P", day, "40.00", {("C1", "current_support"): "40.00"})
        builder.disbursement(payment, "C1", day, "40.00", payee_id="A")
        builder.notice("C1", "P", "general", day)
        builder.enforcement("C1", "lien", day)
    builder.settle()
    return builder


def _queries(folder: Path, builder: ExtractBuilder) -> int:
    folder.mkdir()
    family = new_family(folder)
    family.load(builder)
    page = family.page("P")
    save(page)
    page.get(ADDRESS)
    asked: list[str] = []

    def counted(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    event.listen(family.context.database.engine, "before_cursor_execute", counted)
    assert page.submit(ADDRESS, json="1").status == 200
    event.remove(family.context.database.engine, "before_cursor_execute", counted)
    family.context.database.engine.dispose()
    return len(asked)
