"""Authenticator apps and recovery codes: OTP-1 to OTP-4, RCV-1."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.check_code import check_code, check_recovery_code
from portal.accounts.models import Account, RecoveryCode, TotpFactor
from portal.context import Context
from tests.support.accounts import (
    TestAccount,
    give_password,
    keep_codes,
    mails,
    make_account,
    sign_in,
)
from tests.support.authenticator import code_at
from tests.support.clock import Clock
from tests.support.page import Page, Seen
from tests.support.race import race, race_in_edges


def shown_secret(seen: Seen) -> str:
    return str(seen.document.query(".secret code")[0].to_text())


def test_codes_of_an_independent_program_are_accepted(
    page: Page, context: Context, clock: Clock
) -> None:
    """OTP-4: the secret on the page, typed into another program, gives codes that enrol."""
    account = make_account(context, totp=False)
    assert give_password(page, account).h1 == "Protect your account"
    seen = page.submit("/picture")
    assert seen.document.query("svg")
    secret = shown_secret(seen)
    assert len(secret.replace(" ", "")) == 32  # 160 bits
    assert page.submit(code="000000").errors
    assert page.submit(code=code_at(secret, clock().timestamp())).h1 == "Keep your recovery codes"


def test_the_code_of_the_enrolment_is_used_up(page: Page, context: Context, clock: Clock) -> None:
    """OTP-1: its time step counts as used."""
    account = make_account(context, totp=False)
    give_password(page, account)
    code = code_at(shown_secret(page.submit("/picture")), clock().timestamp())
    page.submit(code=code)
    keep_codes(page)
    give_password(page, account)
    assert "works once" in page.submit("/sign-in/code", code=code).errors


def test_an_abandoned_enrolment_changes_nothing(page: Page, context: Context, clock: Clock) -> None:
    """OTP-4: the old app goes on, and the offered secret opens nothing."""
    account = make_account(context)
    sign_in(page, account, clock, follow=False)
    page.get("/account/authenticator")
    offered = shown_secret(page.submit("/picture"))
    give_password(page, account)
    assert page.submit(code=code_at(offered, clock().timestamp())).errors
    assert page.submit(code=account.totp_now(clock), follow=False).status == 302


def test_a_new_app_takes_the_old_ones_place_and_is_told_by_mail(
    page: Page, context: Context, clock: Clock
) -> None:
    """OTP-4: replaced after a fresh sign-in with the old factor; the old codes stop."""
    account = make_account(context)
    sign_in(page, account, clock, follow=False)
    page.get("/account/authenticator")
    secret = shown_secret(page.submit("/picture"))
    assert page.submit(code=code_at(secret, clock().timestamp())).h1 == "Account"
    clock.forward(seconds=60)
    give_password(page, account)
    assert page.submit(code=code_at(account.totp_secret or "", clock().timestamp())).errors
    done = page.submit(code=code_at(secret, clock().timestamp()), follow=False)
    assert done.status == 302
    assert [m[0] for m in mails(context)] == ["authenticator_added"]


def test_seeds_and_codes_are_not_in_the_database(
    page: Page, context: Context, clock: Clock
) -> None:
    """OTP-4, RCV-1, KEY-2: no base32 seed and no recovery code; codes are Argon2id hashes."""
    account = make_account(context)
    with context.database.session() as session:
        assert all(
            row.code_hash.startswith("$argon2id$") for row in session.scalars(select(RecoveryCode))
        )
    context.database.engine.dispose()
    stored = b"".join(p.read_bytes() for p in context.database.folder.glob("portal.db*"))
    assert (account.totp_secret or "?").encode() not in stored
    for code in account.codes:
        assert code.encode() not in stored
        assert code.replace("-", "").encode() not in stored


@pytest.mark.parametrize(("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True),
                                                 (2, False)])  # fmt: skip
def test_one_step_before_and_after_now(
    page: Page, context: Context, clock: Clock, steps: int, accepted: bool
) -> None:
    """OTP-2."""
    account = make_account(context)
    give_password(page, account)
    code = code_at(account.totp_secret or "", clock().timestamp() + 30 * steps)
    seen = page.submit("/sign-in/code", code=code, follow=False)
    assert (seen.status == 302) is accepted


def test_an_older_step_than_the_last_is_refused(page: Page, context: Context, clock: Clock) -> None:
    """OTP-2: within the window, but before the code accepted last."""
    account = make_account(context)
    before = code_at(account.totp_secret or "", clock().timestamp() - 30)
    sign_in(page, account, clock, follow=False)
    give_password(page, account)
    assert page.submit("/sign-in/code", code=before).errors


def loaded(session: Session, account: TestAccount) -> Account:
    found = session.get(Account, account.id)
    assert found is not None
    return found


def test_twenty_uses_of_one_code_at_once_come_to_one(context: Context, clock: Clock) -> None:
    """OTP-1: exactly one success in a race."""
    account = make_account(context)
    code = account.totp_now(clock)
    answers = race(
        context, lambda s: check_code(s, context, loaded(s, account), code, clock()).is_right
    )
    assert answers.count(True) == 1


def test_twenty_uses_of_one_recovery_code_at_once_come_to_one(
    context: Context, clock: Clock
) -> None:
    """RCV-1: exactly one success in a race, and one mail."""
    account = make_account(context)
    code = account.codes[3]
    answers = race_in_edges(
        context,
        lambda s, edges: (
            check_recovery_code(edges, context, loaded(s, account), code, clock()).is_right
        ),
    )
    assert answers.count(True) == 1
    assert len(mails(context, "recovery_code_used")) == 1


def test_a_parallel_attack_gets_ten_comparisons(context: Context, clock: Clock) -> None:
    """OTP-3: fifty wrong codes at one moment: ten are compared, forty find the door shut."""
    account = make_account(context)
    answers = race(
        context,
        lambda s: check_code(s, context, loaded(s, account), "000000", clock()).closed_until,
        times=50,
    )
    assert answers.count(None) == 10


def test_a_recovery_code_signs_in_once_and_is_told(
    page: Page, context: Context, clock: Clock
) -> None:
    """RCV-1: single use, however it is spelled; each use is told by mail."""
    account = make_account(context)
    for code, works in ((account.codes[0].lower(), True), (account.codes[0], False),
                        (account.codes[1].replace("-", " "), True)):  # fmt: skip
        give_password(page, account)
        page.get("/sign-in/recovery-code")
        assert (page.submit(code=code, follow=False).status == 302) is works
    assert "8 codes left" in page.get("/account").words
    assert [m[0] for m in mails(context)] == ["recovery_code_used"] * 2


def test_recovery_codes_and_app_codes_are_counted_together(
    page: Page, context: Context, clock: Clock
) -> None:
    """RCV-1, OTP-3: ten wrong ones of either kind."""
    account = make_account(context)
    give_password(page, account)
    for number in range(10):
        path = "/sign-in/code" if number % 2 else "/sign-in/recovery-code"
        page.get(path)
        page.submit(code="000000" if number % 2 else "AAAA-BBBB-CCCC-DDDD")
    page.get("/sign-in/recovery-code")
    assert "too many tries" in page.submit(code=account.codes[0]).errors


def test_new_recovery_codes_void_the_old_ones_and_are_shown_once(
    page: Page, context: Context, clock: Clock
) -> None:
    """RCV-1."""
    account = make_account(context)
    sign_in(page, account, clock, follow=False)
    page.get("/account/recovery-codes")
    seen = page.submit("/account/recovery-codes")
    assert seen.h1 == "Keep your recovery codes"
    fresh = [node.to_text() for node in seen.document.query(".codes code")]
    assert len(fresh) == 10
    keep_codes(page)
    assert fresh[0] not in page.get("/account").text
    assert page.get("/sign-in/recovery-codes", follow=False).status == 302
    for code, works in ((account.codes[0], False), (fresh[0], True)):
        give_password(page, account)
        page.get("/sign-in/recovery-code")
        assert (page.submit(code=code, follow=False).status == 302) is works


def test_codes_count_as_kept_once_one_was_typed_back(
    page: Page, context: Context, clock: Clock
) -> None:
    """RCV-1: on a page that does not show them; another account's code proves nothing; the code
    typed back still works."""
    account = make_account(context)
    sign_in(page, account, clock, follow=False)
    page.get("/account/recovery-codes")
    seen = page.submit("/account/recovery-codes")
    codes = [node.to_text() for node in seen.document.query(".codes code")]
    assert page.get("/account").h1 == "Keep your recovery codes"
    seen = page.get("/sign-in/recovery-codes/proof")
    assert seen.h1 == "Type one of your recovery codes"
    assert not any(code in seen.text for code in codes)
    for wrong in ("", "ABCD-EFGH-JKLM-NPQR", account.codes[0]):
        assert page.submit(code=wrong).errors, wrong
        assert page.get("/account").h1 == "Keep your recovery codes"
        page.get("/sign-in/recovery-codes/proof")
    assert page.submit(code=codes[6].lower().replace("-", " "), follow=False).status == 302
    assert "10 codes left" in page.get("/account").words
    assert page.get("/sign-in/recovery-codes/proof", follow=False).status == 302
    give_password(page, account)
    page.get("/sign-in/recovery-code")
    assert page.submit(code=codes[6], follow=False).status == 302
    assert "9 codes left" in page.get("/account").words


def test_codes_not_kept_are_asked_for_at_the_next_sign_in(
    page: Page, other_page: Page, context: Context, clock: Clock
) -> None:
    """No case page before the codes are kept; a lost session means ten new ones."""
    account = make_account(context, totp=False)
    give_password(page, account)
    secret = shown_secret(page.submit("/picture"))
    page.submit(code=code_at(secret, clock().timestamp()))
    account.totp_secret = secret
    clock.forward(seconds=30)
    assert sign_in(other_page, account, clock, follow=True).h1 == "Keep your recovery codes"
    assert other_page.get("/account").h1 == "Keep your recovery codes"
    seen = other_page.submit("/sign-in/recovery-codes")
    assert len(seen.document.query(".codes li")) == 10
    keep_codes(other_page)
    assert other_page.get("/account").h1 == "Account"


def test_only_one_app_is_in_use(page: Page, context: Context, clock: Clock) -> None:
    """OTP-4: after a replacement the account has one live factor."""
    account = make_account(context)
    sign_in(page, account, clock, follow=False)
    for _ in range(2):
        page.get("/account/authenticator")
        secret = shown_secret(page.submit("/picture"))
        page.submit(code=code_at(secret, clock().timestamp()))
    with context.database.session() as session:
        live = select(TotpFactor).where(TotpFactor.ended_at.is_(None))
        assert len(session.scalars(live).all()) == 1
