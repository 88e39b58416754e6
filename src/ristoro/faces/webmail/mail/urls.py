"""The addresses of folders, lists and search."""

from __future__ import annotations

from django.urls import path

from ristoro.faces.webmail import places
from ristoro.faces.webmail.mail import lists, settings

app_name = "mail"
__all__ = ["places"]
urlpatterns = [
    path("posta/", lists.inbox, name="inbox"),
    path("posta/cerca/", lists.search, name="search"),
    path("impostazioni/", settings.settings, name="settings"),
    path("posta/<folder:folder>/", lists.folder, name="folder"),
]
