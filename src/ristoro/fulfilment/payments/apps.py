"""Payments as an application of Django's: tables of their own."""

from __future__ import annotations

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """``ristoro.fulfilment.payments``, whose tables are named after ``payments``."""

    name = "ristoro.fulfilment.payments"
    label = "payments"
