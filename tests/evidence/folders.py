"""Imports of mail logs that are made of rows, to ask without any log."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ristoro.edges.mail_logs.columns import TABLES, UNKNOWN
from ristoro.edges.mail_logs.folder import FORMAT, SOURCES, Folder, digest_told, open_folder
from ristoro.kernel.clock import micros
from ristoro.kernel.frames import digest_of_file
from ristoro.kernel.spans import Span

NOON = datetime(2023, 1, 23, 12, tzinfo=UTC)
ANNA = "anna@libero.it"
Rows = Sequence[Mapping[str, Any]]


def at(minutes: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def window(start: float, end: float) -> Span:
    """From so many minutes after noon to so many."""
    return Span(micros(at(start)), micros(at(end)))


def message(queue_id: str, arrived: float | None, **more: Any) -> dict[str, Any]:
    """One that was delivered at once, but for what is said otherwise."""
    came = None if arrived is None else at(arrived)
    return {
        "host": "mx1",
        "queue_id": queue_id,
        "arrived_at": came,
        "message_id": f"<{queue_id}@shop.example>",
        "sender": "orders@shop.example",
        "size": 2048,
        "recipient": ANNA,
        "fate": "sent",
        "deferrals": 0,
        "ended_at": came,
        "dsn": "2.0.0",
        "reason": "250 2.0.0 <x> S Saved",
        "session": f"s{queue_id}",
        "first_line": 1,
        "file": "mail.log",
        "last_line": 2,
        "last_file": "mail.log",
        **more,
    }


def late(queue_id: str, arrived: float, until: float, **more: Any) -> dict[str, Any]:
    """One that waited, for the store did not answer."""
    told = {
        "deferrals": 3,
        "first_deferred_at": at(arrived),
        "first_reason": "connect to 10.0.0.9[10.0.0.9]:24: Connection refused",
        "ended_at": at(until),
    }
    return message(queue_id, arrived, **(told | more))


def sign_in(when: float, ended: str = "good", **more: Any) -> dict[str, Any]:
    return {
        "host": "mx1", "at": at(when), "way": "imap", "mailbox": ANNA, "ended": ended,
        "reason": "", "remote": "192.0.2.7", "session": f"i{when}", "line": 5,
        "file": "mail.log", **more,
    }  # fmt: skip


def edge(when: float, what: str, **more: Any) -> dict[str, Any]:
    told = {"host": "mx1", "at": at(when), "service": "dovecot", "edge": what, "line": 7}
    return {**told, "file": "mail.log", **more}


def import_of(
    home: Path, span: tuple[float, float] = (-60, 600), file: str = "mail.log", **tables: Rows
) -> Folder:
    """An import of one file that tells of a span of minutes and gave these rows by table."""
    making = home / "evidence" / "making"
    making.mkdir(parents=True)
    kept = {}
    for name, schema in {**TABLES, "unknown": UNKNOWN}.items():
        rows = [{**dict.fromkeys(schema.names), **row} for row in tables.get(name, ())]
        assert all(set(row) == set(schema.names) for row in rows), name
        path = making / f"{name}.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema), path)
        kept[name] = {"rows": len(rows), "sha256": digest_of_file(path)}
    source = {
        "name": file,
        "octets": 1,
        "sha256": (file.encode().hex() + "0" * 64)[:64],
        "lines": 100,
        "first_at": at(span[0]).isoformat(),
        "last_at": at(span[1]).isoformat(),
    }
    told: dict[str, Any] = {
        "format": FORMAT,
        "sources": [source],
        "tables": kept,
        "counts": {},
        "stated": {"year": None, "zone": None},
        "imported": {"by": "ada", "at": at(900).isoformat()},
    }
    told["digest"] = digest_told(told)
    (making / SOURCES).write_text(json.dumps(told), encoding="utf-8")
    return open_folder(making.rename(home / "evidence" / told["digest"]))
