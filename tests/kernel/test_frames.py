"""The digest of a table, and DuckDB with its doors closed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ristoro.kernel import frames

COLUMNS = ["number", "small", "text", "day", "at", "truth"]
SCHEMA = pa.schema(
    [
        ("number", pa.int64()), ("small", pa.int16()), ("text", pa.string()),
        ("day", pa.date32()), ("at", pa.timestamp("us")), ("truth", pa.bool_()),
    ]
)  # fmt: skip
ROWS = st.lists(
    st.tuples(
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.none() | st.integers(-(2**15), 2**15 - 1),
        st.none() | st.text(max_size=5),
        st.none() | st.dates(),
        st.none() | st.integers(0, 2**50),
        st.none() | st.booleans(),
    ),
    max_size=30,
)
Rows = list[tuple[object, ...]]


def table(rows: Rows) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(SCHEMA)
    arrays = [
        pa.array(column, pa.int64()).cast(field.type)
        if pa.types.is_timestamp(field.type)
        else pa.array(column, field.type)
        for column, field in zip(columns, SCHEMA, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def digest(rows: Rows, batch: int = 1000) -> str:
    return frames.digest_of_table(table(rows).to_batches(max_chunksize=batch), COLUMNS)


@given(ROWS, st.integers(1, 7))
def test_a_digest_does_not_see_how_rows_are_cut_into_batches(rows: Rows, batch: int) -> None:
    assert digest(rows, batch) == digest(rows)


@given(ROWS)
def test_a_digest_does_not_see_dictionaries_or_slices(rows: Rows) -> None:
    made = table([*rows, *rows])
    encoded = made.set_column(2, "text", made["text"].dictionary_encode()).slice(len(rows))
    assert frames.digest_of_table(encoded.to_batches(), COLUMNS) == digest(rows)


@given(ROWS, ROWS)
def test_different_tables_have_different_digests(one: Rows, other: Rows) -> None:
    assert (digest(one) == digest(other)) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((None, None, None), (0, None, None)),  # nothing is not zero
        ((None, None, None), (None, None, "")),  # nor an empty text
        ((1, 2, None), (2, 1, None)),  # nor are columns mixed up
    ],
)
def test_near_misses_have_different_digests(
    one: tuple[object, ...], other: tuple[object, ...]
) -> None:
    rest = (date(2023, 1, 23), 0, True)
    assert digest([(*one, *rest)]) != digest([(*other, *rest)])


def test_texts_that_run_together_are_told_apart() -> None:
    rows = [
        [(0, 0, text, None, None, None) for text in pair] for pair in (("ab", "c"), ("a", "bc"))
    ]
    assert digest(rows[0]) != digest(rows[1])


def test_a_file_has_the_digest_of_its_table_however_it_was_written(tmp_path: Path) -> None:
    rows: Rows = [(n, n % 7, f"è{n}", date(2023, 1, 23), n, None) for n in range(500)]
    found = set()
    for group, codec in ((500, "zstd"), (33, "snappy")):
        pq.write_table(table(rows), tmp_path / "t", row_group_size=group, compression=codec)
        found.add(frames.digest_of_parquet(tmp_path / "t", COLUMNS))
    with duckdb.connect() as con:
        relation = con.read_parquet(str(tmp_path / "t"))
        relation.write_parquet(str(tmp_path / "u"))
    found.add(frames.digest_of_parquet(tmp_path / "u", COLUMNS))
    assert found == {digest(rows)}


def test_a_fraction_has_no_digest() -> None:
    with pytest.raises(TypeError, match="double"):
        frames.digest_of_table(pa.table({"x": [0.5]}).to_batches(), ["x"])


def test_only_the_named_folders_can_be_opened(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    for folder in (inside, outside):
        folder.mkdir()
        pq.write_table(pa.table({"x": [1]}), folder / "t.parquet")
    with frames.connect(reads=[inside]) as con:
        assert con.execute(f"SELECT x FROM '{inside}/t.parquet'").fetchall() == [(1,)]
        for statement in (
            f"SELECT x FROM '{outside}/t.parquet'",
            f"COPY (SELECT 1) TO '{outside}/u.csv'",
            f"ATTACH '{outside}/u.db'",
            "SELECT * FROM read_csv('/etc/passwd')",
            "INSTALL httpfs",
            "SET enable_external_access = true",
            "SET threads = 64",
        ):
            with pytest.raises(duckdb.Error):
                con.execute(statement)


def test_instants_are_read_in_utc() -> None:
    with frames.connect() as con:
        row = con.execute("SELECT EPOCH_US(TIMESTAMP '2023-01-23 00:00:00')").fetchone()
    assert row == (int(datetime(2023, 1, 23, tzinfo=UTC).timestamp()) * 10**6,)
