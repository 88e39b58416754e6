"""The picture: rows, bars, what to look at twice, and what another version changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.outages.texts import GOOD, changed

from ristoro.kernel import clock
from ristoro.kernel.spans import DAY, MINUTE, Span
from ristoro.outages import picture
from ristoro.outages.difference import ADDED, CHANGED, MOVED, REMOVED, difference
from ristoro.outages.drafts import acts
from ristoro.outages.drafts.draft import DraftWindow
from ristoro.outages.drafts.judge import Judged, judge
from ristoro.outages.drafts.text import rewritten
from ristoro.outages.measure import DOWN, TROUBLED, down_spans, whole_life
from ristoro.outages.picture import HOUR, Row

ROME = ZoneInfo("Europe/Rome")
UNTIL = clock.micros(clock.parse_instant("2023-04-01T00:00", ROME))


def at(text: str) -> int:
    return clock.micros(clock.parse_instant(text, ROME))


def rows(judged: Judged) -> dict[str, Row]:
    found = picture.rows(judged.stores, judged.written, UNTIL)
    return {f"{row.brand}.{row.component}": row for row in found}


def drawn(*windows: DraftWindow) -> Judged:
    draft = judge(GOOD).draft
    return judge(rewritten(GOOD, replace(draft, windows=windows, exclusions=())))


def window(components: str, start: str, end: str = "", stores: str = "lib-01") -> DraftWindow:
    return DraftWindow(components, "", stores, f"2023-03-{start}", end and f"2023-03-{end}")


def test_stores_that_reopen_one_after_another_are_bands_the_last_at_the_bottom() -> None:
    bar = rows(judge(GOOD))["libero.webmail"].bars[0]
    assert [(band.stores, band.end) for band in bar.bands] == [
        (("lib-02", "lib-03"), at("2023-03-26T12:00")),
        (("lib-01",), at("2023-03-26T08:00")),
    ]
    assert bar.stores == ("lib-01", "lib-02", "lib-03")


def test_windows_that_overlap_lie_in_lanes_of_their_own_and_are_pointed_out() -> None:
    judged = drawn(
        window("imap", "25T10:00", "25T12:00"),
        window("imap", "25T11:00", "25T13:00", "lib-01..lib-02"),
        window("imap", "25T13:00", "25T14:00"),
    )
    row = rows(judged)["libero.imap"]
    assert [(bar.number, bar.lane) for bar in row.bars] == [(0, 0), (1, 1), (2, 0)]
    assert row.lanes == 2
    assert row.overlaps == ((at("2023-03-25T11:00"), at("2023-03-25T12:00"), ("lib-01",)),)
    assert row.gaps == ()


def test_gaps_holes_and_forgotten_rows_are_remarked() -> None:
    judged = drawn(window("imap", "25T10:00", "25T12:00"), window("imap", "25T12:30", "25T13:00"))
    found = rows(judged)
    said = picture.remarks(tuple(found.values()))
    kinds = {(one.kind, one.component) for one in said}
    assert ("gap", "imap") in kinds
    assert ("stores", "imap") in kinds
    assert ("row", "pop3") in kinds
    assert all(one.brand == "libero" for one in said)
    gap = next(one for one in said if one.kind == "gap")
    assert gap.span.length == 30 * MINUTE


def test_a_pause_of_a_day_is_no_gap() -> None:
    judged = drawn(window("imap", "20T10:00", "20T12:00"), window("imap", "21T12:00", "21T13:00"))
    assert rows(judged)["libero.imap"].gaps == ()


def test_reports_before_anything_is_declared_suggest_an_earlier_edge() -> None:
    found = tuple(rows(judge(GOOD)).values())
    start = at("2023-03-25T19:00")
    said = picture.undeclared([(start, 12), (start + HOUR, 40), (start - 5 * HOUR, 2)], found)
    assert [(one.span, one.reports) for one in said] == [(Span(start, start + 2 * HOUR), 52)]
    few = [(start, 3), (start + 4 * HOUR, 90)]
    assert picture.undeclared(few, found) == ()


def test_what_is_still_going_is_drawn_up_to_now() -> None:
    row = rows(drawn(window("imap", "25T10:00")))["libero.imap"]
    assert row.bars[0].going
    assert row.bars[0].end == UNTIL


def test_an_open_row_has_its_stores_that_fared_alike() -> None:
    judged = judge(GOOD)
    row = rows(judged)["libero.webmail"]
    inner = picture.expanded(row, judged.written, UNTIL)
    assert [one.stores for one in inner] == [("lib-02", "lib-03"), ("lib-01",), ("lib-04",)]
    assert [len(one.bars) for one in inner] == [1, 1, 0]


hours = st.integers(0, 200)
some_windows = st.lists(
    st.tuples(st.sampled_from(["imap", "webmail"]), hours, st.integers(1, 60),
              st.sampled_from(["lib-01", "lib-01..lib-03", ""]), st.booleans()),
    min_size=1, max_size=5, unique_by=lambda one: (one[1], one[3]),
)  # fmt: skip


@settings(max_examples=15)
@given(some_windows)
def test_the_picture_is_what_is_measured(
    given_windows: list[tuple[str, int, int, str, bool]],
) -> None:
    start = at("2023-03-20T00:00")
    judged = drawn(*(
        DraftWindow(
            component, "libero", stores, acts.written_at(start + h * HOUR, ROME),
            acts.written_at(start + (h + n) * HOUR, ROME), "down" if down else "degraded",
        )
        for component, h, n, stores, down in given_windows
    ))  # fmt: skip
    outage = judged.outage
    if outage is None:  # two of them meant the same
        return
    for row in rows(judged).values():
        for group in row.fared:
            for store in group.stores:
                life = whole_life(row.brand, store, 0b111111)
                troubled = down_spans(outage, life, row.component, TROUBLED)
                assert group.down == down_spans(outage, life, row.component, DOWN)
                assert group.down | group.degraded == troubled


# The axis


def test_days_begin_at_local_midnight_also_where_the_clock_changes() -> None:
    found = picture.ticks(at("2023-03-25T12:00"), at("2023-03-28T12:00"), ROME, most=4)
    assert [tick.day for tick in found] == [date(2023, 3, day) for day in (26, 27, 28)]
    assert found[1].at - found[0].at == 23 * HOUR


def test_hours_are_drawn_where_there_is_room() -> None:
    found = picture.ticks(at("2023-03-25T22:00"), at("2023-03-26T06:00"), ROME)
    assert at("2023-03-26T04:00") in {tick.at for tick in found}
    assert [tick.day for tick in found if tick.day] == [date(2023, 3, 26)]


@given(st.integers(0, 10**15), st.integers(HOUR, 900 * DAY))
def test_there_are_never_more_lines_than_asked_for(start: int, length: int) -> None:
    found = picture.ticks(start, start + length, ROME)
    assert len(found) <= 26
    assert list(found) == sorted(found, key=lambda tick: tick.at)
    assert all(start <= tick.at < start + length for tick in found)


# What another version changes


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ("to: 2023-03-26T12:00", "to: 2023-03-26T13:00", [(MOVED, 0, 0)]),
        ("error-rate: 12.5 %", "error-rate: 10 %", [(CHANGED, 1, 1)]),
        ("stores: [lib-01..lib-03]", "stores: [lib-01..lib-04]", [(CHANGED, 0, 0)]),
    ],
)
def test_a_window_that_differs_is_paired_with_what_it_was(
    before: str, after: str, kinds: list[tuple[str, int, int]]
) -> None:
    found = difference(judge(GOOD), judge(changed(before, after)), UNTIL)
    assert list(found.windows) == kinds


def test_windows_come_and_go() -> None:
    draft = judge(GOOD).draft
    other = replace(
        draft, windows=(draft.windows[0], window("pop3", "25T10:00", "25T11:00")), exclusions=()
    )
    found = difference(judge(GOOD), judge(rewritten(GOOD, other)), UNTIL)
    assert sorted(one.kind for one in found.windows) == [ADDED, REMOVED]
    assert found.head == ("exclusions",)


def test_minutes_and_spans_tell_what_a_row_gains_and_loses() -> None:
    later = changed("to: 2023-03-26T12:00", "to: 2023-03-26T13:00")
    later = changed("{stores: [lib-01], at: 2023-03-26T08:00}",
                    "{stores: [lib-01], at: 2023-03-26T07:00}", later)  # fmt: skip
    found = difference(judge(GOOD), judge(later), UNTIL)
    row = next(one for one in found.rows if (one.component, one.brand) == ("webmail", "libero"))
    assert row.worst == (13 * HOUR, 14 * HOUR)
    assert row.stores == ("lib-01", "lib-02", "lib-03")
    assert row.of == 4
    assert row.more == ((at("2023-03-26T12:00"), at("2023-03-26T13:00"), ("lib-02", "lib-03")),)
    assert row.less == ((at("2023-03-26T07:00"), at("2023-03-26T08:00"), ("lib-01",)),)
    same = next(one for one in found.rows if (one.component, one.brand) == ("ios", "virgilio"))
    assert not same.differs


def test_nothing_differs_from_itself() -> None:
    assert not difference(judge(GOOD), judge(GOOD + "# a remark\n"), UNTIL).differs
