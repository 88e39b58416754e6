"""The letters that are of no run, one row each."""

from __future__ import annotations

from django.db import models

from ristoro.notices.models import NoticeState


class Single(models.Model):
    """One letter to one mailbox. ``kind`` is the folder of its templates, ``words`` what they name.

    ``key`` says what it tells of, so that it is posted once. ``at`` is its Date; ``tries`` counts
    deposits that did not go through, ``next_at`` is when the next one is due.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=60, unique=True)
    mailbox_id = models.BigIntegerField()
    bucket = models.SmallIntegerField()
    address = models.CharField(max_length=254)
    brand = models.CharField(max_length=40)
    locale = models.CharField(max_length=5)
    kind = models.CharField(max_length=40)
    words = models.JSONField()
    at = models.DateTimeField()
    state = models.SmallIntegerField(choices=NoticeState)
    result = models.CharField(max_length=40, blank=True)
    since = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0)
    next_at = models.DateTimeField()
    body_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["address"], name="single_by_address"),
            models.Index(fields=["mailbox_id"], name="single_by_mailbox"),
            models.Index(fields=["state", "next_at"], name="single_due"),
        ]
