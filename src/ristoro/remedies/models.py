"""Runs: one decision over one snapshot, one outage version and one policy version."""

from __future__ import annotations

from django.db import models


class RunState(models.IntegerChoices):
    """Where a run stands. ``MOVES`` has the lawful moves; pausing is a flag beside the state."""

    LOADING = 1
    LOADED = 2
    APPROVED = 3
    ACTING = 4
    CLOSED = 5
    CANCELLED = 6


MOVES: frozenset[tuple[RunState, RunState]] = frozenset(
    {
        (RunState.LOADING, RunState.LOADED),
        (RunState.LOADING, RunState.CANCELLED),
        (RunState.LOADED, RunState.APPROVED),
        (RunState.LOADED, RunState.CANCELLED),
        (RunState.APPROVED, RunState.ACTING),
        (RunState.APPROVED, RunState.CANCELLED),
        (RunState.ACTING, RunState.CLOSED),
    }
)


class Run(models.Model):
    """A decided run in the database; what it gives are its grants, which are loaded in bulk.

    ``entered_by_id`` and ``approved_by_id`` are the people's ids, kept because names can change.
    ``published_at`` is since when its page of facts is public, without which nothing of it begins.
    ``acts_from`` is until when an approval waits to be acted on, null where it does not.
    The constraints hold the rule of two people against every path, this program's or not.
    """

    id = models.AutoField(primary_key=True)
    name = models.CharField(max_length=40, unique=True)
    directory = models.CharField(max_length=500)
    snapshot_digest = models.CharField(max_length=64)
    outage_digest = models.CharField(max_length=64)
    policy_digest = models.CharField(max_length=64)
    outcomes_digest = models.CharField(max_length=64)
    totals = models.JSONField()
    approval_total = models.CharField(max_length=500)
    state = models.SmallIntegerField(choices=RunState)
    paused = models.BooleanField(default=False)
    rate_per_second = models.PositiveIntegerField(null=True)
    entered_by = models.CharField(max_length=150)
    entered_by_id = models.BigIntegerField(null=True)
    entered_at = models.DateTimeField()
    approved_by = models.CharField(max_length=150, blank=True)
    approved_by_id = models.BigIntegerField(null=True)
    approved_at = models.DateTimeField(null=True)
    acts_from = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=150, blank=True)
    published_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="run_two_people",
                condition=models.Q(approved_by="")
                | ~models.Q(approved_by=models.F("entered_by"))
                & (
                    models.Q(approved_by_id=None)
                    | models.Q(entered_by_id=None)
                    | ~models.Q(approved_by_id=models.F("entered_by_id"))
                ),
            ),
            models.CheckConstraint(
                name="run_approved_before_acting",
                condition=~models.Q(state__in=(RunState.APPROVED, RunState.ACTING, RunState.CLOSED))
                | ~models.Q(approved_by=""),
            ),
        ]


class Part(models.TextChoices):
    """What somebody did towards a run, and so can never approve it."""

    DECIDED = "decided"
    ENTERED = "entered"


class Hand(models.Model):
    """Somebody who had a hand in a run: who it was then, under any name since.

    ``number`` is which human the person is, as ``staff.Identity`` has it; empty where unknown.
    """

    run = models.ForeignKey(Run, models.DO_NOTHING, related_name="+")
    part = models.CharField(max_length=10, choices=Part)
    person = models.CharField(max_length=150)
    person_id = models.BigIntegerField()
    number = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("run", "part", "person_id", name="run_hand_once")]
