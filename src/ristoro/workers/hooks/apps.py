"""The webhooks as one of Django's applications."""

from __future__ import annotations

from django.apps import AppConfig


class HooksConfig(AppConfig):
    """Holds the table of webhooks."""

    name = "ristoro.workers.hooks"
    label = "hooks"
