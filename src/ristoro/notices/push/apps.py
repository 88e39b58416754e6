"""The push subscriptions as an application of Django's: a table of its own."""

from __future__ import annotations

from django.apps import AppConfig


class PushConfig(AppConfig):
    """``ristoro.notices.push``, whose tables are named after ``push``."""

    name = "ristoro.notices.push"
    label = "push"
