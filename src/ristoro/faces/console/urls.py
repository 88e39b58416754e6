"""The addresses of the console: Italian words, and the reader's own language on every page."""

from __future__ import annotations

from django.urls import include, path

from ristoro.faces.console import faults

app_name = "console"
urlpatterns = [
    path("", include("ristoro.faces.console.audit.urls")),
    path("", include("ristoro.faces.console.payments.urls")),
    path("", include("ristoro.faces.console.books.urls")),
    path("", include("ristoro.faces.console.closing.urls")),
    path("", include("ristoro.faces.console.runs.urls")),
    path("", include("ristoro.faces.console.errands.urls")),
    path("", include("ristoro.faces.console.estates.urls")),
    path("", include("ristoro.faces.console.policies.urls")),
    path("", include("ristoro.faces.console.decisions.urls")),
    path("", include("ristoro.faces.console.outages.urls")),
    path("", include("ristoro.faces.console.incidents.urls")),
    path("", include("ristoro.faces.console.breaches.urls")),
    path("", include("ristoro.faces.console.publishing.urls")),
    path("", include("ristoro.faces.console.programs.urls")),
    path("", include("ristoro.faces.console.claims.urls")),
    path("", include("ristoro.faces.console.evidence.urls")),
    path("segnalazioni/", faults.faults, name="faults"),
]
