"""The addresses of runs."""

from __future__ import annotations

from django.urls import path

from ristoro.faces.console.runs import acts, letters, views

urlpatterns = [
    path("", views.runs, name="runs"),
    path("esecuzioni/<slug:name>/", views.run, name="run"),
    path("esecuzioni/<slug:name>/messaggi/", letters.letters, name="letters"),
    path("esecuzioni/<slug:name>/rapporto/", views.statement, name="statement"),
    path("esecuzioni/<slug:name>/approvazione/", acts.approve, name="approve"),
    path("esecuzioni/<slug:name>/pausa/", acts.pause, name="pause"),
    path("esecuzioni/<slug:name>/ripresa/", acts.resume, name="resume"),
    path("esecuzioni/<slug:name>/spiegazione/", acts.explain, name="explain"),
]
