"""Looking after the staff: roles, keeping somebody out, whom they are close to."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.accounts.staff_models import RoleGrant
from portal.audit.models import AuditEvent
from portal.context import Context
from portal.security.permissions import StaffRole
from portal.staff import accept_invitation, invite, members, two_people
from portal.staff.add_member import SamePerson, grant_roles, roles_of
from portal.staff.disable import disable
from portal.staff.grants import HasRole, LastSupervisor, ask_role, end_role
from portal.staff.parties import declare_close, is_party
from portal.staff.two_people import Action
from tests.support.accounts import TestAccount, add_person, newest_link, sign_in
from tests.support.clock import Clock
from tests.support.page import Page
from tests.support.race import race
from tests.support.staff import make_staff, staff_at


@pytest.fixture
def ada(page: Page, context: Context) -> TestAccount:
    """A supervisor, signed in at `page`."""
    return staff_at(page, context, StaffRole.SUPERVISOR, name="Ada Lane")


@pytest.fixture
def ben(other_page: Page, context: Context) -> TestAccount:
    """Another one, at `other_page`."""
    return staff_at(other_page, context, StaffRole.SUPERVISOR, name="Ben Cole")


@pytest.fixture
def cas(context: Context) -> TestAccount:
    return make_staff(context, StaffRole.CASEWORKER, name="Cas Dunn")


def open_member(page: Page, name: str) -> str:
    """The path of a colleague's page."""
    page.get("/staff/people")
    assert page.seen is not None
    path = page.seen.links()[name]
    page.get(path)
    return path


def roles(context: Context, account: TestAccount) -> set[str]:
    with context.database.session() as session:
        return {role.value for role in roles_of(session, account.id)}


def events(context: Context, name: str) -> list[AuditEvent]:
    with context.database.session() as session:
        return list(session.scalars(select(AuditEvent).where(AuditEvent.name == name)))


def test_the_list_says_who_has_which_role_since_when(
    page: Page, ada: TestAccount, cas: TestAccount
) -> None:
    """ACL-3."""
    seen = page.get("/staff/people")
    assert (
        "Ada Lane ada.lane@agency.example Supervisor (since Nov 22, 2026, 10:00 AM)" in seen.words
    )
    assert "Cas Dunn cas.dunn@agency.example Caseworker" in seen.words
    assert "Not yet Can sign in" in seen.words


def test_a_role_takes_two_supervisors(
    page: Page,
    other_page: Page,
    context: Context,
    clock: Clock,
    ada: TestAccount,
    ben: TestAccount,
    cas: TestAccount,
) -> None:
    """ACL-4, SES-2, AUD-3: asked and approved by two; the member's sessions end."""
    third = Page(page.app)
    sign_in(third, cas)
    path = open_member(page, "Cas Dunn")
    page.get(f"{path}/role")
    page.submit(role="auditor", reason="Covers for Robin")
    assert page.seen is not None
    assert "Another supervisor has to approve" in page.seen.text
    assert roles(context, cas) == {"caseworker"}
    assert "Give a role" in page.get("/staff/approvals/asked").words
    assert "Nothing waits for you" in page.get("/staff/approvals").words
    other_page.get("/staff/approvals")
    assert other_page.seen is not None
    step = next(href for words, href in other_page.seen.links().items() if "Give a role" in words)
    assert page.get(step).status == 404
    assert page.post(step, {"decision": "approve"}).status == 404
    seen = other_page.get(step)
    assert "Cas Dunn (cas.dunn@agency.example): Auditor" in seen.words
    assert "Covers for Robin" in seen.words
    assert third.get("/account").h1 == "Account"
    other_page.submit(button="decision=approve")
    assert roles(context, cas) == {"caseworker", "auditor"}
    assert third.get("/account").h1 == "Sign in"
    (granted,) = (
        it for it in events(context, "staff:role:granted") if it.detail["role"] == "auditor"
    )
    assert (granted.actor_id, granted.detail["asked_by"]) == (ben.id, ada.id)


def test_no_role_for_oneself(page: Page, context: Context, ada: TestAccount) -> None:
    """ACL-4: neither the page, nor the service, nor the last step gives one."""
    path = open_member(page, "Ada Lane")
    assert page.get(f"{path}/role").status == 404
    assert page.post(f"{path}/role", {"role": "auditor", "reason": "x"}).status == 404
    assert page.post(f"{path}/disabling").status == 404
    assert page.post(f"{path}/end").status == 404
    now = context.now()
    with context.database.transaction() as session:
        me = session.get_one(Account, ada.id)
        with pytest.raises(SamePerson):
            ask_role(session, context, me, me, StaffRole.AUDITOR, "x", now)
        for two in (("a", "a"), (ada.id, "a"), ("a", ada.id)):
            with pytest.raises(SamePerson):
                grant_roles(session, me, [StaffRole.AUDITOR], asked_by=two[0], approved_by=two[1],
                            now=now)  # fmt: skip


def test_a_role_is_asked_for_once(
    page: Page, context: Context, ada: TestAccount, cas: TestAccount
) -> None:
    now = context.now()
    with context.database.transaction() as session:
        worker, other = session.get_one(Account, ada.id), session.get_one(Account, cas.id)
        ask_role(session, context, worker, other, StaffRole.AUDITOR, "x", now)
        for role in (StaffRole.AUDITOR, StaffRole.CASEWORKER):
            with pytest.raises(HasRole):
                ask_role(session, context, worker, other, role, "x", now)


def test_ending_a_role_takes_one_and_ends_the_sessions(
    page: Page, other_page: Page, context: Context, ada: TestAccount, ben: TestAccount
) -> None:
    """SES-2, AUD-3: what the person had asked for is taken back with it."""
    cas = make_staff(context, StaffRole.CASEWORKER, name="Cas Dunn")
    path = open_member(other_page, "Cas Dunn")
    other_page.get(f"{path}/role")
    other_page.submit(role="auditor", reason="x")
    path = open_member(page, "Ben Cole")
    page.get(f"{path}/role-end")
    page.submit(role="supervisor")
    assert roles(context, ben) == set()
    assert other_page.get("/staff/people").h1 == "Sign in"
    (ended,) = events(context, "staff:role:ended")
    assert (ended.actor_id, ended.subject_id) == (ada.id, ben.id)
    assert len(events(context, "staff:second-person:withdrawn")) == 1
    assert roles(context, cas) == {"caseworker"}


def test_the_last_supervisor_stays(page: Page, context: Context, ada: TestAccount) -> None:
    """ACL-4: nobody could approve anything afterwards."""
    path = open_member(page, "Ada Lane")
    page.get(f"{path}/role-end")
    page.submit(role="supervisor")
    assert page.seen is not None
    assert "nobody could approve" in page.seen.errors
    assert roles(context, ada) == {"supervisor"}


def test_two_supervisors_ending_each_other_leave_one(either: Context) -> None:
    """CON-1, ACL-4: of both at one moment one is refused."""
    pair = [make_staff(either, StaffRole.SUPERVISOR, name=name) for name in ("Ada A", "Ben B")]
    turns = iter(range(10))

    def act(session: Session) -> bool:
        mine = next(turns)
        account = session.get_one(Account, pair[mine % 2].id)
        try:
            if mine < 2:
                end_role(session, account, account, StaffRole.SUPERVISOR, either.now())
            else:
                disable(session, account, None, either.now())
        except (LastSupervisor, LookupError):
            return False
        return True

    assert any(race(either, act, times=4))
    with either.database.session() as session:
        assert len(members.active_supervisors(session)) == 1


def test_keeping_out_and_letting_in_again(
    page: Page, other_page: Page, context: Context, ada: TestAccount, cas: TestAccount
) -> None:
    """SES-2, ENU-1: the saved cookie is dead, and the right password is answered as a wrong one."""
    sign_in(other_page, cas)
    path = open_member(page, "Cas Dunn")
    page.get(f"{path}/disabling")
    page.submit()
    assert page.seen is not None
    assert "cannot sign in any more" in page.seen.text
    assert other_page.get("/account").h1 == "Sign in"
    seen = other_page.submit("/sign-in", email=cas.email, password=cas.password)
    assert "Check your e-mail address and your password" in seen.errors
    page.get(f"{path}/enabling")
    page.submit()
    assert sign_in(other_page, cas, follow=True).status == 200
    assert other_page.get("/account").h1 == "Account"
    for name in ("staff:member:disabled", "staff:member:enabled"):
        (event,) = events(context, name)
        assert (event.actor_id, event.subject_id) == (ada.id, cas.id)


def test_ending_an_account_frees_its_address_and_forgets_nobody_close(
    page: Page, other_page: Page, context: Context, ada: TestAccount, cas: TestAccount
) -> None:
    """ACL-4, RCV-2, SES-2: the way back in after everything was lost is another invitation, which
    takes two; whom the person was close to goes on to the new account."""
    add_person(context, "P", case="C1")
    sign_in(other_page, cas)
    now = context.now()
    with context.database.transaction() as session:
        me = session.get_one(Account, cas.id)
        declare_close(session, context, cas.id, "C1", by=me, now=now)
    path = open_member(page, "Cas Dunn")
    page.get(f"{path}/end")
    page.submit()
    assert page.seen is not None
    assert "cas.dunn@agency.example" not in page.seen.words
    assert page.get(path).status == 404
    assert other_page.get("/account").h1 == "Sign in"
    assert roles(context, cas) == set()
    wanted = invite.Wanted("Cas Dunn", cas.email, (StaffRole.CASEWORKER,))
    with context.database.transaction() as session:
        asked = invite.invite(session, context, None, wanted, "Lost the phone", now)
        (waiting,) = two_people.open_requests(session, now)
        two_people.approve(session, context, session.get_one(Account, ada.id), waiting.id, now)
        assert invite.state(asked, now) is invite.State.SENT
    token = newest_link(context, "staff_invitation").partition("token=")[2]
    with context.database.transaction() as session:
        again = accept_invitation.accept(session, context, token, "four loud herons 88", "", now)
        assert again is not None
        assert is_party(session, again.id, case_ids=["C1"])


def test_a_disabled_supervisor_s_requests_are_taken_back(
    context: Context, ada: TestAccount, cas: TestAccount
) -> None:
    now = context.now()
    with context.database.transaction() as session:
        worker = session.get_one(Account, ada.id)
        other = session.get_one(Account, cas.id)
        asked = ask_role(session, context, worker, other, StaffRole.AUDITOR, "x", now)
        disable(session, worker, None, now, even_the_last=True)
        assert two_people.open_requests(session, now) == []
        assert (asked.outcome, asked.decided_by) == ("withdrawn", "command")


def test_who_is_no_supervisor_any_more_asks_for_no_role(
    context: Context, ada: TestAccount, cas: TestAccount
) -> None:
    """ACL-4: a colleague could approve what nobody entitled asks for; help to parents stays."""
    now = context.now()
    with context.database.transaction() as session:
        worker, other = session.get_one(Account, cas.id), session.get_one(Account, ada.id)
        grant_roles(session, worker, [StaffRole.SUPERVISOR], asked_by="x", approved_by="y", now=now)
        asked = ask_role(session, context, worker, other, StaffRole.AUDITOR, "x", now)
        wanted = invite.Wanted("Eve Moss", "eve@agency.example", (StaffRole.SUPERVISOR,))
        invited = invite.invite(session, context, worker, wanted, "x", now)
        subject = ("participant", "P")
        kept = two_people.ask(session, context, worker, Action.LIFT_SAFETY_MARK, subject, "x", now)
        end_role(session, other, worker, StaffRole.SUPERVISOR, now)
        assert [it.id for it in two_people.open_requests(session, now)] == [kept.id]
        assert asked.outcome == "withdrawn"
        assert invite.state(invited, now) is invite.State.WITHDRAWN


def test_nobody_tries_numbers_out_as_somebody_close(
    page: Page, context: Context, cas: TestAccount, clock: Clock
) -> None:
    """ENU-1, RAT-1: what is closed afterwards would tell whose number it was."""
    add_person(context, "P", case="C1")
    sign_in(page, cas)
    for number in range(10):
        page.get("/staff/close-to-me")
        page.submit(number=f"666-20-{number:04}")
    page.get("/staff/close-to-me")
    assert "You named too many people" in page.submit(number="C1").errors
    with context.database.session() as session:
        assert not is_party(session, cas.id, case_ids=["C1"])
    clock.forward(hours=24)
    sign_in(page, cas)
    page.get("/staff/close-to-me")
    assert "their cases are closed to you" in page.submit(number="C1").text


@pytest.mark.parametrize(
    ("number", "matches"), [("C1", True), ("666-10-0001", True), ("C9", False)]
)
def test_a_supervisor_names_somebody_close(
    page: Page, context: Context, ada: TestAccount, cas: TestAccount, number: str, matches: bool
) -> None:
    """ACL-4: the answer does not say whether the record has the person."""
    add_person(context, "P", case="C1")
    path = open_member(page, "Cas Dunn")
    page.get(f"{path}/close-person")
    page.submit(number=number)
    assert page.seen is not None
    assert "Noted. If this is somebody of our cases" in page.seen.text
    with context.database.session() as session:
        assert is_party(session, cas.id, case_ids=["C1"]) is matches


@pytest.mark.parametrize(("number", "matches"), [("C1", True), ("C9", False)])
def test_a_worker_names_somebody_close_without_asking_anybody(
    page: Page, context: Context, cas: TestAccount, number: str, matches: bool
) -> None:
    """ACL-4."""
    add_person(context, "P", case="C1")
    sign_in(page, cas)
    seen = page.get("/account")
    page.get(seen.links()["Somebody close to you is a parent on a case"])
    assert page.submit(number="").errors
    page.submit(number=number)
    assert page.seen is not None
    assert "their cases are closed to you" in page.seen.text
    with context.database.session() as session:
        assert is_party(session, cas.id, case_ids=["C1"]) is matches


def test_every_change_wants_recent_proof(
    page: Page, clock: Clock, ada: TestAccount, cas: TestAccount
) -> None:
    """SES-6."""
    path = open_member(page, "Cas Dunn")
    clock.forward(minutes=6)
    for step in ("role", "role-end", "disabling", "enabling", "end", "close-person"):
        assert page.get(f"{path}/{step}").h1 == "Show that it is you", step
        seen = page.post(f"{path}/{step}", {"role": "caseworker", "reason": "x"})
        assert seen.h1 == "Show that it is you", step


def test_another_s_address_of_a_colleague_is_nobody_s(
    page: Page, other_page: Page, ada: TestAccount, ben: TestAccount, cas: TestAccount
) -> None:
    """ACL-1."""
    path = open_member(page, "Cas Dunn")
    assert other_page.get(path).status == 404
    assert page.get("/staff/people/made-up").status == 404


def test_grants_name_two_people(context: Context, ada: TestAccount) -> None:
    with context.database.session() as session:
        (grant,) = session.scalars(select(RoleGrant))
        assert (grant.asked_by, grant.approved_by) == ("founding", "founding")


def test_a_caseworker_takes_back_what_they_asked_for(
    page: Page, other_page: Page, context: Context, ben: TestAccount, cas: TestAccount
) -> None:
    """RCV-2: found from one's account; another's request cannot be taken back."""
    sign_in(page, cas)
    now = context.now()
    with context.database.transaction() as session:
        worker = session.get_one(Account, cas.id)
        subject, reason = ("participant", "P"), "Lost the phone"
        asked = two_people.ask(
            session, context, worker, Action.REMOVE_FACTORS, subject, reason, now
        ).id
    other_page.get("/staff/approvals/asked")
    other_page.post(f"/staff/approvals/asked/{asked}/withdrawal")
    with context.database.session() as session:
        assert len(two_people.open_requests(session, now)) == 1
    link = "What you asked for and waits for a second person"
    seen = page.get(page.get("/account").links()[link])
    assert "Lost the phone" in seen.words
    assert "You took it back." in page.submit("/withdrawal").text
    with context.database.session() as session:
        assert two_people.open_requests(session, now) == []
