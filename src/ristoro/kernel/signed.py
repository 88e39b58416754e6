"""JSON documents that carry their own signature, which anybody can check.

Signed is the document without its member ``signature``, spelled by RFC 8785 (sorted members, no
blanks, UTF-8; our documents hold no fractions), with Ed25519 (RFC 8032). So one file is enough:
nothing has to be fetched at the same instant as something else.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ristoro.kernel.keys import canonical_json

MEMBER = "signature"
ALGORITHM = "Ed25519"


def key_of(secret: str, purpose: str) -> Ed25519PrivateKey:
    """The key that follows from a secret for one purpose, the same on every host."""
    info = f"ristoro {purpose}".encode()
    drawn = HKDF(SHA256(), length=32, salt=None, info=info).derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(drawn)


def public_of(key: Ed25519PrivateKey) -> str:
    """The public key in base64, as documents name it."""
    return in_base64(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def in_base64(raw: bytes) -> str:
    """Octets in base64 (RFC 4648, section 4)."""
    return base64.b64encode(raw).decode("ascii")


def sign(document: Mapping[str, Any], key: Ed25519PrivateKey) -> dict[str, Any]:
    """The document with its signature; ``TypeError`` where it has no canonical spelling."""
    signature = {
        "algorithm": ALGORITHM,
        "spelling": "RFC 8785",
        "key": public_of(key),
        "value": in_base64(key.sign(canonical_json(dict(document)))),
    }
    return {**document, MEMBER: signature}


def is_signed(document: Mapping[str, Any], public: str) -> bool:
    """Whether the document is, in every value, what the holder of that key signed.

    The key is the one that the reader trusts; the one that the document names proves nothing.
    """
    signature = document.get(MEMBER)
    if not isinstance(signature, Mapping) or signature.get("algorithm") != ALGORITHM:
        return False
    rest = {name: value for name, value in document.items() if name != MEMBER}
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        value = base64.b64decode(str(signature.get("value", "")), validate=True)
        key.verify(value, canonical_json(rest))
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True
