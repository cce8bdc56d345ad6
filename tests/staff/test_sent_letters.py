"""Letters of a case as the staff see them: when each was opened, and the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit.models import AuditEvent
from portal.context import Context
from portal.security.permissions import StaffRole
from portal.staff.models import StaffParty
from tests.requests.parents import Parents, load_parents
from tests.staff.case_letters import choose, letters_of
from tests.staff.on_requests import caseworker, file_one
from tests.support.accounts import sign_in
from tests.support.letters import sent_letter, words_of
from tests.support.page import Page
from tests.support.staff import make_staff


@pytest.fixture
def parents(context: Context, tmp_path: Path) -> Parents:
    return load_parents(context, tmp_path)


def test_the_read_receipt_is_shown(
    app: Flask, context: Context, page: Page, other_page: Page, parents: Parents
) -> None:
    worker = make_staff(context, StaffRole.CASEWORKER)
    sent_letter(app, context, worker, case_id="C1")
    sign_in(page, worker)
    assert "not opened yet" in choose(page, "sent").words
    sign_in(other_page, parents.payor)
    other_page.get(next(iter(letters_of(other_page).values())))
    assert "Nov 22, 2026, 10:00" in choose(page, "sent").words


def test_the_file_is_the_letter(app: Flask, context: Context, page: Page, parents: Parents) -> None:
    """ACL-4, AUD-1: noted in the trail; never for who is close to the addressee."""
    worker = make_staff(context, StaffRole.CASEWORKER)
    sent_letter(app, context, worker)
    sent_letter(app, context, worker, case_id="C1")
    sign_in(page, worker)
    links = choose(page, "sent").links()
    file = next(href for name, href in links.items() if name.startswith("Save"))
    seen = page.get(file)
    assert seen.headers["Content-Disposition"].startswith("attachment")
    assert "We agree with part of your review" in words_of(seen.body)
    with context.database.transaction() as session:
        names = session.scalars(select(AuditEvent.name)).all()
        assert names.count("letter:printed") == 1
        session.add(StaffParty(account_id=worker.id, participant_id="P", declared_by="x",
                               declared_at=context.now()))  # fmt: skip
    assert page.get(file).status == 404


def test_the_page_of_a_request_tells_when_its_letter_was_opened(
    app: Flask, context: Context, page: Page, other_page: Page, parents: Parents
) -> None:
    """A read receipt for the worker, and the letter as it went out."""
    worker = caseworker(context)
    filed = file_one(context, parents.payor)
    sent_letter(app, context, worker, submission_id=filed.id)
    sign_in(page, worker)
    address = f"/staff/requests/{filed.number}"
    assert "Decision, not opened yet" in page.get(address).words.replace(" ,", ",")
    sign_in(other_page, parents.payor)
    other_page.get(next(iter(letters_of(other_page).values())))
    seen = page.get(address)
    assert "Decision, opened Nov 22, 2026" in seen.words.replace(" ,", ",")
    assert filed.number in words_of(page.get(seen.links()["Decision"]).body)
