"""Measures that cannot count, or count what nobody meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from ristoro.remedies.authoring.lint.desk import Desk, terms_in
from ristoro.remedies.authoring.lint.findings import Findings, found
from ristoro.remedies.authoring.lint.words import written
from ristoro.remedies.language.policy import Measure, Window
from ristoro.remedies.language.terms import walk
from ristoro.remedies.language.types import Kind

_DAY = 86_400_000_000  # microseconds
_LONGEST_DAY = 25 * _DAY // 24
"""A day with a clock change has twenty-five hours."""
_FIXED = re.compile(r"(Etc/.*[+-]\d+|EST|MST|HST|[A-Z]{3}[+-]?\d+)")


def find(desk: Desk) -> Findings:
    """Everything about measures and the zone that their windows lie in."""
    for measure in desk.policy.measures.values():
        yield from _stretch(desk, measure)
        yield from _twice(desk, measure)
    yield from _used_since(desk)
    yield from _zone(desk)
    yield from _asked(desk)


def _stretch(desk: Desk, measure: Measure) -> Findings:
    stretch = measure.stretch
    if measure.window is Window.DAY and stretch is not None and stretch.value > _LONGEST_DAY:
        yield found(
            "stretch-over-window",
            desk.field(measure.place, "stretch"),
            f"no stretch in a day is as long as {_length(desk, stretch.value)}",
            "take a longer window or a shorter stretch",
        )


def _length(desk: Desk, micros: int) -> str:
    return written(Fraction(micros), Kind.LENGTH, desk.policy.currency)


def _twice(desk: Desk, measure: Measure) -> Findings:
    for field, items in (("components", measure.components), ("excused", measure.excused)):
        names = [item if isinstance(item, str) else item.name for item in items]
        again = _repeated(names)
        if again:
            yield found(
                "said-twice",
                desk.field(measure.place, field),
                f"{again!r} stands twice in `{field}` of {measure.name!r}",
                "remove one, or write the other one that was meant",
            )


def _repeated(names: Sequence[str]) -> str:
    return next((name for at, name in enumerate(names) if name in names[:at]), "")


def _used_since(desk: Desk) -> Findings:
    policy = desk.policy
    if policy.used_since is not None and policy.used_since >= policy.valid_from:
        yield found(
            "used-since-late",
            desk.field(desk.tree.place, "used_since"),
            f"ways in count as used since {policy.used_since}, and the policy holds from "
            f"{policy.valid_from}: who was shut out could not use them",
            "take a day some months before the policy begins to hold",
        )


def _zone(desk: Desk) -> Findings:
    key = desk.policy.zone.key
    if next(desk.gives(), None) is None:
        return  # a level that is only told, and pays nobody
    if _FIXED.fullmatch(key):
        yield found(
            "fixed-zone",
            desk.field(desk.tree.place, "zone"),
            f"{key} knows no summer time, so its days and months are an hour off for half the year",
            "write the zone of a place, such as Europe/Rome, or UTC where UTC is promised",
        )


def _asked(desk: Desk) -> Findings:
    """Uptime that is weighed over the outage alone, and measured time compared for equality."""
    told: set[tuple[int | None, int | None]] = set()
    for term in (part for each in terms_in(desk.checked.remedies) for part in walk(each)):
        place = term.place
        if place is None or (place.line, place.column) in told:
            continue
        if term.op == "read" and term.name.endswith(".uptime"):
            measure = desk.policy.measures.get(term.name.partition(".")[0])
            if measure is not None and measure.window is Window.OUTAGE:
                told.add((place.line, place.column))
                yield found(
                    "uptime-of-outage",
                    place,
                    f"{term.name} is taken over the outage alone, where it is near nothing",
                    "give the measure a window: `window: calendar month`",
                )
        if term.op in ("=", "!=") and term.operands[0].kind in (Kind.LENGTH, Kind.RATIO):
            other = term.operands[1]
            measured = any(
                part.op == "read" and part.name.partition(".")[0] in desk.policy.measures
                for part in walk(term.operands[0])
            )
            if measured and other.op == "const" and other.constant not in (0, 1):
                told.add((place.line, place.column))
                yield found(
                    "exact-time",
                    place,
                    "measured time is hardly ever exactly "
                    + written(other.constant, other.kind, desk.policy.currency),
                    "write `<`, `<=`, `>` or `>=`",
                )
