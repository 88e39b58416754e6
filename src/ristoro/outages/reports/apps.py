"""The reports of holders as an application of Django's: a table of its own."""

from __future__ import annotations

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """``ristoro.outages.reports``, whose table is named after ``reports``."""

    name = "ristoro.outages.reports"
    label = "reports"
