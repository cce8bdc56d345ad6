"""What was begun and left lying is thrown away in the end; what was sent never is."""

from __future__ import annotations

from datetime import timedelta

from portal.audit.models import AuditEvent
from portal.context import Context
from portal.notices.jobs import registered
from portal.requests.add_evidence import REMOVED
from portal.requests.check_evidence import sweep_unreferenced
from portal.requests.evidence_store import EvidenceStore
from portal.requests.models import Draft, EvidenceFile, Submission, SubmissionEvent
from portal.requests.sweep_drafts import KEPT_FOR, sweep_drafts
from tests.requests.parents import (
    REVIEW,
    Parents,
    begin_review,
    photo,
    send_review,
    signed_in,
    type_address,
    upload,
)
from tests.support.clock import Clock
from tests.support.page import Page


def _counts(context: Context) -> tuple[int, int]:
    with context.database.session() as session:
        return session.query(Draft).count(), session.query(Submission).count()


def test_a_draft_goes_after_its_last_day_with_its_files(
    payor: Page, context: Context, clock: Clock
) -> None:
    begin_review(payor)
    upload(payor, photo())
    clock.forward(days=KEPT_FOR.days)
    assert sweep_drafts(context, clock()) == 0, "the day that the page names is the last one"
    clock.forward(days=1)
    assert sweep_drafts(context, clock()) == 1
    assert sweep_drafts(context, clock()) == 0
    assert _counts(context) == (0, 0)
    with context.database.session() as session:
        assert [row.state for row in session.query(EvidenceFile)] == [REMOVED]
        trail = [row.name for row in session.query(AuditEvent)]
    assert trail.count("request:draft:expired") == 1
    assert sweep_unreferenced(context, clock() + timedelta(days=2)) == 1
    assert list(EvidenceStore(context.settings.evidence_url).written()) == []


def test_a_young_draft_and_a_sent_request_stay(
    payor: Page, parents: Parents, context: Context, clock: Clock
) -> None:
    begin_review(payor)
    upload(payor, photo())
    number = send_review(payor)
    clock.forward(days=400)
    signed_in(payor, parents.payor)
    type_address(payor, since="12/20/2027")
    assert sweep_drafts(context, clock()) == 0
    assert sweep_unreferenced(context, clock()) == 0
    assert _counts(context) == (1, 1)
    with context.database.session() as session:
        assert [row.state for row in session.query(EvidenceFile)] == ["ready"]
        assert session.query(SubmissionEvent).count() == 3
    assert payor.get(f"/requests/{number}").status == 200


def test_adding_or_taking_out_a_file_touches_the_draft(
    payor: Page, parents: Parents, context: Context, clock: Clock
) -> None:
    begin_review(payor)
    clock.forward(days=60)
    signed_in(payor, parents.payor)
    upload(payor, photo())
    clock.forward(days=60)
    assert sweep_drafts(context, clock()) == 0
    signed_in(payor, parents.payor)
    payor.get(f"{REVIEW}/evidence")
    payor.submit("/removal")
    clock.forward(days=60)
    assert sweep_drafts(context, clock()) == 0
    assert _counts(context)[0] == 1


def test_the_page_says_until_when_a_draft_is_kept(payor: Page) -> None:
    """November 22, and 90 days."""
    begin_review(payor)
    assert "We keep it until February 20, 2027" in payor.get("/requests").words
    assert "We keep them until February 20, 2027" in payor.get(f"{REVIEW}/new").words
    type_address(payor)
    assert (
        "We keep them until February 20, 2027" in payor.get("/requests/change-of-address/new").words
    )


def test_the_worker_does_it() -> None:
    assert any(job.work is sweep_drafts for job in registered())
