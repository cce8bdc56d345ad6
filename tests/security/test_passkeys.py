"""Challenges and answers of passkeys without any page: PKY-1, PKY-2."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from portal.context import Context
from portal.security import passkey_challenges, passkeys
from portal.security.models import PasskeyChallenge
from portal.security.passkey_challenges import Ceremony
from portal.security.passkeys import PasskeyRefused
from tests.support.clock import Clock
from tests.support.passkey import SoftPasskey, to_text
from tests.support.race import race

PARTY = passkeys.party_of("http://localhost:8000", "Parent portal")
CHALLENGE = b"c" * 32
REQUEST = passkeys.request_options(PARTY, CHALLENGE)
CREATION = passkeys.creation_options(PARTY, CHALLENGE, b"u", "pat@example.org", [])


@pytest.mark.parametrize(
    ("base_url", "host", "origin"),
    [
        ("https://portal.example", "portal.example", "https://portal.example"),
        ("https://Portal.Example:443/", "portal.example", "https://portal.example"),
        ("https://portal.example:8443/x", "portal.example", "https://portal.example:8443"),
        ("http://localhost:8000", "localhost", "http://localhost:8000"),
    ],
)
def test_the_party_is_the_portals_own_address(base_url: str, host: str, origin: str) -> None:
    """LNK-5: fixed by the setting."""
    party = passkeys.party_of(base_url, "x")
    assert (party.id, party.origin) == (host, origin)


def test_a_true_answer_holds() -> None:
    passkey = SoftPasskey()
    made = passkeys.verify_creation(
        PARTY, passkeys.read_answer(passkey.create(CREATION)), CHALLENGE
    )
    assert made.credential_id == passkey.credential_id
    assert made.is_backed_up
    answer = passkeys.read_answer(passkey.get(REQUEST))
    assert passkeys.verify_use(PARTY, answer, CHALLENGE, made.public_key).sign_count == 1


@pytest.mark.parametrize(
    "lies",
    [
        {"origin": "https://localhost:8000"},
        {"origin": "http://localhost:8000.evil.example"},
        {"party": "host"},
        {"verified": False},
        {"present": False},
        {"type": "webauthn.create"},
        {"challenge": to_text(b"d" * 32)},
        {"forged": True},
    ],
    ids=str,
)
def test_a_false_answer_does_not(lies: dict[str, object]) -> None:
    """PKY-2: each check by itself."""
    passkey = SoftPasskey()
    made = passkeys.verify_creation(
        PARTY, passkeys.read_answer(passkey.create(CREATION)), CHALLENGE
    )
    answer = passkeys.read_answer(passkey.get(REQUEST, **lies))
    with pytest.raises(PasskeyRefused):
        passkeys.verify_use(PARTY, answer, CHALLENGE, made.public_key)


def test_the_key_of_another_passkey_does_not_open() -> None:
    """PKY-2."""
    mine, other = SoftPasskey(), SoftPasskey()
    made = passkeys.verify_creation(PARTY, passkeys.read_answer(other.create(CREATION)), CHALLENGE)
    answer = passkeys.read_answer(mine.get(REQUEST))
    with pytest.raises(PasskeyRefused):
        passkeys.verify_use(PARTY, answer, CHALLENGE, made.public_key)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON, JSON, JSON)
def test_hostile_text_is_refused_and_breaks_nothing(
    one: object, two: object, three: object
) -> None:
    """PKY-2."""
    texts = [
        json.dumps(one),
        json.dumps({"id": one, "response": {"clientDataJSON": two}}),
        json.dumps(
            {
                "id": "AA",
                "response": {
                    "clientDataJSON": to_text(json.dumps(three).encode()),
                    "userHandle": one,
                },
            }
        ),
        str(one),
    ]
    for text in texts:
        with pytest.raises(PasskeyRefused):
            passkeys.read_answer(text)
    good = json.loads(SoftPasskey(user=b"u").get(REQUEST))
    for field in ("authenticatorData", "signature"):
        bent = json.dumps(good | {"response": good["response"] | {field: one}})
        with pytest.raises(PasskeyRefused):
            passkeys.verify_use(PARTY, passkeys.read_answer(bent), CHALLENGE, b"")


def test_an_answer_of_a_megabyte_is_not_parsed() -> None:
    """RAT-1."""
    with pytest.raises(PasskeyRefused, match="too-long"):
        passkeys.read_answer('{"id":"' + "A" * 1_000_000 + '"}')


@pytest.mark.parametrize(
    ("before", "now", "back"),
    [(0, 0, False), (0, 1, False), (1, 2, False), (5, 5, True), (5, 4, True), (5, 0, True)],
)
def test_sign_counts(before: int, now: int, back: bool) -> None:
    """PKY-2: devices that never count say nothing."""
    assert passkeys.count_went_back(before, now) is back


def test_a_challenge_is_used_once_in_a_race(context: Context, clock: Clock) -> None:
    """PKY-1: twenty at one moment, one goes on."""
    with context.database.transaction() as session:
        challenge = passkey_challenges.issue(session, Ceremony.SIGN_IN, "token", None, clock())

    def spend(session: Session) -> bool:
        return passkey_challenges.spend(
            session, challenge, Ceremony.SIGN_IN, "token", None, clock()
        )

    assert race(context, spend).count(True) == 1


def test_a_challenge_is_for_its_session_ceremony_account_and_five_minutes(
    context: Context, clock: Clock
) -> None:
    """PKY-1: 256 bits, not kept in plain."""
    now = clock()
    with context.database.transaction() as session:
        challenge = passkey_challenges.issue(session, Ceremony.ADD, "token", "a", now)
        assert len(challenge) == 32
        row = session.query(PasskeyChallenge).one()
        assert challenge.hex() not in row.id
        assert "token" not in row.browser
        for wrong in (
            (Ceremony.SIGN_IN, "token", "a", now),
            (Ceremony.ADD, "other", "a", now),
            (Ceremony.ADD, "token", "b", now),
            (Ceremony.ADD, "token", None, now),
            (Ceremony.ADD, "token", "a", now + timedelta(minutes=5)),
        ):
            assert not passkey_challenges.spend(session, challenge, *wrong)
        late = now + timedelta(minutes=4, seconds=59)
        assert passkey_challenges.spend(session, challenge, Ceremony.ADD, "token", "a", late)
        passkey_challenges.issue(session, Ceremony.ADD, "token", "a", now)
        passkey_challenges.sweep(session, now + timedelta(minutes=5))
        assert session.query(PasskeyChallenge).count() == 0
