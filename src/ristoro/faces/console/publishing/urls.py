"""The addresses of publishing a programme."""

from __future__ import annotations

from django.urls import path

from ristoro.faces.console.publishing import views

urlpatterns = [
    path("esecuzioni/<slug:name>/pubblicazione/", views.publication, name="publication"),
    path("esecuzioni/<slug:name>/pubblicazione/lettere/", views.draw_up, name="draw-up-letters"),
    path("esecuzioni/<slug:name>/pubblicazione/avvio/", views.publish, name="publish"),
]
