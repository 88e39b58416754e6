"""Notices: one row for each letter that a run owes a mailbox, loaded in bulk, moved in chunks."""

from __future__ import annotations

from datetime import date

from django.db import models

from ristoro.remedies.models import Run


class NoticeState(models.IntegerChoices):
    """Where a notice stands; ``notices.states.MOVES`` has the lawful moves.

    ``SENDING`` is written before the deposit begins: a worker that dies leaves rows in it, and
    whoever takes them over looks before anything else.
    """

    PLANNED = 1
    SENDING = 2
    ACCEPTED = 3
    VERIFIED = 4
    DEFERRED = 5
    REFUSED = 6
    UNKNOWN = 7
    WITHHELD = 8


OF_ALL = -1
"""``Notice.about`` of a letter that speaks of everything the run gives its mailbox."""

NO_DAY = date(1970, 1, 1)
"""``Notice.day`` of a letter that is no reminder."""


class Wording(models.Model):
    """The letters of a run as everybody may read them: ``specimens.Specimen``, drawn up once.

    ``digest`` is of ``letters``, and stands in the journal when they become public.
    """

    run = models.OneToOneField(Run, models.DO_NOTHING, related_name="+")
    letters = models.JSONField()
    digest = models.CharField(max_length=64)
    drawn_at = models.DateTimeField()


class Notice(models.Model):
    """A letter of one run to one mailbox. Its words and figures are made from the grants.

    ``about`` is the position of the one remedy that a follow-up letter or a reminder speaks of,
    ``day`` the day of a reminder, ``since`` when it came into its state; null in its first.
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
    kind = models.SmallIntegerField()
    about = models.SmallIntegerField(db_default=OF_ALL)
    day = models.DateField(db_default=NO_DAY)
    state = models.SmallIntegerField(choices=NoticeState)
    result = models.CharField(max_length=40)
    since = models.DateTimeField(null=True)
    body_hash = models.CharField(max_length=64)
    uid = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("mailbox_id", "run", "kind", "about", "day", name="notice_once")
        ]
        # For whoever knows an address and no id: the public check of a code, the desk.
        indexes = [models.Index(fields=["address"], name="notice_by_address")]
