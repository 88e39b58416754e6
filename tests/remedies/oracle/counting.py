"""Which time of an outage counts for one mailbox (chapter 6).

Time is cut wherever anything begins or ends: a failure, an excuse, the hours of planned work.
Inside each piece nothing changes, so it fails or it does not, and that is asked of its first
instant. Then come the mailbox's life and its clock, then gaps and short stretches.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tests.remedies.oracle import calendar
from tests.remedies.oracle.calendar import Part, micros
from tests.remedies.oracle.expressions import parse
from tests.remedies.oracle.happened import COMPONENTS, WAYS, Failure, Happened
from tests.remedies.oracle.units import LENGTH, SHARE, Number, number

Mailbox = Mapping[str, Any]
"""A snapshot's row by column; its instants are in UTC and carry no zone."""


Clock = datetime | str | None
"""From when time counts: an instant; always (``None``); ``never``, where it is not known."""

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Sight(NamedTuple):
    """What a measure is taken of."""

    happened: Happened
    zone: ZoneInfo
    used_since: datetime | None
    """From when a way in counts as used."""


def length(text: str) -> timedelta:
    """``48 hours`` as elapsed time."""
    _, written = parse(text)
    assert written.unit == LENGTH, text
    return timedelta(microseconds=int(written.value))


# Which time counts


def components_of(written: str, mailbox: Mailbox, sight: Sight) -> list[str]:
    """The components that a measure looks at, of those that the mailbox has."""
    has = [way for bit, way in enumerate(WAYS) if mailbox["ways"] & (1 << bit)]
    what = written.removeprefix("any of ").removeprefix("all of ")
    if what == "plan ways":
        return has
    if what == "used ways":
        return [way for way in has if _used(mailbox[f"seen_{way}"], sight.used_since)]
    named = [name.strip() for name in what.split(",")]
    return [name for name in COMPONENTS if name in named and (name in has or name == "inbound")]


def _used(seen: datetime | None, since: datetime | None) -> bool:
    assert since is not None
    return seen is not None and _aware(seen) >= since


def _aware(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC)


def bad_enough(failure: Failure, measure: Mapping[str, Any]) -> bool:
    """Whether so much failed as the measure asks for."""
    counts = measure.get("counts", "down")
    if counts == "down or degraded":
        return True
    if counts == "down":
        return failure.rate == 1
    limit = counts.removeprefix("down or errors ")
    return failure.rate is not None and meets(Number(failure.rate, SHARE), limit)


_PLANNED = re.compile(
    r"does not count(?: if announced (?P<notice>[^,]+) before)?,?"
    r"(?: between (?P<from>\d\d:\d\d) and (?P<to>\d\d:\d\d))?(?: on (?P<days>.+))?"
)


def is_excused_work(
    failure: Failure, at: datetime, measure: Mapping[str, Any], zone: ZoneInfo
) -> bool:
    """Whether it is planned work that was announced in time, and done in the hours for it."""
    terms = _PLANNED.fullmatch(measure.get("planned", "counts"))
    if not failure.planned or failure.announced is None or terms is None:
        return False
    notice = length(terms["notice"]) if terms["notice"] else timedelta(0)
    if failure.time.start - failure.announced < notice:
        return False
    return any(_in(at, hours) for hours in work_hours(measure, failure.time, zone))


def work_hours(measure: Mapping[str, Any], time: Part, zone: ZoneInfo) -> list[Part]:
    """The hours in which planned work is excused, on the days that a failure touches."""
    terms = _PLANNED.fullmatch(measure.get("planned", "counts"))
    if terms is None or (terms["from"] is None and terms["days"] is None):
        return [time]
    first, last = terms["from"] or "00:00", terms["to"] or "24:00"
    named = [name.strip() for name in (terms["days"] or ", ".join(WEEKDAYS)).split(",")]
    found = []
    day_before = calendar.local_day(time.start, zone) - timedelta(days=1)
    for day in calendar.days_from(day_before, calendar.last_local_day(time.end, zone)):
        if WEEKDAYS[day.weekday()] in named:
            # hours over midnight belong to the day on which they begin
            end = day if last > first else day + timedelta(days=1)
            begins, ends = shown(day, first, zone), shown(end, last, zone)
            # a clock that is put back shows them from the first time to the last
            found.append(Part(begins[0], ends[1]))
    return found


def shown(day: date, clock: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first and the last instant when a clock on the wall shows this."""
    if clock == "24:00":
        return shown(day + timedelta(days=1), "00:00", zone)
    wall = datetime.combine(day, time.fromisoformat(clock))
    first, last = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first, max(first, last)


def meets(value: Number, limit: str) -> bool:
    """``at least 60 minutes``, ``over 20 minutes``."""
    word = "over " if limit.startswith("over ") else "at least "
    _, bound = parse(limit.removeprefix(word))
    assert bound.unit == value.unit, limit
    return value.value > bound.value if word == "over " else value.value >= bound.value


class Stretch(NamedTuple):
    """A stretch of failure: the parts of it that count, in order."""

    parts: list[Part]

    @property
    def time(self) -> timedelta:
        return total(self.parts)


def total(parts: Iterable[Part]) -> timedelta:
    return sum((part.length for part in parts), timedelta(0))


def counted(
    measure: Mapping[str, Any], mailbox: Mailbox, sight: Sight, clock: Clock = None
) -> list[Stretch]:
    """The stretches that count, in order: failures, then life and clock, then gaps and lengths."""
    failed = joined(failing(measure, mailbox, sight), timedelta(0))
    closed = mailbox["closed_at"]
    life = Part(_aware(mailbox["created_at"]), FOREVER if closed is None else _aware(closed))
    if clock == "never":
        failed = []
    if isinstance(clock, datetime):
        life = Part(max(life.start, clock), life.end)
    failed = inside(failed, life)
    return judged(measure, failed, sight.zone)


def failing(measure: Mapping[str, Any], mailbox: Mailbox, sight: Sight) -> list[Part]:
    """The pieces of time in which the mailbox's components fail, whenever it lived."""
    here = (mailbox["brand"], mailbox["store"])
    failures = [
        failure
        for failure in sight.happened.failures
        if (failure.brand, failure.store) == here and bad_enough(failure, measure)
    ]
    excused = _listed(measure.get("excused", []))
    excuses = [
        excuse
        for excuse in sight.happened.excuses
        if (excuse.brand, excuse.store) == here and excuse.cause in excused
    ]
    components = components_of(measure["components"], mailbox, sight)
    enough = all if measure["components"].startswith("all of ") else any

    def fails(component: str, at: datetime, work_counts: bool) -> bool:
        down = any(
            f.component == component
            and _in(at, f.time)
            and (work_counts or not is_excused_work(f, at, measure, sight.zone))
            for f in failures
        )
        return down and not any(e.component == component and _in(at, e.time) for e in excuses)

    cuts = [at for one in (*failures, *excuses) for at in one.time]
    cuts += [
        at for f in failures for hours in work_hours(measure, f.time, sight.zone) for at in hours
    ]
    pieces, work = [], []
    for piece in (Part(*ends) for ends in pairwise(sorted(set(cuts)))):
        if components and enough(fails(c, piece.start, False) for c in components):
            pieces.append(piece)
        elif components and enough(fails(c, piece.start, True) for c in components):
            work.append(piece)
    if "planned_allowance" in measure:
        pieces += over_allowance(measure["planned_allowance"], work, sight.zone)
    return sorted(pieces)


def over_allowance(allowance: str, work: Sequence[Part], zone: ZoneInfo) -> list[Part]:
    """The planned work beyond the first so many hours of each year or month."""
    most, _, period = allowance.rpartition(" a ")
    if not work:
        return []
    window = {"year": "calendar year", "month": "calendar month"}[period]
    found = []
    for one in calendar.windows(window, Part(work[0].start, work[-1].end), zone):
        left = length(most)
        for part in inside(work, one):
            spared = min(left, part.length)
            left -= spared
            found.append(Part(part.start + spared, part.end))
    return [part for part in found if part.start < part.end]


def judged(measure: Mapping[str, Any], failed: Sequence[Part], zone: ZoneInfo) -> list[Stretch]:
    """Failures gathered into stretches, without those that are too short."""
    under, comma, _ = measure.get("merge_gaps", "under 0 minutes").partition(",")
    stretches: list[list[Part]] = []
    for part in failed:
        gap = None if not stretches else part.start - stretches[-1][-1].end
        if gap is None or gap >= length(under.removeprefix("under ")):
            stretches.append([part])
        elif comma:  # "not counted"
            stretches[-1].append(part)
        else:
            stretches[-1][-1] = Part(stretches[-1][-1].start, part.end)
    limit = measure.get("stretch")
    if limit is None:
        return [Stretch(parts) for parts in stretches]

    def long_enough(parts: list[Part]) -> bool:
        return meets(number(micros(total(parts)), LENGTH), limit)

    short = [part for parts in stretches if not long_enough(parts) for part in parts]
    restored = by_day(measure.get("short_stretches", ""), short, zone)
    found = []
    for parts in stretches:
        kept = (
            parts if long_enough(parts) else [p for whole in restored for p in inside(parts, whole)]
        )
        if kept:
            found.append(Stretch(kept))
    return found


def by_day(rule: str, short: Sequence[Part], zone: ZoneInfo) -> list[Part]:
    """The time of short stretches that counts after all, by their total on a calendar day."""
    if not rule or not short:
        return []
    limit = rule.removeprefix("count where ").removeprefix("count what is ").removesuffix(" a day")
    first, last = (
        calendar.local_day(short[0].start, zone),
        calendar.last_local_day(short[-1].end, zone),
    )
    found = []
    for day in calendar.days_from(first, last):
        parts = inside(short, calendar.day_part(day, zone))
        if not meets(number(micros(total(parts)), LENGTH), limit):
            continue
        spared = timedelta(0)
        if rule.startswith("count what is "):
            spared = length(limit.removeprefix("over "))
        for part in parts:
            out = min(spared, part.length)
            spared -= out
            found.append(Part(part.start + out, part.end))
    return joined([part for part in found if part.start < part.end], timedelta(0))


def inside(parts: Iterable[Part], window: Part) -> list[Part]:
    """What of some parts lies in a window."""
    cut = [Part(max(s.start, window.start), min(s.end, window.end)) for s in parts]
    return [part for part in cut if part.start < part.end]


def _in(at: datetime, time: Part) -> bool:
    return time.start <= at < time.end


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def joined(pieces: Sequence[Part], gap: timedelta) -> list[Part]:
    """Pieces that touch as one, and those with a shorter gap between them too."""
    found: list[Part] = []
    for piece in pieces:
        if found and (piece.start == found[-1].end or piece.start - found[-1].end < gap):
            found[-1] = Part(found[-1].start, piece.end)
        else:
            found.append(piece)
    return found
