"""What happened when, and which stores fared alike."""

from __future__ import annotations

import random

import pytest
from tests.outages import oracle
from tests.outages.texts import changed, outage

from ristoro.kernel.clock import micros
from ristoro.kernel.spans import MINUTE
from ristoro.outages.columns import COMPONENTS
from ristoro.outages.timeline import changes, ranges, store_groups

BASE = micros(oracle.BASE)


@pytest.mark.parametrize("seed", range(10))
def test_following_the_changes_gives_the_state_of_every_minute(seed: int) -> None:
    windows = oracle.by_chance(random.Random(seed))
    told = changes(outage(oracle.yaml(windows)))
    assert [change.at for change in told] == sorted(change.at for change in told)
    for store in oracle.BRAND:
        for component in oracle.COMPONENTS:
            down = set(oracle.down_minutes(windows, component, store))
            troubled = set(oracle.down_minutes(windows, component, store, least=0))
            mine = {
                (change.at - BASE) // MINUTE: change.state
                for change in told
                if store in change.stores and component in change.components
            }
            state = "back"
            for minute in range(oracle.MINUTES):
                was, state = state, mine.get(minute, state)
                assert minute not in mine or was != state
                wanted = "down" if minute in down else "degraded" if minute in troubled else "back"
                assert state == wanted


def test_stores_that_fared_alike_are_one_group() -> None:
    groups = store_groups(outage())
    assert [group.stores for group in groups] == [
        ("lib-01",), ("lib-02", "lib-03"), ("lib-04",), ("vir-01", "vir-02"),
    ]  # fmt: skip
    assert all(len(group.courses) == len(COMPONENTS) for group in groups)
    assert not any(course.down or course.degraded for course in groups[2].courses)


def test_what_has_not_happened_yet_is_not_told() -> None:
    going = outage(changed("    to: 2023-03-26T12:00\n", ""))
    until = going.start + MINUTE
    assert {change.state for change in changes(going, until)} == {"down"}


@pytest.mark.parametrize(
    ("stores", "text"),
    [
        (["lib-03", "lib-01", "lib-02"], "lib-01..lib-03"),
        (["lib-01", "lib-03", "vir-01"], "lib-01, lib-03, vir-01"),
        (["lib-9", "lib-10"], "lib-10, lib-9"),
        (["main", "spare", "s1", "s2"], "main, s1..s2, spare"),
        (["a-1", "b-2"], "a-1, b-2"),
        ([], ""),
    ],
)
def test_numbered_neighbours_are_written_as_a_range(stores: list[str], text: str) -> None:
    assert ranges(stores) == text
