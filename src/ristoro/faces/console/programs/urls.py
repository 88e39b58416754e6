"""The addresses of programs that use the API."""

from __future__ import annotations

from django.urls import path

from ristoro.faces.console.programs import views

urlpatterns = [
    path("api/", views.programs, name="programs"),
    path("api/token/", views.make, name="make-token"),
    path("api/token/<int:number>/", views.revoke, name="revoke-token"),
    path("api/webhook/<int:number>/", views.enable, name="enable-webhook"),
]
