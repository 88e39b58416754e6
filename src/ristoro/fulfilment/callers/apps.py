"""Callers as an application of Django's: tables of their own."""

from __future__ import annotations

from django.apps import AppConfig


class CallersConfig(AppConfig):
    """``ristoro.fulfilment.callers``, whose tables are named after ``callers``."""

    name = "ristoro.fulfilment.callers"
    label = "callers"
