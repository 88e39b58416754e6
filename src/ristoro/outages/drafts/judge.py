"""What a text says so far, and what is wrong with each part of it.

The same reader judges a text here and in a file: a draft without a fault can be declared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ristoro.kernel import clock
from ristoro.kernel.documents import Value
from ristoro.kernel.errors import BadInput, Place, Problem
from ristoro.kernel.spans import MINUTE
from ristoro.outages.columns import COMPONENTS
from ristoro.outages.declare import outage_from, windows_of
from ristoro.outages.drafts.acts import instant_of
from ristoro.outages.drafts.draft import Draft, DraftWindow, draft_of
from ristoro.outages.drafts.text import NAMED, tree
from ristoro.outages.outage import Outage, Window
from ristoro.outages.scope import expand, read_stores

LATER = "to be said"
"""Stands for the reason of a correction, which is asked for last."""

Written = tuple[tuple[Window, ...], ...]
"""Each window as it is written, spread out."""


class Fault(NamedTuple):
    """A problem, and the part that it is in: ``number`` counts windows or exclusions from 0."""

    part: str
    number: int
    field: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Judged:
    """A text, its parts, and what they mean as far as they mean anything."""

    text: str
    draft: Draft
    stores: Mapping[str, tuple[str, ...]]
    """Empty while they cannot be read."""
    written: Written
    """In the draft's order; of a window that is wrong what can be drawn, which may be nothing."""
    faults: tuple[Fault, ...]
    outage: Outage | None
    """``None`` while anything is wrong."""

    def faults_of(self, part: str, number: int = 0) -> tuple[Fault, ...]:
        """What is wrong with one window, one exclusion, or the head."""
        return tuple(one for one in self.faults if (one.part, one.number) == (part, number))


def judge(text: str) -> Judged:
    """Judge a draft; ``BadInput`` for a text that has no parts to show: no YAML, unknown fields."""
    text = text.replace("\r\n", "\n")
    root = tree(text)
    draft = draft_of(root)
    if draft.corrects and not draft.reason:
        root = _reasoned(root)
    outage, problems = _read(root)
    written, more = _windows(root, problems)
    faults = tuple(_located(problem, root) for problem in (*problems, *more))
    stores = outage.stores if outage else _stores(root)
    if faults and stores:
        written = _guessed(draft, written, stores)
    return Judged(text, draft, stores, written, faults, outage)


def _reasoned(root: Value) -> Value:
    """The tree with some reason in it, so that everything else is judged before it is asked for."""
    reason = Value(root.place, text=LATER)
    return replace(root, entries={**(root.entries or {}), "reason": reason})


def _read(root: Value) -> tuple[Outage | None, Sequence[Problem]]:
    """The outage, or everything that is wrong: the reader stops at the first fault of the head,
    so what is faulty there is taken for right and it reads on."""
    problems: list[Problem] = []
    for _ in range(len(_RIGHT) + 1):
        try:
            outage = outage_from(root)
        except BadInput as error:
            problems += error.problems
            path = error.problems[0].place.field if error.problems[0].place else None
            if path not in _RIGHT:
                return None, [*problems, *_of_titles(root)]
            root = _with(root, path.split("."), _RIGHT[path])
        else:
            return (None, problems) if problems else (outage, ())
    return None, problems


def _of_titles(root: Value) -> Iterator[Problem]:
    """What is wrong with the titles, which the reader looks at last."""
    titles = root.mapping().get("title")
    for value in (titles.entries or {}).values() if titles else ():
        try:
            value.as_text()
        except BadInput as error:
            yield from error.problems


_RIGHT = {
    "outage": "name",
    "title.it": "title",
    "title.en": "title",
    "zone": "Etc/UTC",
}


def _with(root: Value, path: Sequence[str], text: str) -> Value:
    """A tree with another word in one place."""
    if not path:
        return Value(root.place, text=text)
    entries = root.entries or {}
    return replace(root, entries={**entries, path[0]: _with(entries[path[0]], path[1:], text)})


def _windows(root: Value, known: Sequence[Problem]) -> tuple[Written, Sequence[Problem]]:
    """The windows, and problems in them that a fault of the head kept from being told."""
    try:
        found = windows_of(root)
    except BadInput as error:
        return (), [one for one in error.problems if one not in known]
    written = tuple(() if isinstance(one, BadInput) else one for one in found)
    problems = [problem for one in found if isinstance(one, BadInput) for problem in one.problems]
    return written, [one for one in problems if one not in known]


def _guessed(draft: Draft, written: Written, stores: Mapping[str, tuple[str, ...]]) -> Written:
    """Windows that are wrong as far as they can be drawn: where their components, stores and
    beginning say something, whatever else they say."""
    try:
        zone = clock.zone(draft.zone)
    except ValueError:
        return written
    return tuple(
        known or tuple(_guess(window, stores, zone))
        for window, known in zip_longest(draft.windows, written, fillvalue=())
        if isinstance(window, DraftWindow)
    )


def _guess(
    window: DraftWindow, stores: Mapping[str, tuple[str, ...]], zone: ZoneInfo
) -> Iterator[Window]:
    start, end = instant_of(window.start, zone), instant_of(window.end, zone)
    start = end if start is None else start
    if start is None:
        return
    if end is not None and end <= start:
        start, end = end, max(start, end + MINUTE)
    named = _names(window.stores)
    components = _names(window.components, COMPONENTS) if window.components else frozenset()
    for component in COMPONENTS:
        if component not in components:
            continue
        for brand, every in stores.items():
            chosen = [store for store in every if store in named] or every
            if brand in _names(window.brands, stores):
                for store in chosen:
                    yield Window(component, brand, store, start, end, "down", None, False, None, "")


def _names(written: str, every: Iterable[str] = ()) -> frozenset[str]:
    """The names that a list says and that can be read; every one where it says none."""
    names: set[str] = set()
    for one in written.split(","):
        try:
            names.update(expand(Value(Place(NAMED), text=one.strip())))
        except BadInput:
            continue
    return frozenset(every) if not names or names == {"all"} else frozenset(names)


def _stores(root: Value) -> dict[str, tuple[str, ...]]:
    value = root.mapping().get("stores")
    try:
        return {} if value is None else read_stores(value)
    except BadInput:
        return {}


def _located(problem: Problem, root: Value) -> Fault:
    place = problem.place
    path = (place.field or "") if place else ""
    part, _, field = path.partition(".")
    if part not in ("windows", "exclusions") or place is None:
        return Fault("head", 0, path.replace(".", "-"), problem)
    items = root.mapping()[part].items or ()
    at = (place.line or 0, place.column or 0)
    starts = [(item.place.line or 0, item.place.column or 0) for item in items]
    number = max(0, sum(start <= at for start in starts) - 1)
    return Fault(part, number, field.partition(".")[0], problem)
