"""A passkey in software, which does what a phone does, and on demand what no phone would do."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import struct
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

ORIGIN = "http://localhost:8000"
PRESENT, VERIFIED, CAN_BACK_UP, BACKED_UP, HAS_CREDENTIAL = 0x01, 0x04, 0x08, 0x10, 0x40


def to_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def to_bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class SoftPasskey:
    """One credential. What it lies about is chosen call by call."""

    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    sign_count: int = 0
    counts: bool = True
    user: bytes | None = None

    def create(self, options: dict[str, Any], **lies: Any) -> str:
        """The answer to ``navigator.credentials.create``."""
        self.user = to_bytes(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public = cbor2.dumps(
            {
                1: 2,
                3: -7,
                -1: 1,
                -2: numbers.x.to_bytes(32, "big"),
                -3: numbers.y.to_bytes(32, "big"),
            }
        )
        attested = (
            bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + public
        )
        data = self._data(options["rp"]["id"], HAS_CREDENTIAL, **lies) + attested
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            clientDataJSON=to_text(self._client("webauthn.create", options, **lies)),
            attestationObject=to_text(statement),
            transports=["internal", "hybrid"],
        )

    def get(self, options: dict[str, Any], **lies: Any) -> str:
        """The answer to ``navigator.credentials.get``."""
        if self.counts and "sign_count" not in lies:
            self.sign_count += 1
        client = self._client("webauthn.get", options, **lies)
        data = self._data(options["rpId"], 0, **lies)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        handle = lies.get("user", self.user)
        return self._answer(
            clientDataJSON=to_text(client),
            authenticatorData=to_text(data),
            signature=to_text(
                signature[:-1] + bytes([signature[-1] ^ 1]) if lies.get("forged") else signature
            ),
            userHandle=to_text(handle) if handle else None,
        )

    def _client(self, kind: str, options: dict[str, Any], **lies: Any) -> bytes:
        said = {
            "type": lies.get("type", kind),
            "challenge": lies.get("challenge", options["challenge"]),
            "origin": lies.get("origin", ORIGIN),
            "crossOrigin": lies.get("cross_origin", False),
        }
        return json.dumps(said).encode()

    def _data(self, host: str, more: int, **lies: Any) -> bytes:
        flags = more | CAN_BACK_UP | BACKED_UP
        flags |= PRESENT if lies.get("present", True) else 0
        flags |= VERIFIED if lies.get("verified", True) else 0
        count = lies.get("sign_count", self.sign_count)
        return hashlib.sha256(lies.get("party", host).encode()).digest() + struct.pack(
            ">BI", flags, count
        )

    def _answer(self, **response: Any) -> str:
        name = to_text(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
