"""The addresses of the public pages; their words are translated with the page."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from ristoro.faces.status import api, calendars, facts, feeds, service, views

app_name = "status"
urlpatterns = [
    path("", views.programmes, name="programmes"),
    path(_("status/"), service.status, name="status"),
    path(_("status/history/"), service.history, name="history"),
    path(_("status/history/<int:number>/"), service.history, name="history-page"),
    path(_("status/incidents/<slug:slug>/"), service.incident, name="incident"),
    path(_("remedies/<slug:name>/"), views.programme, name="programme"),
    path(_("remedies/<slug:name>/letters/<slug:brand>/"), views.letters, name="letters"),
    path(_("remedies/<slug:name>.json"), facts.facts, name="programme-data"),
    path(_("check/"), views.check, name="check"),
    *api.urls,
    path("history.rss", feeds.rss, name="rss"),
    path("history.atom", feeds.atom, name="atom"),
    path(_("calendar.ics"), calendars.calendar, name="calendar"),
]
