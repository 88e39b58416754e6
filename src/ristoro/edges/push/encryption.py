"""A message that only one browser can read (RFC 8291), as one ``aes128gcm`` record (RFC 8188)."""

from __future__ import annotations

import struct

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ristoro.edges.push.contract import LONGEST_MESSAGE, Target

CODING = "aes128gcm"
_RECORD = 4_096
_LAST = b"\x02"  # the delimiter of the last record, RFC 8188 section 2


def encrypt(message: bytes, target: Target, own: EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """The body of the request; ``own`` and ``salt`` (16 octets) are fresh for each message.

    ``ValueError`` for a message that is too long, or a key that is no point on the curve.
    """
    if len(message) > LONGEST_MESSAGE:
        raise ValueError(f"a push message has at most {LONGEST_MESSAGE} octets")
    theirs = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), target.p256dh)
    point = public_point(own)
    info = b"WebPush: info\x00" + target.p256dh + point
    secret = _derive(own.exchange(ECDH(), theirs), target.auth, info, 32)
    key = _derive(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derive(secret, salt, b"Content-Encoding: nonce\x00", 12)
    head = salt + struct.pack("!IB", _RECORD, len(point)) + point
    return head + AESGCM(key).encrypt(nonce, message + _LAST, None)


def public_point(key: EllipticCurvePrivateKey) -> bytes:
    """The public key as browsers and push services take it: an uncompressed point."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length=length, salt=salt, info=info).derive(secret)
