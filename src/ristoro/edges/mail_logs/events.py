"""What lines tell, as columns: one lot a kind of event, its texts as places in one buffer.

Texts stay where they were read until a finished row needs them: a lot holds their first octets and
their lengths, and ``-1`` for a length is no text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Numbers = npt.NDArray[np.int64]
Octets = npt.NDArray[np.uint8]

NEVER = -(1 << 62)
"""An instant that is not known."""
LINE = ("log", "row", "line", "file", "host", "at", "clock", "seq")
"""Where an event was told: its log, the line in what was read at once and in its file, the host,
the instant, the latest instant of its log so far, and its place among all of the queues' events."""


class Kind(IntEnum):
    """What a line tells."""

    ARRIVED = 0
    NAMED = 1
    QUEUED = 2
    TRIED = 3
    MARKED = 4
    DEPOSIT = 5
    SIGN_IN = 6
    DOOR = 7
    EDGE = 8


class Mark(IntEnum):
    """What was done to a whole message."""

    REMOVED = 0
    EXPIRED = 1
    DELETED = 2
    HELD = 3
    RELEASED = 4
    REQUEUED = 5


class Status(IntEnum):
    """What an attempt came to."""

    SENT = 0
    DEFERRED = 1
    BOUNCED = 2
    EXPIRED = 3


class Shape(NamedTuple):
    numbers: tuple[str, ...]
    texts: tuple[str, ...]


SHAPES: Mapping[Kind, Shape] = {
    Kind.ARRIVED: Shape((), ("queue_id", "client")),
    Kind.NAMED: Shape((), ("queue_id", "message_id")),
    Kind.QUEUED: Shape(("size",), ("queue_id", "sender")),
    Kind.TRIED: Shape(
        ("status", "delay_ms", "deferrals", "first_at"),
        ("queue_id", "recipient", "original", "relay", "dsn", "reason", "first_reason"),
    ),
    Kind.MARKED: Shape(("mark",), ("queue_id",)),
    Kind.DEPOSIT: Shape(("saved",), ("mailbox", "session", "message_id", "folder", "reason")),
    Kind.SIGN_IN: Shape(("ended",), ("way", "mailbox", "reason", "remote", "session")),
    Kind.DOOR: Shape(("code",), ("client", "dsn", "sender", "recipient", "reason")),
    Kind.EDGE: Shape(("edge",), ()),
}
QUEUE = (Kind.ARRIVED, Kind.NAMED, Kind.QUEUED, Kind.TRIED, Kind.MARKED)
"""The kinds that a message's life is put together from."""


class Told(NamedTuple):
    """One event of one line, in the order of its kind's shape; ``None`` is no text."""

    kind: Kind
    numbers: tuple[int, ...]
    texts: tuple[bytes | None, ...]


class Text(NamedTuple):
    """Where texts lie in a buffer."""

    starts: Numbers
    lengths: Numbers

    def take(self, chosen: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Text:
        return Text(self.starts[chosen], self.lengths[chosen])


@dataclass(slots=True)
class Lot:
    """Events of one kind."""

    numbers: dict[str, Numbers]
    texts: dict[str, Text]

    def __len__(self) -> int:
        return len(next(iter(self.numbers.values())))

    def take(self, chosen: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Lot:
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


def packed(buffer: Octets, text: Text) -> tuple[Octets, Numbers]:
    """The texts' octets one after another, and where each begins."""
    array = octets_of(buffer, text)
    offsets = np.frombuffer(array.buffers()[1], np.int64)[: len(array) + 1]
    data = array.buffers()[2]
    octets = np.frombuffer(data, np.uint8)[: offsets[-1]] if data is not None else _NOTHING
    return octets, offsets[:-1].copy()


_NOTHING = np.empty(0, np.uint8)


def octets_of(buffer: Octets, text: Text) -> pa.Array:
    """The texts as an Arrow array of octets, null where there is none.

    The array laid over the buffer has every second value a text and every other the gap to the
    next, so that one ``take`` copies the texts and nothing else.
    """
    count = len(text.starts)
    if not count:
        return pa.array([], pa.large_binary())
    offsets = np.empty(2 * count + 2, np.int64)
    offsets[0:-2:2] = text.starts
    offsets[1:-2:2] = text.starts + np.maximum(text.lengths, 0)
    offsets[-2:] = len(buffer)
    laid = pa.Array.from_buffers(
        pa.large_binary(), 2 * count + 1, [None, pa.py_buffer(offsets), pa.py_buffer(buffer)]
    )
    which = np.arange(0, 2 * count, 2)
    missing = text.lengths < 0
    return laid.take(pa.array(which, mask=missing if missing.any() else None))


def texts_of(buffer: Octets, text: Text) -> pa.Array:
    """The texts as strings; octets that are no UTF-8 are written as ``\\xNN``."""
    octets = octets_of(buffer, text)
    try:
        return octets.cast(pa.large_string()).cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array(
            [None if one is None else readable(one) for one in octets.to_pylist()], pa.string()
        )


def readable(octets: bytes) -> str:
    """A stranger's octets as text; what is no UTF-8 is written as ``\\xNN``."""
    return octets.decode("utf-8", "backslashreplace")


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
        return Pool(np.frombuffer(b"".join(parts), np.uint8), lots)


def _columns(names: Sequence[str], rows: Iterable[tuple[int, ...]]) -> dict[str, Numbers]:
    if not names:
        return {}
    table = np.array(list(rows), np.int64)
    return {name: np.ascontiguousarray(table[:, at]) for at, name in enumerate(names)}
