"""An incident as pages show it to everybody, in the reader's language and the site's zone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ristoro.faces.said import lang
from ristoro.faces.site import Site
from ristoro.outages.incidents.models import Incident, Update


@dataclass(frozen=True, slots=True)
class Before:
    """What an update said until it was corrected, ``at``."""

    at: datetime
    body: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One update as a page shows it, in the reader's language and the site's zone."""

    at: datetime
    phase: str
    body: str
    changes: tuple[tuple[str, str, str], ...]
    """Brand, component, new condition."""
    corrections: tuple[Before, ...] = ()
    """The last correction first."""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """An incident as a page shows it, its updates the newest first."""

    incident: Incident
    title: str
    entries: tuple[Entry, ...]
    started_at: datetime
    over_at: datetime | None
    scheduled: tuple[datetime, datetime] | None


def shown(one: Incident, site: Site) -> Shown:
    """An incident in the reader's language."""
    scheduled = None
    if one.scheduled_for is not None and one.scheduled_until is not None:
        scheduled = (
            one.scheduled_for.astimezone(site.zone),
            one.scheduled_until.astimezone(site.zone),
        )
    return Shown(
        incident=one,
        title=one.title_en if lang() == "en" else one.title_it,
        entries=tuple(_entry(each, site) for each in one.updates.all()),
        started_at=one.started_at.astimezone(site.zone),
        over_at=one.over_at and one.over_at.astimezone(site.zone),
        scheduled=scheduled,
    )


def moved(changes: Iterable[Mapping[str, str]], site: Site) -> tuple[tuple[str, str, str], ...]:
    """Components that were moved: the brand's name, the component, the new condition."""
    found = []
    for change in changes:
        brand = site.brands.get(change["brand"])
        name = brand.name if brand is not None else change["brand"]
        found.append((name, change["component"], change["new"]))
    return tuple(found)


def _entry(update: Update, site: Site) -> Entry:
    before = tuple(
        Before(one.at.astimezone(site.zone), one.body_en if lang() == "en" else one.body_it)
        for one in update.corrections.all()
    )
    return Entry(
        at=update.at.astimezone(site.zone),
        phase=update.phase,
        body=update.body_en if lang() == "en" else update.body_it,
        changes=moved(update.changes, site),
        corrections=before,
        code=update.code,
    )
