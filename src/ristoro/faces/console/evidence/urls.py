"""The addresses of evidence."""

from __future__ import annotations

from django.urls import path

from ristoro.faces.console.evidence import views

urlpatterns = [
    path("prove/", views.evidence, name="evidence"),
    path("prove/carica/", views.send, name="evidence-send"),
    path("prove/leggi/", views.read, name="evidence-read"),
    path("prove/importazioni/<slug:digest>/", views.imported, name="evidence-import"),
    path("prove/disservizi/<slug:name>/", views.outage, name="evidence-outage"),
    path("prove/disservizi/<slug:name>/confronta/", views.compare, name="evidence-compare"),
]
