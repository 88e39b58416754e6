"""Payees as an application of Django's: a table of their own."""

from __future__ import annotations

from django.apps import AppConfig


class PayeesConfig(AppConfig):
    """``ristoro.fulfilment.payees``, whose tables are named after ``payees``."""

    name = "ristoro.fulfilment.payees"
    label = "payees"
