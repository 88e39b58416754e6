"""What Ristoro asks of the push services of browsers' makers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ristoro.kernel.outcome import Result

GONE = "push-gone"
"""The code of a subscription that is over: its holder took it back, or it expired."""

POINT = 65
"""Octets of an uncompressed point on P-256: what a browser calls ``p256dh``."""

AUTH = 16
LONGEST_MESSAGE = 3_993
"""Octets of a message that every push service takes (RFC 8291, section 4)."""


@dataclass(frozen=True, slots=True)
class Target:
    """One browser's subscription: where to post, and the keys that only that browser can read.

    ``ValueError`` for keys of another length than RFC 8291 asks for.
    """

    endpoint: str
    p256dh: bytes = field(repr=False)
    auth: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.p256dh) != POINT or self.p256dh[0] != 4 or len(self.auth) != AUTH:
            raise ValueError("the keys of a push subscription are 65 and 16 octets long")


@dataclass(frozen=True, slots=True)
class PushAsk:
    """A message for one browser; a later one on the same ``topic`` takes its place.

    ``seconds`` is how long a push service keeps it for a phone that is off.
    """

    target: Target
    message: bytes
    topic: str
    seconds: int


class Push(Protocol):
    """Push services. Batches in, one result each, in order; nothing is tried twice."""

    def send(self, asks: Sequence[PushAsk]) -> list[Result]:
        """Hand each message over. Refused with ``GONE`` where the subscription is no more."""

    def close(self) -> None:
        """Release the connections."""
