"""The addresses of what a holder is owed and was given."""

from __future__ import annotations

from django.urls import path

from ristoro.faces.webmail.mine import acts, views

app_name = "mine"
urlpatterns = [
    path("ristoro/", views.home, name="home"),
    path("ristoro/verifica/", views.check, name="check"),
    path("ristoro/<int:grant_id>/conferma/", acts.confirm, name="confirm"),
    path("ristoro/<int:grant_id>/richiesta/", acts.confirm, name="request"),
    path("ristoro/<int:grant_id>/ripensamento/", acts.take_back, name="take-back"),
    path("ristoro/<int:grant_id>/ricevuta/", views.receipt, name="receipt"),
]
