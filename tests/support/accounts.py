"""Accounts for tests: made complete in the database, signed in through the pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.accounts.provision import Wishes, provision_account
from portal.context import Context
from portal.notices.models import RECIPIENT
from portal.notices.registry import NoLongerDue, notice_of
from tests.support.authenticator import code_at
from tests.support.clock import Clock
from tests.support.outbox import oldest_first
from tests.support.page import Page, Seen
from tests.support.tokens import without_form_ids

PASSWORD = "seven quiet otters 41"


@dataclass
class TestAccount:
    """An account and what its owner knows."""

    __test__ = False

    id: str
    participant_id: str | None
    email: str
    password: str = PASSWORD
    totp_secret: str | None = None
    codes: tuple[str, ...] = ()
    hint_answer: str = "blue harbor 7"
    _last_step: int = field(default=0, repr=False)

    def totp_now(self, clock: Clock) -> str:
        """The app's code now; moves the clock on when the code of this step was given before."""
        assert self.totp_secret is not None
        if int(clock().timestamp()) // 30 <= self._last_step:
            clock.forward(seconds=30)
        self._last_step = int(clock().timestamp()) // 30
        return code_at(self.totp_secret, clock().timestamp())


def make_account(
    context: Context,
    *,
    participant_id: str | None = None,
    email: str = "morgan@example.org",
    password: str = PASSWORD,
    confirmed: bool = True,
    totp: bool = True,
    **wishes: Any,
) -> TestAccount:
    """A complete account unless told otherwise (see ``Wishes``), committed."""
    wanted = Wishes(
        is_confirmed=confirmed,
        has_totp=totp,
        has_recovery_codes=wishes.pop("has_recovery_codes", totp),
        **wishes,
    )
    with context.database.transaction() as session:
        made = provision_account(
            session,
            context,
            participant_id=participant_id,
            email=email,
            password=password,
            now=context.now(),
            wishes=wanted,
        )
        return TestAccount(
            made.account.id, participant_id, email, password, made.totp_secret, made.codes
        )


def give_password(page: Page, account: TestAccount, password: str | None = None) -> Seen:
    """The first half of signing in."""
    page.get("/sign-in")
    return page.submit("/sign-in", email=account.email, password=password or account.password)


def sign_in(
    page: Page, account: TestAccount, clock: Clock | None = None, *, follow: bool = False
) -> Seen:
    """Both halves; the page that the person comes to only when it is asked for (it takes longer
    than the signing in). ``clock`` is the app's; the one of the page's context when not given.
    """
    give_password(page, account)
    moment = clock or page.app.extensions["portal"].read_clock
    seen = page.submit("/sign-in/code", code=account.totp_now(moment), follow=follow)
    if not follow and seen.status == 302:
        page.seen = None  # its form was of the session that is over now
    return seen


def keep_codes(page: Page, *, follow: bool = False) -> Seen:
    """From the page that shows the ten recovery codes: type one of them back."""
    assert page.seen is not None
    code = page.seen.document.query(".codes code")[0].to_text()
    page.get("/sign-in/recovery-codes/proof")
    return page.submit(code=code, follow=follow)


def mails(context: Context, template: str | None = None) -> list[tuple[str, str, dict[str, str]]]:
    """What lies in the outbox, oldest first: template, recipient, the words of its builder.

    A mail that is void by now (a newer link took its place) has no words.
    """
    found = []
    with context.database.session() as session:
        for item in oldest_first(session):
            if template is not None and item.template != template:
                continue
            try:
                words = dict(notice_of(item.template).build(context, session, item.ids))
            except NoLongerDue:
                words = {}
            to = context.sealer.open(item.recipient, RECIPIENT, item.id)
            found.append((item.template, to, words))
    return found


def newest_link(context: Context, template: str) -> str:
    """The path (with its token) of the one live link mailed with a template."""
    links = [words["link"] for _, _, words in mails(context, template) if words]
    assert len(links) == 1, f"{len(links)} live links of {template}"
    return re.sub(r"^https?://[^/]+", "", links[0])


def bare_answer(seen: Seen) -> tuple[int, list[tuple[str, str]], str]:
    """An answer without what differs each time: forms' and requests' ids, cookies' values."""
    headers = [
        (name, re.sub(r"=[^;]{20,};", "=…;", value) if name == "Set-Cookie" else value)
        for name, value in seen.headers
        if name not in ("Date", "X-Request-Id", "X-Request-ID")
    ]
    return seen.status, sorted(headers), without_form_ids(seen.text)


def add_person(
    context: Context,
    participant_id: str = "P",
    *,
    ssn: str = "666100001",
    pin: str = "111111",
    born: date = date(1986, 4, 12),
    role: str = "noncustodial",
    case: str = "C1",
    deceased: date | None = None,
    email: str | None = None,
) -> None:
    """A person on a case, written straight into the record: for tests that need nothing else."""
    import json
    import sqlite3

    from portal.record.current import current_name

    with context.database.session() as session:
        name = current_name(session)
    assert name is not None
    private = json.dumps({"birth_date": born.isoformat(), "ssn": ssn, "email": email})
    sealed = context.sealer.seal(private, "participants.private", participant_id)
    keyring = context.keyring
    path = context.database.record_path(name)
    context.database.engine.dispose()
    with sqlite3.connect(path) as record:
        record.execute(
            "INSERT OR REPLACE INTO participants (participant_id, last_name, family_violence,"
            " ssn_lookup, pin_lookup, deceased_on, private) VALUES (?, 'Reed', 0, ?, ?, ?, ?)",
            (
                participant_id,
                keyring.lookup("ssn", ssn),
                keyring.lookup("pin", f"{participant_id}:{pin}"),
                deceased.isoformat() if deceased else None,
                sealed,
            ),
        )
        record.execute(
            "INSERT OR IGNORE INTO cases (case_id, service, status, opened_on, public_assistance,"
            " owed_to_state, overpayment_due) VALUES (?, 'full', 'open', '2020-01-01', 0, 0, 0)",
            (case,),
        )
        record.execute(
            "INSERT OR REPLACE INTO members (case_id, participant_id, role, since)"
            " VALUES (?, ?, ?, '2020-01-01')",
            (case, participant_id, role),
        )
