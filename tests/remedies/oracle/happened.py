"""An outage's YAML (``docs/outages.md``), as flat lists of what failed where and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML
from tests.remedies.oracle.calendar import Part

WAYS = ("webmail", "imap", "pop3", "submission", "ios", "android")
COMPONENTS = (*WAYS, "inbound")


class Failure(NamedTuple):
    """One component of one store that failed for a time."""

    component: str
    brand: str
    store: str
    time: Part
    rate: Fraction | None
    """The share of requests that failed: 1 where it was down, ``None`` where nobody knows."""
    planned: bool
    announced: datetime | None


class Excuse(NamedTuple):
    """A time on one component of one store for which there is a cause."""

    component: str
    brand: str
    store: str
    time: Part
    cause: str


class Happened(NamedTuple):
    """An outage: everything that failed, and what may be excused of it."""

    failures: Sequence[Failure]
    excuses: Sequence[Excuse]
    cut: datetime | None = None
    """Until when an outage that goes on beyond is counted, as if it had ended there."""

    @property
    def whole(self) -> Part:
        """From the first instant at which anything failed to the last."""
        times = [failure.time for failure in self.failures]
        end = self.cut or max(time.end for time in times)
        return Part(min(time.start for time in times), end)


def load(path: Path) -> Any:
    """A YAML file with every scalar as the text that stands there."""
    return load_text(path.read_text(encoding="utf-8"))


def load_text(text: str) -> Any:
    return YAML(typ="base", pure=True).load(text)


def local(text: str, zone: ZoneInfo) -> datetime:
    """A time with an offset, or local in the zone."""
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def happened(told: Any, until: datetime | None = None) -> Happened:
    """What an outage's document says; ``until`` ends what is still going, and all there is."""
    zone = ZoneInfo(told["zone"])
    stores = {brand: _spread(_listed(names)) for brand, names in told["stores"].items()}
    failures, excuses, cut = [], [], None
    for window in told["windows"]:
        for component, brand, store in _cells(window, stores):
            end = _reopened(window, (component, brand, store), stores, zone)
            if until is not None and (end is None or end > until):
                end = cut = until
            assert end is not None
            time = Part(local(window["from"], zone), end)
            if time.start >= time.end:
                continue
            rate: Fraction | None = Fraction(1)
            if window.get("condition") == "degraded":
                rate = share(window["error-rate"]) if "error-rate" in window else None
            planned = window.get("planned") == "true"
            announced = local(window["announced"], zone) if "announced" in window else None
            failures.append(Failure(component, brand, store, time, rate, planned, announced))
    for told_excuse in told.get("exclusions", []):
        time = Part(local(told_excuse["from"], zone), local(told_excuse["to"], zone))
        for cell in _cells(told_excuse, stores):
            excuses.append(Excuse(*cell, time, told_excuse["cause"]))
    return Happened(failures, excuses, cut)


def share(text: str) -> Fraction:
    """``12.5 %`` or ``12.5 percent``."""
    return Fraction(text.replace("percent", "").replace("%", "").strip()) / 100


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _spread(names: list[str]) -> list[str]:
    """Names, with ``lib-01..lib-48`` written out."""
    found = []
    for name in names:
        if ".." not in name:
            found.append(name)
            continue
        first, last = (end.strip() for end in name.split(".."))
        prefix = first.rstrip("0123456789")
        width = len(first) - len(prefix)
        for number in range(int(first[len(prefix) :]), int(last[len(prefix) :]) + 1):
            found.append(f"{prefix}{number:0{width}}")
    return found


def _cells(
    chosen: Mapping[str, Any], stores: Mapping[str, list[str]]
) -> list[tuple[str, str, str]]:
    """Component, brand and store of all that is chosen; what is left out chooses all."""
    components = _listed(chosen.get("components", "all"))
    brands = _listed(chosen.get("brands", "all"))
    named = _spread(_listed(chosen.get("stores", "all")))
    return [
        (component, brand, store)
        for component in COMPONENTS
        if components == ["all"] or component in components
        for brand, owned in stores.items()
        if brands == ["all"] or brand in brands
        for store in owned
        if named == ["all"] or store in named
    ]


def _reopened(
    window: Mapping[str, Any],
    cell: tuple[str, str, str],
    stores: Mapping[str, list[str]],
    zone: ZoneInfo,
) -> datetime | None:
    """When a cell is back: at the latest of the entries that name it, or at the window's end,
    which is not there while it is still going."""
    named = [
        local(entry["at"], zone)
        for entry in window.get("reopening", [])
        if cell in _cells(entry, stores)
    ]
    if not named:
        return local(window["to"], zone) if "to" in window else None
    return max(named)
