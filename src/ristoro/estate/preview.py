"""The first rows of a directory, as they stand in it and as a mapping reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from ristoro.edges.directories.contract import Block, Directory, Fault
from ristoro.estate.columns import WAYS
from ristoro.estate.freeze import LINE
from ristoro.estate.mapping import PRICES, Mapping
from ristoro.estate.reading import Reader

SHOWN = 20
LONGEST = 80
"""Characters of a value that are shown."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line on which it stands, and its values as text; empty where there is none."""

    line: int
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Some rows under their columns."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Mapped:
    """The rows as mailboxes; and of those that would be left out, what is wrong."""

    table: Table
    faults: tuple[Fault, ...]


def first_rows(directory: Directory, most: int = SHOWN) -> tuple[Block, Table]:
    """The first rows as they stand, small enough to be kept.

    ``BadInput`` where they cannot be told apart.
    """
    block = next(iter(directory.blocks(directory.columns)), None)
    if block is None:
        none = pa.array([], pa.string())
        empty = pa.RecordBatch.from_pydict(dict.fromkeys(directory.columns, none))
        return Block(empty, pa.array([], pa.int64()).to_numpy()), Table(directory.columns, ())
    rows = block.rows.take(pa.array(range(min(most, block.rows.num_rows))))
    few = Block(rows, block.lines[:most].copy(), block.faults[:most], block.done)
    return few, _table(few.rows, few.lines.tolist())


def mapped_rows(block: Block, mapping: Mapping, directory: Directory, as_of: datetime) -> Mapped:
    """The same rows as a mapping reads them; ``BadInput`` where it does not fit the directory."""
    mapping.check(directory.columns, directory.name)
    checked = Reader(mapping, as_of).read(block)
    rows = checked.rows
    lines = rows.column(LINE).to_pylist()
    wanted = [PRICES.get(name, name) for name in mapping.rules]
    shown = [name for name in rows.schema.names if name in wanted]
    return Mapped(_table(rows.select(shown), lines), checked.faults)


def _table(rows: pa.RecordBatch, lines: Sequence[int]) -> Table:
    names = tuple(rows.schema.names)
    columns = [[_text(name, value) for value in rows.column(name).to_pylist()] for name in names]
    found = zip(lines, zip(*columns, strict=True), strict=True) if columns else ()
    return Table(names, tuple(Row(line, values) for line, values in found))


def _text(name: str, value: object) -> str:
    if value is None:
        return ""
    if name == "ways" and isinstance(value, int):
        return "+".join(way for at, way in enumerate(WAYS) if value >> at & 1)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
