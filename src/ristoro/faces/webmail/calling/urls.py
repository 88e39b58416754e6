"""The addresses of a holder's calls."""

from __future__ import annotations

from django.urls import path

from ristoro.faces.webmail.calling import views

app_name = "calling"
urlpatterns = [
    path("ristoro/telefono/", views.calls, name="calls"),
    path("ristoro/telefono/<int:call_id>/non-io/", views.deny, name="deny"),
]
