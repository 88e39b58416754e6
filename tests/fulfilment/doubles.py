"""A mail host and a billing system in memory, whose behaviour is read from the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from ristoro.edges.billing.contract import (
    CreditAsk,
    CreditReading,
    ExtensionAsk,
    SubscriptionReading,
)
from ristoro.edges.mailhosts.contract import Letter, LookAsk, QuotaAsk, QuotaReading, Sighting
from ristoro.kernel.outcome import DONE, Ending, Result


class Cut(Exception):
    """The worker died here."""


@dataclass
class MemoryHost:
    """``later…@`` defers, ``dark…@`` is unknown and was done, ``lost…@`` is unknown and was not,
    ``blind…@`` cannot be read. A mailbox that is not in ``limits`` is not there.
    """

    limits: dict[str, int]
    used: dict[str, int] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)
    die_after: int | None = None

    def raise_quota(self, asks: Sequence[QuotaAsk]) -> list[Result]:
        return [self._raise(ask) for ask in asks]

    def _raise(self, ask: QuotaAsk) -> Result:
        if self.die_after == len(self.writes):
            raise Cut
        now = self.limits.get(ask.address)
        if ask.address.startswith("later"):
            return Result(Ending.DEFERRED, "timeout")
        if ask.address.startswith("lost"):
            return Result(Ending.UNKNOWN, "cut")
        if now is None:
            return Result(Ending.REFUSED, "no-mailbox")
        if now == ask.target:
            return Result(Ending.DONE, "already")
        if now != ask.base:
            return Result(Ending.REFUSED, "base-changed", f"limit is {now}")
        self.limits[ask.address] = ask.target
        self.writes.append(ask.address)
        return Result(Ending.UNKNOWN, "cut") if ask.address.startswith("dark") else DONE

    def read_quota(self, addresses: Sequence[str]) -> list[QuotaReading]:
        return [self._read(address) for address in addresses]

    def _read(self, address: str) -> QuotaReading:
        if address.startswith("blind"):
            return QuotaReading(Result(Ending.DEFERRED, "imap-unavailable"))
        if address not in self.limits:
            return QuotaReading(Result(Ending.REFUSED, "no-mailbox"))
        used = self.used.get(address, 0)
        return QuotaReading(DONE, -(-self.limits[address] // 1024), -(-used // 1024))

    def deposit(self, letters: Sequence[Letter]) -> list[list[Result]]:
        raise NotImplementedError

    def look(self, asks: Sequence[LookAsk], *, fetch: bool = False) -> list[Sighting]:
        raise NotImplementedError

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class MemoryBilling:
    """Subscriptions by address, bookings by key. Credits: ``dark…@`` and ``lost…@`` as the host,
    ``closed…@`` has no account any more when it comes to the booking.
    """

    paid: dict[str, date]
    booked: dict[str, ExtensionAsk] = field(default_factory=dict)
    credits: dict[str, CreditAsk] = field(default_factory=dict)
    die_after: int | None = None
    reads: int = 0

    def extend(self, asks: Sequence[ExtensionAsk], *, reason: str) -> list[Result]:
        return [self._extend(ask) for ask in asks]

    def _extend(self, ask: ExtensionAsk) -> Result:
        if self.die_after == len(self.booked):
            raise Cut
        if ask.key in self.booked:
            return Result(Ending.DONE, "already")
        now = self.paid.get(ask.address)
        if now is None:
            return Result(Ending.REFUSED, "no-subscription")
        if now != ask.base_until:
            return Result(Ending.REFUSED, "base-changed")
        self.paid[ask.address] = ask.until
        self.booked[ask.key] = ask
        return DONE

    def credit(self, asks: Sequence[CreditAsk], *, reason: str) -> list[Result]:
        return [self._credit(ask) for ask in asks]

    def _credit(self, ask: CreditAsk) -> Result:
        if self.die_after == len(self.credits):
            raise Cut
        if ask.address.startswith("lost"):
            return Result(Ending.UNKNOWN, "cut")
        if ask.key in self.credits:
            same = self.credits[ask.key] == ask
            return Result(Ending.DONE, "already") if same else Result(Ending.REFUSED, "key-reused")
        if ask.address not in self.paid or ask.address.startswith("closed"):
            return Result(Ending.REFUSED, "no-subscription")
        self.credits[ask.key] = ask
        return Result(Ending.UNKNOWN, "cut") if ask.address.startswith("dark") else DONE

    def look(self, keys: Sequence[str]) -> list[Result]:
        there = {*self.booked, *self.credits}
        return [DONE if key in there else Result(Ending.REFUSED, "absent") for key in keys]

    def read_credits(self, keys: Sequence[str]) -> list[CreditReading]:
        return [
            CreditReading(DONE, self.credits[key])
            if key in self.credits
            else CreditReading(Result(Ending.REFUSED, "absent"))
            for key in keys
        ]

    def read(self, addresses: Sequence[str]) -> list[SubscriptionReading]:
        self.reads += 1
        return [
            SubscriptionReading(DONE, self.paid[address])
            if address in self.paid
            else SubscriptionReading(Result(Ending.REFUSED, "no-subscription"))
            for address in addresses
        ]

    def close(self) -> None:
        """Nothing is open."""
