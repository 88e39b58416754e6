"""A policy's measures taken on an outage: once for each exposure class, never for each mailbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

from ristoro.kernel.clock import instant
from ristoro.kernel.spans import Span, Spans
from ristoro.outages import measure as outage_measure
from ristoro.outages.measure import Counting, ExposureClass
from ristoro.outages.outage import Outage
from ristoro.outages.periods import calendar_periods, days_filled, days_touched, period
from ristoro.remedies.language.policy import Measure, Policy, Window
from ristoro.remedies.language.types import Scalar

MONTHS = {Window.MONTH: 1, Window.FOUR_MONTHS: 4}


@dataclass(frozen=True, slots=True)
class Sight:
    """What measures are taken of: an outage up to an instant, in a policy's zone."""

    outage: Outage
    until: int | None
    zone: ZoneInfo
    hull: Span
    """From its first instant to its last, worked out once."""

    @classmethod
    def of(cls, outage: Outage, until: int | None, zone: ZoneInfo) -> Sight:
        return cls(outage, until, zone, outage_measure.hull(outage, until))


@dataclass(frozen=True, slots=True)
class Taken:
    """One measure of one class: the time that counts in the window chosen."""

    spans: Spans
    window: Span


def take(measure: Measure, sight: Sight, cls: ExposureClass) -> Taken:
    """The measure of one class, in the window in which most time counts (the first of equals)."""
    found = windows_of(measure, sight, cls)
    return max(found, key=lambda taken: (taken.spans.total, -taken.window.start))


@lru_cache(maxsize=4096)
def windows_of(measure: Measure, sight: Sight, cls: ExposureClass) -> tuple[Taken, ...]:
    """The measure in every window that the outage touches, in order of time.

    Stretches are merged and judged over the whole outage first, and cut at windows after.
    """
    spans = counted(measure, sight, cls)
    hull = sight.hull
    if measure.window is Window.OUTAGE or hull.length == 0:
        return (Taken(spans, hull),)
    if measure.window is Window.DAY:
        periods = Spans.of([hull]).by_day(sight.zone)
        days = [_day(day, sight.zone) for day in sorted(periods)]
        return tuple(Taken(spans.clip(*day), day) for day in days)
    found = calendar_periods(hull, sight.zone, MONTHS[measure.window])
    return tuple(Taken(spans.clip(one.start, one.end), Span(one.start, one.end)) for one in found)


def counted(measure: Measure, sight: Sight, cls: ExposureClass) -> Spans:
    """All the time that counts for the class: components, merging and stretches applied."""
    sets = by_component(measure, sight, cls).values()
    spans = outage_measure.all_of(sets) if measure.every else outage_measure.any_of(sets)
    if measure.merge_gaps:
        spans = spans.merge_gaps(measure.merge_gaps)
    if measure.stretch:
        spans = spans.at_least(measure.stretch.value + measure.stretch.strict)
    return spans


def by_component(measure: Measure, sight: Sight, cls: ExposureClass) -> dict[str, Spans]:
    """The time of each component before they are put together: to measure, and to explain by."""
    named = measure.components or None
    components = outage_measure.components_of(cls, named, used_only=measure.used_only)
    return {
        component: outage_measure.down_spans(
            sight.outage, cls, component, counting_of(measure), sight.until
        )
        for component in components
    }


def counting_of(measure: Measure) -> Counting:
    """The measure's choice of windows as ``outages.measure`` takes it."""
    rate = 1000 if not measure.degraded else 0
    if measure.error_rate:
        rate = measure.error_rate.value + measure.error_rate.strict
    return Counting(rate, measure.planned_notice, excused_causes=frozenset(measure.excused))


def attribute(taken: Taken, name: str, zone: ZoneInfo) -> Scalar:
    """One thing that a measure can be asked (``vocabulary.ATTRIBUTES``)."""
    spans, hull = taken.spans, taken.spans.hull
    numbers = {
        "total": spans.total,
        "longest": spans.longest,
        "stretches": len(spans.items),
        "window": taken.window.length,
    }
    if name in numbers:
        return Fraction(numbers[name])
    if name == "days_touched":
        return Fraction(days_touched(spans, zone))
    if name == "whole_days":
        return Fraction(days_filled(spans, zone))
    if name == "uptime":
        return uptime(spans.total, taken.window.length)
    if hull is None:
        return None
    at = instant(hull.start if name.startswith("start") else hull.end)
    if not name.endswith("_day"):
        return at
    # the last day is that of the last instant inside, so midnight belongs to the day before
    inside = instant(hull.start if name.startswith("start") else hull.end - 1)
    return inside.astimezone(zone).date()


def uptime(down: int, window: int) -> Fraction | None:
    """The share of a window that was up; not known of a window without length."""
    return None if window == 0 else Fraction(window - down, window)


def over_population(
    measure: Measure, sight: Sight, members: Iterable[tuple[ExposureClass, int]]
) -> Fraction | None:
    """Uptime in user-minutes over classes and how many mailboxes each has.

    The window is the one in which most user-minutes were down, the first of equals.
    """
    down: dict[Span, int] = {}
    users = 0
    for cls, count in members:
        users += count
        for taken in windows_of(measure, sight, cls):
            down[taken.window] = down.get(taken.window, 0) + taken.spans.total * count
    if not down:
        return None
    worst = max(down, key=lambda window: (down[window], -window.start))
    return uptime(down[worst], worst.length * users)


def measured(
    policy: Policy, names: Sequence[str], sight: Sight, cls: ExposureClass
) -> dict[str, Scalar]:
    """The values of ``measure.attribute`` names for one class, populations left out."""
    values: dict[str, Scalar] = {}
    for name in names:
        measure, _, what = name.partition(".")
        if measure in policy.measures and not policy.measures[measure].population:
            values[name] = attribute(take(policy.measures[measure], sight, cls), what, sight.zone)
    return values


def populations(policy: Policy, names: Sequence[str]) -> Mapping[str, Measure]:
    """The measures over a population among the names read."""
    heads = dict.fromkeys(name.partition(".")[0] for name in names)
    found = {head: policy.measures[head] for head in heads if head in policy.measures}
    return {head: measure for head, measure in found.items() if measure.population}


def _day(day: date, zone: ZoneInfo) -> Span:
    one = period(day, date.fromordinal(day.toordinal() + 1), zone)
    return Span(one.start, one.end)
