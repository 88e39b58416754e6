"""Random outages as their documents: components, stores, rates, plans, excuses, staged ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from tests.remedies.oracle.happened import COMPONENTS, local
from tests.remedies.oracle.random_estates import STORES, Scene, moments

CAUSES = ("force-majeure", "necessary-time", "attack", "third-party", "customer")
LENGTHS = (1, 30, 50, 60, 61, 600, 1200, 3540, 3600, 3601, 7200, 86_399, 86_400, 172_800)


@st.composite
def outages(draw: st.DrawFn, scene: Scene) -> dict[str, Any]:
    """An outage's document, lawful by ``docs/outages.md``."""
    zone = draw(st.sampled_from((scene.zone, "Europe/Rome", "Asia/Kathmandu")))
    windows = [draw(_windows(scene, zone, n)) for n in range(draw(st.integers(1, 6)))]
    if draw(st.booleans()):
        windows += draw(_flickers(windows[0], ZoneInfo(zone)))
    document: dict[str, Any] = {
        "outage": "random",
        "version": "1",
        "title": {"it": "A caso", "en": "By chance"},
        "zone": zone,
        "stores": {brand: list(stores) for brand, stores in STORES.items()},
        "windows": windows,
    }
    excuses = draw(st.lists(_excuses(windows, ZoneInfo(zone)), max_size=3))
    if excuses:
        document["exclusions"] = excuses
    return document


def written(at: datetime, zone: ZoneInfo) -> str:
    """An instant with its offset, or without where the local time happens once."""
    local = at.astimezone(zone)
    plain = local.replace(tzinfo=None)
    offsets = {plain.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)}
    return plain.isoformat() if len(offsets) == 1 and at.second == 0 else local.isoformat()


@st.composite
def _chosen(draw: st.DrawFn) -> dict[str, Any]:
    """Components and stores of a window."""
    components = draw(
        st.one_of(
            st.just("all"),
            st.sampled_from(COMPONENTS),
            st.lists(st.sampled_from(COMPONENTS), min_size=1, max_size=4, unique=True),
        )
    )
    where: dict[str, Any] = draw(
        st.sampled_from(
            (
                {},
                {},
                {"brands": ["blue"]},
                {"stores": ["blue-1"]},
                {"stores": ["blue-1..blue-2"]},
                {"stores": ["red-1", "blue-2"]},
                {"brands": "red", "stores": "all"},
            )
        )
    )
    return {"components": components, **where}


@st.composite
def _windows(draw: st.DrawFn, scene: Scene, zone_name: str, number: int) -> dict[str, Any]:
    zone = ZoneInfo(zone_name)
    start = draw(moments(scene))
    seconds = draw(st.one_of(st.sampled_from(LENGTHS), st.integers(1, 200_000)))
    end = start + timedelta(seconds=seconds)
    window = draw(_chosen())
    # the source tells two windows apart that are alike otherwise, which is refused
    window |= {"from": written(start, zone), "to": written(end, zone), "source": str(number)}
    if draw(st.integers(0, 2)) == 0:
        window["condition"] = "degraded"
        rate = draw(st.sampled_from((None, "4 %", "5 %", "5.1 %", "20%", "100 %")))
        if rate:
            window["error-rate"] = rate
    if draw(st.integers(0, 2)) == 0:
        window["planned"] = "true"
        notice = draw(st.sampled_from((None, 0, 3600, 172_799, 172_800, 172_801, 600_000)))
        if notice is not None:
            window["announced"] = written(start - timedelta(seconds=notice), zone)
    if draw(st.integers(0, 3)) == 0 and seconds > 2:
        window["reopening"] = draw(_stages(window, start, seconds, zone))
    return window


@st.composite
def _stages(
    draw: st.DrawFn, window: dict[str, Any], start: datetime, seconds: int, zone: ZoneInfo
) -> list[dict[str, Any]]:
    """One entry for a store, one for a component, or both."""

    def at() -> str:
        return written(start + timedelta(seconds=draw(st.integers(1, seconds))), zone)

    stores = [store for owned in STORES.values() for store in owned]
    if window.get("brands") == ["blue"]:
        stores = list(STORES["blue"])
    if window.get("brands") == "red":
        stores = list(STORES["red"])
    if isinstance(window.get("stores"), list):
        stores = {"blue-1..blue-2": ["blue-1", "blue-2"]}.get(window["stores"][0], window["stores"])
    components = window["components"]
    if components == "all":
        components = list(COMPONENTS)
    stages = [{"stores": [draw(st.sampled_from(stores))], "at": at()}]
    if not isinstance(components, str) and len(components) > 1 and draw(st.booleans()):
        stages.append({"components": draw(st.sampled_from(components)), "at": at()})
    return stages


@st.composite
def _flickers(draw: st.DrawFn, like: dict[str, Any], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Short failures one after another, after a window and where it was."""
    at = local(like["to"], zone)
    found = []
    for number in range(draw(st.integers(1, 6))):
        start = at + timedelta(seconds=draw(st.sampled_from((1, 30, 59, 60, 61, 3599, 3600))))
        at = start + timedelta(seconds=draw(st.sampled_from((10, 50, 59, 60, 300, 3600))))
        kept = {name: like[name] for name in ("components", "brands", "stores") if name in like}
        found.append(
            {**kept, "from": written(start, zone), "to": written(at, zone), "source": f"f{number}"}
        )
    return found


@st.composite
def _excuses(draw: st.DrawFn, windows: list[dict[str, Any]], zone: ZoneInfo) -> dict[str, Any]:
    """A time for which there is a cause; it touches at least one window."""
    window = draw(st.sampled_from(windows))
    first = local(window["from"], zone)
    start = first - timedelta(seconds=draw(st.sampled_from((0, 0, 1, 3600, 86_400))))
    end = first + timedelta(seconds=draw(st.one_of(st.sampled_from(LENGTHS))))
    kept = {name: window[name] for name in ("components", "brands", "stores") if name in window}
    return {
        **kept,
        "from": written(start, zone),
        "to": written(end, zone),
        "cause": draw(st.sampled_from(CAUSES)),
        "reason": "by chance",
    }
