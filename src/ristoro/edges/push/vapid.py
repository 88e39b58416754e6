"""Saying to a push service who sends (VAPID, RFC 8292)."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ristoro.edges.push.encryption import public_point

VALID = timedelta(hours=12)
"""At most a day (RFC 8292, section 2)."""

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of P-256 (FIPS 186-5)."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: a key, and whom a push service may write to about what was sent."""

    key: EllipticCurvePrivateKey = field(repr=False)
    contact: str

    @property
    def public(self) -> str:
        """The key that a browser subscribes for, in base64url."""
        return in_url(public_point(self.key))

    def authorization(self, origin: str, now: datetime) -> str:
        """The ``Authorization`` header for a push service, good for ``VALID``."""
        head = {"typ": "JWT", "alg": "ES256"}
        until = int((now + VALID).timestamp())
        claims = {"aud": origin, "exp": until, "sub": self.contact}
        parts = (json.dumps(part, separators=(",", ":")).encode() for part in (head, claims))
        signed = ".".join(in_url(part) for part in parts)
        r, s = decode_dss_signature(self.key.sign(signed.encode(), ECDSA(SHA256())))
        signature = in_url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
        return f"vapid t={signed}.{signature}, k={self.public}"


def sender(secret: str, contact: str) -> Sender:
    """The sender whose key follows from a secret, the same on every host that has the secret.

    48 octets are drawn, so that what is left of them modulo the order leans to no side
    (FIPS 186-5, A.2.1).
    """
    drawn = HKDF(SHA256(), length=48, salt=None, info=b"ristoro push").derive(secret.encode())
    number = int.from_bytes(drawn, "big") % (_ORDER - 1) + 1
    return Sender(derive_private_key(number, SECP256R1()), contact)


def in_url(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def from_url(text: str) -> bytes:
    """The octets of base64url, padded or not; ``ValueError`` for anything else."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
