"""An outage as everything else reads it: windows spread out over component, brand and store.

Instants are whole microseconds since 1970-01-01T00:00Z and spans are half-open. Two outages are
equal when they mean the same, that is when their digests are equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from ristoro.kernel import keys

CONDITIONS = ("down", "degraded")

CAUSES = (
    "force-majeure",  # events beyond anybody's control
    "necessary-time",  # technical time that could not be shorter (AGCOM 347/18/CONS, 6.5)
    "attack",
    "third-party",  # outside the provider's network
    "customer",  # the customer's own equipment or use
)
"""Why a time may be taken out. An outage only states it; a policy says which of them excuse."""


@dataclass(frozen=True, slots=True)
class Window:
    """One component on one store of one brand, ``[start, end)``."""

    component: str
    brand: str
    store: str
    start: int
    end: int | None
    """``None`` while it is still going."""
    condition: str
    error_permille: int | None
    """Of 1000 requests, how many failed: 1000 when down; ``None`` when degraded and not known."""
    planned: bool
    announced_at: int | None
    """When a planned window was announced; ``None`` when it never was, or is not planned."""
    source: str

    @property
    def notice_us(self) -> int | None:
        """How long before its start it was announced, in microseconds."""
        return None if self.announced_at is None else self.start - self.announced_at


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A time that a policy may excuse, on one component of one store, ``[start, end)``."""

    component: str
    brand: str
    store: str
    start: int
    end: int
    cause: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Outage:
    """One version of one declared outage."""

    name: str
    version: int
    title: Mapping[str, str]
    """By language, ``it`` and ``en``."""
    zone: ZoneInfo
    stores: Mapping[str, tuple[str, ...]]
    """By brand, in the order declared."""
    windows: tuple[Window, ...]
    exclusions: tuple[Exclusion, ...]
    corrects: str | None
    """The digest of the version before, for every version but the first."""
    reason: str
    """Why it was corrected; empty for the first version."""
    sources: tuple[str, ...]
    digest: str = field(init=False)
    """The SHA-256 of what it means: not of comments, order, ranges or spelling of times."""

    @property
    def brands(self) -> tuple[str, ...]:
        return tuple(self.stores)

    @property
    def start(self) -> int:
        """The first instant at which anything failed."""
        return min(window.start for window in self.windows)

    @property
    def end(self) -> int | None:
        """The end of the last window; ``None`` while one is still going."""
        ends = [window.end for window in self.windows]
        return None if None in ends else max(end for end in ends if end is not None)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", keys.digest_of(canonical(self)))

    def __eq__(self, other: object) -> bool:
        return self.digest == other.digest if isinstance(other, Outage) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.digest)


def canonical(outage: Outage) -> dict[str, Any]:
    """The outage as plain values in one order, for its digest and for machines."""
    return {
        "format": "ristoro-outage-1",
        "name": outage.name,
        "version": outage.version,
        "title": dict(outage.title),
        "zone": outage.zone.key,
        "stores": {brand: sorted(stores) for brand, stores in outage.stores.items()},
        "windows": sorted(
            (
                [
                    w.component,
                    w.brand,
                    w.store,
                    w.start,
                    w.end,
                    w.condition,
                    w.error_permille,
                    w.planned,
                    w.announced_at,
                    w.source,
                ]
                for w in outage.windows
            ),
            key=repr,
        ),
        "exclusions": sorted(
            [e.component, e.brand, e.store, e.start, e.end, e.cause, e.reason]
            for e in outage.exclusions
        ),
        "corrects": outage.corrects,
        "reason": outage.reason,
        "sources": sorted(outage.sources),
    }
