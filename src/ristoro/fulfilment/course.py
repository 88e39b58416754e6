"""The course of a run over time: what came into which state on which day, and after how long.

Counted from the rows, a range of buckets at a time, so that every series sums up to the closing
statement's figure. Days are those of the policy's zone; a run of a few days is told by the hour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from ristoro.fulfilment.models import GrantKind, GrantState
from ristoro.fulfilment.states import MADE
from ristoro.kernel.clock import EPOCH
from ristoro.kernel.keys import BUCKETS, row_bounds
from ristoro.notices.models import NoticeState
from ristoro.remedies.models import Run

BUCKETS_AT_ONCE = 32
QUARTER = timedelta(minutes=15)
"""What instants are counted by: every zone's days begin at a whole one."""

BY_THE_HOUR = timedelta(hours=72)
"""A course no longer than this is told by the hour, not by the day."""

MOST_FILLED = 800

WAITS = (
    ("hour", timedelta(hours=1)),
    ("six-hours", timedelta(hours=6)),
    ("day", timedelta(days=1)),
    ("three-days", timedelta(days=3)),
    ("week", timedelta(weeks=1)),
    ("two-weeks", timedelta(weeks=2)),
    ("month", timedelta(days=30)),
    ("longer", timedelta.max),
)
"""How long a grant took from the approval on, by the least of these that it is below."""

GIVEN = "given"
NOT_POSSIBLE = "not-possible"
DELIVERED = "delivered"
REFUSED = "refused"
YES, NO, SILENCE = "yes", "no", "silence"
_GRANTS: Mapping[int, str] = {
    **dict.fromkeys(MADE, GIVEN),
    GrantState.REFUSED: NOT_POSSIBLE,
}
_LETTERS: Mapping[int, str] = {
    NoticeState.ACCEPTED: DELIVERED,
    NoticeState.VERIFIED: DELIVERED,
    NoticeState.REFUSED: REFUSED,
}

Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Step:
    """How many rows came to what they are in one hour or day, by what they came to."""

    start: datetime
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Part:
    """Grants of one remedy, kind and brand in one state, and what they come to."""

    remedy_no: int
    kind: str
    currency: str
    brand: str
    state: str
    grants: int
    amount: int


@dataclass(frozen=True, slots=True)
class Course:
    """Each series in order of time; ``by_hour`` says whether a step is an hour or a day."""

    by_hour: bool
    grants: tuple[Step, ...]
    letters: tuple[Step, ...]
    answers: tuple[Step, ...]
    channels: Mapping[str, int]
    waits: Mapping[str, int]
    brands: tuple[Part, ...]


@dataclass
class _Counts:
    """By series and quarter of an hour; ``brands`` by remedy, kind, currency, brand and state."""

    grants: Counter[tuple[int, str]]
    letters: Counter[tuple[int, str]]
    answers: Counter[tuple[int, str]]
    channels: Counter[str]
    waits: Counter[str]
    brands: dict[tuple[int, int, str, str, int], list[int]]


def course(run: Run, zone: ZoneInfo, progress: Tell = lambda buckets: None) -> Course:
    """The course of the run so far; ``progress`` is told how many more of 1,024 are counted."""
    counts = _Counts(Counter(), Counter(), Counter(), Counter(), Counter(), {})
    for first in range(0, BUCKETS, BUCKETS_AT_ONCE):
        bounds = [row_bounds(first, run.pk)[0], row_bounds(first + BUCKETS_AT_ONCE - 1, run.pk)[1]]
        _count_grants(run, bounds, counts)
        _count_letters(run, bounds, counts)
        progress(BUCKETS_AT_ONCE)
    _count_answers(run, counts)
    quarters = [
        at for series in (counts.grants, counts.letters, counts.answers) for at, _ in series
    ]
    lasting = (max(quarters) - min(quarters)) * QUARTER if quarters else timedelta()
    by_hour = lasting <= BY_THE_HOUR
    return Course(
        by_hour=by_hour,
        grants=_steps(counts.grants, zone, by_hour),
        letters=_steps(counts.letters, zone, by_hour),
        answers=_steps(counts.answers, zone, by_hour),
        channels=dict(sorted(counts.channels.items())),
        waits={name: counts.waits[name] for name, _ in WAITS},
        brands=tuple(
            Part(remedy, _name(GrantKind(kind)), currency, brand, _name(GrantState(state)), *sums)
            for (remedy, kind, currency, brand, state), sums in sorted(counts.brands.items())
        ),
    )


def read(data: Mapping[str, Any]) -> Course:
    """The course of which ``statement.as_data`` made this."""

    def steps(name: str) -> tuple[Step, ...]:
        return tuple(Step(datetime.fromisoformat(at["start"]), at["counts"]) for at in data[name])

    return Course(
        by_hour=data["by_hour"],
        grants=steps("grants"),
        letters=steps("letters"),
        answers=steps("answers"),
        channels=data["channels"],
        waits=data["waits"],
        brands=tuple(Part(**one) for one in data["brands"]),
    )


def filled(steps: Sequence[Step], by_hour: bool) -> list[Step]:
    """The steps, and between them those hours or days in which nothing happened.

    As they are where that would be more than ``MOST_FILLED``.
    """
    size = timedelta(hours=1) if by_hour else timedelta(days=1)
    if not steps or (steps[-1].start - steps[0].start) // size > MOST_FILLED:
        return list(steps)
    found: list[Step] = []
    for step in steps:
        # by half a step: a day on which clocks change is an hour longer or shorter
        while found and found[-1].start + size + size / 2 <= step.start:
            found.append(Step(found[-1].start + size, {}))
        found.append(step)
    return found


def _count_grants(run: Run, bounds: Sequence[int], counts: _Counts) -> None:
    found = _ask(
        "SELECT remedy, kind, currency, brand, state,"  # noqa: S608
        f" {_quarter('since')}, count(*), sum(amount) FROM fulfilment_grant"
        " WHERE id >= %s AND id < %s AND run_id = %s GROUP BY 1, 2, 3, 4, 5, 6",
        [*bounds, run.pk],
    )
    begun = _quarter_of(run.approved_at) if run.approved_at else None
    for remedy, kind, currency, brand, state, at, rows, amount in found:
        sums = counts.brands.setdefault((remedy, kind, currency, brand, state), [0, 0])
        sums[0] += rows
        sums[1] += int(amount)
        if at is None:
            continue
        came_to = _GRANTS.get(state)
        if came_to is not None:
            counts.grants[at, came_to] += rows
        if state == GrantState.LAPSED:
            counts.answers[at, SILENCE] += rows
        if state in MADE and begun is not None:
            counts.waits[_wait((at - begun) * QUARTER)] += rows


def _count_letters(run: Run, bounds: Sequence[int], counts: _Counts) -> None:
    found = _ask(
        f"SELECT state, {_quarter('since')}, count(*) FROM notices_notice"  # noqa: S608
        " WHERE id >= %s AND id < %s AND run_id = %s AND since IS NOT NULL GROUP BY 1, 2",
        [*bounds, run.pk],
    )
    for state, at, rows in found:
        came_to = _LETTERS.get(state)
        if came_to is not None:
            counts.letters[at, came_to] += rows


def _count_answers(run: Run, counts: _Counts) -> None:
    found = _ask(
        f"SELECT yes, channel, {_quarter('at')}, count(*) FROM fulfilment_answer"  # noqa: S608
        " WHERE run_id = %s GROUP BY 1, 2, 3",
        [run.pk],
    )
    for yes, channel, at, rows in found:
        counts.answers[at, YES if yes else NO] += rows
        counts.channels[channel] += rows


def _ask(statement: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def _quarter(column: str) -> str:
    """The column's instant in whole quarters of an hour since 1970, as SQL."""
    if connection.vendor == "postgresql":
        return f"CAST(floor(extract(epoch FROM {column}) / 900) AS BIGINT)"
    # strftime writes %%s: a single one would be taken for a parameter
    return f"CAST(strftime('%%s', {column}) AS INTEGER) / 900"


def _quarter_of(at: datetime) -> int:
    return (at - EPOCH) // QUARTER


def _name(member: GrantKind | GrantState) -> str:
    return member.name.lower().replace("_", "-")


def _wait(lasting: timedelta) -> str:
    return next(name for name, below in WAITS if lasting < below)


def _steps(series: Counter[tuple[int, str]], zone: ZoneInfo, by_hour: bool) -> tuple[Step, ...]:
    """The hours or days with rows, in order."""
    # by UTC: of an hour that a zone repeats, local times are the same twice
    steps: dict[datetime, Counter[str]] = {}
    for (quarter, what), rows in series.items():
        at = EPOCH + quarter * QUARTER
        local = at.astimezone(zone)
        start = at - timedelta(minutes=local.minute)
        if not by_hour:
            start = local.replace(hour=0, minute=0, fold=0).astimezone(UTC)
        steps.setdefault(start, Counter())[what] += rows
    return tuple(
        Step(start.astimezone(zone), dict(sorted(counts.items())))
        for start, counts in sorted(steps.items())
    )
