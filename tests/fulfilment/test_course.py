"""The course of a run: hours and days of its zone, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.databases import Database
from tests.fulfilment import stage
from tests.fulfilment.stage import AT

from ristoro.fulfilment import course as courses
from ristoro.fulfilment.course import Step, course, filled
from ristoro.fulfilment.models import Grant, GrantState
from ristoro.fulfilment.statement import as_data
from ristoro.remedies.models import Run

ROME = ZoneInfo("Europe/Rome")
S = GrantState


def given(*moments: datetime, state: S = S.VERIFIED) -> Run:
    """A run whose grants came into a state then."""
    run = stage.run(name=f"run{Run.objects.count()}")
    stage.load(run, [stage.storage(number, state) for number in range(1, len(moments) + 1)])
    for grant, at in zip(Grant.objects.filter(run=run).order_by("id"), moments, strict=True):
        Grant.objects.filter(pk=grant.pk).update(since=at)
    return run


def test_days_are_those_of_the_policy_s_zone(each_database: Database) -> None:
    del each_database
    late = datetime(2023, 3, 1, 22, 59, 59, tzinfo=UTC)
    found = course(given(late, late + timedelta(seconds=1), late + timedelta(days=5)), ROME)
    assert not found.by_hour
    assert [(str(one.start), one.counts) for one in found.grants] == [
        ("2023-03-01 00:00:00+01:00", {"given": 1}),
        ("2023-03-02 00:00:00+01:00", {"given": 1}),
        ("2023-03-06 00:00:00+01:00", {"given": 1}),
    ]
    assert (found.waits["day"], found.waits["week"]) == (2, 1)
    assert courses.read(as_data(found)) == found


def test_a_short_run_is_told_by_the_hour_also_where_the_zone_repeats_one(
    each_database: Database,
) -> None:
    del each_database
    # clocks in Rome go back at 01:00 UTC: the hour from 02:00 comes twice
    twice = datetime(2023, 10, 29, 0, 30, tzinfo=UTC)
    found = course(given(twice, twice + timedelta(hours=1), twice + timedelta(hours=2)), ROME)
    assert found.by_hour
    assert [str(one.start) for one in found.grants] == [
        "2023-10-29 02:00:00+02:00",
        "2023-10-29 02:00:00+01:00",
        "2023-10-29 03:00:00+01:00",
    ]


def test_what_never_moved_is_in_no_series_and_another_run_is_not_counted(
    each_database: Database,
) -> None:
    del each_database
    run = stage.run(name="first")
    stage.load(run, [stage.storage(1, S.PLANNED), stage.extension(2)])
    given(AT, AT)
    found = course(run, ROME)
    assert (found.grants, found.letters, found.answers) == ((), (), ())
    assert [(part.kind, part.state, part.grants) for part in found.brands] == [
        ("storage", "planned", 1),
        ("extension", "waiting", 1),
    ]


def test_gaps_are_filled_also_over_the_day_on_which_clocks_change() -> None:
    def day(text: str) -> Step:
        return Step(datetime.fromisoformat(text), {"given": 1})

    steps = [day("2023-10-27T00:00+02:00"), day("2023-10-31T00:00+01:00")]
    assert [step.start.day for step in filled(steps, by_hour=False)] == [27, 28, 29, 30, 31]
    steps = [day("2023-03-24T00:00+01:00"), day("2023-03-28T00:00+02:00")]
    assert [step.start.day for step in filled(steps, by_hour=False)] == [24, 25, 26, 27, 28]
    far = [day("2000-01-01T00:00+01:00"), day("2023-03-28T00:00+02:00")]
    assert filled(far, by_hour=False) == far
