"""A draft: its text stays as it was written but for what is changed, and a fault has a place."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.faces.programme import ROOT
from tests.outages.texts import GOOD, changed, outage

from ristoro.kernel.errors import BadInput
from ristoro.outages.declare import read_outage_text
from ristoro.outages.drafts import acts
from ristoro.outages.drafts.draft import Draft, DraftExclusion, DraftWindow, Stage
from ristoro.outages.drafts.judge import Judged, judge
from ristoro.outages.drafts.text import rewritten, text_of

ROME = ZoneInfo("Europe/Rome")
JANUARY = (ROOT / "outages" / "libero-virgilio-2023-01.yaml").read_text(encoding="utf-8")
HOUR = 3_600_000_000


def faults(judged: Judged) -> list[tuple[str, int, str, str]]:
    return [(one.part, one.number, one.field, one.problem.code) for one in judged.faults]


def lines_changed(before: str, after: str) -> tuple[list[str], list[str]]:
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


# Text


@pytest.mark.parametrize("text", [GOOD, JANUARY], ids=["small", "january"])
def test_a_draft_written_out_means_the_same(text: str) -> None:
    judged = judge(text)
    assert judged.faults == ()
    assert judged.outage == read_outage_text(text.encode(), "file")
    assert judge(text_of(judged.draft)).outage == judged.outage


def test_only_what_changed_is_written_anew() -> None:
    draft = judge(JANUARY).draft
    later = replace(draft.windows[1], end="2023-02-01T06:00")
    text = rewritten(JANUARY, acts.replaced(draft, 1, later))
    gone, come = lines_changed(JANUARY, text)
    assert gone == ["    to: 2023-02-01T00:00"]
    assert come == ["    to: 2023-02-01T06:00"]
    assert text.count("#") == JANUARY.count("#")


def test_a_removed_window_takes_its_comment_along_and_no_other() -> None:
    draft = judge(JANUARY).draft
    text = rewritten(JANUARY, acts.removed(draft, 1))
    assert "The iOS app did not follow" not in text
    assert "Mail from outside" in text
    assert "# Start. User reports" in text
    assert len(judge(text).draft.windows) == 3


def test_a_text_in_another_layout_is_written_anew_whole() -> None:
    draft = judge(GOOD).draft
    flow = '{outage: small, version: 1, title: {it: "Un guasto", en: "A fault"}, zone: Europe/Rome,'
    flow += " stores: {libero: [lib-01..lib-04]}, windows: [{components: all,"
    flow += " from: 2023-03-25T22:00}]}"
    judged = judge(flow)
    assert judged.faults == ()
    added = acts.drawn(judged.draft, draft.windows[0])
    assert judge(rewritten(flow, added)).draft == added


words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), max_size=30)
sentence = words.map(lambda one: " ".join(one.split()))
listed = st.lists(st.from_regex(r"[a-z]{1,3}-?[0-9]{0,2}", fullmatch=True), max_size=3).map(
    ", ".join
)
stages = st.builds(Stage, stores=listed, at=sentence.filter(bool))
windows = st.builds(
    DraftWindow,
    components=listed,
    stores=listed,
    start=sentence,
    end=sentence,
    source=sentence,
    condition=sentence,
    reopening=st.lists(stages, max_size=2).map(tuple),
)
exclusions = st.builds(DraftExclusion, components=listed, start=sentence, reason=sentence)


@settings(max_examples=25)
@given(
    st.lists(windows, min_size=1, max_size=4),
    st.lists(windows, max_size=4),
    st.lists(exclusions, max_size=2),
    sentence,
)
def test_whatever_is_typed_is_kept(
    before: list[DraftWindow],
    after: list[DraftWindow],
    excluded: list[DraftExclusion],
    title: str,
) -> None:
    base = judge(GOOD).draft
    first = replace(base, windows=tuple(before))
    text = rewritten(GOOD, first)
    assert judge(text).draft == first
    second = replace(first, windows=tuple(after), exclusions=tuple(excluded), title_it=title)
    assert judge(rewritten(text, second)).draft == second


def test_a_field_that_no_outage_has_is_refused_for_it_could_not_be_kept() -> None:
    with pytest.raises(BadInput, match="there is no field 'windos'"):
        judge(GOOD + "windos: []\n")


# Faults


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("error-rate: 12.5 %", "error-rate: lots", ("windows", 1, "error-rate", "bad-error-rate")),
        ("stores: [lib-01..lib-03]", "stores: [lib-09]", ("windows", 0, "stores", "unknown-store")),
        ("to: 2023-03-26T12:00", "to: 2023-03-25T12:00",
         ("windows", 0, "to", "ends-before-start")),
        ("at: 2023-03-26T08:00", "at: 2023-03-27T08:00",
         ("windows", 0, "reopening", "reopens-outside")),
        ("cause: force-majeure", "cause: god", ("exclusions", 0, "cause", "wrong-value")),
        ("outage: small", "outage: Small", ("head", 0, "outage", "bad-name")),
        ("it: Un guasto", 'it: ""', ("head", 0, "title-it", "wrong-value")),
        ("zone: Europe/Rome", "zone: Rome", ("head", 0, "zone", "wrong-value")),
    ],
)  # fmt: skip
def test_a_fault_is_at_its_part_and_field(
    old: str, new: str, expected: tuple[str, int, str, str]
) -> None:
    judged = judge(changed(old, new))
    assert faults(judged) == [expected]
    assert judged.outage is None


def test_faults_of_windows_are_told_beside_one_of_the_head() -> None:
    text = changed("outage: small", "outage: Small", changed("error-rate: 12.5 %", "error-rate: x"))
    judged = judge(text)
    assert [one[0] for one in faults(judged)] == ["head", "windows"]
    assert [len(each) for each in judged.written] == [6, 14]
    assert tuple(judged.stores) == ("libero", "virgilio")


def test_every_fault_of_the_head_is_told_at_once() -> None:
    text = changed("outage: small", "outage: Small", changed("zone: Europe/Rome", "zone: Rome"))
    judged = judge(changed("it: Un guasto", 'it: ""', text))
    assert {one[2] for one in faults(judged)} == {"outage", "title-it", "zone"}
    assert judged.outage is None
    empty = judge(changed("it: Un guasto", 'it: ""', changed("12.5 %", "lots")))
    assert [one[2] for one in faults(empty)] == ["error-rate", "title-it"]


@pytest.mark.parametrize(
    ("old", "new", "cells"),
    [
        ("to: 2023-03-26T12:00", "to: 2023-03-25T12:00", 6),
        ("to: 2023-03-26T12:00", "to: tomorrow", 6),
        ("stores: [lib-01..lib-03]", "stores: [lib-01, lib-09]", 2),
        ("stores: [lib-01..lib-03]", "stores: [lib-9..lib-01]", 8),
        ("[webmail, imap]", "[imap, pop]", 3),
        ("[webmail, imap]", "[pop]", 0),
        ("from: 2023-03-25T22:00", "from: now", 6),
    ],
)
def test_a_window_that_is_wrong_is_drawn_as_far_as_it_can_be(
    old: str, new: str, cells: int
) -> None:
    judged = judge(changed(old, new))
    assert judged.outage is None
    assert len(judged.written[0]) == cells
    assert len(judged.written[1]) == 14


def test_a_correction_without_its_reason_is_judged_for_all_the_rest() -> None:
    draft = acts.correction_of(judge(GOOD).draft, outage())
    judged = judge(rewritten(GOOD, draft))
    assert judged.faults == ()
    assert judged.outage is not None
    assert judged.outage.version == 2
    assert 'reason: ""' in judged.text


# Acts


def test_an_instant_is_written_local_and_with_its_offset_only_where_it_must() -> None:
    first = acts.instant_of("2023-10-29T02:30+02:00", ROME)
    assert first is not None
    assert acts.written_at(first, ROME) == "2023-10-29T02:30+02:00"
    assert acts.written_at(first + HOUR, ROME) == "2023-10-29T02:30+01:00"
    assert acts.written_at(first + 2 * HOUR, ROME) == "2023-10-29T03:30"
    assert acts.instant_of("tomorrow", ROME) is None


def test_a_window_moved_whole_takes_its_reopenings_along() -> None:
    window = judge(GOOD).draft.windows[0]
    start, end = (acts.instant_of(one, ROME) for one in (window.start, window.end))
    assert start is not None
    assert end is not None
    moved = acts.moved(window, start + HOUR, end + HOUR, ROME)
    # the clock is put forward in that night
    assert (moved.start, moved.end) == ("2023-03-25T23:00", "2023-03-26T13:00")
    assert [stage.at for stage in moved.reopening] == ["2023-03-26T09:00", "2023-03-26T11:00"]
    longer = acts.moved(window, start, end + HOUR, ROME)
    assert longer.reopening == window.reopening
    assert acts.moved(window, start, None, ROME).end == ""


def test_my_changes_are_carried_over_to_theirs() -> None:
    base = judge(GOOD).draft
    first, second = base.windows
    mine_moved = replace(second, end="2023-03-26T06:00")
    theirs_moved = replace(first, end="2023-03-26T14:00")
    new = DraftWindow("pop3", start="2023-03-25T22:00")
    theirs = replace(base, windows=(theirs_moved, second), title_en="Theirs")
    mine = replace(base, windows=(first, mine_moved, new), title_it="Mio")
    merged = acts.carried(base, theirs, mine)
    assert set(merged.windows) == {theirs_moved, mine_moved, new}
    assert (merged.title_it, merged.title_en) == ("Mio", "Theirs")


def test_a_window_that_both_moved_is_there_twice() -> None:
    base = judge(GOOD).draft
    mine = acts.replaced(base, 0, replace(base.windows[0], end="2023-03-26T13:00"))
    theirs = acts.replaced(base, 0, replace(base.windows[0], end="2023-03-26T14:00"))
    merged = acts.carried(base, theirs, mine)
    assert len(merged.windows) == 3
    assert {mine.windows[0], theirs.windows[0]} <= set(merged.windows)


few = st.lists(st.sampled_from([DraftWindow(one) for one in "abcde"]), max_size=4, unique=True)


@given(few, few, few)
def test_carrying_over_loses_nothing_that_anybody_added(
    base: list[DraftWindow], theirs: list[DraftWindow], mine: list[DraftWindow]
) -> None:
    def of(some: list[DraftWindow]) -> Draft:
        return Draft("a", "1", "", "", "Europe/Rome", (), tuple(some))

    merged = acts.carried(of(base), of(theirs), of(mine)).windows
    for added in (*theirs, *mine):
        if added not in base:
            assert added in merged
    for kept in base:
        assert (kept in merged) == (kept in theirs and kept in mine)
