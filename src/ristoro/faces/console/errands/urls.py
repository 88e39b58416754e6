"""The addresses of errands."""

from __future__ import annotations

from django.urls import path

from ristoro.faces.console.errands import views

urlpatterns = [
    path("lavori/", views.errands, name="errands"),
    path("lavori/<int:errand>/", views.errand, name="errand"),
    path("lavori/<int:errand>/stato/", views.state, name="errand-state"),
    path("lavori/<int:errand>/annulla/", views.cancel, name="cancel-errand"),
]
