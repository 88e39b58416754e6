"""The addresses of the way in, shared by the console and the desk."""

from __future__ import annotations

from django.urls import path
from django.views.i18n import set_language

from ristoro.faces.entrance import doors, factors

app_name = "entrance"
urlpatterns = [
    path("entra/", doors.SignIn.as_view(), name="sign-in"),
    path("esci/", doors.SignOut.as_view(), name="sign-out"),
    path("secondo-passo/", factors.second, name="second"),
    path("accesso/", factors.own, name="factors"),
    path("accesso/<int:factor>/togli/", factors.remove, name="remove-factor"),
    path("lingua/", set_language, name="language"),
]
