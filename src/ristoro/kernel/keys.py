"""Keys that are unique by construction and the same on any engine, in any year.

A mailbox is spread over ``BUCKETS`` buckets by a hash of its id that we compute ourselves; loads,
chunks and partitions follow buckets. The SQL texts here and the Python functions beside them are
the same function, and a test holds them together.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

BUCKETS = 1024
BUCKET_SHIFT = 40
RUN_SHIFT = 22
"""A row id is ``(bucket << 40) + (run << 22) + ordinal``: 262,144 runs, 4,194,304 rows in a bucket
of a run. It stays below 2**50, exact in every engine, and one bucket of one run is a range."""

_PRIME = 2_147_483_647
_FACTOR = 48_271


def bucket_of(mailbox_id: int) -> int:
    """0 to 1023: a Lehmer step (Park and Miller, 1993), which fits int64 in every engine."""
    return (mailbox_id % _PRIME) * _FACTOR % _PRIME % BUCKETS


def bucket_sql(column: str = "mailbox_id") -> str:
    """``bucket_of`` as SQL; ``column`` is a column name, never a value from outside."""
    return f"CAST((({column} % {_PRIME}) * {_FACTOR}) % {_PRIME} % {BUCKETS} AS SMALLINT)"


def row_id(bucket: int, run: int, ordinal: int) -> int:
    """The bigint id of the ``ordinal``-th row that a run keeps in a bucket."""
    return (bucket << BUCKET_SHIFT) + (run << RUN_SHIFT) + ordinal


def row_bounds(bucket: int, run: int) -> tuple[int, int]:
    """The first row id of a run in a bucket, and the first after it: a half-open range."""
    return row_id(bucket, run, 0), row_id(bucket, run + 1, 0)


def mailbox_id_of(address: str) -> int:
    """A positive id for a directory that has none: the first 60 bits of the address's SHA-256.

    Two of nine million addresses share one with a chance of 4 in 100,000; an import that meets
    it refuses both rows.
    """
    return int(hashlib.sha256(address.encode()).hexdigest()[:15], 16)


def canonical_json(value: Any) -> bytes:
    """One spelling for one value: sorted keys, no spaces, UTF-8, no floats (``TypeError``)."""
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest_of(value: Any) -> str:
    """The SHA-256, in hex, of a value's canonical JSON."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a binary float, which has no canonical spelling")
    if isinstance(value, dict):
        for key, item in value.items():
            _refuse_floats(key)
            _refuse_floats(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _refuse_floats(item)
