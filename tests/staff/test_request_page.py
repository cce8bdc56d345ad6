"""The page of a request: the parent's side beside the record's, and who may see it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from flask import Flask
from sqlalchemy import delete, select

from portal.accounts.models import Account
from portal.context import Context
from portal.feeds.export import export
from portal.record.models import Participant
from portal.requests.file_review import SaidPayment
from portal.requests.grounds import HowPaid
from portal.requests.models import Submission
from portal.rules.house_figures import Comparing
from portal.rules.vocabulary import Source
from portal.security.permissions import StaffRole
from portal.staff.compare_months import Match, RecordPayment, last_months, match_claims
from portal.staff.models import ProtectedLocationGrant, RecordOpening, StaffNote
from portal.staff.parties import declare
from tests.requests.parents import STREET, Parents, send_address, signed_in
from tests.staff.desk import desk, filed, mine, parents, sam
from tests.staff.on_requests import Filed, caseworker, events, give, row_of, trail
from tests.support.accounts import TestAccount
from tests.support.clock import Clock
from tests.support.page import Page
from tests.support.staff import make_staff

__all__ = ["desk", "filed", "mine", "parents", "sam"]


def test_it_shows_both_sides(desk: Page, filed: Filed) -> None:
    seen = desk.get(f"/staff/requests/{filed.number}")
    assert seen.status == 200
    for words in (
        "Jordan Pike", "Language English", "My employer took it from my pay.", "Payments I made are missing",
        "in our record", "another amount", "not in our record", "new enforcement paused",
        "Notice of delinquency dated November 10, 2026", "October 2026", "Nobody yet",
        "December 22, 2026 (30 days left)",
    ):  # fmt: skip
        assert words in seen.words, words


def test_claims_stand_against_the_record_with_the_difference(desk: Page, filed: Filed) -> None:
    """120.00 is there; of 60.00 there is 45.00; what went to the other parent is nowhere."""
    seen = desk.get(f"/staff/requests/{filed.number}")
    assert "Together $255.00 $165.00 $90.00" in seen.words
    assert "September 2026 $600.00 $600.00 $75.00 $75.00" in seen.words
    assert "October 2026 $750.00 $525.00 $180.00 $15.00" in seen.words


def test_no_payment_of_the_record_stands_beside_two_claims() -> None:
    known = RecordPayment(date(2026, 10, 14), None, Decimal("120.00"), (("C1", Decimal("120.00")),),
                          Source.INCOME_WITHHOLDING, None)  # fmt: skip
    said = [
        SaidPayment(date(2026, 10, 12), Decimal("120.00"), HowPaid.EMPLOYER),
        SaidPayment(date(2026, 10, 14), Decimal("120.00"), HowPaid.EMPLOYER),
        SaidPayment(date(2026, 12, 14), Decimal("120.00"), HowPaid.EMPLOYER),
    ]
    found = match_claims(said, [known], Comparing())
    assert [claim.match for claim in found] == [Match.SAME, Match.MISSING, Match.MISSING]
    assert sum(claim.difference for claim in found) == Decimal("240.00")
    (far,) = match_claims(said[:1], [known], Comparing(claim_days=1))
    assert far.match is Match.MISSING, "the agency's profile says how far apart they may lie"
    months = last_months(date(2026, 10, 12), Comparing(months_without_claim=2))
    assert months == [date(2026, 9, 1), date(2026, 10, 1)]


def test_a_reversed_payment_counts_for_nothing() -> None:
    known = RecordPayment(date(2026, 10, 5), None, Decimal("20.00"), (("C2", Decimal("20.00")),),
                          Source.PAID_ONLINE, date(2026, 10, 8))  # fmt: skip
    (claim,) = match_claims([SaidPayment(date(2026, 10, 5), Decimal("20.00"), HowPaid.ONLINE)],
                            [known], Comparing())  # fmt: skip
    assert (claim.match, claim.difference) == (Match.REVERSED, Decimal("20.00"))


def test_opening_it_is_noted_for_the_parent_once_an_hour(
    desk: Page, filed: Filed, context: Context, sam: TestAccount, clock: Clock
) -> None:
    """AUD-4, ACL-3"""
    for _time in range(3):
        desk.get(f"/staff/requests/{filed.number}")
    clock.forward(minutes=10)
    desk.get(f"/staff/requests/{filed.number}")
    with context.database.session() as session:
        (opening,) = session.query(RecordOpening).all()
        assert (opening.account_id, opening.participant_id) == (sam.id, "P")
        assert opening.submission_id == filed.id
    assert trail(context, "staff:record:opened") == [("staff:record:opened", sam.id)]


def test_posting_opens_it_too(desk: Page, filed: Filed, context: Context, sam: TestAccount) -> None:
    """AUD-4: a form with an error shows all of the request; nobody reads it so unnoticed."""
    path = f"/staff/requests/{filed.number}"
    for step, fields in (
        ("notes", {"words": ""}), ("refusal", {"reason": ""}), ("decision", {"version": "-5"}),
        ("more-information", {}), ("receipt", {"version": "77"}),
    ):  # fmt: skip
        with context.database.transaction() as session:
            session.execute(delete(RecordOpening))
        desk.get("/staff/close-to-me")
        desk.post(f"{path}/{step}", fields)
        with context.database.session() as session:
            (opening,) = session.scalars(select(RecordOpening)).all()
            assert (opening.account_id, opening.submission_id) == (sam.id, filed.id), step


def test_a_request_there_is_not(desk: Page) -> None:
    assert desk.get("/staff/requests/2222-2222").status == 404


def test_whoever_has_to_do_with_the_case_sees_nothing_of_it(
    desk: Page, mine: Filed, context: Context, sam: TestAccount
) -> None:
    """ACL-4: of the other parent's family, and owner even: no page, no step, a row in the trail."""
    with context.database.transaction() as session:
        declare(session, sam.id, "B", by=session.get_one(Account, sam.id), now=context.now())
    before = row_of(context, mine).version
    for path in ("", "/decision", "/more-information", "/decision/letter"):
        seen = desk.get(f"/staff/requests/{mine.number}{path}")
        assert seen.status == 403, path
        assert "Jordan" not in seen.text
    for path in ("notes", "more-information", "refusal", "receipt", "completion", "decision",
                 "decision/sending"):  # fmt: skip
        seen = desk.post(f"/staff/requests/{mine.number}/{path}", {"version": str(before)})
        assert seen.status == 403, path
    assert row_of(context, mine).version == before
    assert len(trail(context, "staff:page:refused")) == 11
    assert trail(context, "staff:record:opened") == []


def test_notes_are_for_the_staff_alone(
    desk: Page, other_page: Page, mine: Filed, context: Context, parents: Parents, tmp_path: object
) -> None:
    """Sealed; neither the parent's page nor the export tells of them."""
    desk.get(f"/staff/requests/{mine.number}")
    seen = desk.submit("/notes", words="CANARYNOTE: call the payroll office.\n<b>Now</b>")
    assert "CANARYNOTE: call the payroll office." in seen.words
    assert "Sam Field" in seen.words
    assert "<b>Now" not in seen.text
    with context.database.session() as session:
        assert b"CANARYNOTE" not in session.scalars(select(StaffNote.words)).one()
    payor = signed_in(other_page, parents.payor)
    for path in (f"/requests/{mine.number}", "/requests", "/account/history"):
        assert "CANARYNOTE" not in payor.get(path).text
    folder = context.settings.instance / "out"
    export(context, folder, after=0)
    assert "CANARYNOTE" not in (folder / "submissions.jsonl").read_text("utf-8")


def test_an_empty_note_says_what_to_do(desk: Page, filed: Filed) -> None:
    desk.get(f"/staff/requests/{filed.number}")
    seen = desk.submit("/notes", words="  ")
    assert "Write the note" in seen.errors


def test_a_marked_parents_address_is_kept_back(
    page: Page, other_page: Page, parents: Parents, context: Context, clock: Clock
) -> None:
    """PRV-2: until a supervisor lets this worker see it for this request, and no longer."""
    number = send_address(signed_in(other_page, parents.marked))
    sam = caseworker(context)
    worker = signed_in(page, sam)
    path = f"/staff/requests/{number}"
    assert STREET not in worker.get(path).text
    assert "The address is kept back" in worker.get(path).words
    with context.database.transaction() as session:
        submission = session.query(Submission).filter_by(number=number).one()
        session.add(ProtectedLocationGrant(
            id="g" * 32, submission_id=submission.id, account_id=sam.id, reason=b"x",
            asked_at=context.now(), granted_by="s", granted_at=context.now(),
            expires_at=context.agency.end_of_day(date(2026, 11, 22)),
        ))  # fmt: skip
    assert STREET in worker.get(path).text
    clock.set(context.agency.end_of_day(date(2026, 11, 22)))
    worker = signed_in(page, sam)
    assert STREET not in worker.get(path).text


def test_an_address_of_whoever_the_record_marks_is_kept_back_too(
    page: Page, other_page: Page, parents: Parents, context: Context
) -> None:
    """PRV-2: the record's value alone does, without a mark of ours."""
    payor = signed_in(other_page, parents.payor)
    number = send_address(payor)
    worker = signed_in(page, caseworker(context))
    assert STREET in worker.get(f"/staff/requests/{number}").text
    with context.database.session() as session:
        person = session.get_one(Participant, "A")
        assert person.family_violence


def test_an_auditor_and_an_operator_find_no_request(
    page: Page, filed: Filed, context: Context
) -> None:
    """ACL-3"""
    worker = make_staff(context, StaffRole.AUDITOR, StaffRole.OPERATOR, name="Ava Book")
    seen = signed_in(page, worker).get(f"/staff/requests/{filed.number}")
    assert seen.status == 404


def test_a_parent_finds_no_page_of_the_staff(
    page: Page, filed: Filed, parents: Parents, app: Flask
) -> None:
    """ACL-1"""
    assert signed_in(page, parents.payor).get(f"/staff/requests/{filed.number}").status == 404


def test_only_the_owner_takes_steps(desk: Page, filed: Filed, context: Context) -> None:
    """N4: one owner; others are told to take it first."""
    give(context, filed, caseworker(context, "Kim Other"))
    version = str(row_of(context, filed).version)
    seen = desk.get(f"/staff/requests/{filed.number}")
    assert "Kim Other has it" in seen.words
    assert "Decide" not in seen.links()
    desk.get(f"/staff/requests/{filed.number}/more-information")
    seen = desk.submit("/more-information", words="A pay stub, please.", version=version)
    assert seen.status == 409
    assert "Take the request first" in seen.words
    assert "A pay stub, please." in seen.text
    assert "more_information_asked" not in events(context, filed)
