"""Passkeys (WebAuthn): what a browser is asked, and whether its answer holds (PKY-1, PKY-2).

Nothing here reads a database. A passkey is accepted only with its owner verified by the device
(fingerprint, face or PIN), which makes it two factors at once; attestation is not asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

LONGEST_ANSWER = 20_000
"""Characters of JSON; an answer without attestation has about a thousand."""
LONGEST_ID = 1023
"""Bytes of a credential's id (WebAuthn Level 3, section 4)."""
TIMEOUT_MS = 300_000
_PORTS = {"https": 443, "http": 80}


class PasskeyRefused(Exception):
    """The answer of a browser does not hold."""


@dataclass(frozen=True)
class Party:
    """This site, as authenticators know it."""

    id: str
    """The host name; passkeys are bound to it."""
    origin: str
    name: str


@dataclass(frozen=True)
class NewPasskey:
    """What is kept of a passkey just made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]
    is_backed_up: bool


@dataclass(frozen=True)
class Use:
    """What a verified use of a passkey tells."""

    sign_count: int
    is_backed_up: bool


@dataclass(frozen=True)
class Answer:
    """A browser's answer, parsed but not verified."""

    credential: Mapping[str, Any]
    credential_id: bytes
    challenge: bytes
    user_handle: bytes | None


def party_of(base_url: str, name: str) -> Party:
    """The party of the portal's own address. What a request says of its host is not asked."""
    address = urlsplit(base_url)
    host = address.hostname or ""
    port = f":{address.port}" if address.port not in (None, _PORTS.get(address.scheme)) else ""
    return Party(id=host, origin=f"{address.scheme}://{host}{port}", name=name)


def creation_options(
    party: Party, challenge: bytes, user: bytes, user_name: str, known: Iterable[bytes]
) -> dict[str, Any]:
    """What ``navigator.credentials.create`` is asked, as JSON.

    :param user: the account's handle: no personal data, the device gives it back at sign-in.
    :param known: the account's credentials: a device that has one already makes no second.
    """
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_id=user,
        user_name=user_name,
        user_display_name=user_name,
        challenge=challenge,
        timeout=TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return _as_dict(options_to_json(options))


def request_options(
    party: Party, challenge: bytes, known: Mapping[bytes, Iterable[str]] | None = None
) -> dict[str, Any]:
    """What ``navigator.credentials.get`` is asked, as JSON.

    :param known: the account's credentials and how each is reached. Before anybody signed in there
        are none, so that the options are the same for every address (ENU-1).
    """
    options = generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        timeout=TIMEOUT_MS,
        allow_credentials=[
            PublicKeyCredentialDescriptor(
                id=one, transports=[AuthenticatorTransport(way) for way in ways] or None
            )
            for one, ways in (known or {}).items()
        ],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _as_dict(options_to_json(options))


def read_answer(text: str) -> Answer:
    """Parse what a browser sent.

    :raises PasskeyRefused: when it is no answer of an authenticator at all.
    """
    if len(text) > LONGEST_ANSWER:
        raise PasskeyRefused("too-long")
    try:
        credential = json.loads(text)
        response = credential["response"]
        data = json.loads(base64url_to_bytes(response["clientDataJSON"]))
        handle = response.get("userHandle")
        found = Answer(
            credential=credential,
            credential_id=base64url_to_bytes(credential["id"]),
            challenge=base64url_to_bytes(data["challenge"]),
            user_handle=base64url_to_bytes(handle) if handle else None,
        )
    except Exception as error:  # hostile text breaks parsers in many ways
        raise PasskeyRefused("malformed") from error
    if data.get("crossOrigin"):
        raise PasskeyRefused("framed")
    if not 0 < len(found.credential_id) <= LONGEST_ID:
        raise PasskeyRefused("malformed")
    return found


def verify_creation(party: Party, answer: Answer, challenge: bytes) -> NewPasskey:
    """Check type, challenge, origin, party, presence, verification of the owner and signature.

    :raises PasskeyRefused: when any of them does not hold.
    """
    try:
        made = verify_registration_response(
            credential=dict(answer.credential),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_presence=True,
            require_user_verification=True,
        )
    except Exception as error:
        raise PasskeyRefused("not-verified") from error
    if made.credential_id != answer.credential_id:
        raise PasskeyRefused("not-verified")
    ways = answer.credential["response"].get("transports")
    return NewPasskey(
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        transports=_transports(ways),
        is_backed_up=made.credential_backed_up
        and made.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
    )


def verify_use(party: Party, answer: Answer, challenge: bytes, public_key: bytes) -> Use:
    """Check type, challenge, origin, party, presence, verification of the owner and signature.

    The sign count is told, not judged: see :func:`count_went_back`.

    :raises PasskeyRefused: when any of them does not hold.
    """
    try:
        used = verify_authentication_response(
            credential=dict(answer.credential),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception as error:
        raise PasskeyRefused("not-verified") from error
    return Use(sign_count=used.new_sign_count, is_backed_up=used.credential_backed_up)


def count_went_back(before: int, now: int) -> bool:
    """Whether a sign count tells of a copied passkey; those that never count say nothing."""
    return (before, now) != (0, 0) and now <= before


def _transports(ways: object) -> tuple[str, ...]:
    known = {way.value for way in AuthenticatorTransport}
    return tuple(sorted({w for w in ways if w in known})) if isinstance(ways, list) else ()


def _as_dict(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    return found
