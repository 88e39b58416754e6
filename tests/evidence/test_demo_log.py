"""The demo's mail log is the real one under the sample's names and clock, and nothing else."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq

from ristoro.cli.demo_lanes import LOST, READER, SETTLED, WAITING
from ristoro.cli.demo_log import BEGINS, REAL, place
from ristoro.edges.mail_logs.importing import import_logs

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_each_claimant_of_the_demo_has_a_message_that_was_never_delivered(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    place(ROOT / REAL, log)
    folder = import_logs([log], tmp_path, by="ada", now=NOW).folder
    assert folder.counts["understood"] == folder.counts["lines"] == 7862
    assert folder.first_at == BEGINS
    histories = pq.read_table(folder.table("histories")).to_pylist()
    fates = Counter(one["fate"] for one in histories)
    assert (fates["sent"], fates["deleted"], fates["expired"]) == (629, 5, 5)
    gone = {one["recipient"]: one["sender"] for one in histories if one["fate"] == "deleted"}
    for address in (READER, SETTLED, WAITING):
        assert gone[address] == LOST["counterparty"]
    assert all(one["arrived_at"].date() == BEGINS.date() for one in histories)
