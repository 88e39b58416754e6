"""Which time of an outage counts for one mailbox, and what can be asked of it (chapter 6).

Time is cut wherever anything begins or ends: a failure, an excuse, the mailbox's life. Inside
each piece nothing changes, so it counts or it does not, and that is asked of its first instant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tests.remedies.oracle import calendar
from tests.remedies.oracle.calendar import Part, micros
from tests.remedies.oracle.evaluate import Value
from tests.remedies.oracle.expressions import parse
from tests.remedies.oracle.happened import COMPONENTS, WAYS, Failure, Happened
from tests.remedies.oracle.units import COUNT, DAYS, LENGTH, SHARE, Number, number

Mailbox = Mapping[str, Any]
"""A snapshot's row by column; its instants are in UTC and carry no zone."""


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
    return at.replace(tzinfo=calendar.UTC)


def failure_counts(failure: Failure, measure: Mapping[str, Any]) -> bool:
    """Whether a failure is of the sort that the measure counts."""
    counts, planned = measure.get("counts", "down"), measure.get("planned", "counts")
    if failure.planned and planned != "counts":
        notice = timedelta(0)
        if planned != "does not count":
            before = planned.removeprefix("does not count if announced ").removesuffix(" before")
            notice = length(before)
        if failure.announced is not None and failure.time.start - failure.announced >= notice:
            return False
    if counts == "down or degraded":
        return True
    if counts == "down":
        return failure.rate == 1
    limit = counts.removeprefix("down or errors ")
    return failure.rate is not None and _meets(Number(failure.rate, SHARE), limit)


def _meets(value: Number, limit: str) -> bool:
    """``at least 60 minutes``, ``over 20 minutes``."""
    word = "over " if limit.startswith("over ") else "at least "
    _, bound = parse(limit.removeprefix(word))
    assert bound.unit == value.unit, limit
    return value.value > bound.value if word == "over " else value.value >= bound.value


def counted(measure: Mapping[str, Any], mailbox: Mailbox, sight: Sight) -> list[Part]:
    """The stretches of time that count, in order; they neither overlap nor touch."""
    here = (mailbox["brand"], mailbox["store"])
    failures = [
        failure
        for failure in sight.happened.failures
        if (failure.brand, failure.store) == here and failure_counts(failure, measure)
    ]
    excused = _listed(measure.get("excused", []))
    excuses = [
        excuse
        for excuse in sight.happened.excuses
        if (excuse.brand, excuse.store) == here and excuse.cause in excused
    ]
    components = components_of(measure["components"], mailbox, sight)
    enough = all if measure["components"].startswith("all of ") else any

    def fails(component: str, at: datetime) -> bool:
        down = any(f.component == component and _in(at, f.time) for f in failures)
        return down and not any(e.component == component and _in(at, e.time) for e in excuses)

    cuts = [at for one in (*failures, *excuses) for at in one.time]
    created, closed = _aware(mailbox["created_at"]), mailbox["closed_at"]
    cuts.append(created)
    if closed is not None:
        cuts.append(_aware(closed))
    pieces = []
    for piece in (Part(*ends) for ends in pairwise(sorted(set(cuts)))):
        lives = created <= piece.start and (closed is None or piece.start < _aware(closed))
        if lives and components and enough(fails(c, piece.start) for c in components):
            pieces.append(piece)
    stretches = joined(pieces, timedelta(0))
    if "merge_gaps" in measure:
        stretches = joined(stretches, length(measure["merge_gaps"].removeprefix("under ")))
    if "stretch" in measure:
        stretches = [one for one in stretches if _long_enough(one, measure["stretch"])]
    return stretches


def _in(at: datetime, time: Part) -> bool:
    return time.start <= at < time.end


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _long_enough(stretch: Part, limit: str) -> bool:
    return _meets(number(micros(stretch.length), LENGTH), limit)


def joined(pieces: Sequence[Part], gap: timedelta) -> list[Part]:
    """Pieces that touch as one, and those with a shorter gap between them too."""
    found: list[Part] = []
    for piece in pieces:
        if found and (piece.start == found[-1].end or piece.start - found[-1].end < gap):
            found[-1] = Part(found[-1].start, piece.end)
        else:
            found.append(piece)
    return found


# Windows


class Taken(NamedTuple):
    """A measure in one window."""

    stretches: list[Part]
    window: Part

    @property
    def total(self) -> timedelta:
        return sum((one.length for one in self.stretches), timedelta(0))


def in_windows(measure: Mapping[str, Any], mailbox: Mailbox, sight: Sight) -> list[Taken]:
    """The measure in every window that the outage touches."""
    stretches = counted(measure, mailbox, sight)
    name = measure.get("window", "outage")
    found = calendar.windows(name, sight.happened.whole, sight.zone)
    return [Taken(inside(stretches, window), window) for window in found]


def inside(stretches: Sequence[Part], window: Part) -> list[Part]:
    """What of the stretches lies in a window."""
    cut = [Part(max(s.start, window.start), min(s.end, window.end)) for s in stretches]
    return [part for part in cut if part.start < part.end]


def worst(found: Sequence[Taken]) -> Taken:
    """The window in which most time counts, the first of equals."""
    most = found[0]
    for taken in found[1:]:
        if taken.total > most.total:
            most = taken
    return most


def uptime(down: int, window: int) -> Number | None:
    return None if window == 0 else number(Fraction(window - down, window), SHARE)


def ask(taken: Taken, attribute: str, zone: ZoneInfo) -> Value:
    """What a measure answers."""
    stretches, window = taken.stretches, taken.window
    if attribute == "total":
        return number(micros(taken.total), LENGTH)
    if attribute == "longest":
        return number(max((micros(one.length) for one in stretches), default=0), LENGTH)
    if attribute == "stretches":
        return number(len(stretches), COUNT)
    if attribute == "window":
        return number(micros(window.length), LENGTH)
    if attribute == "uptime":
        return uptime(micros(taken.total), micros(window.length))
    if attribute in ("days_touched", "whole_days"):
        return number(_days(stretches, attribute, zone), DAYS)
    if not stretches:
        return None
    return {
        "start": stretches[0].start,
        "end": stretches[-1].end,
        "start_day": calendar.local_day(stretches[0].start, zone),
        "end_day": calendar.last_local_day(stretches[-1].end, zone),
    }[attribute]


def _days(stretches: Sequence[Part], attribute: str, zone: ZoneInfo) -> int:
    """Look at every day from the first to the last."""
    if not stretches:
        return 0
    first = calendar.local_day(stretches[0].start, zone)
    last = calendar.last_local_day(stretches[-1].end, zone)
    count = 0
    for day in calendar.days_from(first, last):
        whole = calendar.day_part(day, zone)
        held = sum((one.length for one in inside(stretches, whole)), timedelta(0))
        if attribute == "days_touched":
            count += held > timedelta(0)
        else:
            count += held == whole.length and held > timedelta(0)
    return count


# Populations


def pooled(
    measure: Mapping[str, Any], mailbox: Mailbox, estate: Sequence[Mailbox], sight: Sight
) -> Number | None:
    """Uptime in user-minutes over everybody who is weighed together with the mailbox."""
    members = [one for one in estate if together(measure["population"], one, mailbox)]
    each = [in_windows(measure, one, sight) for one in members]
    sums = []
    for number_of_window, taken in enumerate(each[0]):
        down = sum(micros(windows[number_of_window].total) for windows in each)
        sums.append((down, micros(taken.window.length) * len(members)))
    most = sums[0]
    for one in sums[1:]:
        if one[0] > most[0]:
            most = one
    return uptime(*most)


def together(population: str, one: Mailbox, other: Mailbox) -> bool:
    """Whether two mailboxes are of one population; one without a holder is alone."""
    if population == "everyone":
        return True
    if population == "brand":
        return bool(one["brand"] == other["brand"])
    if population == "store":
        return bool((one["brand"], one["store"]) == (other["brand"], other["store"]))
    assert population == "holder", population
    same = one["holder_id"] is not None and one["holder_id"] == other["holder_id"]
    return same or one["mailbox_id"] == other["mailbox_id"]
