"""Outcomes are written and digested behind the deciding, and what fails there is not lost."""

from __future__ import annotations

import threading
from pathlib import Path

import pyarrow as pa
import pytest

from ristoro.remedies.deciding.write import Behind, write_outcomes


def batch(number: int) -> pa.RecordBatch:
    return pa.record_batch({"n": [number]})


def test_what_is_put_is_done_in_order_before_the_end() -> None:
    seen: list[int] = []
    with Behind("test", lambda one: seen.append(one.column("n")[0].as_py())) as behind:
        for number in range(50):
            behind.put(batch(number))
    assert seen == list(range(50))


def test_no_more_wait_than_may() -> None:
    done: list[pa.RecordBatch] = []
    with Behind("test", done.append) as behind:
        for number in range(50):
            behind.put(batch(number))
            assert number + 1 - len(done) <= Behind.AT_ONCE


@pytest.mark.parametrize("count", [1, Behind.AT_ONCE * 3])
def test_what_the_work_raises_comes_out(count: int) -> None:
    def work(one: pa.RecordBatch) -> None:
        raise OSError("no space left on device")

    def put_all() -> None:
        with Behind("test", work) as behind:
            for number in range(count):
                behind.put(batch(number))

    with pytest.raises(OSError, match="no space left"):
        put_all()


def test_what_deciding_raises_ends_the_threads(tmp_path: Path) -> None:
    def decided() -> None:
        raise ValueError("the query failed")

    before = threading.active_count()
    with pytest.raises(ValueError, match="the query failed"):
        write_outcomes((decided() for _ in range(1)), [], tmp_path / "o.parquet")  # type: ignore[misc]
    assert threading.active_count() == before
