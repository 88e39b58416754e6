"""What happened, in order: the changes of an outage, and the stores that fared alike.

Pure; the words are for operators, in English. Nothing is excused here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from ristoro.estate.columns import WAYS, ways_mask
from ristoro.kernel.spans import Spans
from ristoro.outages.columns import COMPONENTS
from ristoro.outages.measure import DOWN, TROUBLED, down_spans, whole_life
from ristoro.outages.outage import Outage

_NUMBERED = re.compile(r"(?P<prefix>.*?)(?P<number>\d+)")
_EVERY_WAY = ways_mask(WAYS)


class Course(NamedTuple):
    """One component's time on a store: down, and degraded but not down."""

    down: Spans
    degraded: Spans


class StoreGroup(NamedTuple):
    """Stores on which every component fared alike; ``courses`` are in ``COMPONENTS``' order."""

    stores: tuple[str, ...]
    courses: tuple[Course, ...]


class Change(NamedTuple):
    """At an instant these components became ``down``, ``degraded`` or ``back`` on these stores."""

    at: int
    state: str
    components: tuple[str, ...]
    stores: tuple[str, ...]


def store_groups(outage: Outage, until: int | None = None) -> tuple[StoreGroup, ...]:
    """Every store of the outage, those that fared alike together, in the order declared."""
    groups: dict[tuple[Course, ...], list[str]] = {}
    for brand, stores in outage.stores.items():
        for store in stores:
            groups.setdefault(_courses(outage, brand, store, until), []).append(store)
    return tuple(StoreGroup(tuple(stores), courses) for courses, stores in groups.items())


def changes(outage: Outage, until: int | None = None) -> tuple[Change, ...]:
    """Every change in order of time; what lies at or after ``until`` has not happened yet."""
    stores_of: dict[tuple[int, str, str], list[str]] = {}
    for group in store_groups(outage, until):
        for component, course in zip(COMPONENTS, group.courses, strict=True):
            for at, state in _states(course).items():
                if until is None or at < until:
                    stores_of.setdefault((at, state, component), []).extend(group.stores)
    components_of: dict[tuple[int, str, tuple[str, ...]], list[str]] = {}
    for (at, state, component), stores in stores_of.items():
        components_of.setdefault((at, state, tuple(sorted(stores))), []).append(component)
    return tuple(
        Change(at, state, tuple(sorted(components, key=COMPONENTS.index)), stores)
        for (at, state, stores), components in sorted(components_of.items())
    )


def ranges(stores: Iterable[str]) -> str:
    """``lib-01..lib-06, vir-01``: numbered neighbours of one width as a range."""
    numbered = [(_NUMBERED.fullmatch(store), store) for store in sorted(stores)]
    texts: list[str] = []
    for _, run in groupby(enumerate(numbered), key=_neighbours):
        names = [store for _, (_, store) in run]
        texts.append(names[0] if len(names) == 1 else f"{names[0]}..{names[-1]}")
    return ", ".join(texts)


def _neighbours(item: tuple[int, tuple[re.Match[str] | None, str]]) -> tuple[str, int, int]:
    index, (match, store) = item
    if match is None:
        return store, -1, -1
    return match["prefix"], len(match["number"]), int(match["number"]) - index


def _courses(outage: Outage, brand: str, store: str, until: int | None) -> tuple[Course, ...]:
    everything = whole_life(brand, store, _EVERY_WAY)
    courses = []
    for component in COMPONENTS:
        down = down_spans(outage, everything, component, DOWN, until)
        troubled = down_spans(outage, everything, component, TROUBLED, until)
        courses.append(Course(down, troubled - down))
    return tuple(courses)


def _states(course: Course) -> dict[int, str]:
    """The state that begins at each instant of change; a start outweighs an end that it meets."""
    states = {span.end: "back" for spans in course for span in spans}
    states.update({span.start: "degraded" for span in course.degraded})
    states.update({span.start: "down" for span in course.down})
    return states
