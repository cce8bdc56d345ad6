"""A lost device with no codes: a new PIN and a day's wait. RCV-2, REG-2, REG-6, LNK-1 to LNK-4."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts import known_devices
from portal.accounts import lost_everything as service
from portal.accounts.find_account import PHONE
from portal.accounts.models import Account, LetterRequest, RecoveryCode, TotpFactor
from portal.accounts.passkey_models import Passkey
from portal.accounts.recovery_models import Recovery
from portal.audit.models import AuditEvent
from portal.context import Context
from portal.security import text_codes
from portal.security.models import TextCode
from portal.security.text_codes import TextPurpose
from portal.web.edge import Edges
from tests.accounts.test_card import give_card, left
from tests.accounts.test_passkeys import add, is_signed_in, use
from tests.support.accounts import (
    TestAccount,
    add_person,
    bare_answer,
    give_password,
    mails,
    make_account,
    newest_link,
    sign_in,
)
from tests.support.clock import Clock
from tests.support.page import Page, Seen
from tests.support.passkey import SoftPasskey
from tests.support.race import race_in_edges

WHO = {"ssn": "666-10-0001", "pin": "222222", "birth_date": "04/12/1986"}
NEW = "nine loud herons 58"
ASKED, LINK = "lost_everything_asked", "lost_everything_link"


@pytest.fixture
def account(context: Context) -> TestAccount:
    """Its PIN is spent; the record has a newer one."""
    add_person(context, pin="222222")
    return make_account(context, participant_id="P", spent_pin="111111")


def ask(page: Page, *, follow: bool = True, **changed: str) -> Seen:
    page.get("/sign-in/lost-everything")
    return page.submit("/sign-in/lost-everything", follow=follow, **{**WHO, **changed})


def count(context: Context, model: type) -> int:
    with context.database.session() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def after_the_wait(page: Page, context: Context, clock: Clock) -> str:
    """The path of the link, once the day is over."""
    ask(page)
    clock.forward(hours=24)
    service.STEP.do_due(context, clock())
    return newest_link(context, LINK)


def test_a_new_pin_and_a_day_lead_back_in(
    page: Page, context: Context, clock: Clock, account: TestAccount
) -> None:
    """RCV-2: PIN, wait, mailed link, hint, new password, then a new factor is set up."""
    path = after_the_wait(page, context, clock)
    for _ in range(2):
        assert page.get(path).h1 == "Answer your security question"
    assert page.get("/sign-in/lost-everything/new-password").h1 == "Answer your security question"
    page.get("/sign-in/lost-everything/hint")
    assert page.submit(answer="wrong").errors
    assert page.submit(answer=account.hint_answer).h1 == "Choose a new password"
    assert page.submit(password=NEW).h1 == "Protect your account"
    assert page.get(path).status == 410
    with context.database.session() as session:
        letters = [row.kind for row in session.scalars(select(LetterRequest))]
        names = list(session.scalars(select(AuditEvent.name)))
    assert letters == ["recovery_asked"]
    assert {"account:recovery:asked", "account:recovery:done"} <= set(names)


def test_nothing_goes_out_before_the_day_is_over_and_one_link_then(
    page: Page, context: Context, clock: Clock, account: TestAccount
) -> None:
    """RCV-2: 24 hours to the second; the job run again sends no second link."""
    ask(page)
    assert [name for name, _, _ in mails(context)] == [ASKED]
    clock.forward(hours=23, minutes=59, seconds=59)
    service.STEP.do_due(context, clock())
    assert mails(context, LINK) == []
    clock.forward(seconds=1)
    for _ in range(2):
        service.STEP.do_due(context, clock())
    assert len(mails(context, LINK)) == 1


def test_the_link_lives_a_day(
    page: Page, context: Context, clock: Clock, account: TestAccount
) -> None:
    """LNK-1: the 24-hour cap."""
    path = after_the_wait(page, context, clock)
    clock.forward(hours=24, seconds=1)
    assert page.get(path).status == 410


@pytest.mark.parametrize("recorded", ["old.box@example.net", "MORGAN@example.org", "", "not one"])
def test_every_address_on_file_can_cancel(page: Page, context: Context, recorded: str) -> None:
    """RCV-2: the record's address too, where it is another; its mail names neither the account's
    address nor the letter, and both mails hold one and the same link."""
    add_person(context, pin="222222", email=recorded)
    account = make_account(context, participant_id="P", spent_pin="111111")
    ask(page)
    sent = [(name, to) for name, to, _ in mails(context)]
    other = [("lost_everything_check", recorded)] if recorded == "old.box@example.net" else []
    assert sorted(sent) == sorted([(ASKED, account.email), *other])
    assert len({words["link"] for _, _, words in mails(context)}) == 1
    page.get(mails(context)[-1][2]["link"].removeprefix("http://localhost:8000"))
    page.submit("/sign-in/lost-everything/cancellation")
    with context.database.session() as session:
        assert session.scalars(select(Recovery)).one().cancelled_at is not None


def test_every_kind_of_factor_is_dead_afterwards(
    page: Page, other_page: Page, context: Context, clock: Clock, account: TestAccount
) -> None:
    """RCV-2: texts, passkey, app, card, recovery codes, known devices, an address that waits, and a
    code by text message that was on its way."""
    sign_in(other_page, account, clock, follow=False)
    assert add(other_page, passkey := SoftPasskey()).h1 == "Passkeys"
    give_card(context, account)
    path = after_the_wait(page, context, clock)
    with context.database.transaction() as session:
        owner = loaded(session, account)
        owner.phone = context.sealer.seal("+16175550112", PHONE, owner.id)
        owner.texts_since = clock()
        text_codes.issue(session, context.keyring, context.sealer, owner.id, TextPurpose.SIGN_IN,
                         "+16175550112", clock())  # fmt: skip
        session.flush()
        assert owner.factors == 4
    page.get(path)
    page.submit(answer=account.hint_answer)
    assert page.submit(password=NEW).h1 == "Protect your account"
    with context.database.session() as session:
        owner = loaded(session, account)
        assert (owner.factors, owner.texts_since, owner.new_email) == (0, None, None)
        assert not owner.has_factor
        assert known_devices.all_of(session, owner.id, clock()) == []
        assert not session.scalar(select(func.count()).where(TextCode.ended_at.is_(None)))
        assert all(row.ended_at for row in session.scalars(select(TotpFactor)))
    assert (count(context, Passkey), count(context, RecoveryCode)) == (0, 0)
    assert not is_signed_in(other_page)
    assert "did not work" in use(other_page, passkey).words


def test_everything_old_is_dead_afterwards(
    page: Page, other_page: Page, context: Context, clock: Clock, account: TestAccount
) -> None:
    """RCV-2: sessions, password, app, card and recovery codes."""
    give_card(context, account)
    path = after_the_wait(page, context, clock)
    page.get(path)
    page.submit(answer=account.hint_answer)
    page.submit(password=NEW)
    assert left(context, account) == -1
    assert count(context, RecoveryCode) == 0
    with context.database.session() as session:
        owner = loaded(session, account)
        assert (owner.totp, owner.passkeys, owner.card) == (None, [], None)
    assert "Check your e-mail address" in give_password(other_page, account).errors
    assert give_password(other_page, account, NEW).h1 == "Protect your account"


def loaded(session: Session, account: TestAccount) -> Account:
    found = session.get(Account, account.id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"ssn": "666-10-0009"},
        {"pin": "333333"},
        {"pin": "111111"},
        {"birth_date": "04/13/1986"},
    ],
)
def test_every_answer_is_alike(
    page: Page, other_page: Page, context: Context, account: TestAccount, changed: dict[str, str]
) -> None:
    """REG-2, ENU-1: status, headers and body tell nothing; only the right one does something."""
    right, given = ask(page, follow=False), ask(other_page, follow=False, **changed)
    assert bare_answer(given) == bare_answer(right)
    assert given.headers["Location"] == "/sign-in/lost-everything/asked"
    assert count(context, Recovery) == 1


def test_the_pin_of_the_first_letter_does_not_do(page: Page, context: Context) -> None:
    """REG-3: the spent PIN, even while the record still has it, and no account at all."""
    add_person(context, pin="222222")
    ask(page)
    assert count(context, Recovery) == 0
    make_account(context, participant_id="P", spent_pin="222222")
    ask(page)
    assert count(context, Recovery) == 0
    assert mails(context) == []


def test_a_pin_asks_once(page: Page, context: Context, clock: Clock, account: TestAccount) -> None:
    """REG-3: a second time neither begins the wait anew nor mails again, nor after cancelling."""
    ask(page)
    clock.forward(hours=2)
    ask(page)
    assert (count(context, Recovery), len(mails(context))) == (1, 1)
    page.get(newest_link(context, ASKED))
    page.submit("/sign-in/lost-everything/cancellation")
    ask(page)
    assert count(context, Recovery) == 1


def test_tries_are_counted_with_those_of_registering(
    page: Page, context: Context, account: TestAccount
) -> None:
    """REG-6: five wrong ones a day, half of them at the other form, then not the right one."""
    for number in range(5):
        wrong = {**WHO, "pin": f"99999{number}"}
        path = "/register" if number % 2 else "/sign-in/lost-everything"
        page.get(path)
        page.submit(path, follow=True, **wrong)
    ask(page)
    assert count(context, Recovery) == 0


def test_the_mailed_link_cancels_at_the_button_only(
    page: Page, context: Context, clock: Clock, account: TestAccount
) -> None:
    """LNK-4, LNK-2: opening it twice changes nothing; cancelled, no link ever goes out."""
    ask(page)
    path = newest_link(context, ASKED)
    for _ in range(2):
        assert page.get(path).h1 == "Stop this?"
    with context.database.session() as session:
        assert session.scalars(select(Recovery)).one().cancelled_at is None
    assert page.submit("/sign-in/lost-everything/cancellation").h1 == "It was stopped"
    assert page.get(path).status == 410
    clock.forward(hours=25)
    service.STEP.do_due(context, clock())
    assert mails(context, LINK) == []


def test_the_owner_cancels_by_signing_in(
    page: Page, other_page: Page, context: Context, clock: Clock, account: TestAccount
) -> None:
    """RCV-2, LNK-3: during the wait, and also when the link is out; a password alone does not."""
    path = after_the_wait(page, context, clock)
    give_password(other_page, account)
    assert page.get(path).status == 200
    sign_in(other_page, account, clock, follow=False)
    assert page.get(path).status == 410


def test_the_two_links_are_not_each_other(
    page: Page, context: Context, clock: Clock, account: TestAccount
) -> None:
    """LNK-1: each token at the other's address, and at those of a password reset."""
    ask(page)
    cancelling = newest_link(context, ASKED).partition("?")[2]
    assert page.get(f"/sign-in/lost-everything/link?{cancelling}").status == 410
    clock.forward(hours=24)
    service.STEP.do_due(context, clock())
    opening = newest_link(context, LINK).partition("?")[2]
    for other in ("/sign-in/lost-everything/cancellation", "/forgotten-password/link", "/not-me"):
        assert page.get(f"{other}?{opening}").status == 410, other


def test_twenty_uses_of_the_link_come_to_one(
    page: Page, context: Context, clock: Clock, account: TestAccount
) -> None:
    """LNK-2: one success, one notice."""
    token = after_the_wait(page, context, clock).partition("token=")[2]
    with context.database.transaction() as session:
        found = service.find(session, context, token, clock())
        assert found is not None
        found[0].passed_at = clock()

    def use(_session: Session, edges: Edges) -> bool:
        return service.recover(edges, context, token, NEW, clock()) is not None

    assert race_in_edges(context, use).count(True) == 1
    assert len(mails(context, "password_changed")) == 1


def test_the_hint_cannot_be_left_out(
    page: Page, context: Context, clock: Clock, account: TestAccount
) -> None:
    """HNT-1: a post past the question changes nothing."""
    page.get(after_the_wait(page, context, clock))
    page.post("/sign-in/lost-everything/new-password", {"password": NEW})
    assert mails(context, "password_changed") == []
