"""The public calendar: planned work, and the last days of what must be answered or claimed.

Only what is public: nobody's own days. An event keeps its identity, and its sequence grows with
each thing told of it, so that calendars which subscribed change their copy (RFC 5545, 3.8.7.4).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event, vCalAddress

from ristoro.faces.facts import rules
from ristoro.faces.facts.public import public_runs
from ristoro.faces.facts.sources import sources_of
from ristoro.faces.said import lang
from ristoro.faces.site import Site, site_of
from ristoro.faces.status.answers import kept
from ristoro.faces.status.places import incident_place, programme_place
from ristoro.kernel.errors import BadInput
from ristoro.outages.incidents.models import Incident, Update
from ristoro.outages.incidents.states import Kind, Phase

SECONDS = 60
MOST = 200
_DAY = timedelta(days=1)


@require_safe
def calendar(request: HttpRequest) -> HttpResponseBase:
    """The calendar as a file that calendars subscribe to."""
    made = calendar_of(site_of(request)).to_ical()
    response = HttpResponse(made, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="calendario.ics"'
    return kept(request, response, SECONDS, anyone=True)


def calendar_of(site: Site) -> Calendar:
    """All public events of a site in the reader's language, with the definition of its zone."""
    made = Calendar()
    made.add("prodid", "-//Ristoro//status//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", _("%(name)s: status of the service") % {"name": site.name})
    for event in (*_planned(site), *_last_days(site)):
        made.add_component(event)
    made.add_missing_timezones()
    return made


def _planned(site: Site) -> Iterator[Event]:
    every = Incident.objects.filter(kind=Kind.MAINTENANCE).prefetch_related("updates__corrections")
    for one in every.order_by("-scheduled_for", "-id")[:MOST]:
        if one.scheduled_for is None or one.scheduled_until is None:
            continue
        updates = list(one.updates.all())
        told = len(updates) + sum(len(each.corrections.all()) for each in updates)
        event = _event(site, one.code, told - 1, one.updated_at)
        event.add("summary", one.title_en if lang() == "en" else one.title_it)
        event.add("dtstart", one.scheduled_for.astimezone(site.zone))
        event.add("dtend", one.scheduled_until.astimezone(site.zone))
        body = updates[0].body_en if lang() == "en" else updates[0].body_it
        event.add("description", body)
        event.add("url", site.at(incident_place(one, lang())))
        event.add("status", _standing(one, updates))
        yield event


def _standing(one: Incident, updates: list[Update]) -> str:
    """Work that was said to be over before it was ever going on was called off."""
    if one.phase == Phase.SCHEDULED:
        return "TENTATIVE"
    begun = any(each.phase in (Phase.IN_PROGRESS, Phase.VERIFYING) for each in updates)
    return "CONFIRMED" if begun or one.phase != Phase.COMPLETED else "CANCELLED"


def _last_days(site: Site) -> Iterator[Event]:
    """The last day of each rule that asks something, of every public programme."""
    for run in public_runs()[:MOST]:
        try:
            sources = sources_of(run)
        except BadInput:
            continue
        for told in rules.told(sources, run.totals):
            for gives in told.gives:
                if gives.by is None or gives.consent == "automatic" or run.approved_at is None:
                    continue
                event = _event(site, f"{run.name}-{gives.rule}", 0, run.approved_at)
                event.add("summary", _("Last day to answer: %(what)s") % {"what": gives.sentence})
                event.add("dtstart", gives.by)
                event.add("dtend", gives.by + _DAY)
                event.add("transp", "TRANSPARENT")
                event.add("description", rules.answer(gives))
                event.add("url", site.at(programme_place(run.name, lang())))
                yield event


def _event(site: Site, name: str, sequence: int, at: datetime) -> Event:
    host = site.base.split("://", 1)[-1].split("/", 1)[0].split(":", 1)[0]
    event = Event()
    event.add("uid", f"{name}@{host}")
    event.add("dtstamp", at.astimezone(UTC))
    event.add("last-modified", at.astimezone(UTC))
    event.add("sequence", sequence)
    brand = next(iter(site.brands.values()))
    organizer = vCalAddress(f"mailto:{brand.address}")
    organizer.params["CN"] = brand.name
    event.add("organizer", organizer)  # what is published names one (RFC 5546, 3.2.1)
    return event
