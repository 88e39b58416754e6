"""A record of the register as its page shows it: the clock, what lacks, every entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ristoro.faces.said import Lazy, number
from ristoro.kernel.clock import parse_instant
from ristoro.outages.breaches.models import Entry, Kind, Record, Risk, Standing
from ristoro.outages.breaches.paper import left
from ristoro.outages.breaches.register import CLOCK

register = template.Library()

NEAR = timedelta(hours=24)
KINDS: Mapping[str, Lazy] = {
    Kind.DECLARED: _("From the declared outage"),
    Kind.NUMBERS: _("Numbers, from an estate"),
    Kind.NATURE: _("Nature of the breach"),
    Kind.CONSEQUENCES: _("Likely consequences"),
    Kind.RISK: _("Risk for people"),
    Kind.MEASURES: _("Measures taken or proposed"),
    Kind.PEOPLE_TOLD: _("What the people concerned were told"),
    Kind.NOTIFIED: _("The authority was told"),
    Kind.NOT_NOTIFIED: _("The authority is not told"),
    Kind.SUPPLEMENT: _("The authority was told more"),
}
RISKS: Mapping[str, Lazy] = {
    Risk.UNLIKELY: _("unlikely"),
    Risk.LIKELY: _("likely"),
    Risk.HIGH: _("high"),
}
STANDINGS: Mapping[str, Lazy] = {
    Standing.DRAFT: _("to be decided"),
    Standing.NOTIFIED: _("the authority was told"),
    Standing.NOT_NOTIFIED: _("documented, not notified"),
}
ASKED = (Kind.NUMBERS, Kind.NATURE, Kind.CONSEQUENCES, Kind.RISK, Kind.MEASURES)
"""What article 33(3) asks for, the outage's own facts apart."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The 72 hours of a record: ``sense`` is ``settled``, ``over``, ``near`` or ``running``."""

    sense: str
    words: str
    due: datetime
    hours: int
    """Of 72, that have gone by."""


@dataclass(frozen=True, slots=True)
class Written:
    """One entry: what it is, who wrote it when, its words, and what goes with them."""

    kind: Lazy
    at: datetime
    who: str
    words: str
    risk: Lazy = ""
    sent: datetime | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What was drawn from the declared outage and from an estate, the newest of each."""

    start: datetime | None
    end: datetime | None
    components: tuple[str, ...]
    counted: Mapping[str, Any] | None


def clock_of(record: Record, at: datetime, zone: ZoneInfo) -> Clock:
    """The clock of a record as it stands ``at``."""
    rest = left(record, at)
    gone = min(CLOCK, max(timedelta(), (record.settled_at or at) - record.aware_at))
    hours, due = gone // timedelta(hours=1), record.due_at.astimezone(zone)
    if rest is None:
        return Clock("settled", str(STANDINGS[record.standing]), due, hours)
    if rest < timedelta():
        return Clock("over", gettext("overdue by %(time)s") % {"time": _span(-rest)}, due, hours)
    sense = "near" if rest < NEAR else "running"
    return Clock(sense, gettext("%(time)s left") % {"time": _span(rest)}, due, hours)


def written(record: Record, zone: ZoneInfo) -> list[Written]:
    """Every entry, the newest first."""
    return [_written(entry, zone) for entry in reversed(record.entries.all())]


def known(record: Record, zone: ZoneInfo) -> Known:
    """The newest facts and numbers of a record."""
    by_kind = {entry.kind: entry for entry in record.entries.all()}
    facts = by_kind[Kind.DECLARED].data if Kind.DECLARED in by_kind else {}

    def moment(name: str) -> datetime | None:
        return parse_instant(facts[name]).astimezone(zone) if facts.get(name) else None

    counted = by_kind[Kind.NUMBERS].data if Kind.NUMBERS in by_kind else None
    return Known(moment("start"), moment("end"), tuple(facts.get("components", ())), counted)


def title_of(record: Record) -> str:
    """What the declared outage is called."""
    named = [entry.words for entry in record.entries.all() if entry.kind == Kind.DECLARED]
    return named[-1] if named else record.outage


def lacking(record: Record) -> list[Lazy]:
    """What the law asks for and nobody has written yet."""
    there = {entry.kind for entry in record.entries.all()}
    return [KINDS[kind] for kind in ASKED if kind not in there]


def _written(entry: Entry, zone: ZoneInfo) -> Written:
    data = entry.data
    sent = data.get("sent_at") or data.get("settled_at")
    return Written(
        kind=KINDS[entry.kind],
        at=entry.at.astimezone(zone),
        who=entry.written_by,
        words=entry.words,
        risk=RISKS.get(data.get("risk", ""), ""),
        sent=parse_instant(sent).astimezone(zone) if sent else None,
        late=bool(data.get("late")),
    )


def _span(time: timedelta) -> str:
    """``2 giorni e 3 ore``, ``5 ore e 12 minuti``: the two largest parts."""
    minutes = time // timedelta(minutes=1)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [
        (days, ngettext("%(n)s day", "%(n)s days", days)),
        (hours, ngettext("%(n)s hour", "%(n)s hours", hours)),
        (rest, ngettext("%(n)s minute", "%(n)s minutes", rest)),
    ]
    first = next((place for place, (count, _words) in enumerate(parts) if count), 2)
    told = [words % {"n": number(count)} for count, words in parts[first : first + 2] if count]
    return (
        gettext("%(one)s and %(other)s") % dict(zip(("one", "other"), told, strict=True))
        if (len(told) == 2)
        else (told[0] if told else parts[2][1] % {"n": number(0)})
    )


@register.filter
def risk(value: str) -> Lazy:
    """How likely harm to people is, in words."""
    return RISKS[value]


@register.filter
def standing(value: str) -> Lazy:
    """Where a record stands, in words."""
    return STANDINGS[value]


@register.filter
def entry_kind(value: str) -> Lazy:
    """What an entry is, in words."""
    return KINDS[value]


@register.filter
def hours(microseconds: int) -> str:
    """Whole hours."""
    return number(microseconds // 3_600_000_000)
