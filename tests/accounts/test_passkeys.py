"""Passkeys through the pages, with a passkey in software: PKY-1 to PKY-3, ENU-1, SES-6."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from portal.accounts.passkey_models import Passkey
from portal.audit.models import AuditEvent
from portal.context import Context
from portal.security.models import PasskeyChallenge
from portal.web.models import SessionRow
from tests.support.accounts import (
    TestAccount,
    bare_answer,
    give_password,
    keep_codes,
    mails,
    make_account,
    sign_in,
)
from tests.support.clock import Clock
from tests.support.page import Page, Seen
from tests.support.passkey import SoftPasskey, to_text

REFUSED = "That did not work"


@pytest.fixture
def account(context: Context) -> TestAccount:
    return make_account(context, participant_id="P")


@pytest.fixture
def me(page: Page, account: TestAccount, clock: Clock) -> Page:
    """A browser in which the account has just signed in."""
    sign_in(page, account, clock, follow=False)
    return page


@pytest.fixture
def passkey(me: Page, other_page: Page) -> SoftPasskey:
    """A passkey of the account; both browsers are signed out."""
    made = SoftPasskey()
    assert add(me, made).h1 == "Passkeys"
    me.submit("/sign-out")
    other_page.get("/sign-in")
    return made


def ask(page: Page, path: str) -> dict[str, Any]:
    seen = page.post(f"{path}/options", follow=False)
    assert seen.status == 200, seen.path
    return dict(seen.response.get_json())


def add(page: Page, passkey: SoftPasskey, name: str = "My phone", **lies: Any) -> Seen:
    page.get("/account/passkeys/new")
    answer = passkey.create(ask(page, "/account/passkeys/new"), **lies)
    return page.post("/account/passkeys/new", {"credential": answer, "name": name})


def use(page: Page, passkey: SoftPasskey, path: str = "/sign-in/passkey", **lies: Any) -> Seen:
    page.get("/sign-in")
    return page.post(path, {"credential": passkey.get(ask(page, path), **lies)})


def count(context: Context, model: type = Passkey) -> int:
    with context.database.session() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def reasons(context: Context, name: str = "account:sign-in:passkey") -> list[str]:
    with context.database.session() as session:
        chosen = select(AuditEvent).where(AuditEvent.name == name, AuditEvent.outcome == "refused")
        return [event.detail["reason"] for event in session.scalars(chosen.order_by(AuditEvent.id))]


def is_signed_in(page: Page) -> bool:
    return page.get("/account").h1 == "Account"


# -- adding ------------------------------------------------------------------------------------


def test_a_passkey_is_added_listed_and_told(
    me: Page, context: Context, account: TestAccount
) -> None:
    """PKY-3: with name and dates; a mail goes out; the trail names it."""
    seen = add(me, SoftPasskey(), "Morgan's phone")
    assert "Morgan's phone" in seen.words
    assert "Nov" in seen.words
    assert "Not yet" in seen.words
    assert "1 passkey" in me.get("/account").words
    assert [m[:2] for m in mails(context)] == [("passkey_added", account.email)]
    with context.database.session() as session:
        row = session.scalars(select(Passkey)).one()
        assert b"Morgan" not in row.name
        assert (row.is_backed_up, row.transports) == (True, "hybrid,internal")
        names = session.scalars(select(AuditEvent.name)).all()
    assert "account:passkey:added" in names


def test_the_device_is_asked_for_a_verified_owner(me: Page, account: TestAccount) -> None:
    """PKY-1, PKY-2: 256 random bits; the owner verified; kept on the device; no personal handle."""
    me.get("/account/passkeys/new")
    options, again = (ask(me, "/account/passkeys/new") for _ in range(2))
    assert len(options["challenge"]) == 43
    assert options["challenge"] != again["challenge"]
    assert options["rp"]["id"] == "localhost"
    chosen = options["authenticatorSelection"]
    assert (chosen["userVerification"], chosen["residentKey"]) == ("required", "required")
    assert options["attestation"] == "none"
    assert options["user"]["id"] == to_text(account.id.encode())
    first = SoftPasskey()
    add(me, first)
    options = ask(me, "/account/passkeys/new")
    assert [one["id"] for one in options["excludeCredentials"]] == [to_text(first.credential_id)]


LIES: dict[str, tuple[dict[str, Any], str]] = {
    "other origin": ({"origin": "https://evil.example"}, "not-verified"),
    "other port": ({"origin": "http://localhost:8001"}, "not-verified"),
    "other party": ({"party": "evil.example"}, "not-verified"),
    "owner not verified": ({"verified": False}, "not-verified"),
    "nobody present": ({"present": False}, "not-verified"),
    "other type": ({"type": "payment.get"}, "not-verified"),
    "in a frame": ({"cross_origin": True}, "framed"),
    "made-up challenge": ({"challenge": "A" * 43}, "challenge"),
}


@pytest.mark.parametrize("lie", LIES)
def test_no_passkey_is_made_of_a_false_answer(me: Page, context: Context, lie: str) -> None:
    """PKY-2."""
    lies, reason = LIES[lie]
    assert REFUSED in add(me, SoftPasskey(), **lies).words
    assert reasons(context, "account:passkey:added") == [reason]
    assert count(context) == 0
    assert mails(context) == []


def test_one_credential_belongs_to_one_account(
    me: Page, other_page: Page, context: Context, clock: Clock
) -> None:
    """PKY-3: the same credential at a second account is refused, at the first one too."""
    shared = SoftPasskey()
    add(me, shared)
    assert REFUSED in add(me, shared).words
    sign_in(other_page, make_account(context, email="other@example.org"), clock, follow=False)
    assert REFUSED in add(other_page, shared).words
    assert reasons(context, "account:passkey:added") == ["taken", "taken"]
    assert count(context) == 1


@pytest.mark.parametrize("path", ["/account/passkeys/new", "/account/passkeys/new/options"])
def test_adding_wants_a_fresh_proof(me: Page, context: Context, clock: Clock, path: str) -> None:
    """SES-6."""
    me.get("/account")
    clock.forward(minutes=6)
    assert me.post(path, {"credential": "{}"}).h1 == "Show that it is you"
    assert count(context, PasskeyChallenge) == 0


# -- signing in --------------------------------------------------------------------------------


def test_a_passkey_alone_signs_in(
    other_page: Page, passkey: SoftPasskey, context: Context, clock: Clock
) -> None:
    """PKY-2: device and verified owner are two factors; no password, no address."""
    other_page.get("/sign-in", query_string={"next": "/account/safety"})
    options = ask(other_page, "/sign-in/passkey")
    seen = other_page.post(
        "/sign-in/passkey?next=/account/safety", {"credential": passkey.get(options)}
    )
    assert seen.path == "/account/safety"
    assert is_signed_in(other_page)
    assert "Not yet" not in other_page.get("/account/passkeys").words


def test_the_way_back_leads_only_within_this_site(other_page: Page, passkey: SoftPasskey) -> None:
    """INJ-4."""
    answer = passkey.get(ask(other_page, "/sign-in/passkey"))
    seen = other_page.post(
        "/sign-in/passkey?next=//evil.example", {"credential": answer}, follow=False
    )
    assert seen.headers["Location"] == "/"


@pytest.mark.parametrize("lie", [*LIES, "forged", "other handle", "no JSON"])
def test_a_false_answer_signs_nobody_in(
    other_page: Page, passkey: SoftPasskey, context: Context, lie: str
) -> None:
    """PKY-1, PKY-2: all refused alike."""
    more = {
        "forged": ({"forged": True}, "not-verified"),
        "other handle": ({"user": b"somebody"}, "other-handle"),
        "no JSON": ({}, "malformed"),
    }
    lies, reason = {**LIES, **more}[lie]
    options = ask(other_page, "/sign-in/passkey")
    answer = "[1" if lie == "no JSON" else passkey.get(options, **lies)
    seen = other_page.post("/sign-in/passkey", {"credential": answer})
    assert (seen.h1, REFUSED in seen.words) == ("Sign in", True)
    assert reasons(context) == [reason]
    assert not is_signed_in(other_page)


def test_a_replayed_answer_is_refused(
    page: Page, other_page: Page, passkey: SoftPasskey, context: Context
) -> None:
    """PKY-1: once, in the same browser and in another, also for a device that does not count."""
    passkey.counts, passkey.sign_count = False, 0
    options = ask(other_page, "/sign-in/passkey")
    answer = passkey.get(options)
    other_page.post("/sign-in/passkey", {"credential": answer}, follow=False)
    assert is_signed_in(other_page)
    other_page.submit("/sign-out")
    for browser in (other_page, page):
        browser.get("/sign-in")
        assert REFUSED in browser.post("/sign-in/passkey", {"credential": answer}).words
    assert reasons(context) == ["challenge", "challenge"]


def test_a_wrong_answer_uses_its_challenge_up(
    other_page: Page, passkey: SoftPasskey, context: Context
) -> None:
    """PKY-1."""
    options = ask(other_page, "/sign-in/passkey")
    other_page.post("/sign-in/passkey", {"credential": passkey.get(options, forged=True)})
    other_page.post("/sign-in/passkey", {"credential": passkey.get(options)})
    assert reasons(context) == ["not-verified", "challenge"]


def test_a_stale_challenge_is_refused(
    other_page: Page, passkey: SoftPasskey, context: Context, clock: Clock
) -> None:
    """PKY-1: five minutes."""
    options = ask(other_page, "/sign-in/passkey")
    clock.forward(minutes=5)
    other_page.post("/sign-in/passkey", {"credential": passkey.get(options)})
    assert reasons(context) == ["challenge"]
    options = ask(other_page, "/sign-in/passkey")
    clock.forward(minutes=4, seconds=59)
    other_page.post("/sign-in/passkey", {"credential": passkey.get(options)})
    assert is_signed_in(other_page)


def test_a_challenge_of_another_session_is_refused(
    page: Page, other_page: Page, passkey: SoftPasskey, context: Context
) -> None:
    """PKY-1: who reads an answer on its way cannot bring it in another browser."""
    answer = passkey.get(ask(other_page, "/sign-in/passkey"))
    page.get("/sign-in")
    assert REFUSED in page.post("/sign-in/passkey", {"credential": answer}).words
    assert reasons(context) == ["challenge"]


def test_a_challenge_is_for_one_ceremony(
    other_page: Page, passkey: SoftPasskey, account: TestAccount, context: Context
) -> None:
    """PKY-1: what was asked for signing in does as no second half, nor the other way round."""
    give_password(other_page, account)
    for asked, used in (
        ("/sign-in/passkey", "/sign-in/code/passkey"),
        ("/sign-in/code/passkey", "/sign-in/passkey"),
    ):
        answer = passkey.get(ask(other_page, asked))
        other_page.post(used, {"credential": answer}, follow=False)
    assert reasons(context) == ["challenge", "challenge"]
    assert not is_signed_in(other_page)


def test_a_sign_count_that_went_back_is_refused_and_recorded(
    other_page: Page, passkey: SoftPasskey, context: Context
) -> None:
    """PKY-2: the sign of a copy. The true device's next count still does."""
    passkey.sign_count = 10
    use(other_page, passkey)
    assert is_signed_in(other_page)
    other_page.submit("/sign-out")
    for went_back in (10, 3, 0):
        assert REFUSED in use(other_page, passkey, sign_count=went_back).words
    assert reasons(context) == ["count-went-back"] * 3
    use(other_page, passkey)
    assert is_signed_in(other_page)


def test_a_removed_passkey_is_dead_at_once(
    page: Page,
    other_page: Page,
    passkey: SoftPasskey,
    context: Context,
    account: TestAccount,
    clock: Clock,
) -> None:
    """PKY-3: also for a challenge that was given out before; the removal is told."""
    options = ask(other_page, "/sign-in/passkey")
    sign_in(page, account, clock, follow=False)
    page.get(f"/account/passkeys/{only_id(context)}/removal")
    seen = page.submit("/removal")
    assert "You have no passkeys yet" in seen.words
    other_page.post("/sign-in/passkey", {"credential": passkey.get(options)})
    assert not is_signed_in(other_page)
    assert reasons(context) == ["unknown"]
    assert mails(context, "passkey_removed")[0][1] == account.email


@pytest.mark.parametrize("column", ["disabled_at", "closed_at"])
def test_a_passkey_of_an_account_that_ended_is_refused(
    other_page: Page,
    passkey: SoftPasskey,
    context: Context,
    clock: Clock,
    account: TestAccount,
    column: str,
) -> None:
    """SES-2, ENU-1."""
    from portal.accounts.models import Account

    with context.database.transaction() as session:
        found = session.get(Account, account.id)
        assert found is not None
        setattr(found, column, clock())
    assert REFUSED in use(other_page, passkey).words
    assert reasons(context) == ["no-account"]


def test_the_options_are_the_same_for_everybody(
    page: Page, other_page: Page, passkey: SoftPasskey, account: TestAccount
) -> None:
    """ENU-1: no address is asked, no passkey named; with a known address in the form too."""
    answers = []
    for browser, email in ((page, account.email), (other_page, "nobody@example.org")):
        browser.get("/sign-in")
        seen = browser.post("/sign-in/passkey/options", {"email": email})
        options = dict(seen.response.get_json())
        assert len(options.pop("challenge")) == 43
        status, headers, _ = bare_answer(seen)
        answers.append((options, status, [h for h in headers if h[0] != "Set-Cookie"]))
    assert answers[0] == answers[1]
    assert answers[0][0]["allowCredentials"] == []
    assert answers[0][0]["userVerification"] == "required"


def test_asking_for_a_challenge_keeps_no_session_alive(me: Page, clock: Clock) -> None:
    """SES-3: the sign-in page asks for a new one every few minutes by itself."""
    me.get("/sign-in")
    for _ in range(4):
        clock.forward(minutes=4)
        ask(me, "/sign-in/passkey")
    assert not is_signed_in(me)


def test_an_unknown_passkey_is_answered_like_a_false_one(
    page: Page, other_page: Page, passkey: SoftPasskey
) -> None:
    """ENU-1."""
    stranger = SoftPasskey(user=b"x")
    unknown, false = use(page, stranger), use(other_page, passkey, forged=True)
    assert bare_answer(unknown)[2] == bare_answer(false)[2]


def test_while_somebody_hammers_the_password_the_passkey_opens(
    page: Page, other_page: Page, passkey: SoftPasskey, account: TestAccount
) -> None:
    """PWD-5: nothing of the throttle keeps the owner out."""
    for _ in range(8):
        give_password(page, account, "wrong")
    use(other_page, passkey)
    assert is_signed_in(other_page)


def test_a_passkey_leads_through_missing_steps(
    other_page: Page, passkey: SoftPasskey, context: Context, account: TestAccount
) -> None:
    """S1: it signs in, but opens nothing before the account is complete."""
    from portal.accounts.models import Account

    with context.database.transaction() as session:
        found = session.get(Account, account.id)
        assert found is not None
        found.hint_hash = None
    assert use(other_page, passkey).h1 == "Choose a security hint"


# -- the second half, and once more ------------------------------------------------------------


def test_a_passkey_in_place_of_a_code(
    other_page: Page, passkey: SoftPasskey, account: TestAccount
) -> None:
    """PKY-2: only passkeys of the account whose password was given are asked for."""
    assert "Use your fingerprint or face" in give_password(other_page, account).text
    options = ask(other_page, "/sign-in/code/passkey")
    assert [one["id"] for one in options["allowCredentials"]] == [to_text(passkey.credential_id)]
    other_page.post("/sign-in/code/passkey", {"credential": passkey.get(options)}, follow=False)
    assert is_signed_in(other_page)


def test_somebody_elses_passkey_is_no_second_half(
    other_page: Page, passkey: SoftPasskey, context: Context, clock: Clock
) -> None:
    """PKY-3: a password of one account and a passkey of another open neither."""
    stranger = make_account(context, email="other@example.org")
    give_password(other_page, stranger)
    path = "/sign-in/code/passkey/options"
    assert other_page.post(path, follow=False).headers["Location"] == "/sign-in/code"
    sign_in(other_page, stranger, clock, follow=False)
    add(other_page, SoftPasskey())
    other_page.submit("/sign-out")
    give_password(other_page, stranger)
    options = ask(other_page, "/sign-in/code/passkey")
    seen = other_page.post("/sign-in/code/passkey", {"credential": passkey.get(options)})
    assert seen.h1 == "Enter your code"
    assert reasons(context) == ["unknown"]


def test_a_passkey_proves_the_owner_once_more(
    page: Page, passkey: SoftPasskey, account: TestAccount, clock: Clock
) -> None:
    """SES-6: and leads back to the change."""
    use(page, passkey)
    page.get("/account")
    clock.forward(minutes=6)
    assert page.get("/account/phone").h1 == "Show that it is you"
    path = "/account/authentication/passkey"
    false = passkey.get(ask(page, path), verified=False)
    refused = page.post(f"{path}?next=/account/phone", {"credential": false})
    assert (refused.h1, REFUSED in refused.words) == ("Show that it is you", True)
    seen = page.post(f"{path}?next=/account/phone", {"credential": passkey.get(ask(page, path))})
    assert seen.h1 == "Change your cell phone"


# -- the first factor, and the last ------------------------------------------------------------


def test_a_passkey_is_enough_as_the_second_factor(
    page: Page, other_page: Page, context: Context, clock: Clock
) -> None:
    """S1: offered first; the recovery codes follow; at the next sign-in it is asked for."""
    account = make_account(context, totp=False)
    seen = give_password(page, account)
    assert seen.h1 == "Protect your account"
    assert seen.text.index("fingerprint or face") < seen.text.index("authenticator app")
    mine = SoftPasskey()
    path = "/sign-in/authenticator/passkey"
    refused = page.post(path, {"credential": mine.create(ask(page, path), verified=False)})
    assert (refused.h1, REFUSED in refused.words) == ("Protect your account", True)
    seen = page.post(path, {"credential": mine.create(ask(page, path))})
    assert seen.h1 == "Keep your recovery codes"
    keep_codes(page)
    assert "Authenticator app None" in page.get("/account").words
    assert give_password(other_page, account).h1 == "Use your passkey"
    assert other_page.get("/account").h1 == "Use your passkey"
    options = ask(other_page, "/sign-in/code/passkey")
    other_page.post("/sign-in/code/passkey", {"credential": mine.get(options)}, follow=False)
    assert is_signed_in(other_page)


def test_with_a_factor_nobody_adds_one_on_a_password_alone(
    page: Page, account: TestAccount, context: Context
) -> None:
    """OTP-5: the step is open only to accounts without any second factor."""
    give_password(page, account)
    for path in ("/sign-in/authenticator/passkey", "/sign-in/authenticator/passkey/options"):
        assert page.post(path, {"credential": "{}"}).h1 == "Enter your code"
    assert count(context) == 0


def test_the_last_factor_is_not_dropped(page: Page, context: Context) -> None:
    """PKY-3: refused with words; with a second passkey the first one goes."""
    account = make_account(context, totp=False)
    give_password(page, account)
    path = "/sign-in/authenticator/passkey"
    page.post(path, {"credential": SoftPasskey().create(ask(page, path))})
    keep_codes(page)
    removal = f"/account/passkeys/{only_id(context)}/removal"
    assert "the only thing that protects your account" in page.get(removal).words
    assert "the only thing that protects your account" in page.post(removal).words
    assert count(context) == 1
    add(page, SoftPasskey(), "Key on my ring")
    page.get(removal)
    assert "Key on my ring" in page.submit("/removal").words
    assert count(context) == 1


def test_this_was_not_me_takes_a_strangers_passkey_away(
    me: Page, other_page: Page, context: Context, clock: Clock, account: TestAccount
) -> None:
    """PKY-3, LNK-6: who added one in a stolen session does not come back with it."""
    mine, theirs = SoftPasskey(), SoftPasskey()
    add(me, mine)
    clock.forward(days=2)
    sign_in(me, account, clock, follow=False)
    add(me, theirs)
    press_not_me(other_page, context)
    assert count(context) == 1
    assert use(other_page, mine).h1 == "Check your mail"
    assert not is_signed_in(other_page)
    with context.database.session() as session:
        live = select(SessionRow.id).where(SessionRow.account_id == account.id)
        assert session.scalars(live.where(SessionRow.ended_at.is_(None))).all() == []
    assert REFUSED in use(other_page, theirs).words
    assert reasons(context)[-1] == "unknown"


def test_a_mailed_link_never_takes_the_last_factor(
    page: Page, other_page: Page, context: Context
) -> None:
    """PKY-3: who reads the mailbox does not get by what protects the account."""
    account = make_account(context, totp=False)
    give_password(page, account)
    path = "/sign-in/authenticator/passkey"
    page.post(path, {"credential": SoftPasskey().create(ask(page, path))})
    keep_codes(page)
    add(page, SoftPasskey())
    press_not_me(other_page, context)
    assert count(context) == 1


def press_not_me(page: Page, context: Context) -> None:
    newest = [words["not_me"] for _, _, words in mails(context, "passkey_added") if words][-1]
    page.get("/" + newest.split("/", 3)[3])
    assert page.submit("/not-me").h1 == "Everyone was signed out"


def test_removing_wants_a_fresh_proof(me: Page, context: Context, clock: Clock) -> None:
    """SES-6."""
    add(me, SoftPasskey())
    clock.forward(minutes=6)
    seen = me.post(f"/account/passkeys/{only_id(context)}/removal")
    assert seen.h1 == "Show that it is you"
    assert count(context) == 1


def test_a_passkey_is_renamed(me: Page, context: Context) -> None:
    """PKY-3."""
    add(me, SoftPasskey())
    me.get(f"/account/passkeys/{only_id(context)}")
    assert "Enter a name" in me.submit(name=" ").errors
    assert "Use 60 characters" in me.submit(name="x" * 61).errors
    assert "Old tablet" in me.submit(name="Old  tablet").words


def test_nobody_reaches_a_passkey_of_another_account(
    me: Page, other_page: Page, context: Context, clock: Clock
) -> None:
    """ACL-1: like an id that does not exist."""
    add(me, SoftPasskey())
    sign_in(other_page, make_account(context, email="other@example.org"), clock, follow=False)
    for path in (f"/account/passkeys/{only_id(context)}", f"/account/passkeys/{'0' * 32}"):
        assert other_page.get(path).status == 404
        assert other_page.post(path, {"name": "x"}).status == 404
        assert other_page.get(f"{path}/removal").status == 404
        assert other_page.post(f"{path}/removal").status == 404
    assert count(context) == 1


def only_id(context: Context) -> str:
    with context.database.session() as session:
        return session.scalars(select(Passkey.id)).one()
