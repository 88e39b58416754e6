"""What lines tell: the kinds of events, and of each its numbers and texts."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

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


def readable(octets: bytes) -> str:
    """A stranger's octets as text; what is no UTF-8 is written as ``\\xNN``."""
    return octets.decode("utf-8", "backslashreplace")
