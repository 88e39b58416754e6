"""Sets of half-open spans of time: ``[start, end)``, kept sorted, disjoint and not touching.

Spans are in whole microseconds since 1970-01-01T00:00Z (``clock.micros``), so days of 23 and 25
hours, and windows in any zone, are only different numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ristoro.kernel.clock import instant, micros, start_of_day

MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE


class Span(NamedTuple):
    """``start <= t < end``; a span that ends where it starts holds nothing."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return max(0, self.end - self.start)


@dataclass(frozen=True, slots=True)
class Spans:
    """A set of instants as sorted, disjoint, non-touching, non-empty spans."""

    items: tuple[Span, ...] = ()

    @classmethod
    def of(cls, spans: Iterable[tuple[int, int]]) -> Spans:
        """The union of any spans, overlapping, touching or empty."""
        merged: list[Span] = []
        for start, end in sorted(spans):
            if end <= start:
                continue
            if merged and start <= merged[-1].end:
                merged[-1] = Span(merged[-1].start, max(merged[-1].end, end))
            else:
                merged.append(Span(start, end))
        return cls(tuple(merged))

    def __iter__(self) -> Iterator[Span]:
        return iter(self.items)

    def __bool__(self) -> bool:
        return bool(self.items)

    def __or__(self, other: Spans) -> Spans:
        return Spans.of((*self.items, *other.items))

    def __and__(self, other: Spans) -> Spans:
        both: list[Span] = []
        left, right = iter(self.items), iter(other.items)
        a, b = next(left, None), next(right, None)
        while a is not None and b is not None:
            start, end = max(a.start, b.start), min(a.end, b.end)
            if start < end:
                both.append(Span(start, end))
            if a.end <= b.end:
                a = next(left, None)
            else:
                b = next(right, None)
        return Spans(tuple(both))

    def __sub__(self, other: Spans) -> Spans:
        if not self.items:
            return self
        start, end = self.items[0].start, self.items[-1].end
        return self & other.complement(start, end)

    def complement(self, start: int, end: int) -> Spans:
        """The instants of ``[start, end)`` that are not in the set."""
        gaps: list[Span] = []
        at = start
        for span in self.items:
            if span.end <= start:
                continue
            if span.start >= end:
                break
            if span.start > at:
                gaps.append(Span(at, span.start))
            at = max(at, span.end)
        if at < end:
            gaps.append(Span(at, end))
        return Spans(tuple(gaps))

    def clip(self, start: int, end: int) -> Spans:
        """The part inside ``[start, end)``."""
        return self & Spans.of([(start, end)])

    def merge_gaps(self, shorter_than: int) -> Spans:
        """Close every gap shorter than the limit: an outage resumed at once is one outage."""
        merged: list[Span] = []
        for span in self.items:
            if merged and span.start - merged[-1].end < shorter_than:
                merged[-1] = Span(merged[-1].start, span.end)
            else:
                merged.append(span)
        return Spans(tuple(merged))

    def pieces(self, shorter_than: int) -> tuple[Spans, ...]:
        """The set in order, cut only at gaps of at least the limit: shorter ones are inside."""
        pieces: list[list[Span]] = []
        for span in self.items:
            if pieces and span.start - pieces[-1][-1].end < shorter_than:
                pieces[-1].append(span)
            else:
                pieces.append([span])
        return tuple(Spans(tuple(piece)) for piece in pieces)

    def first(self, length: int) -> Spans:
        """The earliest part of the set that holds at most so much of it."""
        kept: list[Span] = []
        for span in self.items:
            if length <= 0:
                break
            kept.append(Span(span.start, min(span.end, span.start + length)))
            length -= span.length
        return Spans(tuple(kept))

    def at_least(self, length: int) -> Spans:
        """Only the stretches of at least that length."""
        return Spans(tuple(span for span in self.items if span.length >= length))

    @property
    def total(self) -> int:
        """Microseconds in the set."""
        return sum(span.length for span in self.items)

    @property
    def longest(self) -> int:
        """Microseconds of its longest stretch, 0 when empty."""
        return max((span.length for span in self.items), default=0)

    @property
    def hull(self) -> Span | None:
        """From the first instant to the end of the last; ``None`` when empty."""
        return Span(self.items[0].start, self.items[-1].end) if self.items else None

    def by_day(self, local: ZoneInfo) -> dict[date, Spans]:
        """The set cut at midnights of a zone, days that hold none of it left out.

        A day runs from its own first midnight to the next day's, so that days partition time even
        where a clock is put back across midnight, and a day that a zone skips holds nothing.
        """
        days: dict[date, list[Span]] = {}
        for span in self.items:
            at = span.start
            day = instant(at).astimezone(local).date()
            while at < span.end:
                following = day + timedelta(days=1)
                midnight = micros(start_of_day(following, local))
                if midnight > at:
                    days.setdefault(day, []).append(Span(at, min(span.end, midnight)))
                    at = midnight
                day = following
        return {day: Spans(tuple(spans)) for day, spans in days.items()}
