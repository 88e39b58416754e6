"""Incidents as an application of Django's: tables of their own."""

from __future__ import annotations

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """``ristoro.outages.incidents``, whose tables are named after ``incidents``."""

    name = "ristoro.outages.incidents"
    label = "incidents"
