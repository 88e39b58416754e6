"""Adding an entry to the journal, in the transaction of the change it tells of."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from ristoro.journal.models import Detail, Entry
from ristoro.journal.names import NAMES
from ristoro.kernel.keys import canonical_json

FIRST_PREVIOUS = "0" * 64
"""What the first entry names as the hash before it."""

_LOCK = 0x5249_5354_4F52_4F01  # "RISTORO" and 1: PostgreSQL's advisory lock of the journal's head


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of the chain: kept elsewhere, it proves later that none was cut off."""

    number: int
    hash: str


def append(actor: str, name: str, subject: str, data: Mapping[str, Any], at: datetime) -> Head:
    """Add an entry; it stands or falls with the caller's transaction.

    ``name`` is one of ``journal.names.NAMES``; ``data`` holds texts, whole numbers, truth values,
    ``None``, lists and mappings, and no float. Whoever appends holds the head of the chain until
    the transaction ends, so append last, and end soon. ``ValueError`` for an unknown name or
    outside a transaction, ``TypeError`` for data without a canonical spelling.
    """
    if name not in NAMES:
        raise ValueError(f"{name!r} is not a name of the journal: add it to journal/names.py")
    if not connection.in_atomic_block:
        raise ValueError("the journal is written only inside the transaction of the change")
    spelled = canonical_json(dict(data)).decode()
    salt = secrets.token_hex(16)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        head = current_head()
        number, previous = (head.number + 1, head.hash) if head else (1, FIRST_PREVIOUS)
        entry = Entry(
            number=number,
            at=at.astimezone(UTC),
            actor=actor,
            name=name,
            subject=subject,
            data_hash=hash_of_data(salt, spelled.encode()),
            previous=previous,
        )
        entry.hash = hash_of_entry(entry)
        entry.save(force_insert=True)
        Detail(number=number, salt=salt, data=json.loads(spelled)).save(force_insert=True)
    return Head(number, entry.hash)


def current_head() -> Head | None:
    """The last entry as this transaction sees it; ``None`` when there is none."""
    last = Entry.objects.order_by("-number").values_list("number", "hash").first()
    return Head(*last) if last else None


def hash_of_data(salt: str, spelled: bytes) -> str:
    """SHA-256 of the salt and the data's canonical JSON."""
    return hashlib.sha256(salt.encode() + b"\n" + spelled).hexdigest()


def hash_of_entry(entry: Entry) -> str:
    """SHA-256 of the entry's canonical JSON, which names the hash before it."""
    return hashlib.sha256(
        canonical_json(
            {
                "number": entry.number,
                "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
                "actor": entry.actor,
                "name": entry.name,
                "subject": entry.subject,
                "data_hash": entry.data_hash,
                "previous": entry.previous,
            }
        )
    ).hexdigest()
