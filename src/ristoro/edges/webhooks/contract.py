"""What Ristoro asks of whoever carries an event to another program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ristoro.kernel.outcome import Result

GONE = "webhook-gone"
"""The code of a receiver that answers 410: it will not come back."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One event for one receiver. ``secrets`` has the present one, and the one before for a while.

    ``id`` is the event's, the same at every try, so that the receiver knows one it has had.
    """

    url: str
    id: str
    body: str
    secrets: Sequence[str] = field(repr=False)


class Carrier(Protocol):
    """Carries events. One try each: trying again is for whoever keeps the order."""

    def check(self, url: str) -> None:
        """Return where an event may be sent to this address; ``BadInput`` otherwise."""

    def carry(self, letter: Letter, at: datetime) -> Result:
        """Send it now. Done by any 2xx; refused with ``GONE`` by 410; else to be tried again."""
