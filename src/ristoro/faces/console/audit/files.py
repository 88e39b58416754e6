"""The journal as files: CSV to read, and JSON lines from which every hash can be made again.

A line's ``hash`` is the SHA-256 of the canonical JSON (sorted keys, no spaces, UTF-8) of its
``number``, ``at``, ``actor``, ``name``, ``subject``, ``data_hash`` and ``previous``; its
``data_hash`` that of the salt, a line's end, and the canonical JSON of ``data``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from typing import Any

from ristoro.journal import reading
from ristoro.journal.models import Detail, Entry
from ristoro.journal.reading import Wanted
from ristoro.kernel.keys import canonical_json
from ristoro.kernel.sheets import Cell

HEAD = (
    "number", "at", "actor", "name", "subject", "data", "salt", "shredded_at", "shredded_because",
    "data_hash", "previous", "hash",
)  # fmt: skip
LINES_AT_ONCE = 200


def rows(wanted: Wanted) -> Iterator[tuple[Cell, ...]]:
    """One row an entry, with its data as JSON."""
    for entry, detail in reading.walk(wanted):
        told = _told(entry, detail)
        told["data"] = "" if told["data"] is None else canonical_json(told["data"]).decode()
        yield tuple(told[name] for name in HEAD)


def lines(wanted: Wanted) -> Iterator[bytes]:
    """One JSON object a line."""
    gathered: list[bytes] = []
    for entry, detail in reading.walk(wanted):
        gathered.append(canonical_json(_told(entry, detail)) + b"\n")
        if len(gathered) == LINES_AT_ONCE:
            yield b"".join(gathered)
            gathered.clear()
    yield b"".join(gathered)


def _told(entry: Entry, detail: Detail | None) -> dict[str, Any]:
    shredded = detail.shredded_at if detail else None
    return {
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "name": entry.name,
        "subject": entry.subject,
        "data": detail.data if detail else None,
        "salt": detail.salt if detail else "",
        "shredded_at": None if shredded is None else shredded.astimezone(UTC).isoformat(),
        "shredded_because": detail.shredded_because if detail else "",
        "data_hash": entry.data_hash,
        "previous": entry.previous,
        "hash": entry.hash,
    }
