"""A snapshot file is known by its columns, labels and digest, and anything else is refused."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ristoro.estate.sample import sample
from ristoro.estate.snapshot import open_snapshot
from ristoro.kernel.errors import BadInput


@pytest.fixture
def good(tmp_path: Path) -> Path:
    sample(100, 1, tmp_path / "estate.parquet")
    return tmp_path / "estate.parquet"


def rewritten(good: Path, table: pa.Table, *, labels: bool = True) -> Path:
    path = good.with_name("other.parquet")
    kept = pq.read_metadata(good).metadata or {}
    with pq.ParquetWriter(path, table.schema) as writer:
        writer.write_table(table)
        if labels:
            writer.add_key_value_metadata({k: v for k, v in kept.items() if b"ristoro" in k})
    return path


def refused(path: Path) -> tuple[str, str | None]:
    with pytest.raises(BadInput) as caught:
        open_snapshot(path).check()
    [problem] = caught.value.problems
    assert problem.place
    return problem.code, problem.place.field


def test_a_rewritten_snapshot_with_the_same_values_is_the_same(good: Path) -> None:
    snapshot = open_snapshot(rewritten(good, pq.read_table(good)))
    snapshot.check()
    assert snapshot.digest == open_snapshot(good).digest


def test_a_changed_value_is_noticed(good: Path) -> None:
    table = pq.read_table(good)
    position = table.schema.get_field_index("price_minor")
    prices = pa.array([price + 1 for price in table["price_minor"].to_pylist()])
    changed = table.set_column(position, table.schema.field(position), prices)
    assert refused(rewritten(good, changed)) == ("snapshot-changed", None)


def test_other_columns_are_refused_by_name(good: Path) -> None:
    table = pq.read_table(good)
    assert refused(rewritten(good, table.drop_columns("store"))) == ("not-a-snapshot", "store")
    more = table.append_column("colour", pa.array(["red"] * 100))
    assert refused(rewritten(good, more)) == ("not-a-snapshot", "colour")
    position = table.schema.get_field_index("price_minor")
    narrow = table.set_column(position, "price_minor", table["price_minor"].cast(pa.int32()))
    assert refused(rewritten(good, narrow)) == ("not-a-snapshot", "price_minor")
    turned = table.select(list(reversed(table.schema.names)))
    assert refused(rewritten(good, turned)) == ("not-a-snapshot", None)


def test_columns_without_labels_are_no_snapshot(good: Path) -> None:
    table = pq.read_table(good)
    assert refused(rewritten(good, table, labels=False)) == ("not-a-snapshot", None)


def test_a_snapshot_under_another_digests_name_is_refused(good: Path) -> None:
    assert refused(good.rename(good.with_name(f"{'0' * 64}.parquet"))) == ("snapshot-renamed", None)


def test_what_is_no_parquet_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.parquet")[0] == "unreadable"
    (tmp_path / "text.parquet").write_text("mailbox_id\n1\n")
    assert refused(tmp_path / "text.parquet")[0] == "not-parquet"
