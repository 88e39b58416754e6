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
import pyarrow as pa

from ristoro.fulfilment.models import Consent, GrantKind, GrantState
from ristoro.kernel import frames
from ristoro.kernel.keys import BUCKET_SHIFT, row_id
from ristoro.notices.facts import NoticeKind
from ristoro.notices.models import NoticeState
from ristoro.remedies.columns import CONSENTS, KINDS
from ristoro.remedies.runs import Decided

ROWS_A_GROUP = 200_000
"""Grants that are read, joined and written together: tens of megabytes, a second or less."""

_LETTERS = (
    "storage_done",
    "extension_confirm",
    "extension_done",
    "money_done",
    "claim_open",
    "several",
)
_DAYS = ("base_until", "until", "deadline")


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


class Owed:
    """A decided run's outcomes joined with its snapshot. ``read`` one group, then ask about it."""

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

    def read(self, group: Group) -> None:
        """Make the group's grants and notices ready."""
        ids = {"shift": BUCKET_SHIFT, "run_base": row_id(0, self._run_id, 0)}
        self._con.execute(
            _sql("02_grants"),
            {
                "outcomes": str(self._decided.outcomes),
                "snapshot": str(self._decided.snapshot),
                "first": group.first,
                "last": group.last,
                "run_id": self._run_id,
                "kinds": list(KINDS),
                "consents": list(CONSENTS),
                "planned": int(GrantState.PLANNED),
                "waiting": int(GrantState.WAITING),
                **ids,
            },
        )
        self._con.execute(
            _sql("03_notices"),
            {
                "planned": int(NoticeState.PLANNED),
                "storage": int(GrantKind.STORAGE),
                "times": [int(GrantKind.EXTENSION), int(GrantKind.SERVICE_DAYS)],
                "moneys": [int(GrantKind.CREDIT), int(GrantKind.REFUND), int(GrantKind.INDEMNITY)],
                **{consent.name.lower(): int(consent) for consent in Consent},
                **{name: int(NoticeKind[name.upper()]) for name in _LETTERS},
                **ids,
            },
        )

    def grants(self, days_as_text: bool) -> pa.RecordBatchReader:
        """The group's grants; days as ``2023-01-31`` where the database keeps them as texts."""
        columns = "*"
        if days_as_text:
            casts = ", ".join(f"CAST({day} AS VARCHAR) AS {day}" for day in _DAYS)
            columns = f"* REPLACE ({casts})"
        query = f"SELECT {columns} FROM grants ORDER BY id"  # noqa: S608 - no values
        return self._con.sql(query).to_arrow_reader(frames.ROWS_A_BATCH)

    def notices(self) -> pa.RecordBatchReader:
        """The group's notices."""
        return self._con.sql("SELECT * FROM notices ORDER BY id").to_arrow_reader(
            frames.ROWS_A_BATCH
        )

    def grants_counted(self) -> list[Counted]:
        """The group's grants by bucket, remedy and state."""
        rows = self._con.execute(
            "SELECT bucket, remedy, state, count(*), CAST(sum(amount) AS BIGINT) FROM grants"
            " GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        return [Counted(*row) for row in rows]

    def notices_counted(self) -> list[Counted]:
        """The group's notices by bucket, kind and state."""
        rows = self._con.execute(
            "SELECT bucket, kind, state, count(*), 0 FROM notices GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        return [Counted(*row) for row in rows]

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


def _group(buckets: Iterable[int], owed: int) -> Group:
    held = tuple(buckets)
    return Group(held[0], held[-1], held, owed)


@cache
def _sql(name: str) -> str:
    text: Any = files("ristoro.fulfilment").joinpath("sql", f"{name}.sql")
    return str(text.read_text(encoding="utf-8"))
