"""Events as columns: one lot a kind, its texts as places in one buffer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ristoro.edges.mail_logs.events import SHAPES, Kind, Numbers, Octets, Told
from ristoro.edges.mail_logs.texts import Chosen, Text, packed


@dataclass(slots=True)
class Lot:
    """Events of one kind."""

    numbers: dict[str, Numbers]
    texts: dict[str, Text]

    def __len__(self) -> int:
        return len(next(iter(self.numbers.values())))

    def take(self, chosen: Chosen) -> Lot:
        return Lot(
            {name: numbers[chosen] for name, numbers in self.numbers.items()},
            {name: text.take(chosen) for name, text in self.texts.items()},
        )

    def moved(self, by: int) -> Lot:
        """The same where the buffer begins ``by`` octets earlier."""
        if not by:
            return self
        return Lot(
            self.numbers,
            {name: Text(text.starts + by, text.lengths) for name, text in self.texts.items()},
        )


Lots = dict[Kind, Lot]


def joined(lots: Sequence[Lot]) -> Lot:
    """Lots of one kind and one buffer as one."""
    if len(lots) == 1:
        return lots[0]
    first = lots[0]
    return Lot(
        {name: np.concatenate([lot.numbers[name] for lot in lots]) for name in first.numbers},
        {
            name: Text(
                np.concatenate([lot.texts[name].starts for lot in lots]),
                np.concatenate([lot.texts[name].lengths for lot in lots]),
            )
            for name in first.texts
        },
    )


@dataclass(slots=True)
class Pool:
    """Lots whose texts lie in one buffer."""

    buffer: Octets
    lots: Lots = field(default_factory=dict)
    room: int = 0
    """Octets at the buffer's end that nothing lies in."""

    def events(self) -> int:
        return sum(len(lot) for lot in self.lots.values())

    def of(self, kinds: Iterable[Kind]) -> Pool:
        """The events of some kinds, in the same buffer."""
        return Pool(
            self.buffer, {kind: self.lots[kind] for kind in kinds if kind in self.lots}, self.room
        )

    def take(self, chosen: Mapping[Kind, npt.NDArray[np.intp]]) -> Pool:
        """The chosen events of each kind, their texts alone in a buffer of their own."""
        lots, parts, size = {}, [], 0
        for kind, which in chosen.items():
            lot = self.lots[kind].take(which)
            for name, text in lot.texts.items():
                octets, starts = packed(self.buffer, text)
                lot.texts[name] = Text(starts + size, text.lengths)
                parts.append(octets)
                size += len(octets)
            lots[kind] = lot
        return Pool(np.concatenate(parts) if parts else np.empty(0, np.uint8), lots)


def pooled(pools: Sequence[Pool]) -> Pool:
    """All of several pools' events; small ones are moved into the room of the largest."""
    if len(pools) == 1:
        return pools[0]
    into = max(pools, key=lambda pool: len(pool.buffer))
    others = [pool for pool in pools if pool is not into]
    needed = sum(len(pool.buffer) for pool in others)
    buffer, size = into.buffer, len(into.buffer) - into.room
    if needed > into.room:
        buffer = np.empty(size + 2 * needed, np.uint8)
        buffer[:size] = into.buffer[:size]
    lots: dict[Kind, list[Lot]] = {}
    moves = {id(into): 0}
    for pool in others:
        buffer[size : size + len(pool.buffer)] = pool.buffer
        moves[id(pool)] = size
        size += len(pool.buffer)
    for pool in pools:
        for kind, lot in pool.lots.items():
            lots.setdefault(kind, []).append(lot.moved(moves[id(pool)]))
    joined_lots = {kind: joined(some) for kind, some in lots.items()}
    return Pool(buffer, joined_lots, len(buffer) - size)


class Sheet:
    """Gathers events told one by one into lots."""

    def __init__(self) -> None:
        self._rows: dict[Kind, list[tuple[int, int]]] = {}
        self._numbers: dict[Kind, list[tuple[int, ...]]] = {}
        self._texts: dict[Kind, list[tuple[bytes | None, ...]]] = {}

    def add(self, row: int, host: int, told: Told) -> None:
        """An event of the line ``row`` of what is being read."""
        kind = told.kind
        if kind not in self._rows:
            self._rows[kind], self._numbers[kind], self._texts[kind] = [], [], []
        self._rows[kind].append((row, host))
        self._numbers[kind].append(told.numbers)
        self._texts[kind].append(told.texts)

    def pool(self) -> Pool:
        """Everything so far; of where it was told only ``row`` and ``host``."""
        parts: list[bytes] = []
        size = 0
        lots: Lots = {}
        for kind, rows in self._rows.items():
            shape = SHAPES[kind]
            numbers = _columns(("row", "host"), rows) | _columns(shape.numbers, self._numbers[kind])
            texts = {}
            for name, column in zip(
                shape.texts, zip(*self._texts[kind], strict=True), strict=False
            ):
                lengths = np.array([-1 if one is None else len(one) for one in column], np.int64)
                ends = size + np.cumsum(np.maximum(lengths, 0))
                texts[name] = Text(ends - np.maximum(lengths, 0), lengths)
                parts.extend(one for one in column if one)
                size = int(ends[-1])
            lots[kind] = Lot(numbers, texts)
        return Pool(np.frombuffer(bytearray().join(parts), np.uint8), lots)


def _columns(names: Sequence[str], rows: Iterable[tuple[int, ...]]) -> dict[str, Numbers]:
    if not names:
        return {}
    table = np.array(list(rows), np.int64)
    return {name: np.ascontiguousarray(table[:, at]) for at, name in enumerate(names)}
