"""What a decided run owes, as rows of grants and notices, a group of buckets at a time.

The outcomes and the snapshot are both sorted by bucket, so a group of neighbouring buckets is read
from the few row groups that hold it: memory depends on the group, never on the estate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ristoro.fulfilment.models import Consent, GrantKind, GrantState
from ristoro.kernel import frames
from ristoro.kernel.keys import BUCKET_SHIFT, row_id
from ristoro.notices.facts import NoticeKind
from ristoro.notices.models import NoticeState
from ristoro.remedies.columns import CONSENTS, KINDS
from ristoro.remedies.runs import Decided

ROWS_A_GROUP = 100_000
"""Grants that are read, joined and written together: tens of megabytes, a second or less."""

_OF_MAILBOX = ["run_id", "mailbox_id", "bucket", "address", "brand", "locale"]
_TIME = (GrantKind.EXTENSION, GrantKind.SERVICE_DAYS)
_MONEY = (GrantKind.CREDIT, GrantKind.REFUND, GrantKind.INDEMNITY)


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring buckets that are loaded together; ``owed`` is their number of grants."""

    first: int
    last: int
    buckets: tuple[int, ...]
    owed: int


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows of one bucket, remedy (of a notice: kind) and state, and what they come to."""

    bucket: int
    remedy: int
    state: int
    rows: int
    amount: int


@dataclass(frozen=True, slots=True)
class GroupRows:
    """A group's rows, columns named as their tables', and their counts."""

    group: Group
    grants: pa.Table
    notices: pa.Table
    grants_counted: list[Counted]
    notices_counted: list[Counted]


class Owed:
    """A decided run's outcomes, joined with its snapshot where rows are read."""

    def __init__(self, con: duckdb.DuckDBPyConnection, decided: Decided, run_id: int) -> None:
        self._con = con
        self._decided = decided
        self._run_id = run_id

    def weights(self) -> dict[int, int]:
        """Grants by bucket, buckets without any left out."""
        rows = self._con.execute(
            _sql("01_weights"), {"outcomes": str(self._decided.outcomes)}
        ).fetchall()
        return dict(rows)

    def read(self, group: Group) -> GroupRows:
        """The group's grants, and a notice for each mailbox that has any."""
        found = self._con.sql(
            _sql("02_grants"),
            params={
                "outcomes": str(self._decided.outcomes),
                "snapshot": str(self._decided.snapshot),
                "first": group.first,
                "last": group.last,
                "run_id": self._run_id,
                "kinds": list(KINDS),
                "consents": list(CONSENTS),
                "planned": int(GrantState.PLANNED),
                "waiting": int(GrantState.WAITING),
            },
        ).to_arrow_table()
        grants = found.add_column(0, "id", self._ids(found))
        notices = self._notices(grants)
        return GroupRows(
            group,
            grants,
            notices,
            _counted(grants, "remedy", "amount"),
            _counted(notices, "kind", None),
        )

    def _ids(self, rows: pa.Table) -> pa.Array:
        """The row ids of rows that are sorted by bucket: each bucket counts from 0."""
        buckets = rows.column("bucket").to_numpy().astype(np.int64)
        places = np.arange(len(buckets))
        firsts = np.flatnonzero(np.diff(buckets, prepend=-1))
        ordinals = places - np.repeat(firsts, np.diff(firsts, append=len(buckets)))
        return pa.array((buckets << BUCKET_SHIFT) + row_id(0, self._run_id, 0) + ordinals)

    def _notices(self, grants: pa.Table) -> pa.Table:
        """One row for each mailbox of grants that are sorted by mailbox within their bucket."""
        firsts = np.flatnonzero(np.diff(grants.column("mailbox_id").to_numpy(), prepend=-1))
        rows = grants.take(pa.array(firsts)).select(_OF_MAILBOX)
        count = rows.num_rows
        columns = {
            "id": self._ids(rows),
            **{name: rows.column(name) for name in _OF_MAILBOX},
            "kind": pa.array(_letters(grants, firsts), pa.int16()),
            "state": pa.array(np.full(count, int(NoticeState.PLANNED), np.int16)),
            "result": pa.array(np.full(count, "")),
            "body_hash": pa.array(np.full(count, "")),
        }
        return pa.table(columns)

    def totals(self) -> dict[tuple[int, int], tuple[int, int]]:
        """By bucket and remedy of the whole run: grants owed, and what they come to."""
        rows = self._con.execute(
            "SELECT bucket, remedy_no, count(*), CAST(sum(amount) AS BIGINT)"
            " FROM read_parquet($outcomes) WHERE reason = '' GROUP BY ALL",
            {"outcomes": str(self._decided.outcomes)},
        ).fetchall()
        return {(bucket, remedy): (rows, amount) for bucket, remedy, rows, amount in rows}

    def mailboxes_in_all(self) -> int:
        """Mailboxes of the whole run that are owed anything, counted a bucket range at a time."""
        count = 0
        for group in groups(self.weights(), ROWS_A_GROUP * 5):
            row = self._con.execute(
                "SELECT count(DISTINCT mailbox_id) FROM read_parquet($outcomes)"
                " WHERE bucket BETWEEN $first AND $last AND reason = ''",
                {
                    "outcomes": str(self._decided.outcomes),
                    "first": group.first,
                    "last": group.last,
                },
            ).fetchone()
            count += row[0] if row else 0
        return count


@contextmanager
def opened(
    decided: Decided, run_id: int, limits: frames.Limits = frames.Limits()
) -> Iterator[Owed]:
    """The run's outcomes and snapshot, opened for reading."""
    with frames.connect(limits, reads=[decided.outcomes, decided.snapshot]) as con:
        yield Owed(con, decided, run_id)


def groups(weights: dict[int, int], rows: int = ROWS_A_GROUP) -> list[Group]:
    """Neighbouring buckets put together until they owe about ``rows`` grants."""
    made: list[Group] = []
    buckets: list[int] = []
    owed = 0
    for bucket in sorted(weights):
        if buckets and owed + weights[bucket] > rows:
            made.append(_group(buckets, owed))
            buckets, owed = [], 0
        buckets.append(bucket)
        owed += weights[bucket]
    if buckets:
        made.append(_group(buckets, owed))
    return made


def _letters(grants: pa.Table, firsts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The kind of the letter that speaks of all of a mailbox's grants, or of several kinds."""
    kind = grants.column("kind").to_numpy()
    consent = grants.column("consent").to_numpy()

    def whole(true: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return np.logical_and.reduceat(true, firsts) if len(firsts) else true

    given, time = whole(consent == Consent.AUTOMATIC), whole(np.isin(kind, _TIME))
    return np.select(
        [
            given & whole(kind == GrantKind.STORAGE),
            time & whole(consent == Consent.CONFIRM),
            time & given,
            given & whole(np.isin(kind, _MONEY)),
            whole(consent == Consent.CLAIM),
        ],
        [
            NoticeKind.STORAGE_DONE,
            NoticeKind.EXTENSION_CONFIRM,
            NoticeKind.EXTENSION_DONE,
            NoticeKind.MONEY_DONE,
            NoticeKind.CLAIM_OPEN,
        ],
        NoticeKind.SEVERAL,
    )


def _counted(rows: pa.Table, remedy: str, amount: str | None) -> list[Counted]:
    keys = ["bucket", remedy, "state"]
    sums = [(amount, "sum")] if amount else []
    found = rows.group_by(keys).aggregate([([], "count_all"), *sums])
    none = [0] * found.num_rows
    amounts = found.column(f"{amount}_sum").to_pylist() if amount else none
    columns = [found.column(key).to_pylist() for key in (*keys, "count_all")]
    return [Counted(*line) for line in zip(*columns, amounts, strict=True)]


def _group(buckets: Iterable[int], owed: int) -> Group:
    held = tuple(buckets)
    return Group(held[0], held[-1], held, owed)


@cache
def _sql(name: str) -> str:
    text: Any = files("ristoro.fulfilment").joinpath("sql", f"{name}.sql")
    return str(text.read_text(encoding="utf-8"))
