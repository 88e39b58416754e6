"""The addresses of incidents."""

from __future__ import annotations

from django.urls import path

from ristoro.faces.console.incidents import corrections, editor, views

urlpatterns = [
    path("avvisi/", views.incidents, name="incidents"),
    path("avvisi/nuovo/", editor.new, name="incident-new"),
    path("avvisi/bozze/<int:number>/", editor.draft, name="incident-draft"),
    path("avvisi/bozze/<int:number>/pubblicazione/", editor.publish, name="incident-publish"),
    path("avvisi/bozze/<int:number>/elimina/", editor.drop, name="incident-drop"),
    path("avvisi/<slug:slug>/", views.incident, name="incident"),
    path("avvisi/<slug:slug>/seguito/", editor.following, name="incident-update"),
    path(
        "avvisi/<slug:slug>/correzioni/<slug:code>/",
        corrections.correction,
        name="incident-correct",
    ),
]
