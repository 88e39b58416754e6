"""Snapshots of a few columns that matter here, the others filled in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ristoro.estate.columns import SNAPSHOT, WAYS, ways_mask
from ristoro.kernel.keys import bucket_of

LONG_AGO = datetime(2010, 5, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Box:
    """One mailbox."""

    mailbox_id: int
    store: str = "lib-01"
    ways: tuple[str, ...] = WAYS
    created: datetime = LONG_AGO
    closed: datetime | None = None
    seen: tuple[tuple[str, datetime], ...] = ()

    @property
    def brand(self) -> str:
        return {"lib": "libero", "vir": "virgilio"}.get(self.store[:3], self.store)

    def row(self) -> dict[str, object]:
        seen = {f"seen_{way}": at.replace(tzinfo=None) for way, at in self.seen}
        return {
            **dict.fromkeys(SNAPSHOT.names),
            "mailbox_id": self.mailbox_id,
            "bucket": bucket_of(self.mailbox_id),
            "address": f"box{self.mailbox_id}@{self.brand}.it",
            "brand": self.brand,
            "store": self.store,
            "locale": "it",
            "standing": "good",
            "created_at": self.created.replace(tzinfo=None),
            "closed_at": self.closed and self.closed.replace(tzinfo=None),
            "plan": f"{self.brand}-free",
            "plan_since": self.created.replace(tzinfo=None),
            "price_minor": 0,
            "currency": "EUR",
            "billing_months": 0,
            "storage_bytes": 2**30,
            "used_bytes": 0,
            "ways": ways_mask(self.ways),
            **seen,
        }


def write(boxes: list[Box], path: Path, rows_a_group: int = 1000) -> Path:
    """A Parquet file of these mailboxes in the order of a snapshot."""
    rows = sorted((box.row() for box in boxes), key=lambda r: (r["bucket"], r["mailbox_id"]))
    table = pa.Table.from_pylist(rows, schema=SNAPSHOT)
    pq.write_table(table, path, compression="zstd", row_group_size=rows_a_group)
    return path
