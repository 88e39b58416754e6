"""Keys in Python and the same keys in SQL."""

from __future__ import annotations

from itertools import pairwise

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ristoro.kernel import keys

EDGES = [0, 1, 1023, 1024, 2**31 - 2, 2**31 - 1, 2**31, 2**53 + 1, 2**60 - 1, 2**62, 2**63 - 1]


@given(st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=50))
def test_the_bucket_in_sql_is_the_bucket_in_python(ids: list[int]) -> None:
    ids += EDGES
    with duckdb.connect() as con:
        sql = f"SELECT {keys.bucket_sql('id')} FROM (SELECT UNNEST($1::BIGINT[]) AS id)"
        found = [row[0] for row in con.execute(sql, [ids]).fetchall()]
    assert found == [keys.bucket_of(number) for number in ids]


def test_buckets_share_a_run_of_ids_evenly() -> None:
    counts = [0] * keys.BUCKETS
    for number in range(1_000_001, 1_000_001 + 256 * keys.BUCKETS):
        counts[keys.bucket_of(number)] += 1
    assert min(counts) > 128
    assert max(counts) < 512


@given(
    st.integers(0, keys.BUCKETS - 1),
    st.integers(0, 2**18 - 1),
    st.integers(0, 2**22 - 1),
)
def test_a_row_id_lies_in_the_range_of_its_bucket_and_run(
    bucket: int, run: int, ordinal: int
) -> None:
    first, after = keys.row_bounds(bucket, run)
    assert first <= keys.row_id(bucket, run, ordinal) < after <= 2**50


def test_ranges_of_buckets_and_runs_do_not_meet() -> None:
    last = 2**18 - 1
    ranges = [keys.row_bounds(b, r) for b in (0, 1, 1022, 1023) for r in (0, 1, last - 1, last)]
    assert all(before[1] <= after[0] for before, after in pairwise(ranges))


def test_an_address_has_one_positive_id_that_fits_60_bits() -> None:
    found = keys.mailbox_id_of("anna@libero.it")
    assert found == keys.mailbox_id_of("anna@libero.it") != keys.mailbox_id_of("anna@virgilio.it")
    assert 0 < found < 2**60


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    assert keys.canonical_json({"b": [1, None], "a": "è"}) == '{"a":"è","b":[1,null]}'.encode()
    assert keys.digest_of({"b": 1, "a": 2}) == keys.digest_of({"a": 2, "b": 1})


@pytest.mark.parametrize("value", [1.0, [1.5], {"a": {"b": 0.1}}, {0.5: 1}, (1, (2.0,))])
def test_a_float_has_no_canonical_spelling(value: object) -> None:
    with pytest.raises(TypeError, match="float"):
        keys.canonical_json(value)
