"""The operators' page: what it counts, trying a mail again, and that no case data is on it."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import select, text, update

from portal import create_app
from portal.audit.models import AuditEvent
from portal.context import Context
from portal.feeds.export import export
from portal.feeds.load import load
from portal.notices.jobs import JobRun, registered
from portal.notices.models import OutboxItem
from portal.notices.worker import run_once
from portal.requests.models import EvidenceFile
from portal.requests.scanner import is_reachable
from portal.security.permissions import StaffRole
from portal.settings import PROJECT
from portal.staff.operations_words import JOBS
from tests.notices.greeting import item, queue
from tests.requests.parents import Parents, photo
from tests.staff.desk import filed, parents
from tests.staff.on_requests import Filed
from tests.staff.test_request_evidence import attach
from tests.support.accounts import TestAccount, sign_in
from tests.support.clock import Clock
from tests.support.extract import one_family
from tests.support.page import Page, Seen
from tests.support.page_rules import attributes, words
from tests.support.ports import held_port
from tests.support.smtp import mail_server
from tests.support.staff import staff_at

__all__ = ["filed", "parents"]
PATH = "/staff/operations"
TO = "canary.recipient@mail.example"


@pytest.fixture
def operator(page: Page, context: Context) -> TestAccount:
    return staff_at(page, context, StaffRole.OPERATOR, name="Op Erator")


def give_up(context: Context, reason: str = "recipient_refused_550", **fields: str) -> str:
    """A mail that was tried for days, in vain."""
    queued = queue(context, to=TO, **fields)
    now = context.now()
    with context.database.transaction() as session:
        session.execute(
            update(OutboxItem)
            .where(OutboxItem.id == queued)
            .values(next_try_at=None, failed_at=now, reason=reason, tries=9,
                    created_at=now - timedelta(days=8))
        )  # fmt: skip
    return queued


def rows(seen: Seen, caption: str) -> list[list[str]]:
    """The rows of the table with this caption."""
    for table in seen.document.query("table"):
        if caption in words(table.query("caption")[0]):
            return [[words(it) for it in row.query("th, td")] for row in table.query("tbody tr")]
    return []


def shown_mail(seen: Seen) -> str:
    """The first mail that can be retried, as its form names it."""
    return str(attributes(seen.document.query("input[name=mail]")[0])["value"])


def retried(context: Context) -> list[tuple[str | None, str | None]]:
    with context.database.session() as session:
        chosen = select(AuditEvent).where(AuditEvent.name == "mail:retried")
        return [(row.actor_id, row.subject_id) for row in session.scalars(chosen)]


def test_a_new_installation_says_that_nothing_is_there(page: Page, operator: TestAccount) -> None:
    shown = page.get(PATH).words
    for said in ("No extract has been loaded", "Nothing has been exported", "No job has run",
                 "Nothing is sealed yet", "Verified Not yet", "none is configured"):  # fmt: skip
        assert said in shown


def test_it_is_the_first_page_of_an_operator(page: Page, operator: TestAccount) -> None:
    assert page.get("/staff").h1 == "Operations"


def test_extracts_with_their_counts(
    page: Page, context: Context, operator: TestAccount, tmp_path: Path
) -> None:
    family = one_family()
    written = family.builder.write(tmp_path / "first")
    done = load(context, written)
    seen = page.get(PATH)
    (row,) = rows(seen, "The last extracts")
    assert row[0] == "1"
    assert row[2:4] == ["full", "Nov 20, 2026"]
    assert row[-4:] == [f"{done.manifest.rows:,}", "0", str(done.warnings), "0"]
    assert "record_1" in seen.words


def test_exports_by_position(
    page: Page, context: Context, parents: Parents, filed: Filed, operator: TestAccount,
    tmp_path: Path,
) -> None:  # fmt: skip
    done = export(context, tmp_path / "out", after=0)
    assert done.upto > 0
    assert f"Last position {done.upto}" in page.get(PATH).words


def test_mail_that_fails_shows_why_and_not_to_whom(
    page: Page, context: Context, operator: TestAccount
) -> None:
    waiting = queue(context, to=TO)
    with context.database.transaction() as session:
        values = {"reason": "server_unreachable", "tries": 2}
        session.execute(update(OutboxItem).where(OutboxItem.id == waiting).values(**values))
    queue(context, to=TO)
    give_up(context)
    give_up(context, reason="no_longer_due")
    seen = page.get(PATH)
    assert "Waiting 2" in seen.words
    assert "Given up 1" in seen.words
    (failing,) = rows(seen, "Waiting for another try")
    assert failing[0] == "greeting"
    assert failing[1] == "the mail server cannot be reached server_unreachable"
    assert failing[2] == "1"
    (gone,) = rows(seen, "Given up")
    assert gone[1].endswith("does not take mail for this address recipient_refused_550")
    assert TO not in seen.text


def test_a_mail_that_was_given_up_is_sent_once_when_retried(
    page: Page, context: Context, operator: TestAccount
) -> None:
    """CRS-2, AUD-3: one mail with its own Message-ID, one row in the trail, and no second time."""
    queued = give_up(context)
    with mail_server() as smtp:
        settings = dataclasses.replace(context.settings, mail_url=smtp.url)
        sending = dataclasses.replace(context, settings=settings)
        assert run_once(sending, context.now()) == 0
        seen = page.get(PATH)
        shown = shown_mail(seen)
        assert "1 mail will be tried again" in page.submit("/retried-mail").words
        assert rows(page.get(PATH), "Given up") == []
        assert run_once(sending, context.now()) == 1
        answer = page.post(f"{PATH}/retried-mail", {"mail": shown})
        assert "this mail went out or waits already" in answer.words
        assert run_once(sending, context.now()) == 0
        assert [it.partition("@")[0] for it in smtp.message_ids] == [f"<{queued}"]
    assert item(context, queued).sent_at is not None
    assert retried(context) == [(operator.id, queued)]


def test_pressed_twice_it_is_one_try(
    page: Page, context: Context, operator: TestAccount
) -> None:  # fmt: skip
    """CON-1"""
    queued = give_up(context)
    seen = page.get(PATH)
    shown = shown_mail(seen)
    for _ in range(2):
        page.post(f"{PATH}/retried-mail", {"mail": shown})
    assert len(retried(context)) == 1
    assert run_once(context, context.now()) == 1
    assert item(context, queued).sent_at is not None


def test_all_that_are_listed(
    page: Page, context: Context, operator: TestAccount, clock: Clock
) -> None:  # fmt: skip
    """One that fails again is given up again, and can be seen."""
    good = [give_up(context) for _ in range(3)]
    void = give_up(context, reason="no_longer_due")
    page.get(PATH)
    page.post(f"{PATH}/retried-mail", {"mail": "all"})
    assert run_once(context, context.now()) == 3
    assert all(item(context, it).sent_at for it in good)
    assert item(context, void).sent_at is None
    with mail_server() as smtp:
        smtp.behave = lambda number: "554"
        settings = dataclasses.replace(context.settings, mail_url=smtp.url, mail_give_up_days=7)
        sending = dataclasses.replace(context, settings=settings)
        give_up(context)
        page.post(f"{PATH}/retried-mail", {"mail": "all"})
        assert run_once(sending, context.now()) == 0
    (row,) = rows(page.get(PATH), "Given up")
    assert row[1].endswith("message_refused_554")


@pytest.mark.parametrize("mail", ["", "x", "A" * 43])
def test_a_made_up_mail_changes_nothing(
    page: Page, context: Context, operator: TestAccount, mail: str
) -> None:
    give_up(context)
    page.get(PATH)
    page.post(f"{PATH}/retried-mail", {"mail": mail})
    assert retried(context) == []


def test_another_operators_address_of_a_mail_is_nothing_here(
    app: Flask, page: Page, other_page: Page, context: Context, operator: TestAccount
) -> None:
    """ACL-1"""
    give_up(context)
    staff_at(other_page, context, StaffRole.OPERATOR, name="Other Op")
    shown = shown_mail(other_page.get(PATH))
    page.get(PATH)
    page.post(f"{PATH}/retried-mail", {"mail": shown})
    assert retried(context) == []


def test_jobs_with_their_last_run(
    page: Page, context: Context, operator: TestAccount, clock: Clock
) -> None:
    run_once(context, context.now())
    with context.database.transaction() as session:
        late = update(JobRun).where(JobRun.name == "accounts.sweep")
        session.execute(late.values(failed=True))
    clock.forward(seconds=7200)
    sign_in(page, operator)
    shown = {row[0]: row[3] for row in rows(page.get(PATH), "jobs")}
    assert shown["Seal the trail audit.seal"].startswith("late: is portal worker running")
    assert shown["Clear away old sessions, links and counters accounts.sweep"].startswith("failed")
    verify = "Read the whole trail and compare it with its seals audit.verify"
    assert shown[verify] == "in order"


def test_every_job_has_words(app: Flask) -> None:
    assert {job.name for job in registered()} == set(JOBS)


def test_evidence_and_its_scanner(
    page: Page, context: Context, parents: Parents, filed: Filed, operator: TestAccount,
) -> None:  # fmt: skip
    """UPL-2"""
    file_id = attach(context, filed, "canary-name.jpg", photo())
    with context.database.transaction() as session:
        held = update(EvidenceFile).where(EvidenceFile.id == file_id)
        session.execute(held.values(state="being_checked"))
    assert "Files waiting 1" in page.get(PATH).words
    assert is_reachable("") is None
    settings = dataclasses.replace(context.settings, scanner_url=f"tcp://127.0.0.1:{held_port()}")
    app = create_app(context=dataclasses.replace(context, settings=settings))
    other = Page(app)
    sign_in(other, operator)
    assert "Scanner does not answer" in other.get(PATH).words


def test_the_trail_sealed_and_verified(
    page: Page, context: Context, operator: TestAccount, clock: Clock
) -> None:
    """AUD-2: what the daily reading of the whole trail found is shown."""
    run_once(context, context.now())
    assert "whole" in page.get(PATH).words.partition("The audit trail")[2]
    clock.forward(seconds=2 * 86400)
    sign_in(page, operator)
    clock.forward(seconds=4000)
    sign_in(page, operator)
    assert "late" in page.get(PATH).words.partition("The audit trail")[2]
    anchor = Path(context.settings.audit_anchor)
    anchor.write_text(anchor.read_text("utf-8").replace("1 ", "9 ", 1), "utf-8")
    run_once(context, context.now())
    shown = page.get(PATH).words.partition("The audit trail")[2]
    assert "not as it was sealed: run portal audit verify" in shown


def test_trouble_of_the_health_check_comes_first(
    page: Page, context: Context, operator: TestAccount, clock: Clock
) -> None:
    head = ScriptDirectory(str(PROJECT / "portal/migrations")).get_current_head()
    with context.database.transaction() as session:
        session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        session.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": head})
    assert "finds nothing wrong" in page.get(PATH).words
    queue(context, to=TO)
    clock.forward(seconds=2400)
    sign_in(page, operator)
    assert "Mail has been waiting for more than half an hour" in page.get(PATH).words


def test_nothing_of_a_case_or_a_person_is_on_it(
    page: Page, context: Context, parents: Parents, filed: Filed, operator: TestAccount,
    tmp_path: Path,
) -> None:  # fmt: skip
    """ACL-3: no recipient, no name, no number of a case or request, no file's name, no words."""
    attach(context, filed, "canary-name.jpg", photo())
    give_up(context, name="Canary Greeted")
    run_once(context, context.now())
    export(context, tmp_path / "out", after=0)
    seen = page.get(PATH)
    addresses = [parents.payor.email, parents.marked.email, TO]
    for told in (*addresses, filed.number, filed.id, "canary", "Canary", "C1", "C2", "Morgan",
                 "My employer", "NOT1"):  # fmt: skip
        assert told not in seen.source, told
