"""The browsers of staff as an application of Django's: a table of its own."""

from __future__ import annotations

from django.apps import AppConfig


class BrowsersConfig(AppConfig):
    """``ristoro.staff.browsers``, whose tables are named after ``browsers``."""

    name = "ristoro.staff.browsers"
    label = "browsers"
