"""The addresses of the public pages; their words are translated with the page."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from ristoro.faces.status import views

app_name = "status"
urlpatterns = [
    path("", views.programmes, name="programmes"),
    path(_("remedies/<slug:name>/"), views.programme, name="programme"),
    path(_("remedies/<slug:name>.json"), views.programme_data, name="programme-data"),
    path(_("check/"), views.check, name="check"),
]
