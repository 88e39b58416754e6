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
    entry = Entry(
        at=at.astimezone(UTC),
        actor=actor,
        name=name,
        subject=subject,
        data_hash=hash_of_data(salt, spelled.encode()),
    )
    if connection.vendor == "postgresql":
        return _append_at_once(entry, salt, spelled)
    head = current_head()
    entry.number, entry.previous = (head.number + 1, head.hash) if head else (1, FIRST_PREVIOUS)
    entry.hash = hash_of_entry(entry)
    entry.save(force_insert=True)
    Detail(number=entry.number, salt=salt, data=json.loads(spelled)).save(force_insert=True)
    return Head(entry.number, entry.hash)


# Two statements in one message. The second sees the head that the first waited for: each has a
# snapshot of its own. The hash is of the same bytes as ``hash_of_entry``'s.
_APPEND = """
SELECT pg_advisory_xact_lock(%s);
WITH head AS (
  SELECT number, hash FROM journal_entry ORDER BY number DESC LIMIT 1
),
next AS (
  SELECT coalesce((SELECT number FROM head), 0) + 1 AS number,
         coalesce((SELECT hash FROM head), %s) AS previous
),
entry AS (
  INSERT INTO journal_entry (number, at, actor, name, subject, data_hash, previous, hash)
  SELECT number, %s, %s, %s, %s, %s, previous,
         encode(sha256(convert_to(%s || number || %s || previous || %s, 'UTF8')), 'hex')
  FROM next
  RETURNING number, hash
),
detail AS (
  INSERT INTO journal_detail (number, salt, data, shredded_because)
  SELECT number, %s, %s::jsonb, '' FROM entry
)
SELECT number, hash FROM entry
"""


def _append_at_once(entry: Entry, salt: str, spelled: str) -> Head:
    """Lock the head, link the entry to it, and insert entry and detail, in one message."""
    params: list[Any] = [_LOCK, FIRST_PREVIOUS]
    params += [entry.at, entry.actor, entry.name, entry.subject, entry.data_hash]
    with connection.cursor() as cursor:
        cursor.execute(_APPEND, [*params, *_around_links(entry), salt, spelled])
        cursor.nextset()
        number, hashed = cursor.fetchone()
    return Head(number, hashed)


def _around_links(entry: Entry) -> list[str]:
    """An entry's canonical JSON without its number and the hash before: what is around the two."""
    mark = 10**30  # no number of an entry
    spelled = _spelled(entry, mark, "").decode()
    before, after = spelled.split(f'"number":{mark},"previous":""')
    return [before + '"number":', ',"previous":"', '"' + after]


def current_head() -> Head | None:
    """The last entry as this transaction sees it; ``None`` when there is none."""
    last = Entry.objects.order_by("-number").values_list("number", "hash").first()
    return Head(*last) if last else None


def hash_of_data(salt: str, spelled: bytes) -> str:
    """SHA-256 of the salt and the data's canonical JSON."""
    return hashlib.sha256(salt.encode() + b"\n" + spelled).hexdigest()


def hash_of_entry(entry: Entry) -> str:
    """SHA-256 of the entry's canonical JSON, which names the hash before it."""
    return hashlib.sha256(_spelled(entry, entry.number, entry.previous)).hexdigest()


def _spelled(entry: Entry, number: int, previous: str) -> bytes:
    return canonical_json(
        {
            "number": number,
            "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": entry.actor,
            "name": entry.name,
            "subject": entry.subject,
            "data_hash": entry.data_hash,
            "previous": previous,
        }
    )
