"""The history as feeds: one entry for each thing that was told, the newest first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.html import format_html, linebreaks
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ristoro.faces.said import lang
from ristoro.faces.site import BEGINNING, Site, site_of
from ristoro.faces.status.answers import kept
from ristoro.faces.status.places import incident_place
from ristoro.faces.status.words import CONDITIONS, PHASES, component
from ristoro.outages.incidents.models import Update

SECONDS = 60
MOST = 50
TAGGED = 2026
"""The year in our tag URIs (RFC 4151): one in which the name before it was ours."""


class _Rss(Rss201rev2Feed):
    def latest_post_date(self) -> datetime:
        return _latest(self.items)


class _Atom(Atom1Feed):
    def latest_post_date(self) -> datetime:
        return _latest(self.items)


def _latest(items: list[dict[str, Any]]) -> datetime:
    """Not now where there is nothing, or every look would find another feed."""
    return max((item["updateddate"] for item in items), default=BEGINNING)


class Rss(Feed):  # type: ignore[type-arg]  # Django has no such brackets at run time
    """RSS 2.0."""

    feed_type: Any = _Rss

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        made = super().__call__(request, *args, **kwargs)
        made.headers.pop("Last-Modified", None)
        return cast(HttpResponse, kept(request, made, SECONDS, anyone=True))

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Site:
        return site_of(request)

    def title(self, site: Site) -> str:
        return _("%(name)s: status of the service") % {"name": site.name}

    def author_name(self, site: Site) -> str:
        """Who tells it: Atom asks for one (RFC 4287, 4.1.1)."""
        return site.name

    def link(self, site: Site) -> str:
        return site.at(f"{lang()}/")

    def description(self, site: Site) -> str:
        return _("What does not work, what is done about it, and what is planned.")

    subtitle = description

    def items(self, site: Site) -> list[Any]:
        updates = Update.objects.select_related("incident").prefetch_related("corrections")
        return [(site, update) for update in updates.order_by("-at", "-id")[:MOST]]

    def item_title(self, item: Any) -> str:
        _site, update = item
        incident = update.incident
        title = incident.title_en if lang() == "en" else incident.title_it
        return f"{title}: {PHASES[update.phase]}"

    def item_description(self, item: Any) -> str:
        site, update = item
        body = update.body_en if lang() == "en" else update.body_it
        moved = "".join(
            format_html("<li>{}: {}</li>", _named(site, change), CONDITIONS[change["new"]])
            for change in update.changes
        )
        return linebreaks(body, autoescape=True) + (f"<ul>{moved}</ul>" if moved else "")

    def item_link(self, item: Any) -> str:
        site, update = item
        return f"{site.at(incident_place(update.incident, lang()))}#{update.code}"

    def item_guid(self, item: Any) -> str:
        site, update = item
        host = site.base.split("://", 1)[-1].split("/", 1)[0].split(":", 1)[0]
        return f"tag:{host},{TAGGED}:{update.incident.code}/{update.code}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: Any) -> datetime:
        at: datetime = item[1].at
        return at.astimezone(UTC)

    def item_updateddate(self, item: Any) -> datetime:
        """The last correction's instant, so that readers show the text anew."""
        update = item[1]
        at: datetime = max((one.at for one in update.corrections.all()), default=update.at)
        return at.astimezone(UTC)


class Atom(Rss):
    """Atom (RFC 4287)."""

    feed_type = _Atom


def _named(site: Site, change: dict[str, str]) -> str:
    brand = site.brands.get(change["brand"])
    name = brand.name if brand is not None else change["brand"]
    return f"{capfirst(name)}, {component(change['component'])}"


def rss(request: HttpRequest) -> HttpResponseBase:
    """The history as RSS, in the language of the address."""
    return Rss()(request)


def atom(request: HttpRequest) -> HttpResponseBase:
    """The history as Atom, in the language of the address."""
    return Atom()(request)
