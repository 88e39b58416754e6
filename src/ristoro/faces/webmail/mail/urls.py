"""The addresses of folders, lists and search."""

from __future__ import annotations

from django.urls import path

import ristoro.faces.webmail.places  # noqa: F401 - registers <folder:…>
from ristoro.faces.webmail.mail import acts, lists, manage, settings

app_name = "mail"
urlpatterns = [
    path("posta/", lists.inbox, name="inbox"),
    path("posta/cerca/", lists.search, name="search"),
    path("posta/agisci/", acts.act, name="act"),
    path("posta/vai/<slug:role>/", lists.by_role, name="by-role"),
    path("posta/cartelle/", manage.manage, name="folders"),
    path("posta/cartelle/nuova/", manage.make, name="make-folder"),
    path("posta/cartelle/rinomina/", manage.rename, name="rename-folder"),
    path("posta/cartelle/togli/", manage.remove, name="remove-folder"),
    path("posta/cartelle/svuota/", manage.empty, name="empty"),
    path("posta/annulla/", acts.undoables, name="undoables"),
    path("posta/annulla/una/", acts.take_back, name="undo"),
    path("impostazioni/", settings.settings, name="settings"),
    path("impostazioni/tasti/", settings.keys, name="help"),
    path("impostazioni/scelte/", settings.choose, name="choose"),
    path("posta/<folder:folder>/", lists.folder, name="folder"),
]
