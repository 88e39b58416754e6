"""Exposure of a class against minutes counted one by one, and the cases that published rules turn
on."""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.outages import oracle
from tests.outages.texts import changed, outage

from ristoro.estate.columns import WAYS, ways_mask
from ristoro.kernel.clock import micros
from ristoro.kernel.spans import DAY, MINUTE, Spans
from ristoro.outages import measure
from ristoro.outages.columns import COMPONENTS
from ristoro.outages.declare import read_outage
from ristoro.outages.measure import DOWN, TROUBLED, Counting, all_of, any_of, down_spans, whole_life
from ristoro.outages.outage import Outage
from ristoro.outages.periods import days_filled, days_touched

ROME = ZoneInfo("Europe/Rome")
EVERY_WAY = ways_mask(WAYS)
BASE = micros(oracle.BASE)
JANUARY = Path(__file__).parents[2] / "outages" / "libero-virgilio-2023-01.yaml"
HOUR = 60 * MINUTE

COUNTINGS = [
    (DOWN, {}),
    (TROUBLED, {"least": 0}),
    (Counting(least_error_permille=51), {"least": 51}),
    (Counting(excused_notice_us=0), {"excused_notice": 0}),
    (Counting(excused_notice_us=48 * HOUR), {"excused_notice": 2880}),
    (Counting(51, 60 * MINUTE), {"least": 51, "excused_notice": 60}),
]


def at(text: str) -> int:
    return micros(datetime.fromisoformat(text).replace(tzinfo=ROME))


def minutes(spans: Spans) -> list[int]:
    return [(t - BASE) // MINUTE for span in spans for t in range(span.start, span.end, MINUTE)]


@pytest.mark.parametrize("seed", range(25))
def test_what_counts_is_what_counting_every_minute_gives(seed: int) -> None:
    chance = random.Random(seed)
    windows = oracle.by_chance(chance)
    declared = outage(oracle.yaml(windows))
    for store, brand in oracle.BRAND.items():
        for component in oracle.COMPONENTS:
            for counting, words in COUNTINGS:
                life = (chance.randrange(-100, 800), chance.randrange(100, 1000))
                cls = whole_life(brand, store, EVERY_WAY)._replace(
                    clip_from=BASE + life[0] * MINUTE, clip_to=BASE + life[1] * MINUTE
                )
                found = down_spans(declared, cls, component, counting)
                expected = oracle.down_minutes(windows, component, store, life=life, **words)
                assert minutes(found) == expected


@pytest.mark.parametrize("seed", range(5))
def test_until_cuts_what_has_not_happened_yet(seed: int) -> None:
    windows = oracle.by_chance(random.Random(seed))
    declared, cls = outage(oracle.yaml(windows)), whole_life("libero", "lib-01", EVERY_WAY)
    until = BASE + 300 * MINUTE
    for component in oracle.COMPONENTS:
        found = down_spans(declared, cls, component, TROUBLED, until)
        expected = oracle.down_minutes(windows, component, "lib-01", least=0, life=(0, 300))
        assert minutes(found) == expected


@pytest.mark.parametrize("seed", range(10))
def test_any_and_all_of_the_ways_in_are_counted_minute_by_minute(seed: int) -> None:
    windows = oracle.by_chance(random.Random(seed))
    declared, cls = outage(oracle.yaml(windows)), whole_life("libero", "lib-02", EVERY_WAY)
    spans = [down_spans(declared, cls, component) for component in WAYS]
    each = [set(oracle.down_minutes(windows, component, "lib-02")) for component in WAYS]
    assert minutes(any_of(spans)) == sorted(set.union(*each))
    assert minutes(all_of(spans)) == sorted(set.intersection(*each))


def test_nothing_of_no_components_is_down() -> None:
    assert any_of([]) == all_of([]) == Spans()


# Components of a mailbox


def test_a_mailbox_has_the_ways_in_of_its_plan() -> None:
    cls = whole_life("libero", "lib-01", ways_mask(("webmail", "imap", "ios")))
    assert measure.components_of(cls) == ("webmail", "imap", "ios")
    assert measure.components_of(cls, ["pop3", "inbound", "ios"]) == ("ios", "inbound")
    assert measure.components_of(cls, ["pop3"]) == ()


def test_a_mailbox_may_be_judged_by_what_its_holder_used() -> None:
    cls = whole_life("libero", "lib-01", EVERY_WAY, used=ways_mask(("ios",)))
    assert measure.components_of(cls, used_only=True) == ("ios",)


def test_a_component_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="fax"):
        measure.components_of(whole_life("libero", "lib-01", 1), ["fax"])


# What is excused


def test_an_exclusion_is_taken_out_only_where_a_policy_excuses_its_cause() -> None:
    degraded = Counting(least_error_permille=51)
    excused = Counting(51, excused_causes=frozenset({"force-majeure"}))
    other = Counting(51, excused_causes=frozenset({"attack"}))
    cls = whole_life("virgilio", "vir-01", EVERY_WAY)
    found = [down_spans(outage(), cls, "webmail", how).total // MINUTE
             for how in (degraded, excused, other)]  # fmt: skip
    assert found == [180, 120, 180]  # 01:00 to 05:00 on a night without 02:00 to 03:00


def test_a_planned_window_announced_too_late_is_not_excused() -> None:
    cls = whole_life("virgilio", "vir-02", EVERY_WAY)
    for hours, total in ((48, 0), (49, 180)):
        how = Counting(51, excused_notice_us=hours * HOUR)
        assert down_spans(outage(), cls, "imap", how).total == total * MINUTE


def test_a_planned_window_that_was_never_announced_is_not_excused() -> None:
    text = changed("    announced: 2023-03-24T01:00\n", "")
    cls = whole_life("virgilio", "vir-02", EVERY_WAY)
    assert down_spans(outage(text), cls, "imap", Counting(51, excused_notice_us=0))


def test_a_fault_during_excused_work_still_counts() -> None:
    fault = """\
  - components: webmail
    brands: virgilio
    from: 2023-03-26T04:00
    to: 2023-03-26T07:00
"""
    text = changed("exclusions:\n", fault + "exclusions:\n")
    cls = whole_life("virgilio", "vir-02", EVERY_WAY)
    found = down_spans(outage(text), cls, "webmail", Counting(51, excused_notice_us=0))
    assert found.total == 180 * MINUTE


# An outage that is still going


def test_an_outage_still_going_is_counted_up_to_an_instant_and_not_without() -> None:
    going = outage(changed("    to: 2023-03-26T12:00\n", ""))
    cls = whole_life("libero", "lib-02", EVERY_WAY)
    until = at("2023-03-27T00:00")
    assert down_spans(going, cls, "webmail", DOWN, until).hull == (at("2023-03-25T22:00"), until)
    assert measure.hull(going, until).end == until
    for ask in (lambda: down_spans(going, cls, "webmail"), lambda: measure.hull(going)):
        with pytest.raises(ValueError, match="going"):
            ask()


def test_a_hull_before_the_outage_is_empty() -> None:
    assert measure.hull(outage(), at("2023-01-01T00:00")).length == 0


# Showing


def test_exposure_gives_each_component_its_windows_inside_the_mailboxs_life() -> None:
    cls = whole_life("libero", "lib-01", ways_mask(("webmail", "imap")))
    parts = measure.exposure(outage(), cls._replace(clip_from=at("2023-03-26T09:00")))
    assert list(parts) == ["webmail", "imap", "inbound"]
    assert parts["webmail"] == parts["inbound"] == ()
    (part,) = parts["imap"]
    assert (part.start, part.end) == (at("2023-03-26T09:00"), at("2023-03-26T10:00"))
    assert part.window.start == at("2023-03-25T22:00")


# January 2023


@pytest.fixture(scope="module")
def january() -> Outage:
    return read_outage(JANUARY)


def test_a_holder_of_the_ios_app_was_out_for_nine_days_where_the_store_took_three(
    january: Outage,
) -> None:
    """LI-9: reopened on 26 January, and the app on 1 February."""
    cls = whole_life("libero", "lib-01", EVERY_WAY, used=ways_mask(("ios",)))
    (used,) = measure.components_of(cls, used_only=True)
    assert down_spans(january, cls, used).total // DAY == 9
    assert down_spans(january, cls, "webmail").total // DAY == 3
    everything = [down_spans(january, cls, component) for component in WAYS]
    assert all_of(everything).total // DAY == 3
    assert any_of(everything).total // DAY == 9
    assert days_filled(down_spans(january, cls, "ios"), ROME) == 9
    assert days_touched(down_spans(january, cls, "webmail"), ROME) == 4


def test_in_january_every_store_reopened_between_the_26th_and_the_evening_of_the_28th(
    january: Outage,
) -> None:
    ends = {
        down_spans(january, whole_life(brand, store, EVERY_WAY), "webmail").items[-1].end
        for brand, stores in january.stores.items()
        for store in stores
    }
    assert (min(ends), max(ends)) == (at("2023-01-26T13:00"), at("2023-01-28T20:00"))
    assert sum(map(len, january.stores.values())) == 64
    assert january.start == at("2023-01-23T00:00")
    assert january.end == at("2023-02-01T00:00")


def test_in_january_mail_was_held_first_and_then_not_delivered(january: Outage) -> None:
    cls = whole_life("virgilio", "vir-16", EVERY_WAY)
    lost = down_spans(january, cls, "inbound")
    late = down_spans(january, cls, "inbound", TROUBLED) - lost
    assert lost.hull == (at("2023-01-23T16:00"), at("2023-01-26T13:00"))
    assert late.hull == (at("2023-01-23T00:00"), at("2023-01-23T16:00"))


ONE_OUTAGE = """\
outage: one-outage
version: 1
title: {it: Un guasto, en: One outage}
zone: Europe/Rome
stores: {libero: [lib-01]}
windows:
  - {components: all, from: 2023-01-23T00:00, to: 2023-01-28T12:00}
"""


def test_132_hours_leave_82_258_percent_of_january() -> None:
    """Section 10 of the published rules: five whole days, six touched."""
    declared, cls = outage(ONE_OUTAGE), whole_life("libero", "lib-01", EVERY_WAY)
    spans = all_of(down_spans(declared, cls, component) for component in COMPONENTS)
    assert spans.total == 132 * HOUR
    assert (days_filled(spans, ROME), days_touched(spans, ROME)) == (5, 6)
    month = 31 * DAY
    assert round((month - spans.total) * 100_000 / month) == 82_258
