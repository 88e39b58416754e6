"""The engine that is always there: DuckDB, inside the process, on one machine's cores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from ristoro.estate.snapshot import Snapshot
from ristoro.kernel import frames
from ristoro.kernel.errors import BadInput, bad_input
from ristoro.remedies.deciding.engines.contract import Sum
from ristoro.remedies.deciding.setting import Setting
from ristoro.remedies.deciding.small_tables import lay_out


@contextmanager
def opened(snapshot: Snapshot, limits: frames.Limits, scratch: Path) -> Iterator[DuckDB]:
    """The engine over a snapshot; it spills into ``scratch``."""
    with frames.connect(limits, reads=[snapshot.path], scratch=scratch) as con:
        con.read_parquet(str(snapshot.path.resolve())).create_view("estate")
        yield DuckDB(con)


class DuckDB:
    """``contract.Engine`` over a connection that has the view ``estate``."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self._whole()

    def lay_out(self, bound: Setting, names: Sequence[str], facts: Path | None) -> None:
        self._whole()
        lay_out(self.con, bound, names, facts)

    def keep(self, name: str, text: str) -> None:
        self._whole()
        with told():
            self.con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {text}")

    def rows(self, text: str, first: int, after: int) -> pa.Table:
        self.con.execute(
            "CREATE OR REPLACE TEMP VIEW snapshot AS SELECT * FROM estate"  # noqa: S608 - whole numbers
            f" WHERE bucket >= {first} AND bucket < {after}"
        )
        return rows_of(self.con, text)

    def sums(self, rows: pa.Table) -> list[Sum]:
        return sums_of(self.con, rows)

    def _whole(self) -> None:
        self.con.execute("CREATE OR REPLACE TEMP VIEW snapshot AS SELECT * FROM estate")


def rows_of(con: duckdb.DuckDBPyConnection, text: str) -> pa.Table:
    """Run one statement over ``snapshot``; ``BadInput`` where an amount does not fit."""
    with told():
        return con.sql(text).to_arrow_table()


def sums_of(con: duckdb.DuckDBPyConnection, rows: pa.Table) -> list[Sum]:
    """The sums of a statement's rows, 128 bits wide."""
    con.register("part", rows)
    found = [Sum(*line) for line in con.execute(_SUMS).fetchall()]
    con.unregister("part")
    return found


_SUMS = """SELECT verdict, brand, plan, COUNT(*), CAST(SUM(amount) AS HUGEINT)
FROM part GROUP BY ALL"""


@contextmanager
def told() -> Iterator[None]:
    """An overflow told as what it is for the policy's author."""
    try:
        yield
    except duckdb.OutOfRangeException as error:
        raise too_large(str(error).splitlines()[0]) from error


def too_large(why: str) -> BadInput:
    """An amount does not fit: every engine refuses it in the same words."""
    return bad_input(
        "overflow",
        "an amount does not fit into 64 bits",
        why,
        "check the policy's amounts and the sizes and prices of the estate",
    )
