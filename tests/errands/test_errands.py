"""Errands: asked for once, done once, fenced, stopped and cancelled without half a result."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from tests.databases import Database

from ristoro.kernel.errors import Missing, NotAllowed, bad_input
from ristoro.staff.people import Person
from ristoro.workers import errands
from ristoro.workers.errands import LEASE, MOST_TRIES, Teller
from ristoro.workers.models import Errand, ErrandState

OLGA, ALDO = Person(1, "Olga", frozenset()), Person(2, "Aldo", frozenset())
START = datetime(2023, 2, 10, 9, 0, tzinfo=UTC)


class Now:
    """A clock that the test moves on."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def seconds(self) -> float:
        return self.at.timestamp()

    def later(self, by: timedelta) -> None:
        self.at += by


@pytest.fixture
def now(each_database: Database) -> Now:
    del each_database
    return Now()


def teller(errand: Errand, now: Now, stop: Event | None = None) -> Teller:
    return Teller(errand, now, now.seconds, stop or Event())


def leased(now: Now, owner: str = "one") -> Errand:
    found = errands.lease(owner, now())
    assert found is not None
    return found


def test_asking_twice_with_a_key_is_asking_once(now: Now) -> None:
    first = errands.ask("count", {"to": 3}, OLGA, "k1", now())
    assert errands.ask("count", {"to": 3}, OLGA, "k1", now()).pk == first.pk
    for kind, params, person in (
        ("count", {"to": 4}, OLGA),
        ("other", {"to": 3}, OLGA),
        ("count", {"to": 3}, ALDO),
    ):
        with pytest.raises(NotAllowed, match="key-used"):
            errands.ask(kind, params, person, "k1", now())


def test_an_errand_is_done_with_progress_and_keeps_its_result(now: Now) -> None:
    asked = errands.ask("count", {"to": 30}, OLGA, "k1", now())
    seen: list[tuple[str, int, int | None]] = []

    def count(told: Teller) -> Mapping[str, Any]:
        told.begin("counting", told.params["to"])
        for _ in range(told.params["to"]):
            now.later(timedelta(seconds=0.4))
            told.advance(1)
            row = Errand.objects.get(pk=asked.pk)
            seen.append((row.step, row.done, row.total))
        return {"counted": told.params["to"]}

    assert errands.do(teller(leased(now), now), count) is ErrandState.DONE
    asked.refresh_from_db()
    assert (asked.result, asked.problems) == ({"counted": 30}, [])
    assert {(step, total) for step, _, total in seen} == {("counting", 30)}
    shown = {done for _, done, _ in seen}
    assert 8 <= len(shown) <= 12
    assert errands.lease("two", now()) is None


def test_what_stood_against_it_is_kept_for_whoever_asked(now: Now) -> None:
    asked = errands.ask("count", {}, OLGA, "k1", now())

    def refuse(told: Teller) -> Mapping[str, Any]:
        del told
        raise bad_input("no-good", "it is no good", "because", "do better")

    assert errands.do(teller(leased(now), now), refuse) is ErrandState.FAILED
    asked.refresh_from_db()
    assert asked.problems == [
        {
            "code": "no-good",
            "what": "it is no good",
            "why": "because",
            "todo": "do better",
            "place": None,
            "file": None,
            "line": None,
            "column": None,
            "field": None,
        }
    ]


def test_a_silent_worker_s_errand_goes_to_another_and_its_late_word_changes_nothing(
    now: Now,
) -> None:
    asked = errands.ask("count", {}, OLGA, "k1", now())
    first = leased(now, "one")
    assert errands.lease("two", now()) is None
    now.later(LEASE + timedelta(seconds=1))
    second = leased(now, "two")
    assert second.pk == asked.pk
    with pytest.raises(errands.Cancelled):
        teller(first, now).begin("late", 1)
    assert errands.do(teller(first, now), lambda told: {"by": "one"}) is ErrandState.GOING
    assert errands.do(teller(second, now), lambda told: {"by": "two"}) is ErrandState.DONE
    asked.refresh_from_db()
    assert asked.result == {"by": "two"}


def test_one_that_ends_its_worker_again_and_again_is_given_up(now: Now) -> None:
    asked = errands.ask("count", {}, OLGA, "k1", now())
    for _ in range(MOST_TRIES):
        leased(now)
        now.later(LEASE + timedelta(seconds=1))
    assert errands.lease("one", now()) is None
    asked.refresh_from_db()
    assert asked.state == ErrandState.FAILED
    assert asked.problems[0]["code"] == "errand-given-up"


def test_a_process_that_is_to_end_leaves_its_errand_to_another(now: Now) -> None:
    errands.ask("count", {}, OLGA, "k1", now())
    stop = Event()

    def count(told: Teller) -> Mapping[str, Any]:
        told.begin("counting", 10)
        stop.set()
        now.later(timedelta(seconds=2))
        told.advance(1)
        raise AssertionError("it went on")

    first = leased(now)
    assert errands.do(teller(first, now, stop), count) is ErrandState.WAITING
    assert leased(now, "two").tries == 1


def test_a_cancelled_errand_stops_and_only_its_asker_cancels_it(now: Now) -> None:
    asked = errands.ask("count", {}, OLGA, "k1", now())
    with pytest.raises(Missing, match="you have no errand"):
        errands.cancel(asked.pk, ALDO, now())

    def count(told: Teller) -> Mapping[str, Any]:
        told.begin("counting", 10)
        errands.cancel(asked.pk, OLGA, now())
        now.later(timedelta(seconds=2))
        told.advance(1)
        raise AssertionError("it went on")

    assert errands.do(teller(leased(now), now), count) is ErrandState.CANCELLED
    assert errands.cancel(asked.pk, OLGA, now()).state == ErrandState.CANCELLED


def test_the_oldest_goes_first(now: Now) -> None:
    for number in range(3):
        errands.ask("count", {"n": number}, OLGA, f"k{number}", now())
    assert [leased(now).params["n"] for _ in range(3)] == [0, 1, 2]


def test_the_rate_and_the_time_left_are_of_the_present_step(now: Now) -> None:
    errands.ask("count", {}, OLGA, "k1", now())
    told = teller(leased(now), now)
    assert errands.far(told.errand) == errands.Far()
    told.begin("read", 10)
    now.later(timedelta(seconds=5))
    told.advance(10)
    told.begin("write", 400)
    now.later(timedelta(seconds=10))
    told.advance(100)
    going = Errand.objects.get()
    assert errands.far(going) == errands.Far(25, 10, timedelta(seconds=30))
    told.begin("sync", None)
    now.later(timedelta(seconds=2))
    told.advance(3)
    assert errands.far(Errand.objects.get()) == errands.Far(None, 1, None)


def test_an_errand_that_nobody_does_is_silent(now: Now) -> None:
    first = errands.ask("count", {}, OLGA, "k1", now())
    second = errands.ask("count", {}, OLGA, "k2", now())
    assert errands.before(second) == 1
    assert not errands.is_silent(first, now())
    now.later(LEASE)
    assert errands.is_silent(first, now())
    assert not errands.is_silent(second, now())
    going = leased(now)
    assert not errands.is_silent(going, now())
    now.later(LEASE + timedelta(seconds=1))
    assert errands.is_silent(Errand.objects.get(pk=going.pk), now())
