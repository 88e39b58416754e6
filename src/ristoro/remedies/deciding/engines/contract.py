"""What deciding asks of an engine: small tables, one text over a range of buckets, and sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from ristoro.remedies.deciding.setting import Setting


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows of one verdict, brand and plan there are, and what they are owed together."""

    verdict: int
    brand: str
    plan: str
    count: int
    amount: int


class Engine(Protocol):
    """One estate, open for queries written in the compiler's SQL, which is DuckDB's.

    Queries read ``snapshot``, which has the columns of ``estate.columns.SNAPSHOT``, and the small
    tables beside it. Whatever the engine, rows have the same values and the same column types;
    their order is the writer's matter.
    """

    def lay_out(self, bound: Setting, names: Sequence[str], facts: Path | None) -> None:
        """Put the small tables beside the estate, as ``small_tables.lay_out`` makes them."""

    def keep(self, name: str, text: str) -> None:
        """Run a query over the whole estate once, and keep its rows as the table ``name``."""

    def rows(self, text: str, first: int, after: int) -> pa.Table:
        """A statement's rows over the buckets from ``first`` to before ``after``.

        ``BadInput`` where an amount does not fit into 64 bits.
        """

    def sums(self, rows: pa.Table) -> list[Sum]:
        """The sums of rows that ``rows`` gave; they are wider than 64 bits where they must be."""
