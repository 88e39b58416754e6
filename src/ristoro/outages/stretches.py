"""Which stretches of a failure count: gaps closed or left open, short ones left out or added up.

Pure, on sets of spans. Gaps come first, then each stretch's length, then short ones by the day.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ristoro.kernel.spans import Span, Spans


class ByDay(NamedTuple):
    """When stretches that are too short count after all: by their total on a calendar day."""

    least: int
    """They must come to so many microseconds on the day."""
    spared: int
    """Of a day that reaches it, the first so many microseconds still do not count."""


@dataclass(frozen=True, slots=True)
class StretchRule:
    """Which stretches count; as it stands, every one, each for itself."""

    gaps_under: int = 0
    """Stretches with a gap shorter than this between them are one."""
    gaps_count: bool = True
    """The time of such a gap counts as well."""
    at_least: int = 0
    """A stretch counts where so much of it does."""
    short: ByDay | None = None
    """When one that is shorter counts all the same; ``None`` for never."""


@dataclass(frozen=True, slots=True)
class Stretches:
    """The stretches that count, and what was done to the others."""

    kept: tuple[Spans, ...]
    """In order of time, each with the time of it that counts, which is never nothing."""
    closed: Spans
    """Gaps inside a stretch whose time counts."""
    left_open: Spans
    """Gaps inside a stretch whose time is not part of it."""
    dropped: Spans
    """The time of stretches that are too short."""
    restored: Spans
    """The time of stretches that are too short, and count by the total of their day."""

    @property
    def time(self) -> Spans:
        """All the time that counts."""
        return together(self.kept)


def together(stretches: tuple[Spans, ...]) -> Spans:
    """The time of stretches that lie one after another, none touching the next."""
    return Spans(tuple(span for stretch in stretches for span in stretch))


def judged(spans: Spans, rule: StretchRule, local: ZoneInfo) -> Stretches:
    """What counts of a set of failures by a rule; days are those of the zone."""
    pieces = spans.pieces(rule.gaps_under)
    gaps = Spans(tuple(gap for piece in pieces for gap in _gaps(piece)))
    if rule.gaps_count:
        pieces = tuple(
            Spans((Span(piece.items[0].start, piece.items[-1].end),)) for piece in pieces
        )
    short = tuple(piece for piece in pieces if piece.total < rule.at_least)
    too_short = together(short)
    restored = _restored(too_short, rule.short, local)
    kept = []
    for piece in pieces:
        counts = piece if piece.total >= rule.at_least else piece & restored
        if counts:
            kept.append(counts)
    time = together(tuple(kept))
    hulls = Spans.of((stretch.items[0].start, stretch.items[-1].end) for stretch in kept)
    return Stretches(
        kept=tuple(kept),
        closed=gaps & time,
        left_open=(gaps & hulls) - time - too_short,
        dropped=too_short - restored,
        restored=restored,
    )


def _gaps(piece: Spans) -> list[Span]:
    return [Span(before.end, after.start) for before, after in pairwise(piece.items)]


def _restored(short: Spans, rule: ByDay | None, local: ZoneInfo) -> Spans:
    if rule is None or not short:
        return Spans()
    days = [day for day in short.by_day(local).values() if day.total >= rule.least]
    return Spans.of(span for day in days for span in day - day.first(rule.spared))
