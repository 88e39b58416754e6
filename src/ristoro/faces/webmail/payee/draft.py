"""What was typed, between the page that asks for it and the one that has it confirmed.

It is in the page alone, sealed: for the session that typed it, for a quarter of an hour, and to be
stored once.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from cryptography.fernet import InvalidToken

from ristoro.faces.webmail import session, spent
from ristoro.faces.webmail.doors import Holder
from ristoro.fulfilment.payees.checking import Checked, checked

FIELD = "draft"
LASTS = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Draft:
    """A checked account that waits for its confirmation; ``changed`` is whether the name is written
    otherwise than it was typed."""

    id: str
    account: Checked
    changed: bool
    text: str


def sealed(held: Holder, account: Checked, changed: bool, now: datetime) -> Draft:
    """A new draft; ``text`` is what the page carries."""
    number = secrets.token_urlsafe(12)
    told = {
        "id": number,
        "for": _mark(held),
        "iban": account.iban,
        "name": account.name,
        "changed": changed,
    }
    plain = json.dumps(told).encode()
    lock = session.lock_for("payee")
    return Draft(
        number, account, changed, lock.encrypt_at_time(plain, int(now.timestamp())).decode("ascii")
    )


def opened(held: Holder, text: str, now: datetime) -> Draft | None:
    """The draft that a page carried; ``None`` where it is old, forged, or another session's."""
    at, lasts = int(now.timestamp()), int(LASTS.total_seconds())
    try:
        told = json.loads(session.lock_for("payee").decrypt_at_time(text, lasts, at))
    except InvalidToken:
        return None
    if told["for"] != _mark(held):
        return None
    return Draft(told["id"], checked(told["iban"], told["name"]), told["changed"], text)


def use_up(held: Holder, draft: Draft) -> bool:
    """Have the draft be stored now, and never again; ``False`` where it was before."""
    return spent.spend(_name(draft), held.session.ends)


def give_back(draft: Draft) -> None:
    """It was not stored after all."""
    spent.give_back(_name(draft))


def _name(draft: Draft) -> str:
    return f"payee {draft.id}"


def _mark(held: Holder) -> str:
    return sha256(f"ristoro payee {held.session.nonce}".encode()).hexdigest()
