"""What sorts, buckets and compares whole columns is the same as what does it one by one."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ristoro.estate import duplicates, freeze, sample
from ristoro.estate.duplicates import Keys, hashes
from ristoro.estate.freeze import Spill, buckets_of
from ristoro.estate.reading import derived_ids
from ristoro.kernel.keys import bucket_of, mailbox_id_of


@given(st.lists(st.integers(1, 2**63 - 1), min_size=1))
def test_buckets_are_those_of_the_keys(ids: list[int]) -> None:
    assert buckets_of(np.array(ids)).tolist() == [bucket_of(number) for number in ids]


@given(st.lists(st.text(min_size=1)))
def test_made_ids_are_those_of_the_keys(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    assert derived_ids(pa.array(texts, pa.string())).to_pylist() == [
        mailbox_id_of(text) for text in texts
    ]


@given(st.lists(st.text("ab", min_size=1, max_size=6), min_size=1))
def test_hashes_of_texts_are_equal_where_the_texts_are(texts: list[str]) -> None:
    found = hashes(pa.array(["x", *texts], pa.string()).slice(1)).tolist()
    assert len(set(found)) == len(set(texts))
    assert all(number >= 0 for number in found)


@given(st.lists(st.integers(0, 200)))
def test_keys_find_exactly_the_lines_whose_key_is_repeated(
    tmp_path_factory: pytest.TempPathFactory, numbers: list[int]
) -> None:
    keys = Keys(tmp_path_factory.mktemp("keys") / "k")
    half = len(numbers) // 2
    lines = np.arange(len(numbers))
    keys.add(np.array(numbers[:half], dtype=np.int64), lines[:half])
    keys.add(np.array(numbers[half:], dtype=np.int64), lines[half:])
    found = {int(line) for lot in keys.repeated() for line in lot}
    assert found == {line for line, n in enumerate(numbers) if numbers.count(n) > 1}


def test_lots_of_repeated_keys_keep_equal_keys_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "ROWS_AT_ONCE", 1)
    keys = Keys(tmp_path / "k")
    keys.add(np.array([1, 2, 1, 2, 3]), np.array([10, 20, 30, 40, 50]))
    assert sorted(sorted(lot.tolist()) for lot in keys.repeated()) == [[10, 30], [20, 40]]


def test_the_size_of_a_chunk_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample.sample(3000, 1, tmp_path / "one.parquet")
    monkeypatch.setattr(freeze, "ROWS_A_CHUNK", 700)
    monkeypatch.setattr(sample, "ROWS_A_CHUNK", 700)
    sample.sample(3000, 1, tmp_path / "two.parquet")
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


def test_an_empty_spill_has_no_rows(tmp_path: Path) -> None:
    spill = Spill(tmp_path)
    assert sum(table.num_rows for table in spill.parts()) == 0
