"""Records of the register and their entries, which are added to and never rewritten."""

from __future__ import annotations

from django.db import models


class Standing(models.TextChoices):
    """Where a record stands. Each is documented, whether the authority was told or not."""

    DRAFT = "draft"
    NOTIFIED = "notified"
    NOT_NOTIFIED = "not-notified"


class Kind(models.TextChoices):
    """What an entry says, in the order of article 33(3).

    ``SUPPLEMENT`` is what the authority was told after a first notification (article 33(4)).
    """

    DECLARED = "declared"
    NUMBERS = "numbers"
    NATURE = "nature"
    CONSEQUENCES = "consequences"
    RISK = "risk"
    MEASURES = "measures"
    PEOPLE_TOLD = "people-told"
    NOTIFIED = "notified"
    NOT_NOTIFIED = "not-notified"
    SUPPLEMENT = "supplement"


class Risk(models.TextChoices):
    """How likely harm to people is: of it depends whom the law has told (articles 33 and 34)."""

    UNLIKELY = "unlikely"
    LIKELY = "likely"
    HIGH = "high"


class Record(models.Model):
    """One outage in the register. ``due_at`` is 72 hours after ``aware_at`` (article 33(1))."""

    id = models.BigAutoField(primary_key=True)
    outage = models.CharField(max_length=80, unique=True)
    standing = models.CharField(max_length=12, choices=Standing)
    aware_at = models.DateTimeField()
    due_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=150)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="breach_clock_runs_forward",
                condition=models.Q(due_at__gt=models.F("aware_at")),
            )
        ]


class Entry(models.Model):
    """One thing written into a record, at one instant.

    ``data`` holds the figures of an entry that was drawn up from an outage or an estate.
    """

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(Record, models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField()
    words = models.TextField()
    data = models.JSONField()
    written_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["id"]
