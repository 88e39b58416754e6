"""An estate held against the imports, a slice of its addresses at a time.

The sorted tables (``sorting``) are read from end to end, each row group once or twice: a slice is
worked in memory whatever the size of the whole, and leaves only its sums and its mailboxes behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from ristoro.claims.evidence.sorting import Sorted, step, write
from ristoro.kernel.spans import Span

ROWS_A_SLICE = 500_000
"""Histories and sign-ins of one slice, but for a mailbox that alone has more."""
BEFORE_ALL, AFTER_ALL = "\x01", "\U0010ffff"
"""No address begins with either; an empty one is of a sign-in of nobody knows whom."""
BOXES = "boxes.parquet"

_FIRST_OF_GROUPS = """
SELECT stats_min_value, row_group_num_rows
FROM parquet_metadata($tables)
WHERE path_in_schema = 'mailbox' AND stats_min_value IS NOT NULL
ORDER BY stats_min_value
"""
_MESSAGES = "CREATE OR REPLACE TEMP TABLE messages AS "


@dataclass(frozen=True, slots=True)
class Slices:
    """A connection that has the declared windows, and what is asked of it."""

    con: duckdb.DuckDBPyConnection
    imports: Sequence[Sorted]
    span: Span
    scratch: Path

    def work(self, snapshot: Path, told: Callable[[str], None]) -> None:
        """Go through all slices; the sums are in the tables of ``30_gathered.sql`` then."""
        boxes = self.scratch / BOXES
        told("estate")
        write(self.con.sql(step("31_boxes.sql"), params={"snapshot": str(snapshot)}), boxes)
        self.con.execute(step("10_words.sql"))
        self.con.execute(step("30_gathered.sql"))
        ranges = list(self.ranges())
        for number, (low, high) in enumerate(ranges, start=1):
            told(f"mailboxes, part {number} of {len(ranges)}")
            self._one(boxes, low, high)
            mailboxes = self.con.sql(step("41_exposure.sql"))
            mailboxes.write_parquet(str(self.scratch / f"slice-{number}.parquet"))

    def exposure(self, out: Path) -> None:
        """Write the mailboxes of all slices in the order of a snapshot."""
        slices = [str(path) for path in sorted(self.scratch.glob("slice-*.parquet"))]
        write(self.con.sql(step("51_exposure.sql"), params={"slices": slices}), out)

    def ranges(self) -> Iterator[tuple[str, str]]:
        """From which address, and to before which, each slice goes."""
        tables = [*self._tables("histories"), *self._tables("sign_ins")]
        low, rows = BEFORE_ALL, 0
        for first, number in self.con.execute(_FIRST_OF_GROUPS, {"tables": tables}).fetchall():
            if rows >= ROWS_A_SLICE and first > low:
                yield low, first
                low, rows = first, 0
            rows += number
        yield low, AFTER_ALL

    def _one(self, boxes: Path, low: str, high: str) -> None:
        part: dict[str, Any] = {"low": low, "high": high}
        times = {"since": self.span.start, "until": self.span.end}
        histories = {"histories": self._tables("histories")}
        ask = self.con.execute
        ask(step("32_boxes.sql"), {"boxes": str(boxes), **part})
        ask(step("33_told.sql"), {**histories, **part})
        ask(step("34_tried.sql"), {"sign_ins": self._tables("sign_ins"), **times, **part})
        ask(step("35_twice.sql"))
        ask(step("36_tried_twice.sql"))
        ask(step("37_asked.sql"), {**histories, **part})
        ask(_MESSAGES + step("11_messages.sql"), times)
        ask(step("38_signed_in.sql"))
        ask(step("39_faults.sql"), times)
        ask(step("40_goods.sql"), times)
        for name in ("42_disagreements.sql", "43_hours.sql", "44_counted.sql"):
            ask(step(name))

    def _tables(self, name: str) -> list[str]:
        return [str(one.table(name)) for one in self.imports]
