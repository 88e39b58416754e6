"""Exposure counted minute by minute, from what a person wrote and by nothing of the product.

A ``Written`` window is both turned into YAML, for the product, and looked at for every minute, by
the functions here.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

BASE = datetime(2023, 3, 25, 20, tzinfo=UTC)  # Rome's clock goes forward five hours later
MINUTES = 900
COMPONENTS = ("webmail", "imap", "pop3", "submission", "ios", "android", "inbound")
STORES = {"libero": ("lib-01", "lib-02", "lib-03"), "virgilio": ("vir-01", "vir-02")}
BRAND = {store: brand for brand, stores in STORES.items() for store in stores}


@dataclass(frozen=True)
class Written:
    """One window as written, in minutes after ``BASE``."""

    components: tuple[str, ...]
    stores: tuple[str, ...]
    start: int
    end: int
    permille: int | None = 1000
    notice: int | None = None
    """Minutes before the start at which it was announced; ``None``: not planned."""
    stages: dict[str, int] = field(default_factory=dict)
    """Store to the minute it reopens."""

    def holds(self, component: str, store: str, minute: int) -> bool:
        end = self.stages.get(store, self.end)
        return component in self.components and store in self.stores and self.start <= minute < end


def clock(minute: int) -> str:
    return (BASE + timedelta(minutes=minute)).isoformat(timespec="minutes")


def yaml(windows: Iterable[Written]) -> str:
    lines = [
        "outage: random", "version: 1", "title: {it: Caso, en: Chance}", "zone: Europe/Rome",
        "stores:", *(f"  {brand}: [{', '.join(stores)}]" for brand, stores in STORES.items()),
        "windows:",
    ]  # fmt: skip
    for window in windows:
        lines += [
            f"  - components: [{', '.join(window.components)}]",
            f"    stores: [{', '.join(window.stores)}]",
            f"    from: {clock(window.start)}",
            f"    to: {clock(window.end)}",
        ]
        if window.permille != 1000:
            lines.append("    condition: degraded")
            if window.permille is not None:
                lines.append(f"    error-rate: {window.permille // 10}.{window.permille % 10} %")
        if window.notice is not None:
            lines.append("    planned: true")
            lines.append(f"    announced: {clock(window.start - window.notice)}")
        if window.stages:
            lines.append("    reopening:")
            for store, minute in window.stages.items():
                lines.append(f"      - {{stores: {store}, at: {clock(minute)}}}")
    return "\n".join(lines) + "\n"


def by_chance(chance: random.Random) -> list[Written]:
    """Some windows, many of them overlapping or touching, none the same as another."""
    return [_one(chance, number) for number in range(chance.randint(1, 8))]


def _one(chance: random.Random, number: int) -> Written:
    start = chance.randrange(0, MINUTES - 100) // 10 * 10 + number  # so that no two are the same
    end = start + chance.choice((1, 10, 30, 60, 99))
    stores = tuple(chance.sample(sorted(BRAND), chance.randint(1, len(BRAND))))
    staged = chance.sample(stores, chance.randint(0, len(stores))) if end - start > 1 else []
    return Written(
        components=tuple(chance.sample(COMPONENTS, chance.randint(1, len(COMPONENTS)))),
        stores=stores,
        start=start,
        end=end,
        permille=chance.choice((1000, 1000, 1000, None, 40, 51, 500)),
        notice=chance.choice((None, None, 0, 60, 2880)),
        stages={store: chance.randint(start + 1, end) for store in staged},
    )


def down_minutes(
    windows: Iterable[Written],
    component: str,
    store: str,
    *,
    least: int = 1000,
    excused_notice: int | None = None,
    life: tuple[int, int] = (-10_000, 10_000),
) -> list[int]:
    """Every minute that counts, in order."""
    listed = [
        w
        for w in windows
        if (least <= 0 if w.permille is None else w.permille >= least)
        and not (excused_notice is not None and w.notice is not None and w.notice >= excused_notice)
    ]
    return [
        minute
        for minute in range(max(0, life[0]), min(MINUTES, life[1]))
        if any(w.holds(component, store, minute) for w in listed)
    ]


def stretches(minutes: list[int]) -> list[int]:
    """The lengths of the runs of neighbouring minutes."""
    lengths: list[int] = []
    before: int | None = None
    for minute in minutes:
        if before is not None and minute == before + 1:
            lengths[-1] += 1
        else:
            lengths.append(1)
        before = minute
    return lengths
