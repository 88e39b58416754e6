"""What can be asked of a measure: the time that counts, cut at windows (chapter 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from fractions import Fraction
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tests.remedies.oracle import calendar
from tests.remedies.oracle.calendar import Part, micros
from tests.remedies.oracle.counting import (
    Clock,
    Mailbox,
    Sight,
    Stretch,
    counted,
    inside,
    total,
)
from tests.remedies.oracle.evaluate import Value
from tests.remedies.oracle.happened import WAYS
from tests.remedies.oracle.units import COUNT, DAYS, LENGTH, SHARE, Number, number


class Taken(NamedTuple):
    """A measure in one window."""

    stretches: list[Stretch]
    window: Part

    @property
    def parts(self) -> list[Part]:
        return [part for stretch in self.stretches for part in stretch.parts]

    @property
    def total(self) -> timedelta:
        return total(self.parts)


def in_windows(
    measure: Mapping[str, Any],
    mailbox: Mailbox,
    sight: Sight,
    clock: Clock = None,
    cycle: calendar.Cycle | None = None,
) -> list[Taken]:
    """The measure in every window that the outage touches; stretches are cut at its ends."""
    stretches = counted(measure, mailbox, sight, clock)
    name = measure.get("window", "outage")
    found = []
    for window in calendar.windows(name, sight.happened.whole, sight.zone, cycle):
        cut = [Stretch(inside(stretch.parts, window)) for stretch in stretches]
        found.append(Taken([stretch for stretch in cut if stretch.parts], window))
    return found


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
    """What a measure answers in one window."""
    parts, window = taken.parts, taken.window
    if attribute == "total":
        return number(micros(taken.total), LENGTH)
    if attribute == "longest":
        return number(max((micros(one.time) for one in taken.stretches), default=0), LENGTH)
    if attribute == "stretches":
        return number(len(taken.stretches), COUNT)
    if attribute == "windows":
        return number(1 if parts else 0, COUNT)
    if attribute == "window":
        return number(micros(window.length), LENGTH)
    if attribute == "uptime":
        return uptime(micros(taken.total), micros(window.length))
    if attribute in ("days_touched", "whole_days"):
        return number(_days(parts, attribute, zone), DAYS)
    if not parts:
        return None
    return {
        "start": parts[0].start,
        "end": parts[-1].end,
        "start_day": calendar.local_day(parts[0].start, zone),
        "end_day": calendar.last_local_day(parts[-1].end, zone),
    }[attribute]


def _days(parts: Sequence[Part], attribute: str, zone: ZoneInfo) -> int:
    """Look at every day from the first to the last."""
    if not parts:
        return 0
    first = calendar.local_day(parts[0].start, zone)
    last = calendar.last_local_day(parts[-1].end, zone)
    count = 0
    for day in calendar.days_from(first, last):
        whole = calendar.day_part(day, zone)
        held = total(inside(parts, whole))
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
    # what is alike for a measure is measured once
    alike = {_alike(one): one for one in members}
    of_each = {key: in_windows(measure, one, sight) for key, one in alike.items()}
    each = [of_each[_alike(one)] for one in members]
    sums = []
    for number_of_window, taken in enumerate(each[0]):
        down = sum(micros(windows[number_of_window].total) for windows in each)
        sums.append((down, micros(taken.window.length) * len(members)))
    most = sums[0]
    for one in sums[1:]:
        if one[0] > most[0]:
            most = one
    return uptime(*most)


def _alike(mailbox: Mailbox) -> tuple[Any, ...]:
    names = ("brand", "store", "ways", "created_at", "closed_at", *(f"seen_{way}" for way in WAYS))
    return tuple(mailbox[name] for name in names)


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
