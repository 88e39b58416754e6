"""The addresses of leaving with everything, and of reporting a fault."""

from __future__ import annotations

from django.urls import path, re_path

from ristoro.faces.webmail.leaving import exports, faults, moves

app_name = "leaving"
urlpatterns = [
    path("esporta/", exports.leaving, name="leaving"),
    path("esporta/prepara/", exports.prepare, name="prepare"),
    re_path(
        r"^esporta/(?P<token>[0-9a-f]{32})/casella-(?P<form>maildir|mbox)\.zip$",
        exports.download,
        name="download",
    ),
    path("esporta/trasloco/", moves.moving, name="moving"),
    path("esporta/trasloco/inizia/", moves.begin, name="begin"),
    path("esporta/trasloco/ferma/", moves.stop, name="stop"),
    path("segnala/", faults.fault, name="fault"),
    path("segnala/invia/", faults.send, name="send"),
]
