"""Claims as an application of Django's: tables of their own."""

from __future__ import annotations

from django.apps import AppConfig


class ClaimsConfig(AppConfig):
    """``ristoro.claims``, whose tables are named after ``claims``."""

    name = "ristoro.claims"
    label = "claims"
