"""Incidents and their updates; what an update said before a correction is kept beside it."""

from __future__ import annotations

from django.db import models


class Incident(models.Model):
    """An incident or a planned maintenance, with its title in both languages.

    ``code`` is what the public API calls it, ``slug`` what its page is called. ``kind``, ``impact``
    and ``phase`` are of ``incidents.states``; ``phase`` and the times follow the last update.
    ``outage`` is the name of the declared outage that it is about, or empty.
    """

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=12, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=12)
    impact = models.CharField(max_length=12)
    phase = models.CharField(max_length=14)
    title_it = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    outage = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    started_at = models.DateTimeField()
    monitoring_at = models.DateTimeField(null=True)
    over_at = models.DateTimeField(null=True)
    scheduled_for = models.DateTimeField(null=True)
    scheduled_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "-started_at"], name="incidents_by_start")]
        constraints = [
            models.CheckConstraint(
                name="incident_in_both_languages",
                condition=~models.Q(title_it="") & ~models.Q(title_en=""),
            )
        ]


class Update(models.Model):
    """One thing told about an incident, at one instant, in both languages.

    The texts are those of the last correction, where there is one.
    ``changes`` lists ``{"brand", "component", "old", "new"}``: which components this update moved
    from which condition to which, in the order of the board.
    """

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=12, unique=True)
    incident = models.ForeignKey(Incident, models.CASCADE, related_name="updates")
    phase = models.CharField(max_length=14)
    body_it = models.TextField()
    body_en = models.TextField()
    at = models.DateTimeField()
    changes = models.JSONField()
    written_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["-at"], name="updates_by_at")]
        constraints = [
            models.CheckConstraint(
                name="update_in_both_languages",
                condition=~models.Q(body_it="") & ~models.Q(body_en=""),
            )
        ]


class Correction(models.Model):
    """What an update said before ``at``, in both languages, and who corrected it then."""

    id = models.BigAutoField(primary_key=True)
    update = models.ForeignKey(Update, models.CASCADE, related_name="corrections")
    body_it = models.TextField()
    body_en = models.TextField()
    at = models.DateTimeField()
    corrected_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["-at", "-id"]


class Draft(models.Model):
    """What somebody is writing: the first update of a new incident, or the next of an open one.

    ``fields`` are texts as they were typed, by the names of ``drafts.FIELDS``. ``version`` grows
    with each saving, so that two people do not overwrite each other. ``published`` is the update
    that came of it, after which it is not written on.
    """

    id = models.BigAutoField(primary_key=True)
    incident = models.ForeignKey(Incident, models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=12)
    fields = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=150)
    published = models.OneToOneField(Update, models.CASCADE, null=True, related_name="+")

    @property
    def title(self) -> str:
        """What it is called in lists, in Italian or else in English; empty where not yet said."""
        if self.incident is not None:
            return self.incident.title_it
        titles = (self.fields.get(f"title.{lang}", "").strip() for lang in ("it", "en"))
        return next((title for title in titles if title), "")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "incident",
                name="draft_one_for_an_incident",
                condition=models.Q(published=None) & ~models.Q(incident=None),
            )
        ]
