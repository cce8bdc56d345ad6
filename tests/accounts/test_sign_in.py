"""Signing in and out: SES-1, SES-2, PWD-4, PWD-5, ENU-1, OTP-1, OTP-3, OTP-5."""

from __future__ import annotations

from argon2 import PasswordHasher
from sqlalchemy import select, update

from portal.accounts.models import Account
from portal.audit.models import AuditEvent
from portal.context import Context
from portal.web.models import SessionRow
from tests.support.accounts import PASSWORD, give_password, make_account, sign_in
from tests.support.clock import Clock
from tests.support.page import Page


def cookie(page: Page) -> str:
    found = page.client.get_cookie("portal", domain="localhost")
    assert found is not None
    return found.value


def test_password_and_code_open_the_account(page: Page, context: Context, clock: Clock) -> None:
    account = make_account(context)
    assert give_password(page, account).h1 == "Enter your code"
    seen = page.submit("/sign-in/code", code=account.totp_now(clock), follow=False)
    assert (seen.status, seen.headers["Location"]) == (302, "/")
    assert page.get("/account").h1 == "Account"


def test_each_half_of_signing_in_gives_a_new_session_id(
    page: Page, context: Context, clock: Clock
) -> None:
    """SES-1: new id at sign-in and at the second factor; the older ones are dead."""
    account = make_account(context)
    page.get("/sign-in")
    ids = [cookie(page)]
    give_password(page, account)
    ids.append(cookie(page))
    page.submit("/sign-in/code", code=account.totp_now(clock), follow=False)
    ids.append(cookie(page))
    assert len(set(ids)) == 3
    for old in ids[:2]:
        page.client.set_cookie("portal", old, domain="localhost")
        assert page.get("/account").h1 == "Sign in"


def test_a_session_id_from_outside_is_never_adopted(page: Page, context: Context) -> None:
    """SES-1: session fixation."""
    account = make_account(context)
    planted = "A" * 43
    page.client.set_cookie("portal", planted, domain="localhost")
    give_password(page, account)
    assert cookie(page) != planted


def test_signing_out_ends_the_session_on_the_server(
    page: Page, context: Context, clock: Clock
) -> None:
    """SES-2: a copy of the cookie is dead afterwards; CCH-1: the browser is told to forget."""
    account = make_account(context)
    sign_in(page, account, clock, follow=False)
    page.get("/account")
    saved = cookie(page)
    seen = page.submit("/sign-out", follow=False)
    assert seen.status == 303
    assert "storage" in seen.headers["Clear-Site-Data"]
    page.client.set_cookie("portal", saved, domain="localhost")
    assert page.get("/account").h1 == "Sign in"


def test_signing_out_takes_a_post_with_a_token(page: Page, context: Context, clock: Clock) -> None:
    """CSR-1: neither a GET nor a post without the token signs anybody out."""
    account = make_account(context)
    sign_in(page, account, clock, follow=False)
    page.get("/account")
    assert page.get("/sign-out").status == 405
    assert page.post("/sign-out", csrf=False).status == 400
    assert page.get("/account").h1 == "Account"


def test_disabling_an_account_ends_what_it_could_do(
    page: Page, context: Context, clock: Clock
) -> None:
    """SES-2: the session of a disabled account opens nothing from the next request on."""
    account = make_account(context)
    sign_in(page, account, clock, follow=False)
    with context.database.transaction() as session:
        session.execute(update(Account).values(disabled_at=context.now()))
    assert page.get("/account").h1 == "Sign in"


def test_a_password_alone_reaches_nothing(page: Page, context: Context) -> None:
    """OTP-5: half signed in, every page but the step due leads back to that step."""
    account = make_account(context)
    give_password(page, account)
    for rule in page.app.url_map.iter_rules():
        view = page.app.view_functions[rule.endpoint]
        access = getattr(getattr(view, "access", None), "value", None)
        if access not in ("signed in", "half signed in") or "<" in rule.rule:
            continue
        if (
            rule.endpoint == "accounts.sign_out"
            or getattr(view, "access_step", "") == "accounts.code"
        ):
            continue
        method = page.get if "GET" in (rule.methods or ()) else page.post
        seen = method(rule.rule, follow=False)
        assert (seen.status, seen.headers.get("Location")) == (302, "/sign-in/code"), rule.rule
        if "POST" in (rule.methods or ()):
            assert page.post(rule.rule, follow=False).headers["Location"] == "/sign-in/code"


def test_wrong_passwords_wait_longer_and_longer_across_letter_case_and_browsers(
    page: Page, other_page: Page, context: Context, clock: Clock
) -> None:
    """PWD-5: counted per account, not per browser, address or spelling; then the owner waits."""
    account = make_account(context)
    for spelling in ("morgan@example.org", "MORGAN@example.org", " Morgan@Example.org ") * 2:
        other_page.get("/sign-in", headers={"X-Forwarded-For": "203.0.113.9"})
        other_page.submit("/sign-in", email=spelling, password="wrong")
    assert "too many tries" in give_password(page, account).errors
    clock.forward(seconds=61)
    assert give_password(page, account).h1 == "Enter your code"


def test_at_most_ten_passwords_are_compared_in_ten_minutes(
    page: Page, context: Context, clock: Clock
) -> None:
    """PWD-5: fifty tries in ten minutes come to at most ten comparisons."""
    account = make_account(context)
    compared = 0
    for _ in range(50):
        compared += "too many tries" not in give_password(page, account, "wrong").errors
        clock.forward(seconds=12)
    assert compared <= 10


def test_an_unknown_address_is_counted_like_a_known_one(
    page: Page, other_page: Page, context: Context
) -> None:
    """ENU-1, PWD-5: the seventh wrong try is answered alike."""
    account = make_account(context)
    for _ in range(7):
        known = give_password(page, account, "wrong")
        page.get("/sign-in")
        other_page.get("/sign-in")
        unknown = other_page.submit("/sign-in", email="nobody@example.org", password="wrong")
    assert known.errors == unknown.errors
    assert "too many tries" in known.errors
    for seen in (known, unknown):
        assert "a phone or computer where you signed in before" in seen.words


def test_an_old_hash_is_renewed_at_sign_in(page: Page, context: Context) -> None:
    """PWD-4: Argon2id of today's cost takes the place of a cheaper hash."""
    account = make_account(context)
    old = PasswordHasher(time_cost=1, memory_cost=32, parallelism=1).hash(PASSWORD)
    with context.database.transaction() as session:
        session.execute(update(Account).values(password_hash=old))
    give_password(page, account)
    with context.database.session() as session:
        stored = session.scalars(select(Account.password_hash)).one()
    assert stored != old
    assert stored.startswith("$argon2id$v=19$m=64,t=1,p=1$")


def test_a_code_works_once_and_an_older_one_never(
    page: Page, other_page: Page, context: Context, clock: Clock
) -> None:
    """OTP-1, OTP-2: the same code in a second browser is refused."""
    account = make_account(context)
    code = account.totp_now(clock)
    give_password(page, account)
    give_password(other_page, account)
    assert page.submit("/sign-in/code", code=code, follow=False).status == 302
    assert "Each code works once" in other_page.submit("/sign-in/code", code=code).errors


def test_wrong_codes_are_counted_over_fresh_sign_ins(
    page: Page, context: Context, clock: Clock
) -> None:
    """OTP-3: ten wrong codes over ten sign-ins; the right one is refused for ten minutes."""
    account = make_account(context)
    for _ in range(10):
        give_password(page, account)
        page.submit("/sign-in/code", code="000000")
    give_password(page, account)
    assert "too many tries" in page.submit("/sign-in/code", code=account.totp_now(clock)).errors
    clock.forward(minutes=10)
    give_password(page, account)
    assert page.submit("/sign-in/code", code=account.totp_now(clock), follow=False).status == 302


def test_the_way_back_leads_only_within_this_site(
    page: Page, context: Context, clock: Clock
) -> None:
    """INJ-4: ``next`` is followed to own paths only."""
    account = make_account(context)
    evil = ("//evil.example", "/\\evil.example", "https:evil.example", "javascript:alert(1)",
            "/%2f%2fevil.example", "\t//evil.example", "https://evil.example/")  # fmt: skip
    for target in (*evil, "/account/safety"):
        page.get("/sign-in", query_string={"next": target})
        page.submit("/sign-in", email=account.email, password=account.password)
        seen = page.submit("/sign-in/code", code=account.totp_now(clock), follow=False)
        assert seen.headers["Location"] == (target if target == "/account/safety" else "/")


def test_cookies_are_opaque(page: Page, context: Context, clock: Clock) -> None:
    """SES-5: opaque values, HttpOnly, SameSite, the whole path, no domain. The session's does not
    last; the device's does, and signs nobody in (see test_known_devices)."""
    account = make_account(context)
    seen = sign_in(page, account, clock, follow=False)
    set_cookies = sorted(seen.headers.getlist("Set-Cookie"))
    assert [header.split("=")[0] for header in set_cookies] == ["device", "portal"]
    for header in set_cookies:
        value, *attributes = [part.strip() for part in header.split(";")]
        assert len(value.split("=", 1)[1]) == 43
        lasting = [it for it in attributes if it.startswith(("Expires", "Max-Age"))]
        assert bool(lasting) is value.startswith("device=")
        assert sorted(set(attributes) - set(lasting)) == ["HttpOnly", "Path=/", "SameSite=Lax"]


def test_what_happened_is_written_down(page: Page, context: Context, clock: Clock) -> None:
    """AUD-3: refusals and successes alike leave their row."""
    account = make_account(context)
    give_password(page, account, "wrong")
    sign_in(page, account, clock, follow=False)
    with context.database.session() as session:
        rows = session.execute(select(AuditEvent.name, AuditEvent.outcome)).all()
        assert session.scalars(select(SessionRow.account_id)).first() == account.id
    assert [tuple(row) for row in rows[1:]] == [
        ("account:sign-in:password", "refused"),
        ("account:sign-in:password", "success"),
        ("account:sign-in:code", "success"),
        ("account:sign-in:completed", "success"),
    ]
