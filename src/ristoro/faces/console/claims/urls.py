"""The addresses of the examiners' desk."""

from __future__ import annotations

from django.urls import path

from ristoro.faces.console.claims import acts, many, views

urlpatterns = [
    path("pratiche/", views.claims, name="claims"),
    path("pratiche/avanti/", acts.go_on, name="claims-on"),
    path("pratiche/tasti/", views.keys, name="claims-keys"),
    path("pratiche/tasti/cambio/", acts.switch, name="claims-switch"),
    path("pratiche/insieme/", many.groups, name="together"),
    path("pratiche/insieme/nuovo/", many.prepare, name="together-new"),
    path("pratiche/insieme/<int:number>/", many.one, name="together-one"),
    path("pratiche/insieme/<int:number>/decisione/", many.ask, name="together-ask"),
    path("pratiche/insieme/<int:number>/rilascio/", many.release, name="together-release"),
    path("pratiche/insieme/<int:number>/abbandono/", many.drop, name="together-drop"),
    path("pratiche/<slug:number>/", views.claim, name="claim"),
    path("pratiche/<slug:number>/documenti/<int:document>/", views.document, name="claim-document"),
    path("pratiche/<slug:number>/presa/", acts.take, name="claim-take"),
    path("pratiche/<slug:number>/restituzione/", acts.give_back, name="claim-give-back"),
    path("pratiche/<slug:number>/decisione/", acts.decide, name="claim-decide"),
    path("pratiche/<slug:number>/conferma/", acts.agree, name="claim-agree"),
    path("pratiche/<slug:number>/rinvio/", acts.send_back, name="claim-send-back"),
    path("pratiche/<slug:number>/fascicolo/", acts.bundle, name="claim-bundle"),
]
