"""Calls, what was done in them, and requests to be called: few rows, of the last months."""

from __future__ import annotations

from django.db import models


class Search(models.Model):
    """An agent looked for a mailbox; it is counted, so that nobody tries a list of addresses."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.BigIntegerField()
    at = models.DateTimeField()
    found = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["person_id", "at"], name="searches_by_person")]


class Call(models.Model):
    """One agent speaks with somebody about one mailbox, until ``ended_at`` or until it is too old.

    ``nonce`` is what the code of the call is made with: the code itself is nowhere. ``codes`` and
    ``tries`` count the codes made and the wrong ones typed of the last. ``means`` is how the caller
    was verified: ``code``, or one of the brand's own. ``ended`` and ``about`` are of
    ``callers.calls``; ``callback_id`` is of the request that this call answers.
    """

    id = models.BigAutoField(primary_key=True)
    person_id = models.BigIntegerField()
    person = models.CharField(max_length=150)
    mailbox_id = models.BigIntegerField()
    address = models.CharField(max_length=254)
    brand = models.CharField(max_length=40)
    locale = models.CharField(max_length=5)
    begun_at = models.DateTimeField()
    callback_id = models.BigIntegerField(null=True)
    nonce = models.CharField(max_length=32, blank=True)
    code_at = models.DateTimeField(null=True)
    codes = models.SmallIntegerField(default=0)
    tries = models.SmallIntegerField(default=0)
    verified_at = models.DateTimeField(null=True)
    means = models.CharField(max_length=40, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended = models.CharField(max_length=12, blank=True)
    about = models.CharField(max_length=12, blank=True)

    class Meta:
        indexes = [models.Index(fields=["address", "-begun_at"], name="calls_by_address")]
        constraints = [
            models.UniqueConstraint(
                "person_id", name="call_one_a_person", condition=models.Q(ended_at__isnull=True)
            )
        ]


class Deed(models.Model):
    """Something that a call did: ``what`` is of ``callers.calls``, ``number`` what it is known by.

    ``key`` is that of the form, so that a form that is sent twice does it once.
    """

    id = models.BigAutoField(primary_key=True)
    call = models.ForeignKey(Call, models.CASCADE, related_name="deeds")
    key = models.CharField(max_length=64)
    what = models.CharField(max_length=12)
    number = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint("call", "key", name="deed_once")]


class Callback(models.Model):
    """A request to be called, between two instants, at a number in E.164.

    ``state`` is of ``callers.callbacks``; ``tries`` counts calls that nobody answered.
    """

    id = models.BigAutoField(primary_key=True)
    asked_at = models.DateTimeField()
    mailbox_id = models.BigIntegerField()
    address = models.CharField(max_length=254)
    brand = models.CharField(max_length=40)
    locale = models.CharField(max_length=5)
    number = models.CharField(max_length=20)
    words = models.CharField(max_length=500)
    begins = models.DateTimeField()
    due = models.DateTimeField()
    state = models.CharField(max_length=12)
    tries = models.SmallIntegerField(default=0)
    taken_by = models.CharField(max_length=150, blank=True)
    taken_by_id = models.BigIntegerField(null=True)
    taken_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "due", "id"], name="callbacks_by_due"),
            models.Index(fields=["address", "-asked_at"], name="callbacks_by_address"),
        ]
