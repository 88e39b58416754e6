"""Webhooks: who is told, of what, by which secret, and how far they have been told."""

from __future__ import annotations

from django.db import models


class Webhook(models.Model):
    """One receiver of events.

    ``told`` is the number of the last entry of the journal that it has, or that it does not ask
    about: the journal itself is the queue, so that nothing is queued twice and order is kept.
    ``events`` lists types; an empty list is all. Secrets are encrypted. ``next_at`` is when it may
    be tried, ``failing_since`` and ``tries`` are of the event that it does not take, ``trouble``
    what it said last. A disabled one waits for a person.
    """

    id = models.BigAutoField(primary_key=True)
    url = models.CharField(max_length=500)
    events = models.JSONField(default=list)
    secret = models.TextField()
    old_secret = models.TextField(blank=True)
    old_until = models.DateTimeField(null=True)
    told = models.BigIntegerField()
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)
    delivered_at = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    owner = models.CharField(max_length=36, blank=True)
    lease_until = models.DateTimeField(null=True)
    added_by = models.CharField(max_length=150)
    added_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["disabled_at", "next_at"], name="hooks_next")]
