"""Stretches, their gaps and the short ones among them, against looking at every hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from ristoro.kernel.clock import micros
from ristoro.kernel.spans import MINUTE, Spans
from ristoro.outages.stretches import ByDay, StretchRule, judged

HOUR = 60 * MINUTE
ROME = ZoneInfo("Europe/Rome")
# the clock goes forward in the third night
START = datetime(2023, 3, 23, 20, tzinfo=UTC)
LAST = 110
FAILED = st.sets(st.integers(0, LAST), max_size=60)
SMALL = st.integers(0, 6)


def spans_of(hours: set[int]) -> Spans:
    first = micros(START)
    return Spans.of((first + hour * HOUR, first + (hour + 1) * HOUR) for hour in hours)


def hours_of(spans: Spans) -> set[int]:
    first = micros(START)
    return {t // HOUR for s in spans for t in range(s.start - first, s.end - first, HOUR)}


def runs(hours: set[int], gap: int) -> list[set[int]]:
    """Runs of hours; a gap of fewer hours than the limit does not end one."""
    found: list[set[int]] = []
    for hour in sorted(hours):
        if found and hour - max(found[-1]) - 1 < max(gap, 1):
            found[-1].add(hour)
        else:
            found.append({hour})
    return found


@given(FAILED, SMALL, st.booleans(), SMALL, st.none() | st.tuples(SMALL, st.booleans()))
def test_what_counts_is_what_counting_hours_finds(
    failed: set[int], gap: int, gaps_count: bool, least: int, short: tuple[int, bool] | None
) -> None:
    expected: list[set[int]] = []
    pieces = runs(failed, gap)
    if gaps_count:
        pieces = [set(range(min(piece), max(piece) + 1)) for piece in pieces]
    restored = set()
    if short is not None:
        days: dict[object, list[int]] = {}
        for hour in sorted(h for piece in pieces if len(piece) < least for h in piece):
            day = (START + timedelta(hours=hour)).astimezone(ROME).date()
            days.setdefault(day, []).append(hour)
        for day_hours in days.values():
            if len(day_hours) > short[0]:
                restored |= set(day_hours[short[0] if short[1] else 0 :])
    for piece in pieces:
        counts = piece if len(piece) >= least else piece & restored
        if counts:
            expected.append(counts)

    by_day = None if short is None else ByDay(short[0] * HOUR + 1, short[0] * HOUR * short[1])
    rule = StretchRule(gap * HOUR, gaps_count, least * HOUR, by_day)
    found = judged(spans_of(failed), rule, ROME)
    assert [hours_of(stretch) for stretch in found.kept] == expected
    assert hours_of(found.time) == {hour for stretch in expected for hour in stretch}


# a closed gap over midnight, in the hours that both days spare
@example({49, 52}, 3, True, 5)
@given(FAILED, SMALL, st.booleans(), SMALL)
def test_every_hour_is_told_of_once(
    failed: set[int], gap: int, gaps_count: bool, least: int
) -> None:
    found = judged(
        spans_of(failed), StretchRule(gap * HOUR, gaps_count, least * HOUR, ByDay(1, HOUR)), ROME
    )
    counted, dropped = hours_of(found.time), hours_of(found.dropped)
    assert not counted & dropped
    assert failed <= counted | dropped
    assert hours_of(found.restored) <= counted
    assert hours_of(found.closed) == counted - failed
    assert not hours_of(found.left_open) & (counted | failed | dropped)
    assert not found.left_open or not gaps_count
