"""The browser's side of a push: its keys, and reading what was sent to it (RFC 8291)."""

from __future__ import annotations

import secrets

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ristoro.edges.push.contract import Target
from ristoro.edges.push.encryption import public_point


class Browser:
    """One browser's subscription keys."""

    def __init__(self) -> None:
        self._key = generate_private_key(SECP256R1())
        self._auth = secrets.token_bytes(16)

    def target(self, endpoint: str) -> Target:
        return Target(endpoint, public_point(self._key), self._auth)

    def read(self, body: bytes) -> bytes:
        """What the body says to this browser."""
        salt, point, sealed = body[:16], body[21:86], body[86:]
        theirs = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
        info = b"WebPush: info\x00" + public_point(self._key) + point
        secret = _hkdf(self._key.exchange(ECDH(), theirs), self._auth, info, 32)
        key = _hkdf(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = _hkdf(secret, salt, b"Content-Encoding: nonce\x00", 12)
        plain = AESGCM(key).decrypt(nonce, sealed, None)
        return plain.rstrip(b"\x00")[:-1]


def _hkdf(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length=length, salt=salt, info=info).derive(secret)
