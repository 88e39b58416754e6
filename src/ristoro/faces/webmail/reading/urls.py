"""The addresses of reading a message."""

from __future__ import annotations

from django.urls import path

import ristoro.faces.webmail.places  # noqa: F401 - registers <folder:…>
from ristoro.faces.webmail.reading import distant, files, views

app_name = "reading"
_MESSAGE = "posta/<folder:folder>/<int:uidvalidity>-<int:uid>"
urlpatterns = [
    path("posta/immagini/<str:token>", distant.picture, name="picture"),
    path(f"{_MESSAGE}/", views.message, name="message"),
    path(f"{_MESSAGE}/corpo/", views.body, name="body"),
    path(f"{_MESSAGE}/sorgente/", files.source, name="source"),
    path(f"{_MESSAGE}/stampa/", views.printed, name="printed"),
    path(f"{_MESSAGE}/conversazione/", views.conversation, name="conversation"),
    path(f"{_MESSAGE}/letto/", views.seen, name="seen"),
    path(f"{_MESSAGE}/immagini/", views.pictures, name="pictures"),
    path(f"{_MESSAGE}/allegato/<str:number>/", files.attachment, name="attachment"),
    path(f"{_MESSAGE}/prima/", views.beside, {"way": "prima"}, name="newer"),
    path(f"{_MESSAGE}/dopo/", views.beside, {"way": "dopo"}, name="older"),
]
