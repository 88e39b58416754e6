"""The encryption of an account: AES-256-GCM, by a key of the row's own.

The key is drawn (HKDF, SHA-256) from ``RISTORO_SECRET_KEY`` and the row's salt, for this purpose
alone; without the salt nothing opens the text again. What the row says beside it (whose mailbox,
from when it may be used) is bound to it: a text that is put into another mailbox's row, or a row
whose day was moved, does not open.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from ristoro.fulfilment.payees.models import Account
from ristoro.kernel.errors import Missing, Problem

_NONCE = 12
_SALT = 32


def masked(iban: str) -> str:
    """``IT60 … 3456``: enough to know one's own, too little to be used."""
    return f"{iban[:4]} … {iban[-4:]}"


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid, and where; neither is in its ``repr``, so that no log has them."""

    mailbox_id: int
    name: str = field(repr=False)
    iban: str = field(repr=False)
    usable_from: datetime

    @property
    def masked(self) -> str:
        """The number as it may be shown."""
        return masked(self.iban)

    def __str__(self) -> str:
        return f"payee of mailbox {self.mailbox_id}, {self.masked}"


def seal(account: Account, iban: str, name: str) -> None:
    """Put the number and the name into the row, which says everything else already."""
    salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    told = json.dumps({"iban": iban, "name": name}).encode()
    account.salt = salt.hex()
    account.sealed = (nonce + AESGCM(_key(salt)).encrypt(nonce, told, _bound(account))).hex()


def opened(account: Account) -> Payee | None:
    """Who is meant; ``None`` where the row was sealed under another key, or changed since."""
    try:
        salt, raw = bytes.fromhex(account.salt), bytes.fromhex(account.sealed)
        plain = AESGCM(_key(salt)).decrypt(raw[:_NONCE], raw[_NONCE:], _bound(account))
    except (InvalidTag, ValueError):  # ValueError: the text was cut or overwritten
        return None
    told = json.loads(plain)
    return Payee(account.mailbox_id, told["name"], told["iban"], account.usable_from)


def _bound(account: Account) -> bytes:
    from_ = account.usable_from.astimezone(UTC).isoformat(timespec="microseconds")
    return f"ristoro payee {account.mailbox_id} {from_}".encode()


def _key(salt: bytes) -> bytes:
    try:
        secret = settings.SECRET_KEY
    except ImproperlyConfigured as error:
        raise Missing(
            Problem(
                "setting",
                "the secret RISTORO_SECRET_KEY is not set",
                "the accounts that holders gave are sealed by it",
                "set RISTORO_SECRET_KEY, or name a file that has it, or run `ristoro init`",
            )
        ) from error
    drawn = HKDF(SHA256(), length=32, salt=salt, info=b"ristoro payees")
    return drawn.derive(secret.encode())
