"""Reading the journal by subject, person, name and period: a page at a time, or whole for a file.

Entries are found by their number, which grows with time; where nothing but a rare name or person
is asked for, a page looks at so many entries and says how far it looked, and is as quick for a
million as for a hundred.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from ristoro.journal import names
from ristoro.journal.models import Detail, Entry

SCAN = 20_000
"""Entries that one page looks at, at most."""

OUT_OF_ORDER = timedelta(hours=1)
"""Clocks of hosts differ: an entry may bear a time this much before that of one before it."""

LOOKS = frozenset(
    {
        names.MAILBOX_EXPLAINED,
        names.CALLER_SEARCHED,
        names.MAILBOX_LOOKED_AT,
        names.ROWS_EXPORTED,
        names.HOLDS_EXPORTED,
        names.JOURNAL_EXPORTED,
    }
)
"""Somebody who works here looked at, or took away, what is about single mailboxes."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: empty and ``None`` stand for all. From ``since`` on, before ``until``."""

    subject: str = ""
    actor: str = ""
    names: Collection[str] | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, the newest first. ``below`` is where the next page begins, ``None`` at the end.

    ``looked`` is the lowest number that was looked at.
    """

    entries: tuple[Entry, ...]
    below: int | None
    looked: int


def page(wanted: Wanted, below: int | None, most: int) -> Page:
    """At most so many of the wanted entries with a number under ``below``."""
    first, end = _bounds(wanted)
    top = end if below is None else min(below, end)
    low = first if wanted.subject else max(first, top - SCAN)
    found = _filtered(wanted).filter(number__gte=low, number__lt=top)
    listed = list(found.order_by("-number")[: most + 1])
    if len(listed) > most:
        last = listed[most - 1].number
        return Page(tuple(listed[:most]), last, last)
    return Page(tuple(listed), low if low > first else None, low)


def walk(wanted: Wanted, at_once: int = 1_000) -> Iterator[tuple[Entry, Detail | None]]:
    """Every wanted entry with its detail, the oldest first."""
    after, end = _bounds(wanted)
    found = _filtered(wanted).order_by("number")
    while batch := list(found.filter(number__gte=after, number__lt=end)[:at_once]):
        details = Detail.objects.in_bulk([entry.number for entry in batch])
        for entry in batch:
            yield entry, details.get(entry.number)
        after = batch[-1].number + 1


def one(number: int) -> tuple[Entry, Detail | None] | None:
    """The entry with that number, and its detail; ``None`` where there is none."""
    entry = Entry.objects.filter(pk=number).first()
    return None if entry is None else (entry, Detail.objects.filter(pk=number).first())


def _filtered(wanted: Wanted) -> QuerySet[Entry]:
    found = Entry.objects.all()
    if wanted.subject:
        found = found.filter(subject=wanted.subject)
    if wanted.actor:
        found = found.filter(actor=wanted.actor)
    if wanted.names is not None:
        found = found.filter(name__in=list(wanted.names))
    if wanted.since is not None:
        found = found.filter(at__gte=wanted.since)
    if wanted.until is not None:
        found = found.filter(at__lt=wanted.until)
    return found


def _bounds(wanted: Wanted) -> tuple[int, int]:
    """Numbers between which all wanted entries lie: from the first on, before the second."""
    last = Entry.objects.order_by("-number").values_list("number", flat=True).first() or 0
    first, end = 1, last + 1
    if wanted.since is not None:
        first = _first_at(wanted.since - OUT_OF_ORDER, last)
    if wanted.until is not None:
        end = _first_at(wanted.until + OUT_OF_ORDER, last)
    return first, max(first, end)


def _first_at(at: datetime, last: int) -> int:
    """About the first number whose entry is not before ``at``, by halving."""
    low, high = 1, last + 1
    while low < high:
        middle = (low + high) // 2
        found = Entry.objects.filter(number__gte=middle).order_by("number")
        then = found.values_list("at", flat=True).first()
        if then is not None and then < at:
            low = middle + 1
        else:
            high = middle
    return low
