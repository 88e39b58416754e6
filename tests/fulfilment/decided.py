"""The directory of a decided run, written from the grants that it should lead to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ristoro.fulfilment.models import Grant
from ristoro.kernel import frames
from ristoro.kernel.keys import bucket_of
from ristoro.remedies.columns import KINDS, OUTCOMES, UNITS

REMEDIES = ("spazio", "mesi")
ZERO = "not-eligible"


def write(directory: Path, grants: Sequence[Grant], mailboxes: Sequence[int]) -> dict[str, Any]:
    """Write outcomes for each mailbox and remedy: what the grants say, zero where there is none.

    The fields of a run (``stage.run``) that name the directory.
    """
    directory.mkdir(parents=True)
    by_key = {(one.remedy, one.mailbox_id): one for one in grants}
    rows = [
        _outcome(remedy_no, mailbox, by_key.get((remedy_no, mailbox)))
        for remedy_no in range(len(REMEDIES))
        for mailbox in sorted(mailboxes, key=lambda one: (bucket_of(one), one))
    ]
    path = directory / "outcomes.parquet"
    pq.write_table(pa.Table.from_pylist(rows, OUTCOMES), path)
    snapshot = directory / "snapshot.parquet"
    pq.write_table(pa.table({"mailbox_id": pa.array(mailboxes, pa.int64())}), snapshot)
    digest = frames.digest_of_parquet(path, OUTCOMES.names)
    (directory / "digest").write_text(digest + "\n")
    (directory / "totals.json").write_text(json.dumps({"approval_total": "1"}))
    inputs = {
        "snapshot": str(snapshot),
        "snapshot_digest": "s",
        "outage_digest": "o",
        "policy_digest": "p",
    }
    (directory / "run.json").write_text(json.dumps(inputs))
    return {"directory": str(directory), "outcomes_digest": digest}


def _outcome(remedy_no: int, mailbox: int, grant: Grant | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "remedy_no": remedy_no,
        "bucket": bucket_of(mailbox),
        "mailbox_id": mailbox,
        "remedy": REMEDIES[remedy_no],
        "rule": "r",
        "reason": ZERO,
        "lane": "indemnity",
        "kind": KINDS[remedy_no],
        "amount": 0,
        "unit": UNITS[remedy_no],
        "currency": "",
        "base": None,
        "target": None,
        "base_until": None,
        "until": None,
        "consent": "automatic",
        "deadline": None,
        "trail": "",
    }
    if grant is not None:
        figures = ("amount", "currency", "base", "target", "base_until", "until", "deadline")
        row |= {name: getattr(grant, name) for name in figures}
        row |= {"reason": "", "kind": KINDS[grant.kind - 1]}
    return row
