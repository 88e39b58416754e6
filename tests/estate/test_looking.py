"""The first rows of a directory before it is imported; what a snapshot holds after it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.estate.estates import AS_OF

from ristoro.edges.directories.opening import open_directory
from ristoro.estate.counts import count, keep_counts, kept_counts
from ristoro.estate.importing import import_estate
from ristoro.estate.mapping import by_name
from ristoro.estate.preview import first_rows, mapped_rows
from ristoro.estate.sample import sample
from ristoro.estate.snapshot import open_snapshot
from ristoro.kernel.errors import BadInput


def sampled(folder: Path, rows: int = 70, suffix: str = "csv") -> Path:
    path = folder / f"sample.{suffix}"
    sample(rows, 3, path, as_of=AS_OF, progress=lambda done: None)
    return path


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_the_first_rows_are_shown_as_they_stand_and_as_mailboxes(
    tmp_path: Path, suffix: str
) -> None:
    directory = open_directory(str(sampled(tmp_path, suffix=suffix)))
    block, raw = first_rows(directory, 5)
    assert raw.columns == directory.columns
    assert len(raw.rows) == 5
    mapped = mapped_rows(block, by_name(directory.columns, "own"), directory, AS_OF)
    assert mapped.faults == ()
    names = mapped.table.columns
    row = dict(zip(names, mapped.table.rows[0].values, strict=True))
    assert "@" in row["address"]
    assert row["ways"] == "webmail"
    assert row["created_at"] == "2012-03-05 08:30:00"
    assert row["closed_at"] == ""


def test_what_is_wrong_with_the_first_rows_is_said(tmp_path: Path) -> None:
    path = sampled(tmp_path)
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[2] = lines[2].replace("@", " at ")
    path.write_text("\n".join(lines), encoding="utf-8")
    directory = open_directory(str(path))
    block, raw = first_rows(directory)
    assert [row.line for row in raw.rows[:3]] == [2, 3, 4]
    mapped = mapped_rows(block, by_name(directory.columns, "own"), directory, AS_OF)
    assert [(fault.line, fault.field) for fault in mapped.faults] == [(3, "address")]
    assert 3 not in [row.line for row in mapped.table.rows]


def test_a_file_with_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "header.csv"
    path.write_text("a,b\n", encoding="utf-8")
    _, raw = first_rows(open_directory(str(path)))
    assert (raw.columns, raw.rows) == (("a", "b"), ())
    path.write_text('a,b\n1,"2\n', encoding="utf-8")
    with pytest.raises(BadInput, match="never closed"):
        first_rows(open_directory(str(path)))


def test_a_snapshot_is_counted_once(tmp_path: Path) -> None:
    imported = import_estate(
        open_directory(str(sampled(tmp_path, 200))), tmp_path / "estate", now=AS_OF, as_of=AS_OF
    )
    snapshot = open_snapshot(imported.path)
    assert kept_counts(snapshot) is None
    found = count(snapshot)
    for lines in (found.plans, found.stores, found.locales, found.standings):
        assert sum(number for _, number in lines) == imported.rows
    assert [number for _, number in found.plans] == sorted(
        (number for _, number in found.plans), reverse=True
    )
    assert 0 < found.closed < found.paid < imported.rows
    assert keep_counts(snapshot, found) == kept_counts(snapshot) == found
