"""The status of the service: what works now, one incident and how it went, and the history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ristoro.faces.site import Site, site_of
from ristoro.faces.status import given
from ristoro.faces.status.answers import kept
from ristoro.faces.status.views import languages
from ristoro.faces.status.words import INDICATORS
from ristoro.faces.told import Shown, shown
from ristoro.outages.incidents.board import board
from ristoro.outages.incidents.models import Incident

SECONDS = 10
A_PAGE = 25


@require_safe
def status(request: HttpRequest) -> HttpResponseBase:
    """What works now, by brand and component, and what is being done about what does not."""
    site = site_of(request)
    now = board(site.codes)
    about = {
        "site": site,
        "indicator": now.indicator.value,
        "headline": INDICATORS[now.indicator],
        "brands": [(brand, now.of_brand(code)) for code, brand in site.brands.items()],
        "incidents": [shown(one, site) for one in now.incidents],
        "maintenance": [shown(one, site) for one in now.maintenance],
    }
    return _page(request, "status/status.html", about)


@require_safe
def incident(request: HttpRequest, slug: str) -> HttpResponseBase:
    """One incident: all that was told of it, and what is given for it."""
    found = Incident.objects.filter(slug=slug).prefetch_related("updates__corrections").first()
    if found is None:
        raise Http404(_("There is no incident of that name."))
    site = site_of(request)
    runs = given.programmes_of(found.outage)
    return _page(
        request, "status/incident.html", {"site": site, "shown": shown(found, site), "runs": runs}
    )


@require_safe
def history(request: HttpRequest, number: int = 1) -> HttpResponseBase:
    """Everything that was ever told, by month, the newest first."""
    site = site_of(request)
    every = Incident.objects.order_by("-started_at", "-id").prefetch_related("updates__corrections")
    pages = Paginator(every, A_PAGE)
    if number not in pages.page_range:
        raise Http404(_("There is no such page."))
    page = pages.page(number)
    months = list(_by_month(iter(page), site))
    return _page(request, "status/history.html", {"site": site, "page": page, "months": months})


def _by_month(incidents: Iterator[Incident], site: Site) -> Iterator[tuple[date, list[Shown]]]:
    every = (shown(one, site) for one in incidents)
    for _key, group in groupby(every, key=lambda one: (one.started_at.year, one.started_at.month)):
        listed = list(group)
        yield listed[0].started_at.date(), listed


def _page(request: HttpRequest, template: str, about: dict[str, Any]) -> HttpResponseBase:
    return kept(request, render(request, template, {**languages(request), **about}), SECONDS)
