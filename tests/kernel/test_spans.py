"""The span algebra against sets of whole instants, which know nothing of spans."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ristoro.kernel.clock import instant, micros
from ristoro.kernel.spans import DAY, MINUTE, Span, Spans

LAST = 60
PAIRS = st.lists(st.tuples(st.integers(0, LAST), st.integers(0, LAST)), max_size=12)
MARK = st.integers(-5, LAST + 5)
ROME = ZoneInfo("Europe/Rome")

# Each puts its clock forward or back in its own way: at 2 in the morning, at midnight, across
# midnight, by half an hour, and by leaving out a whole day.
ZONES = ("UTC", "Europe/Rome", "America/Havana", "America/St_Johns", "Australia/Lord_Howe",
         "America/Sao_Paulo", "Pacific/Apia", "Africa/Casablanca")  # fmt: skip


def points(pairs: list[tuple[int, int]]) -> set[int]:
    return {t for start, end in pairs for t in range(start, end)}


def spelled(spans: Spans) -> set[int]:
    return {t for span in spans for t in range(span.start, span.end)}


def runs(of: set[int]) -> list[tuple[int, int]]:
    """The stretches of a set, found by walking it one instant at a time."""
    found: list[tuple[int, int]] = []
    for t in sorted(of):
        if found and found[-1][1] == t:
            found[-1] = (found[-1][0], t + 1)
        else:
            found.append((t, t + 1))
    return found


@given(PAIRS)
def test_the_union_of_any_spans_is_kept_sorted_disjoint_and_apart(
    pairs: list[tuple[int, int]],
) -> None:
    assert list(Spans.of(pairs)) == runs(points(pairs))


@given(PAIRS, PAIRS)
def test_union_intersection_and_difference_are_those_of_sets(
    left: list[tuple[int, int]], right: list[tuple[int, int]]
) -> None:
    a, b = Spans.of(left), Spans.of(right)
    assert list(a | b) == runs(points(left) | points(right))
    assert list(a & b) == runs(points(left) & points(right))
    assert list(a - b) == runs(points(left) - points(right))


@given(PAIRS, MARK, MARK)
def test_clip_and_complement_are_those_of_sets(
    pairs: list[tuple[int, int]], start: int, end: int
) -> None:
    spans, inside = Spans.of(pairs), set(range(start, end))
    assert list(spans.clip(start, end)) == runs(points(pairs) & inside)
    assert list(spans.complement(start, end)) == runs(inside - points(pairs))


@given(PAIRS, PAIRS, PAIRS)
def test_the_laws_of_sets_hold(
    x: list[tuple[int, int]], y: list[tuple[int, int]], z: list[tuple[int, int]]
) -> None:
    a, b, c = Spans.of(x), Spans.of(y), Spans.of(z)
    assert a | b == b | a
    assert a & b == b & a
    assert (a | b) | c == a | (b | c)
    assert (a & b) & c == a & (b & c)
    assert a & (b | c) == (a & b) | (a & c)
    assert a - (b | c) == (a - b) & (a - c)
    assert (a | b).total + (a & b).total == a.total + b.total
    assert a.complement(0, LAST).complement(0, LAST) == a


@given(PAIRS)
def test_total_longest_and_hull_are_counted_the_same_by_a_sweep(
    pairs: list[tuple[int, int]],
) -> None:
    spans, stretches = Spans.of(pairs), runs(points(pairs))
    assert spans.total == len(points(pairs))
    assert spans.longest == max((end - start for start, end in stretches), default=0)
    assert bool(spans) == bool(stretches)
    assert spans.hull == ((stretches[0][0], stretches[-1][1]) if stretches else None)


@given(PAIRS, st.integers(0, 10))
def test_merging_closes_exactly_the_gaps_shorter_than_the_limit(
    pairs: list[tuple[int, int]], limit: int
) -> None:
    held = points(pairs)
    between = runs(set(range(min(held), max(held))) - held) if held else []
    closed = {t for start, end in between if end - start < limit for t in range(start, end)}
    assert list(Spans.of(pairs).merge_gaps(limit)) == runs(held | closed)


@given(PAIRS, st.integers(0, 20))
def test_at_least_keeps_exactly_the_stretches_that_are_long_enough(
    pairs: list[tuple[int, int]], length: int
) -> None:
    kept = [run for run in runs(points(pairs)) if run[1] - run[0] >= length]
    assert list(Spans.of(pairs).at_least(length)) == kept


def test_a_span_holds_its_start_and_not_its_end() -> None:
    assert Spans.of([(0, 5), (5, 9)]) == Spans((Span(0, 9),))
    assert not Spans.of([(0, 5)]) & Spans.of([(5, 9)])
    assert not Spans.of([(3, 3), (9, 2)])


# Days of a zone


def minutes_by_day(start: datetime, minutes: int, local: ZoneInfo) -> dict[date, int]:
    """Counted the slow way: the local date of every minute."""
    counted: dict[date, int] = {}
    for number in range(minutes):
        day = (start + timedelta(minutes=number)).astimezone(local).date()
        counted[day] = counted.get(day, 0) + 1
    return counted


@pytest.mark.parametrize(
    ("first", "hours"), [("2023-03-26", 23), ("2023-10-29", 25), ("2023-01-23", 24)]
)
def test_a_day_has_the_hours_that_its_zone_gives_it(first: str, hours: int) -> None:
    day = date.fromisoformat(first)
    start = datetime(day.year, day.month, day.day, tzinfo=ROME)
    whole = Spans.of([(micros(start) - DAY, micros(start) + 3 * DAY)])
    assert whole.by_day(ROME)[day].total == hours * 60 * MINUTE


@pytest.mark.parametrize("zone", ["Europe/Rome", "America/Havana", "Australia/Lord_Howe"])
@pytest.mark.parametrize("first", ["2023-03-11", "2023-03-25", "2023-04-01", "2023-10-28"])
def test_days_agree_with_the_date_of_every_minute(zone: str, first: str) -> None:
    start = datetime.fromisoformat(f"{first}T07:13").replace(tzinfo=UTC)
    minutes, local = 3 * 1440, ZoneInfo(zone)
    spans = Spans.of([(micros(start), micros(start) + minutes * MINUTE)])
    found = {day: part.total // MINUTE for day, part in spans.by_day(local).items()}
    assert found == minutes_by_day(start, minutes, local)


@given(
    st.sampled_from(ZONES),
    st.lists(
        st.tuples(
            st.integers(micros(datetime(1987, 1, 1, tzinfo=UTC)), 2**51), st.integers(1, 5 * DAY)
        ),
        max_size=4,
    ),
)
def test_days_part_the_set_and_lose_nothing(zone: str, given: list[tuple[int, int]]) -> None:
    spans = Spans.of((start, start + length) for start, length in given)
    parts = spans.by_day(ZoneInfo(zone))
    assert list(parts) == sorted(parts)
    assert sum(part.total for part in parts.values()) == spans.total
    assert Spans.of(span for part in parts.values() for span in part) == spans
    assert all(parts.values())


def test_a_day_that_a_zone_skips_holds_nothing() -> None:
    # Samoa crossed the date line: after 29 December 2011 came the 31st.
    start = micros(datetime(2011, 12, 29, 12, tzinfo=UTC))
    days = Spans.of([(start, start + 2 * DAY)]).by_day(ZoneInfo("Pacific/Apia"))
    assert date(2011, 12, 30) not in days
    assert {date(2011, 12, 29), date(2011, 12, 31)} <= set(days)


def test_a_clock_put_back_across_midnight_does_not_lose_time() -> None:
    # St John's put its clock back at 00:01, to 23:01 of the day before (until 2011).
    start = micros(datetime(2010, 11, 7, 3, 0, tzinfo=UTC))
    spans = Spans.of([(start, start + 60 * MINUTE)])
    days = spans.by_day(ZoneInfo("America/St_Johns"))
    assert sum(part.total for part in days.values()) == 60 * MINUTE
    assert instant(start).astimezone(ZoneInfo("America/St_Johns")).day == 6


@given(PAIRS, st.integers(0, LAST))
def test_pieces_are_cut_at_gaps_that_are_not_merged(pairs: list[tuple[int, int]], gap: int) -> None:
    spans = Spans.of(pairs)
    pieces = spans.pieces(gap)
    assert [one for piece in pieces for one in piece] == list(spans)
    assert [piece.hull for piece in pieces] == list(spans.merge_gaps(gap))


@given(PAIRS, st.integers(0, LAST))
def test_the_first_of_a_set_are_its_earliest_instants(
    pairs: list[tuple[int, int]], length: int
) -> None:
    spans = Spans.of(pairs)
    assert spelled(spans.first(length)) == set(sorted(points(pairs))[:length])
