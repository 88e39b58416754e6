"""What Ristoro asks of a billing system: subscriptions made longer, and credits booked."""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from ristoro.kernel.outcome import Result

_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class ExtensionAsk:
    """Move the day until which a subscription is paid from ``base_until`` to ``until``.

    ``key`` is the idempotency key: the same key never moves a date twice.
    """

    key: str
    address: str
    base_until: date
    until: date


class Where(enum.Enum):
    """Where a credit is booked: it lowers the next bill, or it stands on the account."""

    BILL = "bill"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class CreditAsk:
    """Book ``amount`` minor units of ``currency`` in the holder's favour.

    ``key`` is the idempotency key: the same key is never booked twice. ``ValueError`` for what is
    no amount to be given.
    """

    key: str
    address: str
    amount: int
    currency: str
    where: Where

    def __post_init__(self) -> None:
        if self.amount <= 0 or not _CURRENCY.fullmatch(self.currency):
            raise ValueError(f"{self.key}: {self.amount} {self.currency!r} is no credit")


@dataclass(frozen=True, slots=True)
class SubscriptionReading:
    """The day until which a subscription is paid; ``None`` where there is none."""

    result: Result
    paid_until: date | None = None


@dataclass(frozen=True, slots=True)
class CreditReading:
    """A credit as the billing system shows it; ``None`` where it shows none."""

    result: Result
    credit: CreditAsk | None = None


class Billing(Protocol):
    """A billing system. Batches in, one result each, in order."""

    def extend(self, asks: Sequence[ExtensionAsk], *, reason: str) -> list[Result]:
        """Set absolute dates by compare-and-set; a key already booked is done (code ``already``).

        Refused with ``base-changed`` where the date is not the old one: a date that a renewal
        brought to the same day as the new one is a renewal, not this grant. Refused with
        ``no-subscription`` where there is none, and with ``key-reused`` where the key was booked
        for another move. The old date is kept beside the new.
        """

    def credit(self, asks: Sequence[CreditAsk], *, reason: str) -> list[Result]:
        """Book each credit once; a key already booked is done (code ``already``).

        Refused with ``no-subscription`` where nobody of that address has an account, and with
        ``key-reused`` where the key was booked for anything else.
        """

    def look(self, keys: Sequence[str]) -> list[Result]:
        """Whether the ask with each key was done (done) or is not known (refused, ``absent``)."""

    def read(self, addresses: Sequence[str]) -> list[SubscriptionReading]:
        """Until when each subscription is paid now; refused with ``no-subscription``."""

    def read_credits(self, keys: Sequence[str]) -> list[CreditReading]:
        """The credit booked under each key, as it stands now; refused with ``absent``."""

    def close(self) -> None:
        """Release the connection or file."""
