"""A decided run's directory made by hand: known outcomes over a known snapshot."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ristoro.estate.columns import SNAPSHOT
from ristoro.kernel import frames
from ristoro.kernel.keys import bucket_of
from ristoro.remedies.columns import OUTCOMES

GIB = 1 << 30
ROOT = Path(__file__).parents[2]


def write_decided(folder: Path, mailboxes: int, buckets: int | None = None, asked: int = 0) -> Path:
    """Storage for every mailbox but each fifth, six months on a yes for each third.

    ``buckets`` keeps only mailboxes of the first so many buckets. The storage of every
    ``asked``-th mailbox is given on a yes too, as another rule of one remedy may have it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ids = sorted(
        (each for each in range(1, mailboxes + 1) if not buckets or bucket_of(each) < buckets),
        key=lambda each: (bucket_of(each), each),
    )
    snapshot = folder / "snapshot.parquet"
    pq.write_table(_table(SNAPSHOT, [_box(each) for each in ids]), snapshot, row_group_size=1000)
    outcomes = [_storage(each, asked > 0 and each % asked == 0) for each in ids]
    outcomes += [_extension(each) for each in ids]
    path = folder / "outcomes.parquet"
    pq.write_table(_table(OUTCOMES, outcomes), path, row_group_size=1000)
    digest = frames.digest_of_parquet(path, OUTCOMES.names)
    (folder / "digest").write_text(digest + "\n", encoding="utf-8")
    name = "libero-virgilio-2023-01.yaml"
    shutil.copy(ROOT / "outages" / name, folder / "outage.yaml")
    shutil.copy(ROOT / "policies" / name, folder / "policy.yaml")
    owed = [row for row in outcomes if not row["reason"]]
    remedies = []
    for number, name in enumerate(("more-space", "six-months")):
        mine = [row for row in owed if row["remedy_no"] == number]
        line = {
            **{key: mine[0][key] for key in ("rule", "kind", "consent", "unit", "currency")},
            "brand": "libero",
            "plan": "libero-free",
            "count": len(mine),
            "amount": sum(row["amount"] for row in mine),
        }
        title = {"it": name, "en": name}
        remedies.append(
            {"remedy": name, "title": title, "lane": "indemnity", "owed": [line], "nothing": []}
        )
    totals = {"remedies": remedies, "approval_total": f"{len(owed)} grants"}
    (folder / "totals.json").write_text(json.dumps(totals), encoding="utf-8")
    (folder / "run.json").write_text(
        json.dumps(
            {
                "snapshot": str(snapshot),
                "snapshot_digest": "a" * 64,
                "outage_digest": "b" * 64,
                "policy_digest": "c" * 64,
            }
        ),
        encoding="utf-8",
    )
    return folder


def _box(mailbox_id: int) -> dict[str, Any]:
    long_ago = datetime(2020, 1, 1)  # noqa: DTZ001 - the snapshot's instants have no zone
    known: dict[str, Any] = {
        "mailbox_id": mailbox_id,
        "bucket": bucket_of(mailbox_id),
        "address": f"m{mailbox_id}@libero.it",
        "brand": "libero",
        "store": "lib-01",
        "locale": "en" if mailbox_id % 10 == 0 else "it",
        "standing": "good",
        "created_at": long_ago,
        "plan": "libero-free",
        "plan_since": long_ago,
        "price_minor": 0,
        "currency": "EUR",
        "billing_months": 0,
        "storage_bytes": GIB,
        "used_bytes": 0,
        "ways": 63,
    }
    return known


def _outcome(mailbox_id: int, owed: bool, **known: Any) -> dict[str, Any]:
    return {
        "bucket": bucket_of(mailbox_id),
        "mailbox_id": mailbox_id,
        "rule": "all" if owed else "",
        "reason": "" if owed else "not-exposed",
        "lane": "indemnity",
        "currency": "",
        "trail": "",
        **known,
    }


def _storage(mailbox_id: int, asked: bool) -> dict[str, Any]:
    owed = mailbox_id % 5 != 0
    return _outcome(
        mailbox_id,
        owed,
        remedy_no=0,
        remedy="more-space",
        kind="storage",
        amount=GIB // 2 if owed else 0,
        unit="bytes",
        base=GIB if owed else None,
        target=GIB + GIB // 2 if owed else None,
        consent="confirm" if asked else "automatic",
        deadline=date(2023, 6, 30) if asked and owed else None,
    )


def _extension(mailbox_id: int) -> dict[str, Any]:
    owed = mailbox_id % 3 == 0
    return _outcome(
        mailbox_id,
        owed,
        remedy_no=1,
        remedy="six-months",
        kind="extension",
        amount=6 if owed else 0,
        unit="months",
        base_until=date(2023, 8, 31) if owed else None,
        until=date(2024, 2, 29) if owed else None,
        consent="confirm",
        deadline=date(2023, 6, 30) if owed else None,
    )


def _table(schema: pa.Schema, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([{n: row.get(n) for n in schema.names} for row in rows], schema)
