"""Helping a parent who is stuck: with a reason, told to the parent, never alone where it matters."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.accounts import factor_removal
from portal.accounts.models import Account, LetterRequest, PinRequest
from portal.accounts.recovery_models import FactorRemoval
from portal.accounts.safety_marks import SafetyMark, is_marked, set_mark
from portal.audit.models import AuditEvent
from portal.context import Context
from portal.security import throttles
from portal.security.permissions import StaffRole
from portal.staff.help_parent import CannotHelp, Step, help_parent
from portal.staff.note_opening import latest_opening
from portal.staff.parties import PartyToCase
from tests.requests.parents import Parents, signed_in
from tests.staff.desk import desk, parents, sam
from tests.staff.looking_up import MARKED, OTHER, PAYOR, look_up, make_close, openings
from tests.support.accounts import TestAccount, give_password, mails, newest_link, sign_in
from tests.support.clock import Clock
from tests.support.page import Page
from tests.support.staff import make_staff

__all__ = ["desk", "parents", "sam"]
WHY = "CANARYWHY: proved by photo ID"


@pytest.fixture
def ada(context: Context) -> TestAccount:
    """A supervisor."""
    return make_staff(context, StaffRole.SUPERVISOR, name="Ada Lane")


def help_with(desk: Page, label: str, who: dict[str, str] = PAYOR) -> str:
    """Look the parent up and do one step."""
    desk.get(look_up(desk, **who).links()[label])
    return desk.submit(words=WHY).words


def events(context: Context, name: str) -> list[AuditEvent]:
    with context.database.session() as session:
        return list(session.scalars(select(AuditEvent).where(AuditEvent.name == name)))


def approve(page: Page, decision: str = "approve") -> str:
    page.get("/staff/approvals")
    assert page.seen is not None
    page.get(next(href for href in page.seen.links().values() if "/approvals/" in href
                  and not href.endswith("/asked")))  # fmt: skip
    return page.submit(button=f"decision={decision}").words


def told(context: Context, template: str) -> list[str]:
    return [to for name, to, _words in mails(context, template)]


def history(page: Page, account: TestAccount) -> str:
    return signed_in(page, account).get("/account/history").words


def test_a_new_pin_by_letter(
    desk: Page, other_page: Page, context: Context, parents: Parents, sam: TestAccount
) -> None:
    """RCV-2, AUD-3: asked of the agency with the export; no page ever shows it."""
    assert "Done" in help_with(desk, "Mail a new PIN")
    with context.database.session() as session:
        assert session.scalars(select(PinRequest.participant_id)).all() == ["P"]
    (event,) = events(context, "account:help:new-pin")
    assert (event.actor_id, event.subject_id) == (sam.id, parents.payor.id)
    assert told(context, "helped_new_pin") == ["jordan@example.org"]
    assert "new PIN mailed to you" in history(other_page, parents.payor)
    words = other_page.get("/account/record-openings").words
    assert "A caseworker To help you with your account" in words
    assert "CANARYWHY" not in other_page.get("/account/record-openings").text


def test_three_pins_a_day(desk: Page, context: Context) -> None:
    """RAT-1."""
    for _time in range(3):
        help_with(desk, "Mail a new PIN")
    assert "too often today" in help_with(desk, "Mail a new PIN")
    with context.database.session() as session:
        assert len(session.scalars(select(PinRequest)).all()) == 3


def test_unlocking(
    desk: Page, other_page: Page, context: Context, parents: Parents, sam: TestAccount
) -> None:
    """RCV-2, PWD-5: the wait ends, password and code are asked as ever."""
    for _time in range(6):
        give_password(other_page, parents.payor, "not the right one")
    seen = give_password(other_page, parents.payor)
    assert seen.path == "/sign-in"
    assert "Locked until" in look_up(desk, **PAYOR).words
    assert "Done" in help_with(desk, "Lift the wait after wrong tries")
    assert "Locked No" in look_up(desk, **PAYOR).words
    sign_in(other_page, parents.payor)
    assert "lifted the wait" in other_page.get("/account/history").words
    (event,) = events(context, "account:help:unlocked")
    assert (event.actor_id, event.subject_id) == (sam.id, parents.payor.id)
    assert told(context, "helped_unlocked") == ["jordan@example.org"]


UNLOCK = "Lift the wait after wrong tries"


def test_three_unlocks_a_day_for_a_parent(
    desk: Page, context: Context, clock: Clock, parents: Parents, sam: TestAccount
) -> None:
    """RAT-1, PWD-5: by whomever; another parent is unlocked as ever, this one again tomorrow."""
    for _time in range(3):
        assert "Done" in help_with(desk, UNLOCK)
    colleague = make_staff(context, StaffRole.CASEWORKER, name="Cas Dunn")
    assert "too often today" in help_with(signed_in(Page(desk.app), colleague), UNLOCK)
    last = events(context, "account:help:unlocked")[-1]
    assert (last.actor_id, last.outcome) == (colleague.id, "refused")
    assert "Done" in help_with(desk, UNLOCK, OTHER)
    assert len(told(context, "helped_unlocked")) == 4
    clock.forward(hours=24)
    assert "Done" in help_with(signed_in(Page(desk.app), sam), UNLOCK)


def test_twenty_unlocks_a_day_by_a_worker(
    desk: Page, other_page: Page, context: Context, parents: Parents, sam: TestAccount
) -> None:
    """RAT-1: a colleague is not held up by it, and the wait stays as it was."""
    with context.database.transaction() as session:
        now = context.now()
        gate = throttles.look(session, context.keyring, throttles.UNLOCK_WORKER, sam.id, now)
        for _time in range(19):
            gate.count(now)
    assert "Done" in help_with(desk, UNLOCK)
    for _time in range(6):
        give_password(other_page, parents.other, "not the right one")
    assert "too often today" in help_with(desk, UNLOCK, OTHER)
    assert "Locked until" in look_up(desk, **OTHER).words
    colleague = make_staff(context, StaffRole.CASEWORKER, name="Cas Dunn")
    assert "Done" in help_with(signed_in(Page(desk.app), colleague), UNLOCK, OTHER)


def test_signing_every_device_out(
    desk: Page, other_page: Page, context: Context, parents: Parents
) -> None:
    """SES-2, SES-4: the saved cookie is dead; nobody else is signed out."""
    signed_in(other_page, parents.payor)
    bea = signed_in(Page(desk.app), parents.other)
    help_with(desk, "Sign every device out")
    assert other_page.get("/account").h1 == "Sign in"
    assert bea.get("/account").h1 == "Account"
    assert told(context, "helped_sessions_ended") == ["jordan@example.org"]


def test_the_parent_sees_that_a_supervisor_read_what_was_asked(
    desk: Page, other_page: Page, context: Context, parents: Parents, sam: TestAccount,
    ada: TestAccount,
) -> None:  # fmt: skip
    """AUD-4: the second person sees a name, an address and the reason; and opens no more by it."""
    help_with(desk, "Remove lost ways to sign in")
    boss = signed_in(other_page, ada)
    boss.get("/staff/approvals")
    assert [it.account_id for it in openings(context) if it.account_id == ada.id] == []
    approve(boss, "refuse")
    (row,) = [it for it in openings(context) if it.account_id == ada.id]
    assert (row.participant_id, row.reason, row.role) == ("P", "approval", "supervisor")
    with context.database.session() as session:
        chief = session.get_one(Account, ada.id)
        assert latest_opening(session, chief, "P", context.now()) is None
    words = signed_in(Page(desk.app), parents.payor).get("/account/record-openings").words
    assert "A supervisor To approve what a colleague asked for" in words


def test_factors_take_two_people_and_a_day(
    desk: Page,
    other_page: Page,
    context: Context,
    clock: Clock,
    parents: Parents,
    sam: TestAccount,
    ada: TestAccount,
) -> None:
    """RCV-2, ACL-4: both are named in the trail; the old password opens nothing afterwards."""
    assert "Another person" in help_with(desk, "Remove lost ways to sign in")
    assert told(context, "factor_removal_asked") == []
    assert desk.get("/staff/approvals").status == 404
    boss = signed_in(other_page, ada)
    assert "Approved" in approve(boss)
    assert told(context, "factor_removal_asked") == ["jordan@example.org"]
    with context.database.session() as session:
        assert session.scalars(select(LetterRequest.kind)).all() == ["recovery_asked"]
    (asked,) = events(context, "account:factors:removal-asked")
    assert (asked.actor_id, asked.detail["asked_by"]) == (ada.id, sam.id)
    clock.forward(hours=23, minutes=59)
    factor_removal.STEP.do_due(context, context.now())
    with context.database.session() as session:
        assert session.get_one(Account, parents.payor.id).totp is not None
    clock.forward(minutes=1)
    factor_removal.STEP.do_due(context, context.now())
    factor_removal.STEP.do_due(context, context.now())
    with context.database.session() as session:
        account = session.get_one(Account, parents.payor.id)
        assert not account.has_factor
        assert account.hint_hash is not None
    assert len(events(context, "account:factors:removed")) == 1
    assert told(context, "factors_removed") == ["jordan@example.org"]
    payor = Page(desk.app)
    seen = give_password(payor, parents.payor)
    assert seen.path == "/sign-in/new-password", "the password alone is worth nothing"
    seen = payor.get(newest_link(context, "reset_password"))
    assert seen.status == 200
    assert "blue harbor" not in seen.text


def test_the_owner_stops_it_by_the_mailed_link(
    desk: Page, other_page: Page, context: Context, clock: Clock, ada: TestAccount
) -> None:
    """RCV-2, LNK-2, LNK-4: opening changes nothing, the button does, once."""
    help_with(desk, "Remove lost ways to sign in")
    approve(signed_in(other_page, ada))
    path = newest_link(context, "factor_removal_asked")
    owner, second = Page(desk.app), Page(desk.app)
    owner.get(path)
    second.get(path)
    with context.database.session() as session:
        assert session.scalars(select(FactorRemoval.cancelled_at)).one() is None
    assert owner.submit().h1 == "It was stopped"
    assert second.get("/sign-in/factor-removal/cancellation").status == 410
    clock.forward(hours=25)
    factor_removal.STEP.do_due(context, context.now())
    assert events(context, "account:factors:removed") == []
    assert len(events(context, "account:factors:removal-cancelled")) == 1


def test_the_owner_stops_it_by_signing_in(
    desk: Page,
    other_page: Page,
    context: Context,
    clock: Clock,
    parents: Parents,
    ada: TestAccount,
) -> None:
    """RCV-2: whoever has a second factor has not lost it."""
    help_with(desk, "Remove lost ways to sign in")
    approve(signed_in(other_page, ada))
    sign_in(Page(desk.app), parents.payor)
    clock.forward(hours=25)
    factor_removal.STEP.do_due(context, context.now())
    with context.database.session() as session:
        assert session.get_one(Account, parents.payor.id).totp is not None


def test_asked_once_and_refused(
    desk: Page, other_page: Page, context: Context, ada: TestAccount
) -> None:
    """ACL-4: refused, nothing happens; while one waits, no second one is asked for."""
    help_with(desk, "Remove lost ways to sign in")
    assert "under way already" in help_with(desk, "Remove lost ways to sign in")
    assert "Refused" in approve(signed_in(other_page, ada), "refuse")
    assert told(context, "factor_removal_asked") == []
    with context.database.session() as session:
        assert session.scalars(select(FactorRemoval)).all() == []


def mark(context: Context, person: str) -> None:
    with context.database.transaction() as session:
        set_mark(session, person, set_by="parent", now=context.now())


def test_a_safety_mark_is_lifted_by_two(
    desk: Page,
    other_page: Page,
    context: Context,
    parents: Parents,
    sam: TestAccount,
    ada: TestAccount,
) -> None:
    """PRV-2, ACL-4, AUD-1: no mail, and no page or event of the other parent's changes."""
    mark(context, "B")
    before = signed_in(Page(desk.app), parents.payor).get("/").words
    sent = len(mails(context))
    assert "Another person" in help_with(desk, "Lift the safety mark", OTHER)
    with context.database.session() as session:
        assert is_marked(session, "B")
    assert "Bea Lopez" in _waiting(signed_in(other_page, ada))
    approve(other_page)
    with context.database.session() as session:
        row = session.get_one(SafetyMark, "B")
        assert (row.marked, row.set_by) == (False, "staff")
    (event,) = events(context, "account:safety-mark:lifted")
    assert (event.actor_id, event.detail["asked_by"]) == (ada.id, sam.id)
    payor = signed_in(Page(desk.app), parents.payor)
    assert payor.get("/").words == before
    for path in ("/account/history", "/account/record-openings"):
        assert "safety" not in payor.get(path).words.lower()
    assert [name for name, _to, _w in mails(context)[sent:] if name != "new_device"] == []


def _waiting(page: Page) -> str:
    page.get("/staff/approvals")
    assert page.seen is not None
    step = next(href for words, href in page.seen.links().items() if "safety" in words.lower())
    return page.get(step).words


def test_where_the_record_says_so_no_mark_is_lifted(
    desk: Page, context: Context, sam: TestAccount
) -> None:
    """PRV-2: the agency's own system is changed first."""
    seen = look_up(desk, **MARKED)
    assert "Lift the safety mark" not in seen.links()
    token = seen.path.rsplit("/", 1)[-1]
    assert desk.get(f"/staff/parents/{token}/help/safety-mark-lift").status == 404


def test_never_for_family(desk: Page, context: Context, parents: Parents, sam: TestAccount) -> None:
    """ACL-4, RCV-2: neither the page nor the service."""
    path = look_up(desk, **PAYOR).path
    make_close(context, sam, "P")
    assert desk.get(f"{path}/help/new-pin").status == 403
    assert desk.post(f"{path}/help/new-pin", {"words": WHY}).status == 403
    for step in Step:
        with context.database.transaction() as session:
            me = session.get_one(Account, sam.id)
            with pytest.raises(PartyToCase):
                help_parent(session, context, me, "P", step, WHY, context.now())
    assert len(openings(context)) == 1


def test_never_for_a_colleague(context: Context, parents: Parents, sam: TestAccount) -> None:
    """RCV-2: whoever is no parent with an account is not helped here."""
    with context.database.transaction() as session:
        account = session.get_one(Account, parents.payor.id)
        account.kind = "staff"
        me, now = session.get_one(Account, sam.id), context.now()
        session.flush()
        for step in (Step.UNLOCK, Step.END_SESSIONS, Step.REMOVE_FACTORS):
            with pytest.raises(CannotHelp):
                help_parent(session, context, me, "P", step, WHY, now)


def test_it_wants_a_reason_and_the_worker_present(
    desk: Page, context: Context, clock: Clock
) -> None:
    """SES-6, CSR-1."""
    path = look_up(desk, **PAYOR).path
    desk.get(f"{path}/help/unlock")
    assert "Say why" in desk.submit().errors
    clock.forward(minutes=6)
    assert desk.get(f"{path}/help/unlock").path == "/account/authentication"
    desk.post(f"{path}/help/unlock", {"words": WHY})
    assert events(context, "account:help:unlocked") == []


@pytest.mark.parametrize("role", [StaffRole.AUDITOR, StaffRole.OPERATOR])
def test_wrong_workers(desk: Page, other_page: Page, context: Context, role: StaffRole) -> None:
    """ACL-1, ACL-3: other roles, and a colleague with somebody else's address, find nothing."""
    path = look_up(desk, **PAYOR).path
    wrong = signed_in(other_page, make_staff(context, role, name="Robin Poe"))
    colleague = signed_in(Page(desk.app), make_staff(context, StaffRole.CASEWORKER, name="Cas D"))
    for step in Step:
        for page in (wrong, colleague):
            assert page.get(f"{path}/help/{step.value}").status == 404
            assert page.post(f"{path}/help/{step.value}", {"words": WHY}).status == 404
    assert desk.get(f"{path}/help/password").status == 404
    with context.database.session() as session:
        assert session.scalars(select(PinRequest)).all() == []
