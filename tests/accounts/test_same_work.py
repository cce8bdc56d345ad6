"""The same work for whatever is asked about: hashes, statements, seals; no mail sent meanwhile.

ENU-2 throughout.
"""

from __future__ import annotations

import json
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import date
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher
from sqlalchemy import event, func, select, update

from portal.accounts.models import Account
from portal.context import Context
from portal.notices.models import OutboxItem
from portal.security.passwords import passwords
from portal.security.sealing import Sealer
from tests.support.accounts import PASSWORD, add_person, make_account
from tests.support.clock import Clock
from tests.support.page import Page, Seen

OPTIONS = "/sign-in/passkey/options"
KINDS = ("known", "unknown", "unconfirmed", "locked", "disabled", "closed", "staff")
PEOPLE = ("unknown", "wrong pin", "wrong birth date", "has an account")
NUMBERS = {kind: f"66631000{number}" for number, kind in enumerate(PEOPLE)}


class Work:
    """What was done since ``start``."""

    def __init__(self) -> None:
        self.done: Counter[str] = Counter()
        self.answer: Seen | None = None

    def counting(self, owner: type, name: str, called: str) -> AbstractContextManager[object]:
        """Counts calls of a real method, which goes on as ever."""
        real = getattr(owner, name)

        def counted(*args: object, **kwargs: object) -> object:
            self.done[called] += 1
            return real(*args, **kwargs)

        return patch.object(owner, name, counted)


@pytest.fixture
def work(context: Context) -> Iterator[Work]:
    """Hashes, statements by their first word, commits, seals and openings, sockets."""
    passwords(context.settings)
    counted = Work()

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        counted.done[statement.split()[0]] += 1

    def committed(_connection: object) -> None:
        counted.done["COMMIT"] += 1

    engine = context.database.engine
    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", committed)
    with ExitStack() as stack:
        for owner, name, called in (
            (PasswordHasher, "verify", "hash compared"),
            (PasswordHasher, "hash", "hash made"),
            (Sealer, "seal", "sealed or opened"),
            (Sealer, "open_bytes", "sealed or opened"),
            (socket.socket, "connect", "connection"),
        ):
            stack.enter_context(counted.counting(owner, name, called))
        yield counted


def address(kind: str) -> str:
    return f"{kind:x<11}@example.org"


@pytest.fixture
def people(page: Page, context: Context, clock: Clock) -> None:
    """One address of each kind, and one person of the record for each kind of facts."""
    for number, kind in enumerate(KINDS):
        if kind == "unknown":
            continue
        participant = None if kind == "staff" else str(number)
        made = make_account(
            context, participant_id=participant, email=address(kind),
            confirmed=kind != "unconfirmed",
        )  # fmt: skip
        if kind in ("disabled", "closed"):
            with context.database.transaction() as session:
                one = update(Account).where(Account.id == made.id)
                session.execute(one.values({f"{kind}_at": context.now()}))
    for _ in range(5):
        post(page, "/sign-in", email=address("locked"), password="wrong")
    for kind, number in NUMBERS.items():
        if kind != "unknown":
            add_person(context, kind, ssn=number, pin="555555", case=kind)
    make_account(context, participant_id="has an account", email="own@example.org")


def post(page: Page, path: str, **fields: str) -> Seen:
    page.get(path)
    return page.submit(path, follow=False, **fields)


def measured(work: Work, act: Callable[[], Seen]) -> dict[str, int]:
    work.done.clear()
    work.answer = act()
    return dict(work.done)


def mails_waiting(context: Context) -> int:
    with context.database.session() as session:
        return session.scalar(select(func.count()).select_from(OutboxItem)) or 0


def assert_same(found: dict[str, dict[str, int]]) -> None:
    first, *others = found.items()
    for kind, done in others:
        assert done == first[1], f"{kind} against {first[0]}"
    assert "connection" not in first[1]


def test_signing_in(page: Page, context: Context, people: None, work: Work) -> None:
    """ENU-2, PWD-5: one comparison each, no mail; who has to wait is not compared, known or not."""
    found = {}
    for kind in KINDS:
        if kind != "locked":
            found[kind] = measured(
                work,
                lambda k=kind: post(page, "/sign-in", email=address(k), password="wrong"),
            )
    assert_same(found)
    assert found["known"]["hash compared"] == 1
    for _ in range(5):
        post(page, "/sign-in", email=address("unknown"), password="wrong")
    shut = {
        kind: measured(
            work, lambda k=kind: post(page, "/sign-in", email=address(k), password="wrong")
        )
        for kind in ("locked", "unknown")
    }
    assert_same(shut)
    assert "hash compared" not in shut["locked"]
    assert mails_waiting(context) == 0


def test_a_forgotten_password(page: Page, context: Context, people: None, work: Work) -> None:
    """ENU-2: no hash, one mail queued and none sent, for each."""
    found, queued = {}, set()
    for kind in KINDS:
        before = mails_waiting(context)
        found[kind] = measured(
            work, lambda k=kind: post(page, "/forgotten-password", email=address(k))
        )
        queued.add(mails_waiting(context) - before)
    assert_same(found)
    assert queued == {1}
    assert "hash compared" not in found["known"]


def test_registering_with_an_address(
    page: Page, context: Context, people: None, work: Work
) -> None:
    """ENU-2: at the step that sends the mail."""
    found, queued = {}, set()
    for number, kind in enumerate(KINDS):
        add_person(context, f"R{number}", ssn=f"66632000{number}", pin="555555", case=f"R{number}")
        page = Page(page.app)
        page.get("/register")
        page.submit(ssn=f"66632000{number}", pin="555555", birth_date="04/12/1986")
        page.submit(email=address(kind), phone="617 555 0123")
        page.submit(password=PASSWORD)
        before = mails_waiting(context)
        found[kind] = measured(
            work, lambda p=page: p.submit(question="first_job", answer="Paper", follow=False)
        )
        queued.add(mails_waiting(context) - before)
    assert_same(found)
    assert queued == {1}


def test_facts_that_do_not_match(page: Page, people: None, work: Work) -> None:
    """REG-2, ENU-2: nobody's number, a wrong PIN and a wrong birth date."""
    found = {}
    for kind in ("unknown", "wrong pin", "wrong birth date"):
        facts = {
            "ssn": NUMBERS[kind],
            "pin": "999999" if kind == "wrong pin" else "555555",
            "birth_date": "04/12/1986" if kind == "wrong pin" else "04/13/1986",
        }
        found[kind] = measured(work, lambda f=facts: post(page, "/register", **f))
    assert_same(found)


def test_a_new_pin(page: Page, context: Context, people: None, work: Work) -> None:
    """REG-2, ENU-2: no hash and no mail for any of them, as many statements."""
    found = {}
    for kind in PEOPLE:
        born = date(1986, 4, 13 if kind == "wrong birth date" else 12)
        found[kind] = measured(
            work,
            lambda k=kind, b=born: post(
                page, "/new-pin", ssn=NUMBERS[k], birth_date=b.strftime("%m/%d/%Y")
            ),
        )
    for done in found.values():  # a wish that is written down is an insert where others try one
        done["write"] = done.pop("INSERT", 0) + done.pop("DELETE", 0)
    assert_same(found)
    assert not {name for name in found["unknown"] if name.startswith("hash")}
    assert mails_waiting(context) == 0


def test_what_a_passkey_is_asked(page: Page, people: None, work: Work) -> None:
    """ENU-1: no address is asked, so nothing can differ: no hash, no mail, no passkey named."""
    found = {}
    for kind in KINDS:
        page.get("/sign-in")
        token = page.csrf_token()
        fields = {"email": address(kind), "csrf_token": token}
        found[kind] = measured(work, lambda f=fields: page.post(OPTIONS, f, follow=False))
        assert work.answer is not None
        assert json.loads(work.answer.body)["allowCredentials"] == []
    assert_same(found)
    assert not {name for name in found["known"] if name.startswith("hash")}
