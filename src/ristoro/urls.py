"""Where each face is. The language of a public page is the first part of its address."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.generic import RedirectView

from ristoro.faces import billing, health
from ristoro.faces.status import api, facts, feeds

urlpatterns = [
    path("", RedirectView.as_view(url="/it/")),
    path("healthz", health.healthz),
    *api.urls,
    path("history.rss", feeds.rss),
    path("history.atom", feeds.atom),
    path(".well-known/ristoro-facts.pem", facts.public_key, name="facts-key"),
    path("billing/webhook/", billing.webhook, name="billing-webhook"),
    path("api/v1/", include("ristoro.faces.api.urls")),
    path("console/", include("ristoro.faces.entrance.urls")),
    path("console/", include("ristoro.faces.console.urls")),
    path("sportello/", include("ristoro.faces.desk.urls")),
    path("", include("ristoro.faces.webmail.urls")),
    *i18n_patterns(path("", include("ristoro.faces.status.urls"))),
]
