"""The Statuspage public API, version 2: read-only, for anybody's robots, exact in every member.

The shape is that of status.atlassian.com/api; clients match its words, so that nothing of it is
renamed or left out. What is ours stands in one extra member of an incident, ``x_ristoro``, which
such clients ignore.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from ristoro.faces.components import COMPONENTS
from ristoro.faces.said import lang
from ristoro.faces.site import BEGINNING, Site, site_of
from ristoro.faces.status import given
from ristoro.faces.status.answers import kept
from ristoro.faces.status.places import incident_place
from ristoro.outages.incidents.board import Board, Part, Standing, board, code_of
from ristoro.outages.incidents.models import Incident, Update
from ristoro.outages.incidents.states import (
    DESCRIPTIONS,
    OVER,
    Condition,
    Kind,
    Phase,
    worst,
)

SECONDS = 10
MOST = 50
Members = dict[str, Any]


class Pages:
    """The members of one answer: made from the board as it stands, in the language of the page."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.board: Board = board(site.codes)
        self.page_id = code_of("page", site.name)
        newest = Incident.objects.aggregate(newest=Max("updated_at"))["newest"]
        self.updated_at: datetime = newest or BEGINNING

    def page(self) -> Members:
        return {
            "id": self.page_id,
            "name": self.site.name,
            "url": self.site.base.rstrip("/"),
            "time_zone": self.site.zone.key,
            "updated_at": self.moment(self.updated_at),
        }

    def status(self) -> Members:
        indicator = self.board.indicator
        return {"indicator": indicator.value, "description": DESCRIPTIONS[indicator]}

    def components(self) -> list[Members]:
        """Each brand as a group, followed by its components."""
        found: list[Members] = []
        for place, (code, brand) in enumerate(self.site.brands.items(), start=1):
            standings = self.board.of_brand(code)
            group = {
                **self._component(code_of("brand", code), brand.name, place),
                "status": worst(one.condition for one in standings).value,
                "group": True,
                "components": [_id_of(one.part) for one in standings],
            }
            found += [group, *(self._of(one, n) for n, one in enumerate(standings, start=1))]
        return found

    def incident(self, one: Incident) -> Members:
        updates = sorted(one.updates.all(), key=lambda each: (each.at, each.pk), reverse=True)
        touched = {
            Part(change["brand"], change["component"])
            for each in updates
            for change in each.changes
        }
        members: Members = {
            "id": one.code,
            "name": one.title_en if lang() == "en" else one.title_it,
            "status": one.phase,
            "created_at": self.moment(one.created_at),
            "updated_at": self.moment(one.updated_at),
            "monitoring_at": self._maybe(one.monitoring_at),
            "resolved_at": self._maybe(one.over_at),
            "impact": one.impact,
            "shortlink": self.site.at(incident_place(one, lang())),
            "started_at": self.moment(one.started_at),
            "page_id": self.page_id,
            "incident_updates": [self._update(one, each) for each in updates],
            "components": [
                self._of(standing, place)
                for place, standing in enumerate(self.board.standings, start=1)
                if standing.part in touched
            ],
        }
        if one.kind == Kind.MAINTENANCE:
            members["scheduled_for"] = self._maybe(one.scheduled_for)
            members["scheduled_until"] = self._maybe(one.scheduled_until)
        else:
            members["x_ristoro"] = {"remedies": given.remedies_of(one.outage, self.site)}
        return members

    def incidents(self, chosen: Mapping[str, object], kind: Kind) -> list[Members]:
        found = (
            Incident.objects.filter(kind=kind, **chosen)
            .order_by("-started_at", "-id")
            .prefetch_related("updates__corrections")[:MOST]
        )
        return [self.incident(one) for one in found]

    def moment(self, at: datetime) -> str:
        """ISO 8601 with milliseconds and the offset of the site's zone."""
        return at.astimezone(self.site.zone).isoformat(timespec="milliseconds")

    def _maybe(self, at: datetime | None) -> str | None:
        return None if at is None else self.moment(at)

    def _update(self, one: Incident, each: Update) -> Members:
        affected = [
            {
                "code": _id_of(Part(change["brand"], change["component"])),
                "name": self._named(Part(change["brand"], change["component"])),
                "old_status": change["old"],
                "new_status": change["new"],
            }
            for change in each.changes
        ]
        at = self.moment(each.at)
        corrected = max((one.at for one in each.corrections.all()), default=each.at)
        return {
            "id": each.code,
            "status": each.phase,
            "body": each.body_en if lang() == "en" else each.body_it,
            "incident_id": one.code,
            "created_at": at,
            "updated_at": self.moment(corrected),
            "display_at": at,
            "affected_components": affected or None,
            "deliver_notifications": True,
            "custom_tweet": None,
            "tweet_id": None,
        }

    def _named(self, part: Part) -> str:
        brand = self.site.brands.get(part.brand)
        name = capfirst(str(COMPONENTS[part.component]))
        return f"{brand.name} - {name}" if brand is not None else name

    def _of(self, one: Standing, place: int) -> Members:
        name = capfirst(str(COMPONENTS[one.part.component]))
        return {
            **self._component(_id_of(one.part), name, place),
            "status": one.condition.value,
            "updated_at": self.moment(one.since or self.updated_at),
            "group_id": code_of("brand", one.part.brand),
        }

    def _component(self, code: str, name: str, place: int) -> Members:
        return {
            "id": code,
            "name": name,
            "status": Condition.OPERATIONAL.value,
            "created_at": self.moment(BEGINNING),
            "updated_at": self.moment(self.updated_at),
            "position": place,
            "description": None,
            "showcase": False,
            "start_date": None,
            "group_id": None,
            "page_id": self.page_id,
            "group": False,
            "only_show_if_degraded": False,
        }


def _id_of(part: Part) -> str:
    return code_of("component", part.brand, part.component)


_UNRESOLVED = {"phase__in": [phase for phase in Phase if phase not in OVER]}
_UPCOMING = {"phase": Phase.SCHEDULED}
_ACTIVE = {"phase__in": [Phase.IN_PROGRESS, Phase.VERIFYING]}


def _summary(pages: Pages) -> Members:
    return {
        "components": pages.components(),
        "incidents": pages.incidents(_UNRESOLVED, Kind.INCIDENT),
        "scheduled_maintenances": pages.incidents(_UNRESOLVED, Kind.MAINTENANCE),
        "status": pages.status(),
    }


def _maintenances(chosen: Mapping[str, object]) -> Callable[[Pages], Members]:
    return lambda pages: {"scheduled_maintenances": pages.incidents(chosen, Kind.MAINTENANCE)}


ANSWERS: Mapping[str, Callable[[Pages], Members]] = {
    "summary": _summary,
    "status": lambda pages: {"status": pages.status()},
    "components": lambda pages: {"components": pages.components()},
    "incidents": lambda pages: {"incidents": pages.incidents({}, Kind.INCIDENT)},
    "incidents/unresolved": lambda pages: {
        "incidents": pages.incidents(_UNRESOLVED, Kind.INCIDENT)
    },
    "scheduled-maintenances": _maintenances({}),
    "scheduled-maintenances/upcoming": _maintenances(_UPCOMING),
    "scheduled-maintenances/active": _maintenances(_ACTIVE),
}
"""What each endpoint answers beside ``page``."""


@require_safe
def answer(request: HttpRequest, name: str) -> HttpResponseBase:
    """One endpoint, a name of ``ANSWERS``."""
    pages = Pages(site_of(request))
    members = {"page": pages.page(), **ANSWERS[name](pages)}
    return kept(
        request,
        JsonResponse(members, json_dumps_params={"ensure_ascii": False}),
        SECONDS,
        anyone=True,
    )


urls = [path(f"api/v2/{name}.json", answer, {"name": name}, name="api") for name in ANSWERS]
"""The fixed addresses of the endpoints, below the root and below a language."""
