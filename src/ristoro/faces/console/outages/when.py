"""Instants and lengths of an outage in the reader's words, in its own zone or in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo

from django.utils.translation import gettext

from ristoro.faces.said import lang
from ristoro.fulfilment import wording
from ristoro.kernel import clock
from ristoro.kernel.spans import DAY, MINUTE

_WEEKDAYS = {"it": "lun mar mer gio ven sab dom", "en": "Mon Tue Wed Thu Fri Sat Sun"}
_HOUR = 60 * MINUTE


def local(at: int, zone: tzinfo) -> datetime:
    """The instant in a zone."""
    return clock.instant(at).astimezone(zone)


def said(at: int, zone: tzinfo) -> str:
    """``23 January 2023, 00:00 CET``."""
    return wording.instant(local(at, zone), lang())


def utc(at: int) -> str:
    """``22 January 2023, 23:00 UTC``."""
    return said(at, UTC)


def tick_day(day: date) -> tuple[str, str]:
    """``Mon`` and ``23 Jan``."""
    month = wording.MONTHS[lang()].split()[day.month - 1][:3]
    return _WEEKDAYS[lang()].split()[day.weekday()], f"{day.day} {month}"


def lasting(length: int) -> str:
    """``5 d 20 h``, ``16 h``, ``25 min``: the two largest units that say something."""
    days, rest = divmod(length, DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes, rest = divmod(rest, MINUTE)
    short = {"d": "g"} if lang() == "it" else {}
    parts = [(days, short.get("d", "d")), (hours, "h"), (minutes, "min")]
    first = next((n for n, (count, _) in enumerate(parts) if count), None)
    if first is None:
        return f"{rest // 1_000_000} s"
    kept = [(count, unit) for count, unit in parts[first : first + 2] if count]
    return " ".join(f"{count} {unit}" for count, unit in kept)


def minutes(length: int) -> str:
    """Whole minutes, rounded down; less than one as ``<1``."""
    whole = length // MINUTE
    return wording.number(whole, lang()) if whole or not length else "<1"


def span_said(start: int, end: int, zone: tzinfo) -> str:
    """Both ends, and how long it is."""
    return gettext("%(from)s to %(to)s (%(long)s)") % {
        "from": said(start, zone),
        "to": said(end, zone),
        "long": lasting(end - start),
    }
