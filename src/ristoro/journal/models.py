"""The journal's two tables: the chain, which is never edited, and the data it vouches for."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One change: who did what to what. ``hash`` covers the row and ``previous``, the row before.

    ``number`` counts from 1 without gaps.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    name = models.CharField(max_length=80)
    subject = models.CharField(max_length=200)
    data_hash = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes = [models.Index(fields=["subject", "number"], name="journal_subject")]


class Detail(models.Model):
    """What an entry says in detail; may be shredded, and then only its hash remains.

    ``salt`` is hashed with the data and goes with it, so that nobody can guess what was shredded
    by hashing every likely address.
    """

    number = models.BigIntegerField(primary_key=True)
    salt = models.CharField(max_length=32, blank=True)
    data = models.JSONField(null=True)
    shredded_at = models.DateTimeField(null=True)
    shredded_because = models.CharField(max_length=200, blank=True)
