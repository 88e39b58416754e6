"""The register as an application of Django's: tables of its own."""

from __future__ import annotations

from django.apps import AppConfig


class BreachesConfig(AppConfig):
    """``ristoro.outages.breaches``, whose tables are named after ``breaches``."""

    name = "ristoro.outages.breaches"
    label = "breaches"
