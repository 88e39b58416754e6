"""A small estate as text, from one right row and what is changed in it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from ristoro.edges.directories.opening import open_directory
from ristoro.estate.importing import Imported, import_estate
from ristoro.estate.mapping import Mapping

AS_OF = datetime(2023, 2, 9, 11, tzinfo=UTC)
NOW = datetime(2026, 1, 1, tzinfo=UTC)

ROW = {
    "mailbox_id": "1",
    "address": "anna@libero.it",
    "brand": "libero",
    "store": "lib-01",
    "holder_id": "h1",
    "locale": "it",
    "standing": "good",
    "created_at": "2012-03-05T09:30:00+01:00",
    "closed_at": "",
    "plan": "libero-plus-5",
    "plan_since": "2021-05-20T16:00:00Z",
    "price_minor": "1999",
    "currency": "EUR",
    "billing_months": "12",
    "paid_until": "2023-09-30",
    "storage_bytes": "5368709120",
    "used_bytes": "1024",
    "before_plan": "",
    "before_price_minor": "",
    "before_billing_months": "",
    "before_paid_until": "",
    "before_storage_bytes": "",
    "ways": "webmail+imap",
    "seen_webmail": "2023-02-08T15:00:00Z",
}


def row(number: int, **changes: str) -> dict[str, str]:
    """A right row with an id and address of its own, and then what is changed in it."""
    return ROW | {"mailbox_id": str(number), "address": f"box{number}@libero.it"} | changes


def text_of(rows: list[dict[str, str]], separator: str = ",") -> str:
    lines = [separator.join(rows[0])]
    lines += [separator.join(each.values()) for each in rows]
    return "\n".join(lines) + "\n"


def write(path: Path, *rows: dict[str, str]) -> Path:
    path.write_text(text_of(list(rows)), encoding="utf-8")
    return path


def take(
    source: Path | str, store: Path, *, allowed_bad: int = 0, mapping: Mapping | None = None,
    as_of: datetime | None = AS_OF,
) -> Imported:  # fmt: skip
    directory = open_directory(str(source), mapping.query if mapping else None)
    return import_estate(
        directory, store, now=NOW, as_of=as_of, mapping=mapping, allowed_bad=allowed_bad
    )
