"""Reports of faults: one row for each time a holder said that something does not work."""

from __future__ import annotations

from django.db import models


class Report(models.Model):
    """What a holder said, and what was known of the mailbox then.

    ``way`` is one of ``outages.columns.COMPONENTS``; ``store`` is empty where no run has the
    mailbox, and ``browser`` where it has no name. ``since`` is when it began, as the holder
    remembers.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    since = models.DateTimeField()
    way = models.CharField(max_length=20)
    words = models.CharField(max_length=2000)
    address = models.CharField(max_length=254)
    brand = models.CharField(max_length=40)
    store = models.CharField(max_length=40)
    browser = models.CharField(max_length=60)

    class Meta:
        indexes = [
            models.Index(fields=["address", "at"], name="reports_by_address"),
            models.Index(fields=["at"], name="reports_by_at"),
        ]
