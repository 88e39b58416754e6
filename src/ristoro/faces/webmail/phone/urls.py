"""The addresses of the installed webmail: manifest, icons, service worker, keys, choices."""

from __future__ import annotations

from django.urls import path

from ristoro.faces.webmail.phone import choices, icons, keeping, manifest, worker

app_name = "phone"
urlpatterns = [
    path("telefono/", choices.choices, name="choices"),
    path("telefono/avvisi/", choices.subscribe, name="subscribe"),
    path("telefono/avvisi/basta/", choices.unsubscribe, name="unsubscribe"),
    path("telefono/manifesto-<str:lang>.webmanifest", manifest.manifest, name="manifest"),
    path("telefono/icone/<slug:code>-<str:mark>/<slug:kind>.png", icons.icon, name="icon"),
    path("telefono/lavora.js", worker.script, name="worker"),
    path("telefono/senza-rete/<str:lang>/", worker.offline, name="offline"),
    path("telefono/chiave/", keeping.key, name="key"),
    path("telefono/da-tenere/", keeping.pages, name="pages"),
]
