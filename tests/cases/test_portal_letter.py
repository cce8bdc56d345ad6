"""A letter of the portal, as its addressee reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.audit.models import AuditEvent
from portal.context import Context
from portal.notices.letter_models import LetterRead
from portal.notices.worker import run_once
from portal.requests.models import Submission
from portal.security.permissions import StaffRole
from tests.requests.parents import Parents, file_review, load_parents, sent_number
from tests.support.accounts import TestAccount, sign_in
from tests.support.clock import Clock
from tests.support.letters import opened, sent_letter, words_of
from tests.support.page import Page, Seen
from tests.support.staff import make_staff

TITLE = "We agree with part of your review"


@pytest.fixture
def parents(context: Context, tmp_path: Path) -> Parents:
    return load_parents(context, tmp_path)


@pytest.fixture
def worker(context: Context) -> TestAccount:
    return make_staff(context, StaffRole.CASEWORKER)


def letters_of(page: Page) -> Seen:
    return page.get(page.get("/cases").path + "/letters")


def open_letter(page: Page, title: str = TITLE) -> Seen:
    return page.get(letters_of(page).links()[title])


def reads(context: Context) -> int:
    with context.database.transaction(write=False) as session:
        return session.scalar(select(func.count()).select_from(LetterRead)) or 0


def events(context: Context, prefix: str) -> list[str]:
    with context.database.transaction(write=False) as session:
        names = session.scalars(select(AuditEvent.name).order_by(AuditEvent.id))
        return [name for name in names if name.startswith(prefix)]


def test_a_letter_stands_first_among_the_letters(
    app: Flask, context: Context, page: Page, parents: Parents, worker: TestAccount
) -> None:
    """The newest first, with those of the agency's record; its last day is counted."""
    sent_letter(app, context, worker, case_id="C1")
    sent_letter(app, context, worker, case_id="C2", title="About another case")
    sent_letter(app, context, worker, title="About no one case", respond_by=None)
    sign_in(page, parents.payor)
    words = letters_of(page).words
    line = f"Nov 22, 2026 {TITLE} not opened yet to go to court: Jan 6, 2027 (45 days left)"
    assert line in words
    assert words.index(TITLE) < words.index("Notice of Child Support Delinquency")
    assert "About no one case" in words
    assert "About another case" not in words


def test_a_letter_is_read_on_the_site(
    app: Flask, context: Context, page: Page, parents: Parents, worker: TestAccount
) -> None:
    sent_letter(app, context, worker, case_id="C1", paragraphs=("One\nTwo <b>x</b>",))
    sign_in(page, parents.payor)
    seen = open_letter(page)
    assert seen.h1 == TITLE
    for part in (
        "Date November 22, 2026",
        "Case C1",
        "Last day to go to court January 6, 2027 (45 days left)",
        "Two <b>x</b>",
        "August 2026 $1,200.00 $1,000.00 $200.00",
        "Your rights You can ask a court to look at this decision.",
        "There is no fee.",
    ):
        assert part in seen.words, part


def test_the_first_opening_is_kept_once(
    app: Flask, context: Context, page: Page, parents: Parents, worker: TestAccount, clock: Clock
) -> None:
    """A read receipt: when the addressee first opened it, whether as a page or as a file."""
    key = sent_letter(app, context, worker)
    sign_in(page, parents.payor)
    letters_of(page)
    assert reads(context) == 0
    first = clock()
    address = open_letter(page).path
    clock.forward(minutes=2)
    page.get(address)
    assert "not opened yet" not in letters_of(page).words
    page.get(f"{address}/letter.pdf")
    with context.database.transaction(write=False) as session:
        read = session.get(LetterRead, key)
        assert read is not None
        assert read.at == first
    assert events(context, "letter:") == ["letter:sent", "letter:read", "letter:saved"]


def test_a_letter_is_saved_as_it_went_out(
    app: Flask, context: Context, page: Page, parents: Parents, worker: TestAccount
) -> None:
    """CCH-1, UPL-3: an attachment that nothing keeps; reading it as a file counts as reading."""
    sent_letter(app, context, worker)
    sign_in(page, parents.payor)
    address = letters_of(page).links()[TITLE]
    seen = page.get(f"{address}/letter.pdf")
    assert seen.headers["Content-Type"] == "application/pdf"
    assert seen.headers["Content-Disposition"] == "attachment; filename=letter-2026-11-22.pdf"
    assert seen.headers["Cache-Control"] == "no-store"
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in seen.headers["Content-Security-Policy"]
    assert "ETag" not in seen.headers
    assert "Jordan" in words_of(seen.body)
    with opened(seen.body) as pdf:
        assert pdf.Root.MarkInfo.Marked
    assert reads(context) == 1


def test_the_first_page_leads_to_it(
    app: Flask, context: Context, page: Page, parents: Parents, worker: TestAccount, clock: Clock
) -> None:
    """The mail says only to sign in: what is found there first is the letter."""
    sent_letter(app, context, worker, case_id="C1")
    sent_letter(app, context, worker, title="No day", respond_by=None)
    sign_in(page, parents.payor)
    first = page.get("/cases")
    assert f"Needs you {TITLE}, November 22, 2026 Last day to go to court: January 6" in first.words
    for title in (TITLE, "No day"):
        assert title in page.get("/cases").words
        open_letter(page, title)
    after = page.get("/cases").words
    assert TITLE in after
    assert "No day" not in after
    clock.forward(days=46)
    sign_in(page, parents.payor)
    assert TITLE not in page.get("/cases").words


@pytest.mark.parametrize("tail", ["", "/letter.pdf"])
def test_nobody_else_finds_a_letter(
    app: Flask, context: Context, page: Page, other_page: Page, parents: Parents,
    worker: TestAccount, tail: str,
) -> None:  # fmt: skip
    """ACL-1: the other parent on the same case, and the worker who wrote it, get the same 404 as
    for an address that never was."""
    sent_letter(app, context, worker, case_id="C1")
    sign_in(page, parents.payor)
    address = letters_of(page).links()[TITLE] + tail
    assert page.get(address).status == 200
    sign_in(other_page, parents.marked)
    refused, never = other_page.get(address), other_page.get("/letters/" + "A" * 43 + tail)
    assert (refused.status, refused.words) == (404, never.words)
    assert TITLE not in letters_of(other_page).words
    staff = Page(app)
    sign_in(staff, worker)
    assert staff.get(address).status == 404
    assert Page(app).get(address, follow=False).status == 302
    assert reads(context) == 1


def test_the_mail_tells_nothing(
    app: Flask, context: Context, parents: Parents, worker: TestAccount
) -> None:
    """The mail says that there is a letter: not what it is, nor about which case or request."""
    sent_letter(app, context, worker, account_id=parents.payor.id, case_id="C1")
    run_once(context, context.now())
    sent = [it for it in sent_mails(context) if "There is a letter for you" in it]
    assert len(sent) == 1
    for fact in (TITLE, "review", "C1", "1,200", "decision", "Jordan"):
        assert fact not in sent[0]


def sent_mails(context: Context) -> list[str]:
    folder = context.settings.instance / "mail"
    return [file.read_text("utf-8") for file in sorted(folder.iterdir())]


def test_the_request_leads_to_its_letters(
    app: Flask, context: Context, page: Page, parents: Parents, worker: TestAccount
) -> None:
    """A decision names the request's number, and the request's page links the letter."""
    sign_in(page, parents.payor)
    number = sent_number(file_review(page))
    with context.database.transaction(write=False) as session:
        request_id = session.scalars(select(Submission.id)).one()
    sent_letter(app, context, worker, submission_id=request_id)
    shown = page.get(f"/requests/{number}")
    assert f"Our letters about it {TITLE}" in shown.words
    assert "not opened yet" in shown.words
    letter = page.get(shown.links()[TITLE])
    assert f"Request {number}" in letter.words
    assert f"Request: {number}" in words_of(page.get(f"{letter.path}/letter.pdf").body)
    assert "not opened yet" not in page.get(f"/requests/{number}").words
