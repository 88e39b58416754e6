"""What the logs show of an estate, held against what was declared."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.evidence.folders import at, import_of, late, message, sign_in, window
from tests.outages.estates import Box, write

from ristoro.claims.evidence import slicing
from ristoro.claims.evidence.comparing import EXPOSURE, exposure, read_comparison, read_gaps
from ristoro.claims.evidence.gaps import gaps
from ristoro.estate.snapshot import Snapshot
from ristoro.kernel.clock import micros
from ristoro.outages.declare import read_outage_text
from ristoro.outages.outage import Outage

LATER = micros(datetime(2024, 1, 1, tzinfo=UTC))
TEXT = """\
outage: staged
version: 1
title: {it: Un guasto, en: A fault}
zone: UTC
stores:
  libero: [lib-01, lib-02]
windows:
  - {components: [inbound, imap, pop3], from: 2023-01-23T13:00, to: 2023-01-23T14:00}
"""
ONE, TWO = "box1@libero.it", "BOX2@libero.it"


def staged() -> Outage:
    return read_outage_text(TEXT.encode(), "staged.yaml")


def estate(folder: Path) -> Snapshot:
    boxes = [Box(1, "lib-01"), Box(2, "lib-02"), Box(3, "lib-02")]
    path = write(boxes, folder / "estate.parquet")
    return Snapshot(path, datetime(2023, 1, 20, tzinfo=UTC), "a" * 64, "b" * 64, len(boxes))


def test_faults_and_what_worked_are_told_where_the_declaration_says_otherwise(
    tmp_path: Path,
) -> None:
    full = {"fate": "bounced", "dsn": "5.2.2", "reason": "Quota exceeded"}
    folder = import_of(
        tmp_path,
        (0, 300),
        histories=[
            late("A1", 70, 100, recipient=ONE),
            late("A2", 200, 230, recipient=TWO),
            late("A3", 75, 90, recipient=TWO, fate="expired", dsn="4.4.1"),
            message("A4", 80, recipient=ONE, **full),
            message("A5", 90, recipient=TWO),
            message("A6", 20, recipient=ONE),
            message("A7", 20, recipient="nobody@elsewhere.example"),
        ],
        sign_ins=[
            sign_in(65, "ours", mailbox=ONE),
            sign_in(66, "refused", mailbox=ONE),
            sign_in(180, "cut", mailbox=ONE),
            sign_in(70, mailbox=TWO),
        ],
    )
    out = tmp_path / "out"

    found = exposure([folder, folder], estate(tmp_path), staged(), out, LATER)

    assert (found.mailboxes, found.faults, found.undeclared) == (2, 5, 2)
    assert (found.estate, found.named) == (3, 2)  # of the third nothing is provable
    assert [(d.kind, d.component, d.store, d.facts) for d in found.disagreements] == [
        ("faults-outside", "imap", "lib-01", 1),
        ("faults-outside", "inbound", "lib-02", 1),
        ("good-inside", "imap", "lib-02", 1),
        ("good-inside", "inbound", "lib-01", 1),
        ("good-inside", "inbound", "lib-02", 1),
    ]
    sample = found.disagreements[1].samples[0]
    assert (sample.mailbox_id, sample.what, sample.at) == (2, "late", window(200, 0).start)
    assert sample.where.sha256 == folder.sources[0].sha256
    assert [(one.component, one.stores) for one in found.silent] == [
        ("pop3", ("lib-01", "lib-02")),
    ]
    assert read_comparison(out) == found
    assert read_gaps(out) == gaps(staged().windows, [folder], LATER)
    rows = pq.read_table(out / EXPOSURE).to_pylist()
    assert [
        (r["mailbox_id"], r["late"], r["expired"], r["bounced"], r["refused_sign_ins"],
         r["declared"], r["undeclared"]) for r in rows
    ] == [(1, 1, 0, 0, 2, 2, 1), (2, 1, 1, 0, 0, 1, 1)]  # fmt: skip
    assert rows[0]["longest_delay_us"] == 30 * 60_000_000


def test_an_outage_with_no_import_at_all_is_all_silence(tmp_path: Path) -> None:
    found = exposure(
        [import_of(tmp_path, (0, 1))], estate(tmp_path), staged(), tmp_path / "out", LATER
    )

    assert (found.faults, found.disagreements) == (0, ())
    assert [one.component for one in found.silent] == ["imap", "inbound", "pop3"]


def test_slices_of_the_addresses_are_told_as_one_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = Box(9, "lib-01")
    path = write([Box(1), Box(2, "lib-02"), Box(3, "lib-02"), wide], tmp_path / "estate.parquet")
    snapshot = Snapshot(path, datetime(2023, 1, 20, tzinfo=UTC), "a" * 64, "b" * 64, 4)
    folders = [
        import_of(
            tmp_path,
            (0, 300),
            f"{box}.log",
            histories=[
                late(f"A{box}", 70, 100, recipient=f"box{box}@libero.it", file=f"{box}.log",
                     last_file=f"{box}.log"),
                late("SAME", 200, 230, recipient="box2@libero.it", file=f"{box}.log",
                     last_file=f"{box}.log"),
            ],
            sign_ins=[
                sign_in(60 + box, "ours", mailbox=f"box{box}@libero.it", file=f"{box}.log"),
                sign_in(60, "ours", mailbox="", file=f"{box}.log"),
            ],
        )
        for box in (1, 2, 3, 9)
    ]  # fmt: skip
    whole = exposure(folders, snapshot, staged(), tmp_path / "whole", LATER)
    monkeypatch.setattr(slicing, "ROWS_A_SLICE", 1)
    parts: list[str] = []
    cut = exposure(folders, snapshot, staged(), tmp_path / "cut", LATER, parts.append)

    assert len([one for one in parts if one.startswith("mailboxes, part")]) > 2
    assert cut == whole
    assert (whole.mailboxes, whole.named, whole.faults, whole.undeclared) == (4, 4, 9, 1)
    one, other = (pq.read_table(tmp_path / name / EXPOSURE) for name in ("cut", "whole"))
    assert one.to_pylist() == other.to_pylist()


def test_what_befell_an_address_before_the_mailbox_was_opened_is_not_the_mailboxs(
    tmp_path: Path,
) -> None:
    boxes = [Box(1, created=at(100)), Box(2, closed=at(100))]
    path = write(boxes, tmp_path / "estate.parquet")
    snapshot = Snapshot(path, datetime(2023, 1, 20, tzinfo=UTC), "a" * 64, "b" * 64, 2)
    folder = import_of(
        tmp_path,
        (0, 300),
        histories=[
            late("A1", 70, 90, recipient=ONE),
            late("A2", 70, 90, recipient=TWO),
            late("A3", 110, 120, recipient=ONE),
            late("A4", 110, 120, recipient=TWO),
        ],
        sign_ins=[sign_in(99, "ours", mailbox=ONE), sign_in(99, "ours", mailbox=TWO)],
    )

    exposure([folder], snapshot, staged(), tmp_path / "out", LATER)

    rows = pq.read_table(tmp_path / "out" / EXPOSURE).to_pylist()
    told = {row["mailbox_id"]: (row["late"], row["refused_sign_ins"]) for row in rows}
    assert told == {1: (1, 0), 2: (1, 1)}
