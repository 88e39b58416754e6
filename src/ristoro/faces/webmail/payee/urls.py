"""The addresses of a holder's account for transfers."""

from __future__ import annotations

from django.urls import path

from ristoro.faces.webmail.payee import acts, views

app_name = "payee"
urlpatterns = [
    path("ristoro/conto/", views.home, name="home"),
    path("ristoro/conto/indica/", views.give, name="give"),
    path("ristoro/conto/conferma/", acts.confirm, name="confirm"),
    path("ristoro/conto/annulla/", acts.undo, name="undo"),
    path("ristoro/conto/togli/", acts.remove, name="remove"),
]
