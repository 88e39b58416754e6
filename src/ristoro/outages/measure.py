"""How long a mailbox was without each component: pure functions from an outage to spans.

All mailboxes that the outage cannot tell apart are one ``ExposureClass``, so what is here runs
per class and component, never per mailbox. A measure is made of three steps:

1. which components: ``components_of(cls)``, all of the mailbox's or only those named;
2. which time counts, for each: ``down_spans(outage, cls, component, counting, until)``;
3. how they go together: ``any_of`` (something failed) or ``all_of`` (nothing worked), then
   ``Spans.merge_gaps``, ``Spans.at_least``, and the windows of ``outages.periods``.

Instants and lengths are whole microseconds (``kernel.clock``), spans are half-open.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ristoro.estate.columns import WAYS
from ristoro.kernel.spans import Span, Spans
from ristoro.outages.columns import COMPONENTS, INBOUND
from ristoro.outages.outage import Exclusion, Outage, Window
from ristoro.outages.periods import Cycle, Hours

ALWAYS = Span(-(2**62), 2**62)
"""A life without an end on either side."""


class ExposureClass(NamedTuple):
    """Mailboxes that an outage cannot tell apart."""

    brand: str
    store: str
    ways: int
    """The ways in that the plan allows, as ``estate.columns.ways_mask``."""
    used: int
    """The ways in that were used since an instant that the asker chose; 0 where none was."""
    clip_from: int
    """When the mailbox begins to count: its creation, or the start of the outage if later."""
    clip_to: int
    """When it ceases to: its closing, or the end of the outage if earlier."""
    cycle: Cycle | None = None
    """When it is billed, for a measure that goes by it; what of it failed is the same."""

    @property
    def lifeless(self) -> ExposureClass:
        """The class of mailboxes on the same store that were there all the time."""
        return whole_life(self.brand, self.store, self.ways, self.used)


KEYS = ExposureClass._fields[:6]
"""What an outage tells mailboxes apart by; all but the cycle, which only rules look at."""


def whole_life(brand: str, store: str, ways: int, used: int = 0) -> ExposureClass:
    """The class of mailboxes that were there before the outage and are there after it."""
    return ExposureClass(brand, store, ways, used, ALWAYS.start, ALWAYS.end)


@dataclass(frozen=True, slots=True)
class Counting:
    """Which time counts. As it stands, ``Counting()``: what was down, planned or not."""

    least_error_permille: int = 1000
    """Degraded windows count from this error rate on: 51 is "more than 5 %" (rates are whole
    permille), 0 counts every one. Where the rate is not known, a window counts at 0 only."""
    excused_notice_us: int | None = None
    """Planned windows that were announced at least this long before they start do not count;
    ``None`` excuses none. A planned window that was never announced always counts, and so does
    another window that overlaps an excused one."""
    excused_hours: tuple[Hours, ZoneInfo] | None = None
    """Of an excused window only the time in these hours is; ``None`` for the whole of it."""
    excused_causes: frozenset[str] = frozenset()
    """Exclusions of these causes are taken out of what counts (``outage.CAUSES``)."""

    def excuses(self, window: Window) -> bool:
        """Whether this window is planned work that was announced in time."""
        if not window.planned or self.excused_notice_us is None:
            return False
        return window.notice_us is not None and window.notice_us >= self.excused_notice_us

    def time_of(self, window: Window, until: int | None) -> Spans:
        """The part of a window that counts; ``ValueError`` as for ``down_spans``."""
        whole = Span(*_ends(window, until))
        if not self.fails(window) or whole.length == 0:
            return Spans()
        if not self.excuses(window):
            return Spans((whole,))
        if self.excused_hours is None:
            return Spans()
        hours, local = self.excused_hours
        return Spans((whole,)) - hours.within(whole, local)

    def fails(self, window: Window) -> bool:
        """Whether so much failed that the window's time counts where nothing excuses it."""
        if window.error_permille is None:
            return self.least_error_permille <= 0
        return window.error_permille >= self.least_error_permille


DOWN = Counting()
TROUBLED = Counting(least_error_permille=0)
"""Down or degraded, at whatever error rate."""


class Part(NamedTuple):
    """One window, or what of it lies in a mailbox's life: to show, and to explain by."""

    start: int
    end: int
    window: Window


def components_of(
    cls: ExposureClass, named: Collection[str] | None = None, *, used_only: bool = False
) -> tuple[str, ...]:
    """The components of a mailbox in the order of ``COMPONENTS``.

    Without ``named``, the ways in that its plan allows (``used_only``: and that were used);
    ``inbound`` only where it is named, for every mailbox has it and nobody logs in by it. A named
    component that the mailbox does not have is left out. ``ValueError`` for one that is none.
    """
    unknown = set(named or ()) - set(COMPONENTS)
    if unknown:
        raise ValueError(f"{sorted(unknown)} are no components")
    mask = cls.ways & cls.used if used_only else cls.ways
    ways = tuple(way for bit, way in enumerate(WAYS) if mask >> bit & 1)
    if named is None:
        return ways
    return tuple(c for c in COMPONENTS if c in named and (c in ways or c == INBOUND))


def down_spans(
    outage: Outage,
    cls: ExposureClass,
    component: str,
    counting: Counting = DOWN,
    until: int | None = None,
) -> Spans:
    """When the component was down for the class, by a way of counting.

    The union of the windows that count, less what is excused, inside the mailbox's life and
    before ``until``. ``ValueError`` for an outage still going where ``until`` is ``None``.
    """
    whole = _spans(outage, (component, cls.brand, cls.store), counting, until)
    return whole.clip(cls.clip_from, cls.clip_to)


def any_of(sets: Iterable[Spans]) -> Spans:
    """The instants in at least one of the sets; nothing of no sets."""
    return Spans.of(span for spans in sets for span in spans)


def all_of(sets: Iterable[Spans]) -> Spans:
    """The instants in every one of the sets; nothing of no sets."""
    listed = list(sets)
    return reduce(Spans.__and__, listed) if listed else Spans()


def exposure(
    outage: Outage, cls: ExposureClass, until: int | None = None
) -> dict[str, tuple[Part, ...]]:
    """Each component of the class (``inbound`` too) with its windows clipped to the mailbox's
    life and to ``until``, in order of time; components that nothing touched have none."""
    parts: dict[str, tuple[Part, ...]] = {}
    for component in components_of(cls, COMPONENTS):
        windows, _ = _index(outage).get((component, cls.brand, cls.store), ((), ()))
        clipped = []
        for window in windows:
            start, end = _ends(window, until)
            start, end = max(start, cls.clip_from), min(end, cls.clip_to)
            if start < end:
                clipped.append(Part(start, end, window))
        parts[component] = tuple(sorted(clipped, key=lambda part: (part.start, part.end)))
    return parts


class Figures(NamedTuple):
    """One component of one class in numbers, as ``columns.EXPOSURE`` has them."""

    down_us: int
    degraded_us: int
    stretches: int
    longest_us: int
    first_start: int
    last_end: int


def figures(
    outage: Outage, cls: ExposureClass, component: str, until: int | None = None
) -> Figures | None:
    """The numbers of one component; ``None`` where nothing touched it. Nothing is excused."""
    down = down_spans(outage, cls, component, DOWN, until)
    troubled = down_spans(outage, cls, component, TROUBLED, until)
    hull = troubled.hull
    if hull is None:
        return None
    return Figures(
        down_us=down.total,
        degraded_us=troubled.total - down.total,
        stretches=len(troubled.items),
        longest_us=troubled.longest,
        first_start=hull.start,
        last_end=hull.end,
    )


def hull(outage: Outage, until: int | None = None) -> Span:
    """From the first instant of the outage to the end of its last window, at most ``until``.

    Empty (start equals end) where the outage starts no earlier than ``until``. ``ValueError``
    for an outage still going where ``until`` is ``None``.
    """
    start, end = outage.start, outage.end
    if end is None:
        if until is None:
            raise ValueError(f"{outage.name} is still going: say until when to count")
        end = until
    elif until is not None:
        end = min(end, until)
    return Span(start, max(start, end))


_Cell = tuple[str, str, str]


@lru_cache(maxsize=8)
def _index(outage: Outage) -> dict[_Cell, tuple[tuple[Window, ...], tuple[Exclusion, ...]]]:
    windows: dict[_Cell, list[Window]] = {}
    exclusions: dict[_Cell, list[Exclusion]] = {}
    for window in outage.windows:
        windows.setdefault((window.component, window.brand, window.store), []).append(window)
    for exclusion in outage.exclusions:
        cell = (exclusion.component, exclusion.brand, exclusion.store)
        exclusions.setdefault(cell, []).append(exclusion)
    return {cell: (tuple(w), tuple(exclusions.get(cell, ()))) for cell, w in windows.items()}


@lru_cache(maxsize=65_536)
def _spans(outage: Outage, cell: _Cell, counting: Counting, until: int | None) -> Spans:
    """What ``down_spans`` gives before it is clipped to a life: few cells, many lives."""
    windows, exclusions = _index(outage).get(cell, ((), ()))
    counted = any_of(counting.time_of(window, until) for window in windows)
    excused = Spans.of((e.start, e.end) for e in exclusions if e.cause in counting.excused_causes)
    return counted - excused if excused else counted


def _ends(window: Window, until: int | None) -> tuple[int, int]:
    if window.end is None:
        if until is None:
            raise ValueError(f"{window.component} on {window.store} is still going: say until when")
        return window.start, until
    return window.start, window.end if until is None else min(window.end, until)
