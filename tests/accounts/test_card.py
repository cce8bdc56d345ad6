"""Printed cards of one-time codes: RCV-1, OTP-1, OTP-3, OTP-5, SES-6."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts import card as service
from portal.accounts import jobs
from portal.accounts.card_models import Card, CardCode
from portal.accounts.check_code import check_card_code
from portal.accounts.disown import disown
from portal.accounts.models import Account
from portal.accounts.remove_factor import LastFactor, remove
from portal.context import Context
from portal.security import card_codes, links
from portal.security.links import Purpose
from portal.web.edge import Edges
from tests.support.accounts import (
    TestAccount,
    give_password,
    keep_codes,
    mails,
    make_account,
)
from tests.support.clock import Clock
from tests.support.page import Page, Seen
from tests.support.race import race, race_in_edges

WRONG = "AAAA-BBBB"


def loaded(session: Session, account: TestAccount) -> Account:
    found = session.get(Account, account.id)
    assert found is not None
    return found


def give_card(context: Context, account: TestAccount) -> list[str]:
    """A card in use; returns its codes as printed."""
    drawn = service.draw(context)
    with context.database.session() as session:
        owner = loaded(session, account)
        made = service.offer(session, owner, drawn, context.now())
        assert made.asked is not None
        code = drawn.codes[made.asked - 1]
        session.commit()
        assert service.confirm(Edges(session), context, owner, made.id, code, context.now())
        session.commit()
    return drawn.codes


def asked(context: Context, account: TestAccount) -> int | None:
    with context.database.session() as session:
        card = loaded(session, account).card
        assert card is not None
        return card.asked


def left(context: Context, account: TestAccount) -> int:
    with context.database.session() as session:
        card = loaded(session, account).card
        return service.codes_left(session, card) if card is not None else -1


def number(seen: Seen) -> int:
    found = re.search(r"Code number (\d+) from your card", seen.text)
    assert found is not None, seen.words
    return int(found[1])


def printed(seen: Seen) -> list[str]:
    return [node.to_text() for node in seen.document.query(".card-codes code")]


def set_up(page: Page, account: TestAccount) -> list[str]:
    """The card as the first second factor, through the pages."""
    assert give_password(page, account).h1 == "Protect your account"
    seen = page.submit("/sign-in/authenticator/card")
    codes = printed(seen)
    proof = page.get("/sign-in/authenticator/card/proof")
    assert page.submit(code=codes[number(proof) - 1]).h1 == "Keep your recovery codes"
    keep_codes(page)
    return codes


@pytest.fixture
def only_card(context: Context) -> tuple[TestAccount, list[str]]:
    """A complete account whose only second factor is a card."""
    account = make_account(context, totp=False, has_recovery_codes=True)
    return account, give_card(context, account)


def use_card(page: Page, account: TestAccount, codes: list[str]) -> Seen:
    seen = give_password(page, account)
    return page.submit(code=codes[number(seen) - 1])


def test_a_card_is_the_last_thing_offered_and_opens_the_account(
    page: Page, context: Context
) -> None:
    """For parents with neither phone nor app: set up, signed out, and in again with it."""
    account = make_account(context, totp=False)
    seen = give_password(page, account)
    assert [h.to_text() for h in seen.document.query("main h2")][-1] == "With a printed card"
    codes = set_up(page, account)
    assert page.get("/account").h1 == "Account"
    page.submit("/sign-out")
    seen = give_password(page, account)
    assert seen.h1 == "Enter a code from your card"
    page.submit(code=codes[number(seen) - 1])
    assert page.get("/account").h1 == "Account"
    assert [name for name, _, _ in mails(context)] == ["card_added"]


def test_the_page_shows_twenty_numbered_codes_until_one_is_typed_back(
    page: Page, context: Context
) -> None:
    """RCV-1: shown until proved to be kept, then never again; each has 40 bits or more."""
    account = make_account(context, totp=False)
    give_password(page, account)
    codes = printed(page.submit("/sign-in/authenticator/card"))
    assert len(set(codes)) == card_codes.COUNT == 20
    assert all(re.fullmatch(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", code) for code in codes)
    assert page.get("/account").h1 == "Protect your account"
    proof = page.get("/sign-in/authenticator/card/proof")
    assert not any(code in proof.text for code in codes)
    other = codes[number(proof) % 20]
    for wrong in ("", WRONG, other):
        assert page.submit("/sign-in/authenticator/card/proof", code=wrong).errors, wrong
        assert number(page.get("/sign-in/authenticator/card/proof")) == number(proof)
    page.submit(code=codes[number(proof) - 1].lower().replace("-", " "))
    keep_codes(page)
    assert page.get("/sign-in/authenticator/card", follow=False).status == 302
    sought = page.get("/account/card/codes")
    assert not any(code in sought.text for code in codes)


def test_an_abandoned_card_changes_nothing(page: Page, context: Context, clock: Clock) -> None:
    """OTP-4: not typed back, it opens nothing, and the sweep drops it."""
    account = make_account(context, totp=False)
    give_password(page, account)
    page.submit("/sign-in/authenticator/card")
    page.submit("/sign-out")
    assert give_password(page, account).h1 == "Protect your account"
    clock.forward(days=2)
    jobs.sweep(context, clock())
    with context.database.session() as session:
        for model in (Card, CardCode):
            assert session.scalar(select(func.count()).select_from(model)) == 0


def test_the_same_number_is_asked_until_it_is_given(
    page: Page, other_page: Page, context: Context, only_card: tuple[TestAccount, list[str]]
) -> None:
    """63B 3.1.2: neither opening the page again, nor wrong codes, nor a new sign-in rerolls it."""
    account, codes = only_card
    first = number(give_password(page, account))
    for _ in range(3):
        assert number(page.get("/sign-in/card")) == first
        assert number(page.submit("/sign-in/card", code=WRONG)) == first
        assert number(give_password(other_page, account)) == first
    another = codes[first % 20]
    assert page.submit("/sign-in/card", code=another).errors
    page.submit("/sign-in/card", code=codes[first - 1])
    assert asked(context, account) != first


def test_every_code_is_asked_once_and_then_none(
    page: Page, context: Context, only_card: tuple[TestAccount, list[str]]
) -> None:
    """OTP-1: all twenty, each once; told at five; a used-up card never opens the way to another."""
    account, codes = only_card
    seen_numbers = set()
    for remaining in range(18, -1, -1):
        seen = give_password(page, account)
        seen_numbers.add(number(seen))
        seen = page.submit(code=codes[number(seen) - 1])
        assert left(context, account) == remaining
        assert (f"Your card has {remaining} code" in seen.text) is (remaining <= 5), remaining
        assert len(mails(context, "card_low")) == (remaining <= 5)
        page.submit("/sign-out")
    assert len(seen_numbers) == 19
    seen = give_password(page, account)
    assert "All codes of your card are used" in seen.words
    assert page.get("/account", follow=False).headers["Location"] == "/sign-in/code"
    assert page.get("/sign-in/authenticator", follow=False).headers["Location"] == "/sign-in/code"
    for code in codes:
        assert page.post("/sign-in/card", {"code": code}, follow=False).status == 200
    page.get("/sign-in/recovery-code")
    assert page.submit(code=account.codes[0], follow=False).status == 302


def test_twenty_uses_of_one_code_at_once_come_to_one(
    context: Context, clock: Clock, only_card: tuple[TestAccount, list[str]]
) -> None:
    """OTP-1: exactly one success in a race."""
    account, codes = only_card
    code = codes[(asked(context, account) or 0) - 1]
    answers = race_in_edges(
        context,
        lambda s, edges: (
            check_card_code(edges, context, loaded(s, account), code, clock()).is_right
        ),
    )
    assert answers.count(True) == 1
    assert left(context, account) == 18


def test_twenty_uses_at_once_come_to_one_on_postgresql(
    postgresql_context: Context, clock: Clock
) -> None:
    """OTP-1: the same where writers do not wait for one lock."""
    context = postgresql_context
    account = make_account(context, totp=False, has_recovery_codes=True)
    codes = give_card(context, account)
    code = codes[(asked(context, account) or 0) - 1]
    answers = race_in_edges(
        context,
        lambda s, edges: (
            check_card_code(edges, context, loaded(s, account), code, clock()).is_right
        ),
    )
    assert answers.count(True) == 1
    assert left(context, account) == 18

    with context.database.session() as session:
        found = loaded(session, account).card
        assert found is not None
        card_id, position = found.id, found.asked
    assert position is not None

    def spend(session: Session) -> bool:  # without the throttle, which lets ten in at a time
        return service.spend(session, card_id, position, clock())

    assert race(context, spend).count(True) == 1
    assert left(context, account) == 17


def test_wrong_codes_are_counted_over_all_sign_ins_with_the_others(
    page: Page, clock: Clock, only_card: tuple[TestAccount, list[str]]
) -> None:
    """OTP-3: ten wrong ones of card and recovery code, over fresh sign-ins; then none is taken."""
    account, codes = only_card
    for turn in range(10):
        give_password(page, account)
        page.get("/sign-in/card" if turn % 2 else "/sign-in/recovery-code")
        page.submit(code=WRONG if turn % 2 else "AAAA-BBBB-CCCC-DDDD")
    seen = use_card(page, account, codes)
    assert "too many tries" in seen.errors
    clock.forward(minutes=11)
    use_card(page, account, codes)
    assert page.get("/account").h1 == "Account"


def test_a_new_card_voids_the_old_one(
    page: Page, context: Context, clock: Clock, only_card: tuple[TestAccount, list[str]]
) -> None:
    """RCV-1: but only once a code of the new one was typed back; it is told by mail."""
    account, old = only_card
    use_card(page, account, old)
    page.get("/account/card/codes")
    new = printed(page.submit("/account/card/codes"))
    assert left(context, account) == 18
    proof = page.get("/account/card/proof")
    assert page.submit(code=new[number(proof) - 1]).h1 == "Printed card"
    assert left(context, account) == 19
    page.submit("/sign-out")
    assert use_card(page, account, old).errors
    use_card(page, account, new)
    assert page.get("/account").h1 == "Account"
    assert len(mails(context, "card_added")) == 2


def test_changing_the_card_needs_the_owner_present(
    page: Page, clock: Clock, only_card: tuple[TestAccount, list[str]]
) -> None:
    """SES-6: after five minutes password and the asked code once more; a wrong code is refused."""
    account, codes = only_card
    use_card(page, account, codes)
    clock.forward(minutes=6)
    for path in ("/account/card/codes", "/account/card/proof", "/account/card/removal"):
        assert page.get(path).h1 == "Show that it is you", path
    wanted = page.get("/account/card/codes")
    assert page.submit("/account/authentication", password=account.password, code=WRONG).errors
    code = codes[number(wanted) - 1]
    assert page.submit("/account/authentication", password="wrong", code=code).errors
    seen = page.submit("/account/authentication", password=account.password, code=code)
    assert seen.h1 == "Make a card"


def test_the_last_factor_is_never_removed(
    page: Page, context: Context, clock: Clock, only_card: tuple[TestAccount, list[str]]
) -> None:
    """PKY-3: the page says why, and a forged post changes nothing."""
    account, codes = only_card
    use_card(page, account, codes)
    assert "only thing that protects" in page.get("/account/card/removal").words
    page.post("/account/card/removal")
    assert left(context, account) == 18
    with context.database.transaction() as session, pytest.raises(LastFactor):
        remove(session, context, loaded(session, account), service.CARD, clock())


def test_a_card_beside_an_app_is_another_way_and_can_be_removed(
    page: Page, context: Context, clock: Clock
) -> None:
    """PKY-3, OTP-1: removed, its codes open nothing; told by mail."""
    account = make_account(context)
    codes = give_card(context, account)
    seen = give_password(page, account)
    assert seen.h1 == "Enter your code"
    assert seen.links()["Use a code from your printed card"] == "/sign-in/card"
    page.get("/sign-in/card")
    use = number(page.get("/sign-in/card"))
    page.submit("/sign-in/card", code=codes[use - 1])
    page.get("/account/card/removal")
    assert page.submit("/account/card/removal").h1 == "Printed card"
    assert left(context, account) == -1
    assert len(mails(context, "card_removed")) == 1
    page.submit("/sign-out")
    give_password(page, account)
    assert page.get("/sign-in/card", follow=False).headers["Location"] == "/sign-in/code"
    for code in codes:
        assert page.post("/sign-in/card", {"code": code}).h1 == "Enter your code"


def test_this_was_not_me_takes_a_new_card_away_but_never_the_last_factor(
    context: Context, clock: Clock
) -> None:
    """LNK-6: beside an app it goes; alone it stays."""
    for totp in (True, False):
        account = make_account(
            context, email=f"{totp}@example.org", totp=totp, has_recovery_codes=True
        )
        give_card(context, account)
        with context.database.transaction() as session:
            owner = loaded(session, account)
            link = links.issue(session, Purpose.NOT_ME, owner.id, owner.id, clock())
            assert disown(session, context, link, owner, clock())
        assert (left(context, account) == -1) is totp


def test_codes_are_slow_hashes(context: Context, only_card: tuple[TestAccount, list[str]]) -> None:
    """RCV-1, KEY-2: no code in the database files."""
    _, codes = only_card
    with context.database.session() as session:
        assert all(
            row.code_hash.startswith("$argon2id$") for row in session.scalars(select(CardCode))
        )
    context.database.engine.dispose()
    stored = b"".join(p.read_bytes() for p in context.database.folder.glob("portal.db*"))
    for code in codes:
        assert code.encode() not in stored
        assert code.replace("-", "").encode() not in stored


def test_a_password_alone_reaches_no_page_of_the_card(page: Page, context: Context) -> None:
    """OTP-5: with an app set up, a password alone neither shows nor makes a card."""
    account = make_account(context)
    give_password(page, account)
    for path in ("/account/card", "/account/card/codes", "/sign-in/authenticator/card"):
        assert page.get(path, follow=False).headers["Location"] == "/sign-in/code", path
        if path != "/account/card":
            page.post(path, follow=False)
    with context.database.session() as session:
        assert session.scalar(select(func.count()).select_from(Card)) == 0
