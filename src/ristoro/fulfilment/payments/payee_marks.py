"""Marks by which an account is known again, and the sealing of a name that a bank suggests."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from ristoro.fulfilment.payees.sealing import Payee


def mark_of(payee: Payee) -> str:
    """128 bits that change with the number or the name, and tell neither without our key."""
    told = f"{payee.iban}\0{payee.name}".encode()
    return hmac.new(key_for(b"ristoro payee marks"), told, hashlib.sha256).hexdigest()[:32]


def sealed(name: str) -> str:
    """The name, for nobody to read but through ``opened``; empty stays empty."""
    return _box().encrypt(name.encode()).decode() if name else ""


def opened(text: str) -> str:
    """The name; empty where it was sealed by another key."""
    if not text:
        return ""
    try:
        return _box().decrypt(text.encode()).decode()
    except InvalidToken:
        return ""


def _box() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key_for(b"ristoro suggested names")))


def key_for(purpose: bytes) -> bytes:
    """A key for one purpose alone, drawn from the installation's own."""
    return HKDF(SHA256(), length=32, salt=None, info=purpose).derive(settings.SECRET_KEY.encode())
