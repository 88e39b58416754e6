"""The addresses of outages."""

from __future__ import annotations

from django.urls import path

from ristoro.faces.console.outages import editor, views

urlpatterns = [
    path("disservizi/", views.outages, name="outages"),
    path("disservizi/nuovo/", editor.declare_new, name="outage-new"),
    path("disservizi/<slug:name>/", views.outage, name="outage"),
    path("disservizi/<slug:name>/v<int:number>.yaml", views.text, name="outage-text"),
    path("disservizi/<slug:name>/v<int:number>/", editor.compare, name="outage-compare"),
    path("disservizi/<slug:name>/correggi/", editor.correct, name="outage-correct"),
]
