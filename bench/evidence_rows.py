"""An import of mail logs made of rows, as many as an outage of a whole provider would leave.

The rows are drawn, not read from a log: what is measured with them is asking, not reading. They
have the shape of an import of January 2023: mail and sign-ins of seven days for the mailboxes of a
sample estate, in the order of their stamps, of eight hosts. Mail that came while its store was
shut waited for it or was given up; one in ten declared windows' messages went through none the
less, and one in two hundred failed outside of any. A tenth of the mailboxes has no line at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ristoro.edges.mail_logs.columns import INSTANT, TABLES, UNKNOWN
from ristoro.edges.mail_logs.folder import (
    EVIDENCE,
    FORMAT,
    SOURCES,
    Folder,
    digest_told,
    open_folder,
)
from ristoro.kernel.clock import instant, micros
from ristoro.kernel.frames import digest_of_file

FIRST = micros(datetime(2023, 1, 22, tzinfo=UTC))
LAST = micros(datetime(2023, 1, 30, tzinfo=UTC))
SHUT = micros(datetime(2023, 1, 22, 23, tzinfo=UTC))
OPENED = micros(datetime(2023, 1, 26, 12, tzinfo=UTC))
"""From when to when mail waits: what is declared of ``inbound``, as UTC."""
ROWS_A_PART = 250_000
HOSTS = [f"mx{number}" for number in range(1, 9)]
WAYS = ["imap", "imap", "imap", "pop3", "submission"]
_REFUSED = "connect to 10.0.0.9[10.0.0.9]:24: Connection refused"
_CODED = ("host", "fate", "ended", "way", "file", "last_file", "relay", "dsn", "first_reason")
_HOUR = 3_600_000_000

Numbers = npt.NDArray[np.int64]


class Drawn:
    """Columns of some rows, drawn from one seed."""

    def __init__(self, addresses: pa.Array, seed: int) -> None:
        self._addresses = addresses
        self._draw = np.random.default_rng(seed)

    def histories(self, first: int, rows: int, of: int) -> pa.Table:
        """So many messages, the first of them the ``first`` of ``of`` in the order of arrival."""
        draw, numbers = self._draw, np.arange(first, first + rows)
        arrived = _stamps(numbers, of)
        kind = draw.integers(0, 1000, rows)
        inside = (arrived >= SHUT) & (arrived < OPENED)
        waits = np.where(inside, kind < 900, kind < 5)
        fate = np.select([~waits, kind % 50 == 1, kind % 50 == 2], [0, 1, 2], 0)
        reopened = np.maximum(arrived, OPENED) + draw.integers(_HOUR // 60, 30 * _HOUR, rows)
        ended = np.where(waits, reopened, arrived + draw.integers(20_000, 900_000, rows))
        whose = self._whose(rows)
        session = _texts("s", numbers)
        stored = pc.binary_join_element_wise("250 2.0.0 <", whose, "> ", session, " Saved", "")
        mask = pa.array(~waits)
        return _table(
            "histories",
            host=_words(HOSTS, numbers % len(HOSTS)),
            queue_id=_texts("4N", numbers),
            arrived_at=pa.array(arrived),
            client=_texts("mail.example.net[192.0.2.", numbers % 250, "]"),
            message_id=_texts("<", numbers, "@mail.example.net>"),
            sender=_texts("sender", draw.integers(0, 2_000_000, rows), "@example.net"),
            size=pa.array(draw.integers(900, 90_000, rows)),
            recipient=whose,
            original_recipient=_words([""], np.zeros(rows, np.int64)),
            fate=_words(["sent", "bounced", "expired"], fate),
            deferrals=pa.array(np.where(waits, 1 + draw.integers(0, 60, rows), 0), pa.int32()),
            first_deferred_at=pa.array(arrived + 30_000, mask=~waits),
            first_reason=pc.if_else(mask, None, _REFUSED),
            ended_at=pa.array(ended),
            delay_ms=pa.array((ended - arrived) // 1000),
            dsn=_words(["2.0.0", "5.4.4", "4.4.1"], fate),
            relay=_words(["10.0.0.9[10.0.0.9]:24"], np.zeros(rows, np.int64)),
            reason=pc.if_else(pa.array(fate == 0), stored, _REFUSED),
            session=pc.if_else(pa.array(fate == 0), session, None),
            first_line=pa.array(numbers * 5 + 1),
            file=_files(arrived),
            last_line=pa.array(numbers * 5 + 5),
            last_file=_files(ended),
        )

    def sign_ins(self, first: int, rows: int, of: int) -> pa.Table:
        """So many sign-ins; most of those tried while the stores are shut failed by our fault."""
        numbers = np.arange(first, first + rows)
        at = _stamps(numbers, of)
        kind = self._draw.integers(0, 1000, rows)
        inside = (at >= SHUT) & (at < OPENED)
        ended = np.select([kind >= 970, inside & (kind < 900), kind < 3], [1, 2, 2], 0)
        known = pa.array(kind % 100 != 7)
        return _table(
            "sign_ins",
            host=_words(HOSTS, numbers % len(HOSTS)),
            at=pa.array(at),
            way=_words(WAYS, self._draw.integers(0, len(WAYS), rows)),
            mailbox=pc.if_else(known, self._whose(rows), ""),
            ended=_words(["good", "refused", "ours"], ended),
            reason=_words(["", "auth failed", "auth service reported temporary failure"], ended),
            remote=_texts("198.51.100.", numbers % 250),
            session=_texts("i", numbers),
            line=pa.array(numbers + 1),
            file=_files(at),
        )

    def _whose(self, rows: int) -> pa.Array:
        """Some write to many and most to few; the last tenth of the estate is named by no line."""
        named = len(self._addresses) * 9 // 10
        drawn = self._draw.integers(0, named, rows)
        often = self._draw.integers(0, 10, rows) < 3
        return pc.take(self._addresses, pa.array(np.where(often, drawn // 20, drawn)))


def make(home: Path, estate: Path, histories: int, sign_ins: int, seed: int) -> Folder:
    """An import of so many rows in an installation's evidence."""
    making = home / EVIDENCE / "making"
    making.mkdir(parents=True)
    addresses = pq.read_table(estate, columns=["address"]).column("address").combine_chunks()
    drawn = Drawn(addresses, seed)
    rows = {"histories": histories, "sign_ins": sign_ins}
    for name, schema in {**TABLES, "unknown": UNKNOWN}.items():
        coded = [field.name for field in schema if field.name in _CODED]
        with pq.ParquetWriter(
            making / f"{name}.parquet", schema, compression="zstd", use_dictionary=coded
        ) as file:
            for first, count in _parts(rows.get(name, 0)):
                part = getattr(drawn, name)(first, count, rows[name])
                file.write_table(part, row_group_size=100_000)
    told = _told(making, rows)
    told["digest"] = digest_told(told)
    (making / SOURCES).write_text(json.dumps(told), encoding="utf-8")
    return open_folder(making.rename(home / EVIDENCE / told["digest"]))


def _told(making: Path, rows: dict[str, int]) -> dict[str, Any]:
    days = range(FIRST, LAST + 1, 24 * _HOUR)
    return {
        "format": FORMAT,
        "sources": [
            {
                "name": f"mail.log.{number}",
                "octets": 1_000_000_000,
                "sha256": f"{number:064x}",
                "lines": 10_000_000,
                "first_at": instant(since).isoformat(),
                "last_at": instant(since + 24 * _HOUR - 1).isoformat(),
            }
            for number, since in enumerate(days)
        ],
        "tables": {
            name: {"rows": rows.get(name, 0), "sha256": digest_of_file(making / f"{name}.parquet")}
            for name in (*TABLES, "unknown")
        },
        "counts": {},
        "stated": {"year": None, "zone": None},
        "imported": {"by": "bench", "at": instant(LAST).isoformat()},
    }


def _parts(rows: int) -> Iterator[tuple[int, int]]:
    for first in range(0, rows, ROWS_A_PART):
        yield first, min(ROWS_A_PART, rows - first)


def _stamps(numbers: Numbers, of: int) -> Numbers:
    return np.asarray(FIRST + numbers * ((LAST - FIRST) // of), dtype=np.int64)


def _files(at: Numbers) -> pa.Array:
    days = np.minimum((at - FIRST) // (24 * _HOUR), 8)
    return _words([f"mail.log.{number}" for number in range(9)], days)


def _words(words: list[str], positions: Numbers) -> pa.Array:
    return pc.take(pa.array(words, pa.string()), pa.array(positions))


def _texts(before: str, numbers: Numbers, after: str = "") -> pa.Array:
    return pc.binary_join_element_wise(before, pa.array(numbers).cast(pa.string()), after, "")


def _table(name: str, **columns: pa.Array) -> pa.Table:
    schema = TABLES[name]
    made = [_typed(columns[field.name], field.type) for field in schema]
    return pa.Table.from_arrays(made, schema=schema)


def _typed(column: pa.Array, kind: pa.DataType) -> pa.Array:
    return (
        column.cast(pa.int64()).cast(INSTANT) if pa.types.is_timestamp(kind) else column.cast(kind)
    )
