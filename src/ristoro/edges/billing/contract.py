"""What Ristoro asks of a billing system for subscriptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from ristoro.kernel.outcome import Result


@dataclass(frozen=True, slots=True)
class ExtensionAsk:
    """Move the day until which a subscription is paid from ``base_until`` to ``until``.

    ``key`` is the idempotency key: the same key never moves a date twice.
    """

    key: str
    address: str
    base_until: date
    until: date


@dataclass(frozen=True, slots=True)
class SubscriptionReading:
    """The day until which a subscription is paid; ``None`` where there is none."""

    result: Result
    paid_until: date | None = None


class Billing(Protocol):
    """A billing system. Batches in, one result each, in order."""

    def extend(self, asks: Sequence[ExtensionAsk], *, reason: str) -> list[Result]:
        """Set absolute dates by compare-and-set; a key already booked is done (code ``already``).

        Refused with ``base-changed`` where the date is not the old one: a date that a renewal
        brought to the same day as the new one is a renewal, not this grant. Refused with
        ``no-subscription`` where there is none, and with ``key-reused`` where the key was booked
        for another move. The old date is kept beside the new.
        """

    def look(self, keys: Sequence[str]) -> list[Result]:
        """Whether the ask with each key was done (done) or is not known (refused, ``absent``)."""

    def read(self, addresses: Sequence[str]) -> list[SubscriptionReading]:
        """Until when each subscription is paid now."""

    def close(self) -> None:
        """Release the connection or file."""
