"""The addresses of folders, lists and search."""

from __future__ import annotations

from django.urls import path

import ristoro.faces.webmail.places  # noqa: F401 - registers <folder:…>
from ristoro.faces.webmail.mail import acts, lists, settings

app_name = "mail"
urlpatterns = [
    path("posta/", lists.inbox, name="inbox"),
    path("posta/cerca/", lists.search, name="search"),
    path("posta/agisci/", acts.act, name="act"),
    path("posta/annulla/", acts.undoables, name="undoables"),
    path("posta/annulla/una/", acts.take_back, name="undo"),
    path("impostazioni/", settings.settings, name="settings"),
    path("impostazioni/scelte/", settings.choose, name="choose"),
    path("posta/<folder:folder>/", lists.folder, name="folder"),
]
