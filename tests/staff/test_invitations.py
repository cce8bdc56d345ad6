"""Inviting to the staff, approving, accepting: ACL-3, ACL-4, LNK-2 to LNK-4, ENU-1."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.models import STAFF, Account
from portal.accounts.staff_models import RoleGrant, StaffMember
from portal.audit.models import AuditEvent
from portal.context import Context
from portal.security.permissions import StaffRole
from portal.staff import accept_invitation, invite
from portal.staff.disable import disable, enable
from portal.staff.grants import end_role
from portal.staff.models import Invitation, StaffParty
from portal.staff.parties import is_party
from tests.support.accounts import add_person, mails, make_account, newest_link
from tests.support.authenticator import code_at
from tests.support.clock import Clock
from tests.support.page import Page
from tests.support.race import race
from tests.support.staff import make_staff, staff_at

EMAIL = "kim@agency.example"
NEW_PASSWORD = "seven quiet otters 41"
NEW = "/staff/people/invitations/new"
OTHER = {"Ada Lane": "Ben Cole", "Ben Cole": "Ada Lane"}


def ask(page: Page, email: str = EMAIL, **more: object) -> None:
    page.get(NEW)
    page.submit(
        name="Kim Doe", email=email, roles=["caseworker", "auditor"], reason="New in May", **more
    )


def member(session: Session, name: str) -> Account:
    found = select(Account).join(StaffMember, StaffMember.account_id == Account.id)
    return session.scalars(found.where(StaffMember.name == name)).one()


def approve(page: Page) -> None:
    page.get("/staff/approvals")
    (path,) = [
        href for href in page.seen.links().values()  # type: ignore[union-attr]
        if href.startswith("/staff/approvals/") and "asked" not in href
    ]  # fmt: skip
    page.get(path)
    page.submit(button="decision=approve")


@pytest.fixture
def supervisors(page: Page, other_page: Page, context: Context) -> None:
    """Ada is signed in at `page`, Ben at `other_page`."""
    staff_at(page, context, StaffRole.SUPERVISOR, name="Ada Lane")
    staff_at(other_page, context, StaffRole.SUPERVISOR, name="Ben Cole")


@pytest.fixture
def invited(page: Page, other_page: Page, supervisors: None) -> None:
    ask(page)
    approve(other_page)


@pytest.fixture
def newcomer(app: object, page: Page) -> Page:
    return Page(page.app)


def accept(page: Page, context: Context, **fields: str) -> None:
    page.get(newest_link(context, "staff_invitation"))
    page.submit(
        **{"password": NEW_PASSWORD, "password_again": NEW_PASSWORD, "close": "no", **fields}
    )


def test_no_mail_before_a_second_supervisor_approved(
    page: Page, other_page: Page, context: Context, supervisors: None
) -> None:
    """ACL-4: the asker cannot approve; after the approval one mail goes out, without a role."""
    ask(page)
    assert page.seen is not None
    assert "Waits for approval" in page.seen.words
    assert mails(context, "staff_invitation") == []
    page.get("/staff/approvals")
    assert "Nothing waits for you" in page.seen.words
    approve(other_page)
    ((_, to, words),) = mails(context, "staff_invitation")
    assert to == EMAIL
    assert words["hours"] == "72"
    page.get("/staff/people/invitations")
    assert "Sent Nov 25, 2026, 10:00 AM" in page.seen.words


def test_accepting_leads_to_a_second_factor_and_then_in(
    newcomer: Page, context: Context, clock: Clock, invited: None
) -> None:
    """ACL-3: an authenticator app or a passkey comes before any page; two names in the trail."""
    link = newest_link(context, "staff_invitation")
    assert newcomer.get(link).h1 == "Join the staff"
    assert newcomer.get(link).h1 == "Join the staff"
    assert newcomer.seen is not None
    assert "Kim Doe" in newcomer.seen.words
    assert "Caseworker" not in newcomer.seen.words
    newcomer.submit(password=NEW_PASSWORD, password_again=NEW_PASSWORD, close="no")
    assert newcomer.seen.h1 == "Protect your account"
    assert newcomer.get("/staff/people").h1 == "Protect your account"
    newcomer.submit("/authenticator/picture")
    secret = newcomer.seen.document.query(".secret code")[0].to_text().replace(" ", "")
    newcomer.submit(code=code_at(secret, clock().timestamp()))
    assert newcomer.seen.h1 == "Keep your recovery codes"
    with context.database.session() as session:
        account = session.scalars(
            select(Account)
            .where(Account.email_lookup.is_not(None))
            .where(Account.id.in_(select(Invitation.account_id)))
        ).one()
        assert account.kind == STAFF
        assert {role.value for role in account.roles} == {"caseworker", "auditor"}
        for grant in session.scalars(select(RoleGrant).where(RoleGrant.account_id == account.id)):
            assert len({grant.asked_by, grant.approved_by, account.id, "founding"}) == 4
        names = set(session.scalars(select(AuditEvent.name)))
        assert {"staff:invitation:made", "staff:second-person:asked",
                "staff:second-person:approved", "staff:invitation:accepted",
                "staff:role:granted"} <= names  # fmt: skip


def test_staff_are_offered_neither_text_message_nor_card(
    newcomer: Page, context: Context, invited: None
) -> None:
    """ACL-3."""
    accept(newcomer, context)
    assert newcomer.seen is not None
    for word in ("text message", "printed card", "other parent", "your case"):
        assert word not in newcomer.seen.words


def test_the_link_works_once(newcomer: Page, context: Context, invited: None) -> None:
    """LNK-2."""
    link = newest_link(context, "staff_invitation")
    accept(newcomer, context)
    again = Page(newcomer.app)
    assert again.get(link).status == 410
    assert again.seen is not None
    assert again.seen.h1 == "This link does not work any more"


def test_the_link_lives_72_hours(
    newcomer: Page, context: Context, clock: Clock, invited: None
) -> None:
    """LNK-1."""
    link = newest_link(context, "staff_invitation")
    clock.forward(hours=72)
    assert newcomer.get(link).status == 410


def test_a_withdrawn_invitation_is_dead(
    page: Page, newcomer: Page, context: Context, invited: None
) -> None:
    """LNK-3."""
    link = newest_link(context, "staff_invitation")
    newcomer.get(link)
    page.get("/staff/people/invitations")
    page.submit("/withdrawal")
    assert page.seen is not None
    assert "Taken back or refused" in page.seen.words
    seen = newcomer.post("/staff/invitation", {"password": NEW_PASSWORD})
    assert seen.status == 410
    assert [words for _, _, words in mails(context, "staff_invitation")] == [{}]


@pytest.mark.parametrize("whose", ["Ada Lane", "Ben Cole"])
@pytest.mark.parametrize("how", ["disabled", "without the role"])
def test_a_sent_invitation_dies_with_whoever_asked_for_or_approved_it(
    page: Page, newcomer: Page, context: Context, invited: None, whose: str, how: str
) -> None:
    """ACL-4, LNK-3: at once, for good, and in the trail; nobody comes in on a lost authority."""
    link = newest_link(context, "staff_invitation")
    assert newcomer.get(link).h1 == "Join the staff"
    with context.database.transaction() as session:
        boss, other = member(session, whose), member(session, OTHER[whose])
        by = other.id
        if how == "disabled":
            disable(session, boss, other, context.now())
        else:
            end_role(session, other, boss, StaffRole.SUPERVISOR, context.now())
    assert newcomer.post("/staff/invitation", {"password": NEW_PASSWORD}).status == 410
    assert mails(context, "staff_invitation")[0][2] == {}
    with context.database.transaction() as session:
        if how == "disabled":
            enable(session, member(session, whose), member(session, OTHER[whose]), context.now())
    assert Page(newcomer.app).get(link).status == 410
    with context.database.session() as session:
        ended = session.scalars(
            select(AuditEvent.actor_id).where(AuditEvent.name == "staff:invitation:withdrawn")
        ).all()
        assert ended == [by]


def test_an_approval_that_was_lost_at_the_same_moment_lets_nobody_in(
    newcomer: Page, context: Context, invited: None
) -> None:
    """ACL-4: whoever asked or approved is looked at once more when the link is followed."""
    link = newest_link(context, "staff_invitation")
    with context.database.transaction() as session:
        ada = member(session, "Ada Lane")
        ada.disabled_at = context.now()
    assert newcomer.get(link).status == 410


def test_a_colleagues_invitation_and_other_roles_are_left_alone(
    newcomer: Page, context: Context, invited: None
) -> None:
    """LNK-3: it rests on the two who asked and approved, and on what lets them."""
    cas = make_staff(context, StaffRole.SUPERVISOR, StaffRole.AUDITOR, name="Cas Dunn")
    with context.database.transaction() as session:
        ada = member(session, "Ada Lane")
        end_role(session, ada, session.get_one(Account, cas.id), StaffRole.AUDITOR, context.now())
        disable(session, session.get_one(Account, cas.id), ada, context.now())
    assert newcomer.get(newest_link(context, "staff_invitation")).h1 == "Join the staff"


def test_withdrawing_before_the_approval_leaves_nothing_to_approve(
    page: Page, other_page: Page, context: Context, supervisors: None
) -> None:
    ask(page)
    page.get("/staff/people/invitations")
    page.submit("/withdrawal")
    other_page.get("/staff/approvals")
    assert other_page.seen is not None
    assert "Nothing waits for you" in other_page.seen.words
    ask(page)
    approve(other_page)
    assert len(mails(context, "staff_invitation")) == 1


def test_a_refused_invitation_is_over(
    page: Page, other_page: Page, context: Context, supervisors: None
) -> None:
    ask(page)
    other_page.get("/staff/approvals")
    assert other_page.seen is not None
    other_page.get(
        next(href for words, href in other_page.seen.links().items() if words.startswith("Invite"))
    )
    assert "New in May" in other_page.seen.words
    assert "Kim Doe (kim@agency.example): Auditor, Caseworker" in other_page.seen.words
    other_page.submit(button="decision=refuse")
    page.get("/staff/people/invitations")
    assert page.seen is not None
    assert "Taken back or refused" in page.seen.words
    assert mails(context, "staff_invitation") == []


def test_an_address_with_an_account_cannot_be_invited(
    page: Page, context: Context, supervisors: None
) -> None:
    """ENU-1: a parent's, a colleague's and an invited address are refused in the same words."""
    make_account(context, participant_id="1", email="parent@example.org")
    ask(page)
    for email in ("parent@example.org", "Ben.Cole@agency.example", EMAIL):
        ask(page, email)
        assert page.seen is not None
        assert page.seen.errors.endswith("This address cannot be invited")


def test_an_address_that_a_parent_registered_meanwhile(
    page: Page, other_page: Page, newcomer: Page, context: Context, supervisors: None
) -> None:
    ask(page)
    make_account(context, participant_id="1", email=EMAIL)
    approve(other_page)
    assert other_page.seen is not None
    assert "cannot be done any more" in other_page.seen.text
    assert mails(context, "staff_invitation") == []
    with context.database.transaction() as session:
        session.scalars(
            select(Account).where(Account.participant_id == "1")
        ).one().closed_at = context.now()
    approve(other_page)
    make_account(context, participant_id="2", email=EMAIL)
    accept(newcomer, context)
    assert newcomer.seen is not None
    assert newcomer.seen.status == 410


def test_passwords_twice_and_under_the_rules(
    newcomer: Page, context: Context, invited: None
) -> None:
    """PWD-1, PWD-2."""
    for fields, words in (
        ({"password": "password1", "password_again": "password1"}, "tried first"),
        ({"password_again": "seven quiet otters 42"}, "same password twice"),
        ({"close": ""}, "Choose yes or no"),
        ({"close": "yes"}, "Enter a Social Security number or a case number"),
    ):
        accept(newcomer, context, **fields)
        assert newcomer.seen is not None
        assert words in newcomer.seen.errors


@pytest.mark.parametrize("number", ["666-10-0001", "666100001", "c1", "999-99-9999", "nobody"])
def test_who_is_close_to_a_parent_never_works_their_cases(
    newcomer: Page, context: Context, invited: None, number: str
) -> None:
    """ACL-4, ENU-1: the answer is the same whether the record has such a parent or not."""
    add_person(context, "P", ssn="666100001", case="C1")
    add_person(context, "Q", ssn="666100002", pin="222222", role="custodial", case="C1")
    accept(newcomer, context, close="yes", number=number)
    assert newcomer.seen is not None
    assert newcomer.seen.h1 == "Protect your account"
    with context.database.session() as session:
        account_id = session.scalars(select(Invitation.account_id)).one()
        assert account_id is not None
        matches = number not in ("999-99-9999", "nobody")
        assert is_party(session, account_id, case_ids=["C1"]) is matches
        declared = set(session.scalars(select(StaffParty.participant_id)))
        assert declared == ({"P", "Q"} if number == "c1" else {"P"} if matches else set())
        told = select(func.count()).where(AuditEvent.name == "staff:party:told")
        assert session.scalar(told) == 1


def test_one_link_accepted_twenty_times_makes_one_account(either: Context, clock: Clock) -> None:
    """LNK-2, CON-1."""
    context, now = either, clock()
    wanted = invite.Wanted("Kim Doe", EMAIL, (StaffRole.SUPERVISOR,))
    with context.database.transaction() as session:
        invite.invite_founder(session, context, wanted, now)
    token = newest_link(context, "staff_invitation").partition("token=")[2]
    made = race(
        context,
        lambda s: accept_invitation.accept(s, context, token, NEW_PASSWORD, "", now) is not None,
        times=12,
    )
    assert made.count(True) == 1


def test_only_recent_proof_invites(page: Page, clock: Clock, supervisors: None) -> None:
    """SES-6."""
    clock.forward(minutes=6)
    assert page.get(NEW).h1 == "Show that it is you"
    clock.set(clock() + timedelta(seconds=1))
    assert page.get("/staff/people").h1 == "Staff"
