"""Another e-mail address for a parent who lost the mailbox: proof, two people, a day, two links."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import email_correction as service
from portal.accounts.find_account import email_of
from portal.accounts.jobs import sweep
from portal.accounts.models import Account, LetterRequest
from portal.accounts.recovery_models import EmailCorrection
from portal.audit.models import AuditEvent
from portal.context import Context
from portal.security.permissions import StaffRole
from portal.staff.correct_email import AddressTaken, Proof, ask_correction
from portal.staff.help_parent import CannotHelp
from portal.staff.parties import PartyToCase
from portal.staff.two_people import Action, NotTheSecond, approve, open_requests
from tests.requests.parents import Parents, signed_in
from tests.staff.desk import desk, parents, sam
from tests.staff.looking_up import PAYOR, look_up, make_close, openings
from tests.staff.test_help import ada, events, history, told
from tests.staff.test_help import approve as decide
from tests.support.accounts import (
    TestAccount,
    add_person,
    give_password,
    mails,
    make_account,
    newest_link,
    sign_in,
)
from tests.support.clock import Clock
from tests.support.page import Page, Seen
from tests.support.race import race
from tests.support.staff import make_staff

__all__ = ["ada", "desk", "parents", "sam"]
LABEL, NEW, OLD = "Correct the e-mail address", "jordan.new@example.net", "jordan@example.org"
WHY = "CANARYWHY: lost the phone company's mailbox"


def fill_in(desk: Page, email: str = NEW, proof: str = "photo-id") -> Seen:
    """Look the payor up and ask."""
    desk.get(look_up(desk, **PAYOR).links()[LABEL])
    return desk.submit(email=email, proof=proof, words=WHY)


def begin(desk: Page, boss: Page, ada: TestAccount) -> None:
    """Asked for, and approved by another person."""
    assert "Another person" in fill_in(desk).words
    assert "Approved" in decide(signed_in(boss, ada))


def press(page: Page, path: str) -> str:
    """Open a mailed link and press its button: the next page's heading."""
    page.get(path)
    return page.submit().h1


def address(context: Context, account: TestAccount) -> str:
    with context.database.session() as session:
        return email_of(context.sealer, session.get_one(Account, account.id))


def row(context: Context) -> EmailCorrection:
    with context.database.session() as session:
        found = session.scalars(select(EmailCorrection)).one()
        session.expunge_all()
        return found


def after_a_day(context: Context, clock: Clock) -> None:
    clock.forward(hours=24)
    service.STEP.do_due(context, context.now())


def test_two_people_two_links_and_a_day(
    desk: Page,
    other_page: Page,
    context: Context,
    clock: Clock,
    parents: Parents,
    sam: TestAccount,
    ada: TestAccount,
) -> None:
    """RCV-2, ACL-4, LNK-6: nothing before all of it; then all are out, and the factor is asked."""
    thief = signed_in(Page(desk.app), parents.payor)
    assert "Another person" in fill_in(desk).words
    assert told(context, "email_correction_confirm") == [], "nobody is written to by one worker"
    boss = signed_in(other_page, ada)
    assert "Approved" in decide(boss)
    assert told(context, "email_correction_asked") == [OLD]
    assert told(context, "email_correction_confirm") == [NEW]
    with context.database.session() as session:
        assert session.scalars(select(LetterRequest.kind)).all() == ["email_correction_asked"]
    (asked,) = events(context, "account:email:correction-asked")
    assert (asked.actor_id, asked.detail["asked_by"]) == (ada.id, sam.id)
    assert asked.detail["proof"] == "photo-id"
    path = newest_link(context, "email_correction_confirm")
    Page(desk.app).get(path)
    assert row(context).confirmed_at is None, "LNK-4: opening it changes nothing"
    assert press(Page(desk.app), path) == "Thank you"
    clock.forward(hours=23, minutes=59)
    service.STEP.do_due(context, context.now())
    assert address(context, parents.payor) == OLD
    clock.forward(minutes=1)
    for _time in range(2):
        service.STEP.do_due(context, context.now())
    assert address(context, parents.payor) == NEW
    assert len(events(context, "account:email:corrected")) == 1
    assert sorted(told(context, "email_changed")) == sorted([OLD, NEW])
    assert row(context).email is None
    assert thief.get("/account").h1 == "Sign in"
    seen = give_password(Page(desk.app), parents.payor)
    assert seen.path == "/sign-in", "the old address signs nobody in"
    parents.payor.email = NEW
    mine = Page(desk.app)
    assert give_password(mine, parents.payor).path == "/sign-in/code", "the factor is still asked"
    words = history(Page(desk.app), parents.payor)
    for said in ("You asked us to change", "was confirmed", "We changed your e-mail address"):
        assert said in words
    assert NEW not in str([(it.detail, it.subject_id) for it in _trail(context)])


def _trail(context: Context) -> list[AuditEvent]:
    with context.database.session() as session:
        return list(session.scalars(select(AuditEvent)))


def test_a_forgotten_password_goes_to_the_new_address(
    desk: Page,
    other_page: Page,
    context: Context,
    clock: Clock,
    parents: Parents,
    ada: TestAccount,
) -> None:
    """RCV-2, PRV-1: what it is for; the hint and the second factor stand in between as ever."""
    begin(desk, other_page, ada)
    press(Page(desk.app), newest_link(context, "email_correction_confirm"))
    after_a_day(context, clock)
    parent = Page(desk.app)
    parent.get("/forgotten-password")
    parent.submit(email=NEW)
    assert told(context, "reset_password") == [NEW]
    assert parent.get(newest_link(context, "reset_password")).status == 200
    with context.database.session() as session:
        account = session.get_one(Account, parents.payor.id)
        assert account.has_factor
        assert account.hint_hash is not None
        assert account.must_change_password_at is None


def test_unconfirmed_it_ends_by_itself(
    desk: Page,
    other_page: Page,
    context: Context,
    clock: Clock,
    parents: Parents,
    ada: TestAccount,
) -> None:
    """LNK-1, RCV-2: the link's life is the wait; then it is dead, and can be asked for anew."""
    begin(desk, other_page, ada)
    path = newest_link(context, "email_correction_confirm")
    clock.forward(hours=24, seconds=1)
    assert Page(desk.app).get(path).status == 410
    service.STEP.do_due(context, context.now())
    assert address(context, parents.payor) == OLD
    assert row(context).email is None
    assert len(events(context, "account:email:correction-lapsed")) == 1
    assert Page(desk.app).get(path).status == 410
    assert "Another person" in fill_in(signed_in(Page(desk.app), _colleague(context))).words


def _colleague(context: Context) -> TestAccount:
    return make_staff(context, StaffRole.CASEWORKER, name="Cas Dunn")


def test_the_old_mailbox_stops_it_even_when_it_was_confirmed(
    desk: Page,
    other_page: Page,
    context: Context,
    clock: Clock,
    parents: Parents,
    ada: TestAccount,
) -> None:
    """RCV-2, LNK-2, LNK-4: opening changes nothing, the button does, once."""
    begin(desk, other_page, ada)
    press(Page(desk.app), newest_link(context, "email_correction_confirm"))
    path = newest_link(context, "email_correction_asked")
    owner, second = Page(desk.app), Page(desk.app)
    owner.get(path)
    second.get(path)
    assert row(context).cancelled_at is None
    assert owner.submit().h1 == "It was stopped"
    assert second.get("/sign-in/email-correction/cancellation").status == 410
    after_a_day(context, clock)
    assert address(context, parents.payor) == OLD
    assert len(events(context, "account:email:correction-cancelled")) == 1
    assert events(context, "account:email:correction-lapsed") == []


def test_the_records_address_can_stop_it_too(
    context: Context, parents: Parents, sam: TestAccount, ada: TestAccount
) -> None:
    """RCV-2: both mails on file hold one and the same link; neither names the new address."""
    add_person(context, "Z", ssn="666109999", email="old.box@example.net")
    make_account(context, email="zoe@example.org", participant_id="Z")
    ask(context, sam, "Z")
    approve_all(context, ada)
    sent = [it for it in mails(context) if it[0].startswith("email_correction_")]
    assert sorted((name, to) for name, to, _words in sent) == [
        ("email_correction_asked", "zoe@example.org"),
        ("email_correction_check", "old.box@example.net"),
        ("email_correction_confirm", NEW),
    ]
    stop = {words["link"] for name, _to, words in sent if name != "email_correction_confirm"}
    assert len(stop) == 1
    assert all(NEW not in str(words) for _name, _to, words in sent)


def ask(context: Context, worker: TestAccount, person: str = "P", email: str = NEW) -> None:
    with context.database.transaction() as session:
        me = session.get_one(Account, worker.id)
        ask_correction(session, context, me, person, email, Proof.NOTARY, WHY, context.now())


def approve_all(context: Context, worker: TestAccount) -> None:
    with context.database.transaction() as session:
        for asked in open_requests(session, context.now()):
            me = session.get_one(Account, worker.id)
            approve(session, context, me, asked.id, context.now())


def test_signing_in_stops_it(
    desk: Page,
    other_page: Page,
    context: Context,
    clock: Clock,
    parents: Parents,
    ada: TestAccount,
) -> None:
    """RCV-2: whoever signs in can change the address alone; the link to confirm is dead."""
    begin(desk, other_page, ada)
    path = newest_link(context, "email_correction_confirm")
    sign_in(Page(desk.app), parents.payor)
    assert Page(desk.app).get(path).status == 410
    after_a_day(context, clock)
    assert address(context, parents.payor) == OLD


def test_a_new_password_by_the_old_mailbox_stops_it(
    context: Context, clock: Clock, parents: Parents, sam: TestAccount, ada: TestAccount
) -> None:
    """RCV-2, LNK-3: whoever reads the old mailbox has not lost it."""
    ask(context, sam)
    approve_all(context, ada)
    confirm_now(context)
    clock.forward(minutes=5)
    with context.database.transaction() as session:
        session.get_one(Account, parents.payor.id).password_changed_at = context.now()
    after_a_day(context, clock)
    assert address(context, parents.payor) == OLD
    assert len(events(context, "account:email:correction-lapsed")) == 1


def confirm_now(context: Context) -> bool:
    token = newest_link(context, "email_correction_confirm").split("token=")[1]
    with context.database.transaction() as session:
        found = service.find_confirm_link(session, context, token, context.now())
        return found is not None and service.confirm(session, *found, context.now())


def test_never_by_one_person_nor_the_same_twice(
    desk: Page, other_page: Page, context: Context, parents: Parents, ada: TestAccount
) -> None:
    """RCV-2, ACL-4: a supervisor who asked cannot approve; refused, the address is forgotten."""
    ask(context, ada)
    with pytest.raises(NotTheSecond):
        approve_all(context, ada)
    assert mails(context, "email_correction_confirm") == []
    assert "No" in signed_in(other_page, ada).get("/staff/approvals").words
    ben = make_staff(context, StaffRole.SUPERVISOR, name="Ben Cole")
    page = Page(desk.app)
    assert "Refused" in decide(signed_in(page, ben), "refuse")
    with context.database.session() as session:
        assert session.scalars(select(EmailCorrection)).all() == []
    assert told(context, "email_correction_asked") == []


def test_the_second_person_sees_what_it_is(
    desk: Page, other_page: Page, parents: Parents, ada: TestAccount
) -> None:
    """RCV-2: whose, the new address to compare, the proof and the reason; of the old one little."""
    fill_in(desk, proof="notary")
    boss = signed_in(other_page, ada)
    boss.get("/staff/approvals")
    assert boss.seen is not None
    words = boss.get(
        next(href for it, href in boss.seen.links().items() if "e-mail" in it.lower())
    ).words
    for said in (NEW, "j…@example.org", "in front of a notary", WHY):
        assert said in words
    assert OLD not in words


def test_an_address_of_an_account_is_refused(
    desk: Page, other_page: Page, context: Context, parents: Parents, ada: TestAccount
) -> None:
    """ENU-1: the same sentence for every address that has one, and nothing is mailed to it; also
    when somebody registered with it before the approval."""
    said = "This address cannot be used: an account has it already"
    for taken in (OLD, OLD.upper(), "zoe@example.net"):
        if taken.startswith("zoe"):
            make_account(context, email=taken, participant_id=None)
        assert said in fill_in(desk, taken).errors
    assert len(events(context, "account:help:email-taken")) == 3
    fill_in(desk)
    make_account(context, email=NEW, participant_id=None)
    assert "cannot be done any more" in decide(signed_in(other_page, ada))
    assert [it for it in mails(context) if it[0].startswith("email_correction")] == []


def test_registered_meanwhile_it_is_not_done(
    context: Context, clock: Clock, parents: Parents, sam: TestAccount, ada: TestAccount
) -> None:
    """RCV-2: one address, one account."""
    ask(context, sam)
    approve_all(context, ada)
    assert confirm_now(context)
    make_account(context, email=NEW, participant_id=None)
    after_a_day(context, clock)
    assert address(context, parents.payor) == OLD
    assert len(events(context, "account:email:correction-lapsed")) == 1


def test_one_at_a_time(
    desk: Page, other_page: Page, context: Context, parents: Parents, ada: TestAccount
) -> None:
    """RCV-2: not asked for twice, and not beside the removal of the second factor."""
    fill_in(desk)
    assert "under way already" in fill_in(desk, "third@example.net").errors
    assert "Approved" in decide(signed_in(other_page, ada))
    offers = look_up(desk, **PAYOR).links()
    assert LABEL not in offers
    assert "Remove lost ways to sign in" not in offers
    with pytest.raises(CannotHelp):
        ask(context, ada)


def test_never_for_family(desk: Page, context: Context, sam: TestAccount) -> None:
    """ACL-4, RCV-2: neither the page nor the service, neither asked for nor approved."""
    path = look_up(desk, **PAYOR).path
    ben = make_staff(context, StaffRole.SUPERVISOR, name="Ben Cole")
    ask(context, _colleague(context))
    make_close(context, sam, "P")
    make_close(context, ben, "P")
    assert desk.get(f"{path}/email").status == 403
    assert desk.post(f"{path}/email", {"email": NEW, "proof": "notary", "words": WHY}).status == 403
    with pytest.raises(PartyToCase):
        ask(context, sam)
    with pytest.raises(NotTheSecond):
        approve_all(context, ben)
    assert told(context, "email_correction_asked") == []


def test_never_for_a_colleague_nor_for_nobody(
    context: Context, parents: Parents, sam: TestAccount
) -> None:
    """RCV-2: a parent's account or none."""
    with pytest.raises(LookupError):
        ask(context, sam, "nobody")
    with pytest.raises(AddressTaken):
        ask(context, sam, email=parents.other.email)
    with context.database.transaction() as session:
        session.get_one(Account, parents.payor.id).kind = "staff"
    with pytest.raises(CannotHelp):
        ask(context, sam)


@pytest.mark.parametrize("role", [StaffRole.AUDITOR, StaffRole.OPERATOR])
def test_wrong_workers(desk: Page, other_page: Page, context: Context, role: StaffRole) -> None:
    """ACL-1, ACL-3: other roles, and a colleague with somebody else's address, find nothing."""
    path = look_up(desk, **PAYOR).path
    wrong = signed_in(other_page, make_staff(context, role, name="Robin Poe"))
    colleague = signed_in(Page(desk.app), _colleague(context))
    typed = {"email": NEW, "proof": "notary", "words": WHY}
    for page in (wrong, colleague):
        assert page.get(f"{path}/email").status == 404
        assert page.post(f"{path}/email", typed).status == 404
    with context.database.session() as session:
        assert session.scalars(select(EmailCorrection)).all() == []


def test_it_wants_proof_a_reason_and_the_worker_present(
    desk: Page, context: Context, clock: Clock
) -> None:
    """SES-6, AUD-4: the opening is noted for the parent with its code, never with the words."""
    path = look_up(desk, **PAYOR).path
    desk.get(f"{path}/email")
    errors = desk.submit().errors
    for said in ("new address", "Choose the proof", "Say why"):
        assert said in str(errors)
    desk.get(f"{path}/email")
    assert "Choose the proof" in str(desk.submit(email=NEW, words=WHY).errors)
    fill_in(desk)
    assert openings(context)[-1].reason == "help"
    clock.forward(minutes=6)
    assert desk.get(f"{path}/email").path == "/account/authentication"


def test_one_of_twenty_confirms(either: Context) -> None:
    """LNK-2, CON-1, RCV-2: also on PostgreSQL."""
    token, now = _begun(either, "email_correction_confirm"), either.now()

    def act(session: Session) -> bool:
        found = service.find_confirm_link(session, either, token, now)
        return found is not None and service.confirm(session, *found, now)

    assert race(either, act).count(True) == 1
    assert row(either).confirmed_at is not None
    assert len(events(either, "account:email:correction-confirmed")) == 1


def test_stopping_and_doing_at_once_end_in_one_of_them(either: Context, clock: Clock) -> None:
    """CON-1, RCV-2: stopped, the address is the old one; done, it is the new one."""
    token = _begun(either, "email_correction_asked")
    assert confirm_now(either)
    clock.forward(hours=24)
    now, turns = either.now(), iter(range(100))

    def act(session: Session) -> str:
        if next(turns) % 2:
            session.rollback()
            service.STEP.do_due(either, now)
            return ""
        found = service.STEP.find_cancel_link(session, either, token, now)
        return "stopped" if found and service.STEP.cancel(session, *found, now) else ""

    stopped = race(either, act, times=8).count("stopped")
    ended, done = row(either), len(events(either, "account:email:corrected"))
    assert (stopped, done) in ((1, 0), (0, 1))
    assert (ended.cancelled_at is not None, ended.done_at is not None) == (stopped == 1, done == 1)
    with either.database.session() as session:
        account = session.scalars(select(Account)).one()
        assert email_of(either.sealer, account) == (NEW if done else "morgan@example.org")


def _begun(either: Context, template: str) -> str:
    """One has begun: the token of one of its mails."""
    made, now = make_account(either), either.now()
    with either.database.transaction() as session:
        account = session.get_one(Account, made.id)
        new = service.propose(session, either, account, NEW, Proof.NOTARY.value, "one", now)
        assert service.begin(session, either, new, account, now, approved_by="another")
    return newest_link(either, template).split("token=")[1]


def test_what_nobody_decided_is_cleared_away(
    context: Context, clock: Clock, parents: Parents, sam: TestAccount
) -> None:
    """PRV-2: the address is kept no longer than it can be approved."""
    ask(context, sam)
    clock.forward(days=8, hours=1)
    sweep(context, context.now())
    with context.database.session() as session:
        assert session.scalars(select(EmailCorrection)).all() == []
        assert Action.CORRECT_EMAIL.value not in [
            it.action for it in open_requests(session, context.now())
        ]
