"""Letters of no run as an application of Django's: a table of their own."""

from __future__ import annotations

from django.apps import AppConfig


class SinglesConfig(AppConfig):
    """``ristoro.notices.singles``, whose tables are named after ``singles``."""

    name = "ristoro.notices.singles"
    label = "singles"
