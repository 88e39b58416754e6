"""Grants and consents: per-mailbox rows, keyed by mailbox, loaded in bulk, moved in chunks."""

from __future__ import annotations

from django.db import models

from ristoro.remedies.models import Run


class GrantKind(models.IntegerChoices):
    """What is given; ``amount`` is in bytes, months, days, or minor units of ``currency``."""

    STORAGE = 1
    EXTENSION = 2
    SERVICE_DAYS = 3
    CREDIT = 4
    REFUND = 5
    INDEMNITY = 6


class Consent(models.IntegerChoices):
    """What must happen before the grant is made."""

    AUTOMATIC = 0
    CONFIRM = 1
    CLAIM = 2


class GrantState(models.IntegerChoices):
    """Where a grant stands; ``fulfilment.states.MOVES`` has the lawful moves."""

    WAITING = 1
    PLANNED = 2
    SENDING = 3
    APPLIED = 4
    VERIFIED = 5
    DEFERRED = 6
    REFUSED = 7
    UNKNOWN = 8
    DECLINED = 9
    REVERSED = 10
    LAPSED = 11


class Grant(models.Model):
    """One remedy for one mailbox: an absolute target from a recorded base (promise 5).

    ``id`` is ``kernel.keys.row_id``; ``remedy`` is the position, from 0, of the remedy in the
    run's policy. ``base`` and ``target`` are bytes; ``base_until`` and ``until`` are days.
    ``since`` is when it came into its state, null as long as it is in its first.
    """

    id = models.BigIntegerField(primary_key=True)
    run = models.ForeignKey(
        Run, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    mailbox_id = models.BigIntegerField()
    bucket = models.SmallIntegerField()
    address = models.CharField(max_length=254)
    brand = models.CharField(max_length=40)
    locale = models.CharField(max_length=5)
    remedy = models.SmallIntegerField()
    kind = models.SmallIntegerField(choices=GrantKind)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    base = models.BigIntegerField(null=True)
    target = models.BigIntegerField(null=True)
    base_until = models.DateField(null=True)
    until = models.DateField(null=True)
    consent = models.SmallIntegerField(choices=Consent)
    deadline = models.DateField(null=True)
    state = models.SmallIntegerField(choices=GrantState)
    result = models.CharField(max_length=40)
    since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("mailbox_id", "run", "remedy", name="grant_once"),
        ]


class Route(models.Model):
    """By which way a grant of money is paid, as it was decided before anything went by it.

    ``channel`` is ``bill``, ``credit`` or ``transfer``, ``code`` by what it was chosen
    (``ways.choose``). It is written once, and anew only where the way was refused.
    """

    grant_id = models.BigIntegerField(primary_key=True)
    run = models.ForeignKey(
        Run, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    mailbox_id = models.BigIntegerField()
    bucket = models.SmallIntegerField()
    channel = models.CharField(max_length=12)
    code = models.CharField(max_length=40)
    at = models.DateTimeField()


class Answer(models.Model):
    """A holder's yes or no to one grant, with the channel it came by and the proof of it.

    ``reason`` is what the holder wrote beside a no, in their own words; empty for most.
    """

    mailbox_id = models.BigIntegerField()
    bucket = models.SmallIntegerField()
    run = models.ForeignKey(
        Run, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    remedy = models.SmallIntegerField()
    yes = models.BooleanField()
    channel = models.CharField(max_length=40)
    proof = models.CharField(max_length=500)
    reason = models.CharField(max_length=500, blank=True, db_default="")
    recorded_by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("mailbox_id", "run", "remedy", name="answer_once"),
        ]


class Reversal(models.Model):
    """A made grant to be taken back: who asked and why, who else agreed, and how it ended.

    ``result`` is empty until it was tried, ``done`` once the grant is reversed, else the code of
    what stood against it. The constraint holds the rule of two people against every path.
    """

    mailbox_id = models.BigIntegerField()
    bucket = models.SmallIntegerField()
    run = models.ForeignKey(
        Run, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    remedy = models.SmallIntegerField()
    reason = models.CharField(max_length=500)
    asked_by = models.CharField(max_length=150)
    asked_by_id = models.BigIntegerField()
    asked_at = models.DateTimeField()
    approved_by = models.CharField(max_length=150, blank=True)
    approved_by_id = models.BigIntegerField(null=True)
    approved_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("mailbox_id", "run", "remedy", name="reversal_once"),
            models.CheckConstraint(
                name="reversal_two_people",
                condition=models.Q(approved_by="")
                | (
                    ~models.Q(approved_by=models.F("asked_by"))
                    & ~models.Q(approved_by_id=models.F("asked_by_id"))
                ),
            ),
        ]


class Mismatch(models.Model):
    """A made grant that the world did not show, at the last full reading, as its row says.

    ``code`` and ``text`` say what was seen. ``reason`` is why a person left it so, or how they
    mended it; empty as long as nobody has. What a later reading finds in order is deleted.
    """

    id = models.BigAutoField(primary_key=True)
    mailbox_id = models.BigIntegerField()
    bucket = models.SmallIntegerField()
    run = models.ForeignKey(
        Run, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    remedy = models.SmallIntegerField()
    address = models.CharField(max_length=254)
    code = models.CharField(max_length=40)
    text = models.CharField(max_length=500)
    found_at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    handled_by = models.CharField(max_length=150, blank=True)
    handled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("mailbox_id", "run", "remedy", name="mismatch_once"),
        ]
        indexes = [models.Index(fields=["run", "id"], name="mismatch_of_run")]


class Report(models.Model):
    """A closing report as it was drawn up: canonical JSON, kept with its SHA-256, never changed."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, models.DO_NOTHING, related_name="+", db_index=False)
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    body = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["run", "id"], name="report_of_run")]
