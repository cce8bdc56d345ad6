"""Registering: REG-1 to REG-6."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from portal.accounts.confirm_registration import confirm_registration
from portal.accounts.models import Account, LetterRequest
from portal.audit.models import AuditEvent
from portal.context import Context
from portal.notices.models import OutboxItem
from portal.web.edge import Edges
from tests.support.accounts import (
    PASSWORD,
    add_person,
    bare_answer,
    keep_codes,
    mails,
    make_account,
    newest_link,
)
from tests.support.authenticator import code_at
from tests.support.clock import Clock
from tests.support.page import Page, Seen
from tests.support.race import race_in_edges

WHO = {"ssn": "666-10-0001", "pin": "111111", "birth_date": "04/12/1986"}


@pytest.fixture(autouse=True)
def person(context: Context) -> None:
    add_person(context)


def say_who(page: Page, **changed: str) -> Seen:
    page.get("/register")
    return page.submit("/register", **{**WHO, **changed})


def register(page: Page, email: str = "morgan@example.org", **changed: str) -> Seen:
    """All steps up to "check your mail"."""
    assert say_who(page, **changed).h1 == "How we reach you"
    page.submit(email=email, phone="617 555 0123")
    page.submit(password=PASSWORD)
    return page.submit(question="first_job", answer="Paper route")


def confirm(page: Page, context: Context, password: str = PASSWORD) -> Seen:
    page.get(newest_link(context, "confirm_registration"))
    return page.submit("/register/confirmation", password=password)


def test_a_person_registers_and_reaches_the_case(
    page: Page, context: Context, clock: Clock
) -> None:
    assert register(page).h1 == "Check your mail"
    assert confirm(page, context).h1 == "Protect your account"
    seen = page.submit("/picture")
    secret = seen.document.query(".secret code")[0].to_text()
    assert secret.count(" ") == 7
    seen = page.submit("/sign-in/authenticator", code=code_at(secret, clock().timestamp()))
    assert seen.h1 == "Keep your recovery codes"
    assert len(seen.document.query(".codes li")) == 10
    seen = keep_codes(page)
    assert seen.headers["Location"] == "/"
    assert page.get("/account").h1 == "Account"
    assert sorted(m[0] for m in mails(context)) == ["authenticator_added", "confirm_registration"]


def refusal(seen: Seen) -> str:
    assert seen.h1 == "Who you are"
    return seen.errors


def test_errors_stand_in_the_order_of_the_page(page: Page) -> None:
    page.get("/register")
    page.submit(ssn="", pin="", birth_date="02/30/1990")
    assert page.seen is not None
    said = page.seen.errors
    places = [said.index(word) for word in ("Social Security", "PIN", "no such day")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "changed",
    [{"ssn": "666-10-0009"}, {"pin": "111112"}, {"birth_date": "04/13/1986"}],
    ids=lambda changed: next(iter(changed)),
)
def test_a_failed_match_never_says_which_fact_was_wrong(
    page: Page, changed: dict[str, str]
) -> None:
    """REG-2: one answer whatever differs, and for a person nobody knows."""
    seen = say_who(page, **changed)
    born = changed.get("birth_date", WHO["birth_date"])
    nobody = say_who(page, ssn="666990000", pin="99999", birth_date=born)
    assert "could not match" in refusal(seen)
    assert bare_answer(seen) == bare_answer(nobody)


def test_facts_without_the_mailed_pin_link_nothing(page: Page, context: Context) -> None:
    """REG-1: number and birth date alone lead nowhere; the later steps stay shut."""
    say_who(page, pin="000000")
    for step in ("contact", "password", "hint", "check-mail"):
        assert page.get(f"/register/{step}").h1 == "Who you are"
    assert mails(context) == []


def test_typed_secrets_are_not_sent_back(page: Page) -> None:
    """LOG-1, REG-2: neither the number nor the PIN stands in the page of a failed match."""
    seen = say_who(page, pin="135790")
    assert "666-10-0001" not in seen.text
    assert "135790" not in seen.text
    assert "04/12/1986" in seen.text


def test_five_wrong_tries_a_day_shut_the_number(page: Page, context: Context, clock: Clock) -> None:
    """REG-6: the sixth try is refused though it is right, and the owner is told by letter."""
    for _ in range(5):
        say_who(page, pin="000000")
    assert "could not match" in refusal(say_who(page))
    with context.database.session() as session:
        letters = session.scalars(select(LetterRequest)).all()
        assert [(x.participant_id, x.kind) for x in letters] == [("P", "registration_refused")]
    clock.forward(hours=24)
    assert say_who(page).h1 == "How we reach you"


def test_twenty_wrong_tries_shut_the_number_until_a_new_pin(
    page: Page, context: Context, clock: Clock
) -> None:
    """REG-6: only a newly mailed PIN opens it again."""
    for _ in range(4):
        for _ in range(5):
            say_who(page, pin="000000")
        clock.forward(hours=25)
    assert "could not match" in refusal(say_who(page))
    add_person(context, pin="222222")
    assert say_who(page, pin="222222").h1 == "How we reach you"


@pytest.mark.parametrize(
    "person", [{"role": "child"}, {"deceased": date(2026, 1, 1)}], ids=["child", "deceased"]
)
def test_children_and_the_dead_cannot_register(
    page: Page, context: Context, person: dict[str, Any]
) -> None:
    """REG-1, REG-2: refused with the same words."""
    add_person(context, "K", ssn="666100009", pin="999999", **person)
    assert "could not match" in refusal(say_who(page, ssn="666100009", pin="999999"))


def test_opening_the_link_confirms_nothing(page: Page, context: Context) -> None:
    """LNK-4: HEAD, GET and GET change nothing; the token leaves the address; one post works."""
    register(page)
    link = newest_link(context, "confirm_registration")
    page.client.head(link, base_url="http://localhost:8000")
    for _ in range(2):
        seen = page.get(link, follow=False)
        assert seen.headers["Location"] == "/register/confirmation"
        assert seen.headers["Referrer-Policy"] == "no-referrer"
        assert "token" not in page.get("/register/confirmation").text.replace("csrf_token", "")
    with context.database.session() as session:
        assert session.scalars(select(Account)).all() == []
    assert confirm(page, context).h1 == "Protect your account"
    assert page.get(link).h1 == "This link does not work any more"


def test_the_password_is_asked_where_the_link_is_opened(page: Page, context: Context) -> None:
    """REG-4: who owns a mailbox cannot make live what a stranger signed up with her address."""
    register(page)
    seen = confirm(page, context, "not the password")
    assert "Enter the password you chose" in seen.errors
    with context.database.session() as session:
        assert session.scalars(select(Account)).all() == []


def test_a_squatter_loses_everything_when_the_owner_confirms(
    page: Page, other_page: Page, context: Context
) -> None:
    """REG-4: the squatter's sign-up, link and password are dead; the owner's count."""
    add_person(context, "S", ssn="666100002", pin="222222", case="C2")
    register(other_page, ssn="666100002", pin="222222")
    squatted = newest_link(context, "confirm_registration")
    with context.database.transaction() as session:
        session.execute(delete(OutboxItem))
    register(page)
    assert confirm(page, context).h1 == "Protect your account"
    other_page.get("/sign-in")
    seen = other_page.submit("/sign-in", email="morgan@example.org", password="squatter's 1")
    assert "Check your e-mail" in seen.errors
    assert other_page.get(squatted).h1 == "This link does not work any more"
    with context.database.session() as session:
        assert [a.participant_id for a in session.scalars(select(Account))] == ["P"]


def test_an_unconfirmed_sign_up_cannot_sign_in(page: Page, context: Context) -> None:
    """REG-4, ENU-1: before the link is followed there is no account."""
    register(page)
    page.get("/sign-in")
    seen = page.submit("/sign-in", email="morgan@example.org", password=PASSWORD)
    assert "Check your e-mail" in seen.errors


def test_a_person_links_one_account(page: Page, other_page: Page, context: Context) -> None:
    """REG-5, REG-3: the spent PIN and a second account are refused in the words of no match,
    and the address on record is told."""
    register(page)
    confirm(page, context)
    assert "could not match" in refusal(say_who(other_page))
    with context.database.session() as session:
        assert [x.kind for x in session.scalars(select(LetterRequest))] == ["account_exists"]
    add_person(context, pin="777777")
    assert "could not match" in refusal(say_who(other_page, pin="777777"))


def test_only_another_pin_links_again(page: Page, other_page: Page, context: Context) -> None:
    """REG-3: after the account was closed, the old PIN is still spent."""
    register(page)
    confirm(page, context)
    with context.database.transaction() as session:
        session.execute(update(Account).values(closed_at=context.now()))
    assert "could not match" in refusal(say_who(other_page))
    add_person(context, pin="777777")
    assert say_who(other_page, pin="777777").h1 == "How we reach you"


def confirmed(edges: Edges, context: Context, token: str) -> bool:
    made = confirm_registration(edges, context, token, PASSWORD, context.now())
    return made.account is not None


def test_two_confirmations_at_once_link_one_account(
    page: Page, other_page: Page, context: Context
) -> None:
    """REG-5: two sign-ups of one person in parallel: one link, one letter, two audit rows."""
    register(page)
    register(other_page, "other@example.org")
    sent = mails(context, "confirm_registration")
    turn = iter([words["link"].split("token=")[1] for *_, words in sent])
    answers = race_in_edges(
        context, lambda _session, edges: confirmed(edges, context, next(turn)), times=2
    )
    assert sorted(answers) == [False, True]
    with context.database.session() as session:
        assert len(session.scalars(select(Account)).all()) == 1
        assert [x.kind for x in session.scalars(select(LetterRequest))] == ["account_exists"]
        names = session.scalars(select(AuditEvent.name)).all()
        assert names.count("account:registration:confirmed") == 1
        assert names.count("registration:link:refused") == 1


def test_one_link_confirmed_twenty_times_makes_one_account(page: Page, context: Context) -> None:
    """LNK-2: single use, in a race too."""
    register(page)
    token = newest_link(context, "confirm_registration").split("token=")[1]

    came_to = race_in_edges(context, lambda _session, edges: confirmed(edges, context, token))
    assert came_to.count(True) == 1


def test_an_address_with_an_account_is_told_by_mail_only(page: Page, context: Context) -> None:
    """ENU-1: the pages are the same for an address that has an account and one that has none."""
    make_account(context, participant_id="X", email="taken@example.org")
    fresh = register(page)
    add_person(context, "Q", ssn="666100004", pin="444444", case="C4")
    taken = register(page, "taken@example.org", ssn="666100004", pin="444444")
    assert fresh.words.replace("morgan@", "taken@") == taken.words
    assert {m[:2] for m in mails(context)} == {
        ("confirm_registration", "morgan@example.org"),
        ("already_registered", "taken@example.org"),
    }


def test_no_more_than_five_mails_an_hour_go_to_one_address(page: Page, context: Context) -> None:
    """RAT-1: sending again and again does not fill a mailbox."""
    register(page)
    for _ in range(10):
        page.submit("/register/check-mail")
    assert len(mails(context)) == 5


def test_a_newer_link_takes_the_older_ones_place(page: Page, context: Context) -> None:
    """LNK-3: the first mail's link is dead once another was sent, or the address was changed."""
    register(page)
    first = newest_link(context, "confirm_registration")
    page.submit("/register/check-mail")
    assert page.get(first).h1 == "This link does not work any more"
    second = newest_link(context, "confirm_registration")
    page.get("/register/contact")
    page.submit(email="morgan@example.net", no_phone="y", phone="")
    assert page.get(second).h1 == "This link does not work any more"


def test_the_link_dies_of_age(page: Page, context: Context, clock: Clock) -> None:
    """LNK-1: sixty minutes."""
    register(page)
    link = newest_link(context, "confirm_registration")
    clock.forward(minutes=59)
    assert page.get(link).h1 == "Confirm your e-mail"
    clock.forward(minutes=2)
    assert page.get(link).h1 == "This link does not work any more"


def test_the_link_ignores_the_host_of_the_request(page: Page, context: Context) -> None:
    """LNK-5: the host is the setting's, whatever the request says."""
    page.client.environ_base["HTTP_X_FORWARDED_HOST"] = "evil.example"
    page.client.environ_base["HTTP_X_FORWARDED_PROTO"] = "https"
    register(page)
    ((_, _, words),) = mails(context)
    assert words["link"].startswith("http://localhost:8000/register/confirmation?token=")


def test_secrets_of_a_sign_up_are_in_no_row_and_no_log(
    page: Page,
    context: Context,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """KEY-2, HNT-3, LNK-4, LOG-1: PIN, number, address, phone, password, answer and token are
    nowhere in plain, neither in the database's files nor in what was logged."""
    pin = "271828182845"
    add_person(context, pin=pin)
    with caplog.at_level("DEBUG"):
        register(page, pin=pin)
        token = newest_link(context, "confirm_registration").split("token=")[1]
        confirm(page, context)
    context.database.engine.dispose()
    files = b"".join(p.read_bytes() for p in context.database.folder.glob("portal.db*"))
    logged = caplog.text + "".join(capfd.readouterr())
    assert "accounts.register_confirm" in logged
    for secret in (pin, "morgan@example", "6175550123", "555 0123", PASSWORD, "paper route",
                   token, "666100001", "666-10-0001"):  # fmt: skip
        assert secret.lower().encode() not in files.lower(), secret
        assert secret.lower() not in logged.lower(), secret


def test_the_phone_question_wants_one_answer(page: Page) -> None:
    """A number or the box, not neither and not both."""
    say_who(page)
    for phone, box in (("", None), ("617 555 0123", "y")):
        seen = page.submit(email="m@example.org", phone=phone, no_phone=box)
        assert "check the box" in seen.errors
    assert page.submit(email="m@example.org", phone="", no_phone="y").h1 == "Choose a password"


def test_a_hint_answer_is_not_easily_guessed(page: Page) -> None:
    """HNT-3: neither the address, the password, a word of the question, nor "123"."""
    say_who(page)
    page.submit(email="morgan@example.org", no_phone="y", phone="")
    page.submit(password=PASSWORD)
    for answer in ("123", "MORGAN@example.org", PASSWORD, "first job", "  a ", "aaaa"):
        seen = page.submit(question="first_job", answer=answer)
        assert "Choose an answer" in seen.errors, answer
