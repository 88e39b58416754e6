"""The addresses of the register of breaches."""

from __future__ import annotations

from django.urls import path

from ristoro.faces.console.breaches import acts, views

urlpatterns = [
    path("violazioni/", views.breaches, name="breaches"),
    path("violazioni/apertura/", acts.open_record, name="breach-open"),
    path("violazioni/<slug:name>/", views.breach, name="breach"),
    path("violazioni/<slug:name>/scrittura/", acts.write, name="breach-write"),
    path("violazioni/<slug:name>/rischio/", acts.assess, name="breach-assess"),
    path("violazioni/<slug:name>/conteggio/", acts.count, name="breach-count"),
    path("violazioni/<slug:name>/esito/", acts.settle, name="breach-settle"),
    path("violazioni/<slug:name>/integrazione/", acts.supplement, name="breach-supplement"),
    path("violazioni/<slug:name>/registro.txt", views.as_text, name="breach-text"),
    path("violazioni/<slug:name>/registro.json", views.as_json, name="breach-json"),
]
