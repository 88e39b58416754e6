"""The list of what is wrong with a directory: a CSV file that is safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from ristoro.edges.directories.contract import Fault
from ristoro.kernel.errors import Place, Problem

COLUMNS = ("line", "field", "value", "code", "reason", "todo")
SHOWN = 10
MOST_VALUE = 200

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class BadRows:
    """Writes faults as they come; counts the rows that have any, and keeps the first few."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(COLUMNS)
        self._last_line = 0
        self.rows = 0
        self.first: list[Fault] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, faults: Iterable[Fault]) -> None:
        """List faults; those of one row come one after the other."""
        for fault in faults:
            if fault.line != self._last_line:
                self.rows += 1
                self._last_line = fault.line
            if len(self.first) < SHOWN:
                self.first.append(fault)
            self._writer.writerow(
                (
                    fault.line,
                    harmless(fault.field),
                    harmless(fault.value[:MOST_VALUE]),
                    fault.code,
                    harmless(fault.reason),
                    harmless(fault.todo),
                )
            )

    def problems(self, name: str) -> list[Problem]:
        """The first few, as they are shown."""
        return [
            Problem(
                fault.code,
                f"{fault.value[:MOST_VALUE]!r} is not taken" if fault.value else "this is empty",
                fault.reason,
                fault.todo,
                Place(name, fault.line, field=fault.field or None),
            )
            for fault in self.first
        ]


def listed(path: Path, most: int | None = None) -> Iterator[dict[str, str]]:
    """The faults of a list that was written, by column, as far as the first ``most``."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from islice(csv.DictReader(file), most)


def tally(path: Path, most: int) -> list[tuple[str, str, int]]:
    """Code, field and number of the faults among the first ``most`` of a list, the most first."""
    found = Counter((one["code"], one["field"]) for one in listed(path, most))
    return [(*what, number) for what, number in found.most_common()]


def harmless(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would run as a formula (CWE-1236)."""
    return f"'{text}" if text.startswith(_FORMULA) else text
