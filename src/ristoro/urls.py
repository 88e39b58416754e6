"""Where each face is. The language of a public page is the first part of its address."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.generic import RedirectView

from ristoro.faces import health

urlpatterns = [
    path("", RedirectView.as_view(url="/it/")),
    path("healthz", health.healthz),
    path("console/", include("ristoro.faces.console.urls")),
    path("", include("ristoro.faces.webmail.urls")),
    *i18n_patterns(path("", include("ristoro.faces.status.urls"))),
]
