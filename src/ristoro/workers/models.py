"""Chunks, which workers lease, and tallies, which say how far a run is."""

from __future__ import annotations

from django.db import models

from ristoro.remedies.models import Run


class Act(models.IntegerChoices):
    """What a chunk's rows want done, in the order in which a bucket does them."""

    GRANTS = 1
    NOTICES = 2
    RECONCILE = 3


class ChunkState(models.IntegerChoices):
    """Open chunks may be leased once ``not_before`` has come; leased ones when the lease ends.

    A done chunk with a ``not_before`` may be leased again then: some of its rows wait for others.
    """

    OPEN = 1
    LEASED = 2
    DONE = 3


class Chunk(models.Model):
    """About a thousand of the run's rows, ``lo <= id < hi``, leased and recorded as one.

    ``bucket`` is the first of its buckets; it has one alone, unless they hold few rows.
    The ids are of grants where the act is GRANTS, and of notices where it is NOTICES or RECONCILE.
    """

    run = models.ForeignKey(Run, models.DO_NOTHING, related_name="+")
    bucket = models.SmallIntegerField()
    act = models.SmallIntegerField(choices=Act)
    lo = models.BigIntegerField()
    hi = models.BigIntegerField()
    state = models.SmallIntegerField(choices=ChunkState)
    owner = models.CharField(max_length=36, blank=True)
    lease_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint("run", "act", "lo", name="chunk_once")]
        indexes = [
            models.Index(fields=["run", "state", "act", "id"], name="chunk_next"),
            models.Index(
                fields=["run", "not_before"],
                name="chunk_again",
                condition=models.Q(state=ChunkState.DONE, not_before__isnull=False),
            ),
        ]


class Tally(models.Model):
    """How many rows of one act, bucket and remedy stand in one state, and what they come to.

    Kept in the recording transaction. ``remedy`` is the remedy's position for grants, whose
    amounts have one unit only within a remedy; for notices it is the kind, and the amount is 0.
    """

    run = models.ForeignKey(Run, models.DO_NOTHING, related_name="+")
    act = models.SmallIntegerField(choices=Act)
    bucket = models.SmallIntegerField()
    remedy = models.SmallIntegerField()
    state = models.SmallIntegerField()
    rows = models.BigIntegerField()
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint("run", "act", "bucket", "remedy", "state", name="tally_once"),
        ]


class LoadedBucket(models.Model):
    """The marker that one bucket of a run is in: inserted with its rows, in one transaction."""

    run = models.ForeignKey(Run, models.DO_NOTHING, related_name="+")
    bucket = models.SmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("run", "bucket", name="bucket_loaded_once")]


class Snag(models.Model):
    """A row that did not go through: it is refused, deferred or unknown now.

    Kept in the recording transaction, beside the tallies: of nine million rows the few that a
    person should look at, in an order to page through. ``row_id`` is a grant's or a notice's, as
    ``act`` says. ``handled_*`` are of whoever said that nothing more is to be done, and why.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, models.DO_NOTHING, related_name="+", db_index=False)
    act = models.SmallIntegerField(choices=Act)
    state = models.SmallIntegerField()
    code = models.CharField(max_length=40)
    row_id = models.BigIntegerField()
    at = models.DateTimeField()
    handled_by = models.CharField(max_length=150, blank=True, db_default="")
    handled_at = models.DateTimeField(null=True)
    handled_because = models.CharField(max_length=500, blank=True, db_default="")

    class Meta:
        constraints = [models.UniqueConstraint("act", "row_id", name="snag_once")]
        indexes = [
            models.Index(fields=["run", "act", "state", "code", "row_id"], name="snag_in_order"),
            models.Index(
                fields=["run", "act", "state", "code"],
                name="snag_handled",
                condition=models.Q(handled_at__isnull=False),
            ),
        ]


class Heard(models.Model):
    """A message of the billing system that was heard: told again, it does nothing."""

    id = models.CharField(max_length=100, primary_key=True)
    at = models.DateTimeField(db_index=True)


class ErrandState(models.IntegerChoices):
    """Where an errand stands; it begins waiting and ends done, failed or cancelled."""

    WAITING = 1
    GOING = 2
    DONE = 3
    FAILED = 4
    CANCELLED = 5


class Errand(models.Model):
    """One long work that a person asked for on a page or by the API: an import, a decision.

    ``params`` is what to do, ``result`` what came of it, ``problems`` what stood against it; all
    by the errand's kind. ``key`` is the asker's own, so that asking twice is asking once. ``done``
    and ``total`` are of the ``step`` that was begun at ``step_at``.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=20)
    params = models.JSONField()
    person = models.CharField(max_length=150)
    person_id = models.BigIntegerField()
    state = models.SmallIntegerField(choices=ErrandState, default=ErrandState.WAITING)
    step = models.CharField(max_length=40, blank=True)
    step_at = models.DateTimeField(null=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    result = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    asked_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    owner = models.CharField(max_length=36, blank=True)
    lease_until = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["state", "id"], name="errand_next")]
