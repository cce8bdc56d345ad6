"""What ends with a second factor that is removed or replaced: OTP-4, PKY-3, SES-2, SES-4, SES-6."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import card, known_devices, text_factor
from portal.accounts.disown import disown
from portal.accounts.models import Account, TotpFactor
from portal.accounts.remove_authenticator import AUTHENTICATOR
from portal.accounts.remove_factor import LastFactor, remove
from portal.audit.models import AuditEvent
from portal.context import Context
from portal.security import links
from tests.accounts.test_authenticator import shown_secret
from tests.accounts.test_card import give_card, left, number, printed
from tests.accounts.test_passkeys import add, count, is_signed_in, only_id, use
from tests.support.accounts import TestAccount, mails, make_account, sign_in
from tests.support.authenticator import code_at
from tests.support.clock import Clock
from tests.support.page import Page
from tests.support.passkey import SoftPasskey
from tests.support.race import race

PHONE = "+16175550112"
REMOVAL = "/account/authenticator/removal"


@pytest.fixture
def account(context: Context) -> TestAccount:
    return make_account(context, participant_id="P", phone=PHONE)


@pytest.fixture
def me(page: Page, account: TestAccount, clock: Clock) -> Page:
    sign_in(page, account, clock, follow=False)
    return page


def loaded(session: Session, account: TestAccount) -> Account:
    found = session.get(Account, account.id)
    assert found is not None
    return found


def give_texts(context: Context, account: TestAccount) -> None:
    with context.database.transaction() as session:
        loaded(session, account).texts_since = context.now() - timedelta(days=30)


def has_app(context: Context, account: TestAccount) -> bool:
    with context.database.session() as session:
        return loaded(session, account).totp is not None


def outcomes(context: Context, name: str) -> list[str]:
    with context.database.session() as session:
        return list(session.scalars(select(AuditEvent.outcome).where(AuditEvent.name == name)))


# -- the app -----------------------------------------------------------------------------------


def test_the_app_is_removed_where_another_factor_is_left(
    me: Page, context: Context, account: TestAccount, clock: Clock
) -> None:
    """OTP-4: its codes open nothing any more; told by mail, in the trail and in the history."""
    passkey = SoftPasskey()
    add(me, passkey)
    assert REMOVAL in me.get("/account/authenticator").links().values()
    me.get(REMOVAL)
    assert "The app was removed" in me.submit(REMOVAL).text
    assert "Authenticator app None" in me.get("/account").words
    assert outcomes(context, "account:authenticator:removed") == ["success"]
    assert "The authenticator app was removed" in me.get("/account/history").words
    told = mails(context, "authenticator_removed")
    assert [to for _, to, _ in told] == [account.email]
    assert "not_me" in told[0][2]
    me.submit("/sign-out")
    me.get("/sign-in")
    me.submit("/sign-in", email=account.email, password=account.password)
    assert me.post("/sign-in/code", {"code": account.totp_now(clock)}).h1 == "Use your passkey"
    assert not is_signed_in(me)
    use(me, passkey)
    assert is_signed_in(me)


def test_the_app_is_not_removed_when_it_is_the_last(
    me: Page, context: Context, account: TestAccount, clock: Clock
) -> None:
    """OTP-4, PKY-3: the page says why; a forged post changes nothing; recovery codes are none."""
    assert "the only thing that protects your account" in me.get(REMOVAL).words
    assert "the only thing that protects your account" in me.post(REMOVAL).words
    with context.database.transaction() as session, pytest.raises(LastFactor):
        remove(session, context, loaded(session, account), AUTHENTICATOR, clock())
    assert has_app(context, account)
    assert mails(context) == []


def test_removing_the_app_wants_a_fresh_proof(
    me: Page, context: Context, account: TestAccount, clock: Clock
) -> None:
    """SES-6."""
    give_card(context, account)
    clock.forward(minutes=6)
    assert me.get(REMOVAL).h1 == "Show that it is you"
    assert me.post(REMOVAL).h1 == "Show that it is you"
    assert has_app(context, account)


def test_an_app_on_offer_goes_with_the_one_in_use(
    me: Page, context: Context, account: TestAccount, clock: Clock
) -> None:
    """OTP-4: nothing half set up is left behind."""
    give_card(context, account)
    me.get("/account/authenticator")
    me.submit("/picture")
    me.get(REMOVAL)
    me.submit(REMOVAL)
    with context.database.session() as session:
        assert all(row.ended_at for row in session.scalars(select(TotpFactor)))


def test_this_was_not_me_takes_a_strangers_app_away(context: Context, clock: Clock) -> None:
    """LNK-6: one set up since, beside a card; never an old one, never the last."""
    for age, has_card, stays in ((30, True, True), (0, True, False), (0, False, True)):
        account = make_account(context, email=f"{age}-{has_card}@example.org")
        if has_card:
            give_card(context, account)
        with context.database.transaction() as session:
            found = loaded(session, account)
            assert found.totp is not None
            found.totp.confirmed_at = clock() - timedelta(days=age, minutes=1)
            if found.card is not None:
                found.card.confirmed_at = clock() - timedelta(days=60)
        with context.database.transaction() as session:
            found = loaded(session, account)
            link = links.issue(session, links.Purpose.NOT_ME, found.id, found.id, clock())
            assert disown(session, context, link, found, clock())
        assert has_app(context, account) is stays


# -- what was begun with it ----------------------------------------------------------------------


def test_a_session_begun_with_a_passkey_ends_with_it(
    me: Page, other_page: Page, context: Context, account: TestAccount, clock: Clock
) -> None:
    """PKY-3, SES-2: the lost phone is out at once and is no known device; here one goes on."""
    passkey = SoftPasskey()
    add(me, passkey)
    use(other_page, passkey)
    assert is_signed_in(other_page)
    me.get(f"/account/passkeys/{only_id(context)}/removal")
    assert "Your other devices are signed out" in me.submit("/removal").text
    assert not is_signed_in(other_page)
    assert is_signed_in(me)
    with context.database.session() as session:
        assert len(known_devices.all_of(session, account.id, clock())) == 1


def remove_app(page: Page, context: Context) -> None:
    page.get(REMOVAL)
    page.submit(REMOVAL)


def remove_card(page: Page, context: Context) -> None:
    page.get("/account/card/removal")
    page.submit("/account/card/removal")


def another_card(page: Page, context: Context) -> None:
    page.get("/account/card/codes")
    codes = printed(page.submit("/account/card/codes"))
    proof = page.get("/account/card/proof")
    page.submit(code=codes[number(proof) - 1])


def another_app(page: Page, context: Context) -> None:
    page.get("/account/authenticator")
    secret = shown_secret(page.submit("/picture"))
    page.submit(code=code_at(secret, context.now().timestamp()))


def another_phone(page: Page, context: Context) -> None:
    page.get("/account/phone")
    page.submit(phone="617 555 0199", no_phone=None)


@pytest.mark.parametrize(
    "change", [remove_app, remove_card, another_card, another_app, another_phone]
)
def test_other_sessions_end_with_any_factor_removed_or_replaced(
    page: Page,
    other_page: Page,
    context: Context,
    account: TestAccount,
    clock: Clock,
    change: Callable[[Page, Context], None],
) -> None:
    """SES-2, SES-4: whichever factor; the browser it was done in goes on."""
    give_card(context, account)
    give_texts(context, account)
    sign_in(other_page, account, clock, follow=False)
    sign_in(page, account, clock, follow=False)
    assert is_signed_in(other_page)
    change(page, context)
    assert is_signed_in(page)
    assert not is_signed_in(other_page)


def test_a_further_factor_ends_nothing(
    me: Page, other_page: Page, context: Context, account: TestAccount, clock: Clock
) -> None:
    """SES-4: adding is told by mail, and the devices page ends the rest for whoever wants it."""
    sign_in(other_page, account, clock, follow=False)
    add(me, SoftPasskey())
    another_card(me, context)
    assert is_signed_in(other_page)
    assert (count(context), left(context, account)) == (1, 19)


# -- races ---------------------------------------------------------------------------------------


@pytest.mark.postgresql
def test_no_two_removals_at_once_take_the_last_factors(
    postgresql_context: Context, clock: Clock
) -> None:
    """PKY-3: app, card and texts, all removed at one moment: one is left."""
    context = postgresql_context
    account = make_account(context, participant_id="P", phone=PHONE)
    give_card(context, account)
    give_texts(context, account)
    ways: list[Callable[[Session, Account], None]] = [
        lambda s, a: remove(s, context, a, AUTHENTICATOR, clock()),
        lambda s, a: remove(s, context, a, card.CARD, clock()),
        lambda s, a: remove(s, context, a, text_factor.TEXTS, clock()),
    ]

    def act(session: Session) -> bool:
        try:
            ways.pop()(session, loaded(session, account))
        except LastFactor:
            return False
        return True

    assert race(context, act, times=3).count(True) == 2
    with context.database.session() as session:
        assert loaded(session, account).factors == 1
