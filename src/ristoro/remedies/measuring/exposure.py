"""A policy's measures taken on an outage: once for each exposure class, never for each mailbox."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ristoro.kernel.clock import instant
from ristoro.kernel.spans import Span, Spans
from ristoro.outages import measure as outage_measure
from ristoro.outages.measure import Counting, ExposureClass
from ristoro.outages.outage import Outage
from ristoro.outages.periods import (
    Cycle,
    billing_cycles,
    calendar_periods,
    days_filled,
    days_touched,
    first_of_each,
    period,
)
from ristoro.outages.stretches import ByDay, Stretches, StretchRule, judged, together
from ristoro.remedies.language.evaluate import holds
from ristoro.remedies.language.expressions import Name
from ristoro.remedies.language.policy import Measure, Policy, Window
from ristoro.remedies.language.terms import Bounds
from ristoro.remedies.language.types import Scalar

MONTHS = {
    Window.MONTH: 1,
    Window.THREE_MONTHS: 3,
    Window.FOUR_MONTHS: 4,
    Window.SIX_MONTHS: 6,
    Window.YEAR: 12,
}
"""Calendar windows by their months, each aligned to 1 January."""
EVERY = "every "
"""Before a table's name: the sum of what it gives."""


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
class Counted:
    """All the time that counts for one class, and how it came to that."""

    life: Span
    """Nothing outside counts: from the creation of the mailbox or its clock, to its closing."""
    planned: Spans
    """Planned work that does not count."""
    over_allowance: Spans
    """Planned work that counts after all, since there was too much of it."""
    stretches: Stretches
    """The stretches that count, and the gaps and short ones that do or do not."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One measure of one class: the time that counts in the window chosen."""

    spans: Spans
    window: Span
    stretches: tuple[Spans, ...]
    """The same time by stretch, in order; a stretch may have gaps that do not count."""


@dataclass(frozen=True, slots=True)
class Summed:
    """A table whose value is a sum, with its amounts as they are in force."""

    measure: Measure
    attribute: str
    steps: tuple[Bounds, ...]
    by_stretch: bool
    """Over every stretch of the worst window; else over every window."""
    gives: tuple[Fraction, ...]


class Part(NamedTuple):
    """One window or stretch of such a table: what was measured, its step, what that gives."""

    span: Span
    """The window; or the stretch, from its beginning to its end."""
    taken: Taken
    value: Scalar
    step: int | None
    gives: Fraction | None


def take(measure: Measure, sight: Sight, cls: ExposureClass) -> Taken:
    """The measure of one class, in the window in which most time counts (the first of equals)."""
    found = windows_of(measure, sight, cls)
    return max(found, key=lambda taken: (taken.spans.total, -taken.window.start))


@lru_cache(maxsize=4096)
def windows_of(measure: Measure, sight: Sight, cls: ExposureClass) -> tuple[Taken, ...]:
    """The measure in every window that the outage touches, in order of time.

    Stretches are merged and judged over the whole outage first, and cut at windows after.
    """
    kept = counted(measure, sight, cls).stretches.kept
    windows = _windows(measure.window, cls.cycle, sight.hull, sight.zone)
    if len(windows) == 1:
        return (Taken(together(kept), windows[0], kept),)
    return tuple(_cut(kept, window) for window in windows)


def _cut(stretches: tuple[Spans, ...], window: Span) -> Taken:
    parts = (stretch.clip(*window) for stretch in stretches)
    inside = tuple(part for part in parts if part)
    return Taken(together(inside), window, inside)


@lru_cache(maxsize=4096)
def _windows(window: Window, cycle: Cycle | None, hull: Span, zone: ZoneInfo) -> tuple[Span, ...]:
    """The windows that an outage touches; calendar months where there is no billing cycle."""
    if window is Window.OUTAGE or hull.length == 0:
        return (hull,)
    if window is Window.DAY:
        days = sorted(Spans.of([hull]).by_day(zone))
        periods = tuple(period(d, date.fromordinal(d.toordinal() + 1), zone) for d in days)
    elif window is Window.CYCLE and cycle is not None:
        periods = billing_cycles(hull, cycle, zone)
    else:
        periods = calendar_periods(hull, zone, MONTHS.get(window, 1))
    return tuple(Span(one.start, one.end) for one in periods)


def counted(measure: Measure, sight: Sight, cls: ExposureClass) -> Counted:
    """All the time that counts for the class, before it is cut at windows.

    1. The measure's components together, planned work and excused causes taken out.
    2. Clipped to the mailbox's life, and to its clock.
    3. Gaps, stretches, and short stretches by the day.
    """
    return _counted(measure, sight, cls._replace(cycle=None))


@lru_cache(maxsize=4096)
def _counted(measure: Measure, sight: Sight, cls: ExposureClass) -> Counted:
    spans, planned, over = _together(measure, sight, cls.lifeless)
    life = Span(cls.clip_from, cls.clip_to)
    return Counted(
        life=life,
        planned=planned.clip(*life),
        over_allowance=over.clip(*life),
        stretches=judged(spans.clip(*life), rule_of(measure), sight.zone),
    )


@lru_cache(maxsize=4096)
def _together(measure: Measure, sight: Sight, cls: ExposureClass) -> tuple[Spans, Spans, Spans]:
    """The time of the components together; planned work left out, and what of it counts.

    The allowance is the provider's: it is used up by the first planned work of the year on this
    store, whether or not the mailbox was there.
    """
    spans = _of_components(measure, sight, cls, counting_of(measure, sight.zone))
    if measure.planned_notice is None:
        return spans, Spans(), Spans()
    every = replace(counting_of(measure, sight.zone), excused_notice_us=None)
    planned = _of_components(measure, sight, cls, every) - spans
    allowed = measure.planned_allowance
    if allowed is None:
        return spans, planned, Spans()
    left_out = first_of_each(planned, allowed.length, allowed.months, sight.zone)
    return spans | (planned - left_out), left_out, planned - left_out


def _of_components(measure: Measure, sight: Sight, cls: ExposureClass, counting: Counting) -> Spans:
    sets = [
        outage_measure.down_spans(sight.outage, cls, component, counting, sight.until)
        for component in _components(measure, cls)
    ]
    return outage_measure.all_of(sets) if measure.every else outage_measure.any_of(sets)


def _components(measure: Measure, cls: ExposureClass) -> tuple[str, ...]:
    named = measure.components or None
    return outage_measure.components_of(cls, named, used_only=measure.used_only)


def rule_of(measure: Measure) -> StretchRule:
    """The measure's choice of stretches as ``outages.stretches`` takes it."""
    short = measure.short_stretches
    return StretchRule(
        gaps_under=measure.merge_gaps,
        gaps_count=measure.gaps_count,
        at_least=measure.stretch.least if measure.stretch else 0,
        short=ByDay(short.a_day.least, short.a_day.value if short.excess_only else 0)
        if short
        else None,
    )


def by_component(measure: Measure, sight: Sight, cls: ExposureClass) -> dict[str, Spans]:
    """The time of each component before they are put together: to measure, and to explain by."""
    counting = counting_of(measure, sight.zone)
    return {
        component: outage_measure.down_spans(sight.outage, cls, component, counting, sight.until)
        for component in _components(measure, cls)
    }


def counting_of(measure: Measure, zone: ZoneInfo) -> Counting:
    """The measure's choice of windows as ``outages.measure`` takes it."""
    rate = 1000 if not measure.degraded else 0
    if measure.error_rate:
        rate = measure.error_rate.least
    return Counting(
        least_error_permille=rate,
        excused_notice_us=measure.planned_notice,
        excused_hours=(measure.planned_hours, zone) if measure.planned_hours else None,
        excused_causes=frozenset(measure.excused),
    )


def attribute(taken: Taken, name: str, zone: ZoneInfo) -> Scalar:
    """One thing that a measure can be asked (``vocabulary.ATTRIBUTES``)."""
    spans, hull = taken.spans, taken.spans.hull
    numbers = {
        "total": spans.total,
        "longest": max((stretch.total for stretch in taken.stretches), default=0),
        "stretches": len(taken.stretches),
        "window": taken.window.length,
        "windows": int(bool(spans)),
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
    policy: Policy,
    names: Sequence[str],
    sight: Sight,
    own: Callable[[Measure], ExposureClass],
    every: Mapping[str, Summed],
) -> dict[str, Scalar]:
    """The values of ``measure.attribute`` and ``every table`` names, populations left out.

    ``own`` gives the class by which each measure is taken, with its clock and cycle.
    """
    values: dict[str, Scalar] = {}
    for name in names:
        measure = measure_read(policy, name)
        if measure is None or measure.population:
            continue
        cls, what = own(measure), name.partition(".")[2]
        if name in every:
            values[name] = summed(parts_of(every[name], sight, cls))
        elif what == "windows":
            values[name] = Fraction(sum(bool(t.spans) for t in windows_of(measure, sight, cls)))
        else:
            values[name] = attribute(take(measure, sight, cls), what, sight.zone)
    return values


def measure_read(policy: Policy, name: str) -> Measure | None:
    """The measure that a name of a term's leaf is taken from; ``None`` for any other leaf."""
    if name.startswith(EVERY):
        of = policy.tables[name.removeprefix(EVERY)].of
        assert isinstance(of, Name)
        name = of.path
    return policy.measures.get(name.partition(".")[0])


def parts_of(table: Summed, sight: Sight, cls: ExposureClass) -> tuple[Part, ...]:
    """What a table gives in every window that the outage touches, or for every stretch of the
    worst of them, in order of time."""
    if not table.by_stretch:
        found = windows_of(table.measure, sight, cls)
        return tuple(_part(table, taken, taken.window, sight) for taken in found)
    worst = take(table.measure, sight, cls)
    return tuple(
        _part(
            table,
            Taken(one, worst.window, (one,)),
            Span(one.items[0].start, one.items[-1].end),
            sight,
        )
        for one in worst.stretches
    )


def _part(table: Summed, taken: Taken, span: Span, sight: Sight) -> Part:
    value = attribute(taken, table.attribute, sight.zone)
    if value is None:
        return Part(span, taken, None, None, None)
    step = next(n for n, bounds in enumerate(table.steps) if holds(bounds, value))
    return Part(span, taken, value, step, table.gives[step])


def summed(found: Iterable[Part]) -> Fraction | None:
    """What all parts give together; not known where it is not known of one."""
    total = Fraction(0)
    for part in found:
        if part.gives is None:
            return None
        total += part.gives
    return total


def populations(policy: Policy, names: Sequence[str]) -> Mapping[str, Measure]:
    """The measures over a population among the names read."""
    heads = dict.fromkeys(name.partition(".")[0] for name in names)
    found = {head: policy.measures[head] for head in heads if head in policy.measures}
    return {head: measure for head, measure in found.items() if measure.population}
