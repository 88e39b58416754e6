"""The pace that a run never exceeds."""

from __future__ import annotations

import pytest

from ristoro.workers.job import Habits, back_off
from ristoro.workers.pace import Pace


def test_without_a_rate_nothing_waits() -> None:
    pace = Pace()
    assert [pace.wait_for(100, at=0.0) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert pace.batch(100) == 100


def test_letters_are_spread_over_time() -> None:
    pace = Pace(rate=10)
    assert [pace.wait_for(5, at=0.0) for _ in range(4)] == [0.0, 0.5, 1.0, 1.5]


def test_time_that_passed_unused_is_not_made_up_for() -> None:
    pace = Pace(rate=10)
    pace.wait_for(10, at=0.0)
    assert pace.wait_for(10, at=60.0) == 0.0
    assert pace.wait_for(10, at=60.0) == pytest.approx(1.0)


@pytest.mark.parametrize(("rate", "batch"), [(0.5, 1), (7.9, 7), (250.0, 100)])
def test_a_batch_is_about_a_second(rate: float, batch: int) -> None:
    assert Pace(rate=rate).batch(100) == batch


def test_back_off_doubles_up_to_the_longest() -> None:
    habits = Habits(back_off_seconds=5, longest_back_off_seconds=60)
    assert [back_off(habits, tries) for tries in (1, 2, 3, 4, 5, 40)] == [5, 10, 20, 40, 60, 60]
