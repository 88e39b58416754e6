"""The addresses of estates."""

from __future__ import annotations

from django.urls import path

from ristoro.faces.console.estates import choosing, views

urlpatterns = [
    path("importazioni/", views.estates, name="estates"),
    path("importazioni/carica/", views.receive, name="receive"),
    path("importazioni/file/<str:name>/", views.upload, name="upload"),
    path("importazioni/file/<str:name>/mappatura/", choosing.mapping, name="mapping"),
    path("importazioni/file/<str:name>/importa/", views.import_, name="import"),
    path("importazioni/file/<str:name>/scarti/", views.bad, name="bad-rows"),
    path("importazioni/file/<str:name>/elimina/", views.discard, name="discard"),
    path("importazioni/fotografie/<slug:digest>/", views.snapshot, name="snapshot"),
]
