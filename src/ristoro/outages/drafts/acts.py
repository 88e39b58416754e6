"""What a person does to a draft: draws a window, moves it, takes it away, carries it over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from zoneinfo import ZoneInfo

from ristoro.kernel import clock
from ristoro.outages.drafts.draft import Draft, DraftWindow
from ristoro.outages.outage import Outage
from ristoro.outages.timeline import ranges


def written_at(at: int, zone: ZoneInfo) -> str:
    """An instant as it is written: local, with its offset only where the local time is none or
    two instants."""
    local = clock.instant(at).astimezone(zone)
    precise = "minutes" if local.second == local.microsecond == 0 else "auto"
    text = local.replace(tzinfo=None).isoformat(timespec=precise)
    try:
        clock.parse_instant(text, zone)
    except ValueError:
        return local.isoformat(timespec=precise)
    return text


def instant_of(text: str, zone: ZoneInfo) -> int | None:
    """The instant that a field says; ``None`` where it says none."""
    try:
        return clock.micros(clock.parse_instant(text, zone))
    except ValueError:
        return None


def correction_of(draft: Draft, last: Outage) -> Draft:
    """The draft as the version after ``last``, its reason still to be said."""
    return replace(draft, version=str(last.version + 1), corrects=last.digest, reason="")


def drawn(draft: Draft, window: DraftWindow) -> Draft:
    """With one window more."""
    return replace(draft, windows=(*draft.windows, window))


def replaced(draft: Draft, index: int, window: DraftWindow) -> Draft:
    """With another window in its place."""
    windows = list(draft.windows)
    windows[index] = window
    return replace(draft, windows=tuple(windows))


def removed(draft: Draft, index: int) -> Draft:
    """Without one window."""
    return replace(draft, windows=(*draft.windows[:index], *draft.windows[index + 1 :]))


def moved(window: DraftWindow, start: int, end: int | None, zone: ZoneInfo) -> DraftWindow:
    """From ``start`` to ``end``. A window moved whole takes its reopenings along; one that only
    ends otherwise leaves them where they are."""
    was = instant_of(window.start, zone), instant_of(window.end, zone)
    by = 0
    if (
        was[0] is not None
        and was[1] is not None
        and end is not None
        and end - was[1] == start - was[0]
    ):
        by = start - was[0]

    def along(text: str) -> str:
        at = instant_of(text, zone)
        return text if at is None or by == 0 else written_at(at + by, zone)

    return replace(
        window,
        start=written_at(start, zone),
        end="" if end is None else written_at(end, zone),
        reopening=tuple(replace(stage, at=along(stage.at)) for stage in window.reopening),
    )


def named_stores(stores: Iterable[str], brand: Sequence[str]) -> str:
    """Some of a brand's stores as they are written: ranges, or nothing for all of them."""
    chosen = frozenset(stores)
    return "" if chosen >= frozenset(brand) else ranges(chosen)


def carried(base: Draft | None, theirs: Draft, mine: Draft) -> Draft:
    """What I changed since ``base``, done to what others made of it meanwhile.

    Windows and exclusions that I took away or changed go, mine come; of a field that both changed
    mine stands. A window that both moved is there twice, for a person to choose: nothing is lost.
    """

    def merged(name: str) -> object:
        own, other = getattr(mine, name), getattr(theirs, name)
        before = None if base is None else getattr(base, name)
        if name in ("windows", "exclusions", "sources"):
            return _merged(before or (), other, own)
        return other if own == before else own

    kept = ("version", "corrects", "reason")
    names = [one.name for one in fields(Draft) if one.name not in kept]
    return replace(theirs, **{name: merged(name) for name in names})  # type: ignore[arg-type]


def _merged(base: Sequence[object], theirs: Sequence[object], mine: Sequence[object]) -> object:
    gone = [one for one in base if one not in mine]
    come = [one for one in mine if one not in base]
    kept = [one for one in theirs if one not in gone]
    return (*kept, *(one for one in come if one not in kept))
