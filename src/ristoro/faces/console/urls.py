"""The addresses of the console: Italian words, and the reader's own language on every page."""

from __future__ import annotations

from django.urls import path
from django.views.i18n import set_language

from ristoro.faces.console import acts, doors, factors, faults, letters, views

app_name = "console"
urlpatterns = [
    path("", views.runs, name="runs"),
    path("entra/", doors.SignIn.as_view(), name="sign-in"),
    path("esci/", doors.SignOut.as_view(), name="sign-out"),
    path("secondo-passo/", factors.second, name="second"),
    path("accesso/", factors.own, name="factors"),
    path("accesso/<int:factor>/togli/", factors.remove, name="remove-factor"),
    path("lingua/", set_language, name="language"),
    path("segnalazioni/", faults.faults, name="faults"),
    path("esecuzioni/<slug:name>/", views.run, name="run"),
    path("esecuzioni/<slug:name>/messaggi/", letters.letters, name="letters"),
    path("esecuzioni/<slug:name>/rapporto/", views.statement, name="statement"),
    path("esecuzioni/<slug:name>/approvazione/", acts.approve, name="approve"),
    path("esecuzioni/<slug:name>/pausa/", acts.pause, name="pause"),
    path("esecuzioni/<slug:name>/ripresa/", acts.resume, name="resume"),
    path("esecuzioni/<slug:name>/spiegazione/", acts.explain, name="explain"),
]
