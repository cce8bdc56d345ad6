"""Mailed links: LNK-1 to LNK-4."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.context import Context
from portal.security import links
from portal.security.keys import Keyring
from portal.security.links import Purpose
from portal.security.models import Link
from tests.support.clock import Clock
from tests.support.race import race

HOUR = timedelta(hours=1)
RESET = Purpose.RESET_PASSWORD


def mailed(context: Context, purpose: Purpose = RESET, owner: str = "a") -> str:
    with context.database.transaction() as session:
        link = links.issue(session, purpose, owner, "state", context.now())
        return links.token(context.keyring, link)


def find(context: Context, token: str, purpose: Purpose = RESET) -> Link | None:
    with context.database.session() as session:
        return links.find(session, context.keyring, purpose, token, context.now(), HOUR)


def test_each_purpose_takes_its_own_links_only(context: Context) -> None:
    """LNK-1: salts differ, so a token of one purpose is noise to the others."""
    for made in Purpose:
        token = mailed(context, made, owner=made.value)
        assert [p for p in Purpose if find(context, token, p)] == [made]


def test_the_signature_alone_tells_purposes_apart(context: Context) -> None:
    """LNK-1: also where the row's own note of its purpose were changed."""
    token = mailed(context, RESET)
    with context.database.transaction() as session:
        session.execute(update(Link).values(purpose=Purpose.CONFIRM_EMAIL.value))
    assert find(context, token, Purpose.CONFIRM_EMAIL) is None


def test_a_link_lives_an_hour_by_the_server_s_clock(context: Context, clock: Clock) -> None:
    """LNK-1."""
    token = mailed(context)
    clock.forward(minutes=60)
    assert find(context, token)
    clock.forward(seconds=1)
    assert find(context, token) is None


def test_every_flipped_sign_kills_a_link(context: Context) -> None:
    """LNK-1."""
    token = mailed(context)
    for place, sign in enumerate(token):
        flipped = token[:place] + ("A" if sign != "A" else "C") + token[place + 1 :]
        found = find(context, flipped)
        # The last sign of base64 holds two bits that no byte has.
        assert found is None or place == len(token) - 1, place
    for junk in ("", ".", "..", "a.b.c", "\u00e4", "A" * 5000):
        assert find(context, junk) is None


def test_sending_again_derives_the_same_token(context: Context) -> None:
    """LNK-4: the token is not stored; the row gives the same one each time."""
    token = mailed(context)
    with context.database.session() as session:
        (link,) = session.query(Link)
        assert links.token(context.keyring, link) == token
        stored = "|".join(str(value) for value in vars(link).values())
    assert token not in stored
    assert token.rsplit(".", 1)[1] not in stored


def test_a_newer_link_of_the_purpose_ends_the_older(context: Context) -> None:
    """LNK-3: of the same owner and purpose; others go on."""
    first, other_purpose = mailed(context), mailed(context, Purpose.CHANGE_EMAIL)
    other_owner = mailed(context, owner="b")
    mailed(context)
    assert find(context, first) is None
    assert find(context, other_purpose, Purpose.CHANGE_EMAIL)
    assert find(context, other_owner)


def test_a_link_dies_with_its_state(context: Context) -> None:
    """LNK-3."""
    link = find(context, mailed(context))
    assert link is not None
    assert links.rests_on(link, "state")
    assert not links.rests_on(link, "another")


@pytest.mark.parametrize("times", [2, 20])
def test_one_link_is_spent_once(context: Context, times: int) -> None:
    """LNK-2: in a race too."""
    token = mailed(context)

    def act(session: Session) -> bool:
        now = context.now()
        link = links.find(session, context.keyring, RESET, token, now, HOUR)
        return link is not None and links.spend(session, link, now)

    assert race(context, act, times).count(True) == 1
    assert find(context, token) is None


def test_a_link_that_two_have_found_is_spent_by_one(context: Context) -> None:
    """LNK-2: the spending itself says who was first, whatever both had read before."""
    token = mailed(context)
    with context.database.transaction() as session:
        found = links.find(session, context.keyring, RESET, token, context.now(), HOUR)
        assert found is not None
        assert [links.spend(session, found, context.now()) for _ in range(3)] == [
            True,
            False,
            False,
        ]


def test_links_outlive_a_change_of_keys(context: Context, clock: Clock) -> None:
    """KEY-3: signed with the old key, found under the new ring."""
    token = mailed(context)
    ring = Keyring((("t2", bytes(range(1, 33))), ("t1", bytes(range(32)))))
    with context.database.session() as session:
        assert links.find(session, ring, RESET, token, clock(), HOUR)
