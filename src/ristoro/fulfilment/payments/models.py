"""Payments, the batches that they go to the bank in, and the bank's files that were read."""

from __future__ import annotations

from django.db import models

from ristoro.edges.billing.sepa.saying import PayeeAnswer


class PaymentState(models.IntegerChoices):
    """Where a payment stands; ``payments.states.MOVES`` has the lawful moves."""

    LISTED = 1
    """It goes with the next batch once its mailbox has an account."""
    HELD = 2
    """``why`` says what a person, or the holder, has to do first."""
    BATCHED = 3
    """In a prepared batch; nothing of it was written."""
    SENT = 4
    """In a released file. Whether it was made only the bank can say."""
    ACCEPTED = 5
    """The bank took it, and has not booked it yet."""
    BOOKED = 6
    REFUSED = 7
    RETURNED = 8
    """Booked, and sent back by the payee's bank."""
    WITHDRAWN = 9
    """No longer owed, before it went into a batch."""


class BatchState(models.IntegerChoices):
    """Where a batch stands."""

    PREPARED = 1
    RELEASED = 2
    DROPPED = 3


class Batch(models.Model):
    """Payments that go to the bank in one file, under ``name`` as its message id.

    ``total`` is in minor units of ``currency``. ``single_known`` is whether who prepared it said
    that they know it is of one payment. ``digest`` and ``octets`` are of the file, which is written
    when the batch is released. ``seal`` is drawn, with our key, from everything that goes into it
    (``sealing.Seal``). ``taken`` is how often the file was taken away, by whom and when last. The
    constraint holds the rule of two people against every path.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=35, unique=True)
    state = models.SmallIntegerField(choices=BatchState)
    count = models.IntegerField()
    total = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    execute_on = models.DateField()
    single_known = models.BooleanField(default=False)
    prepared_by = models.CharField(max_length=150)
    prepared_by_id = models.BigIntegerField()
    prepared_by_number = models.CharField(max_length=40, blank=True)
    prepared_at = models.DateTimeField()
    released_by = models.CharField(max_length=150, blank=True)
    released_by_id = models.BigIntegerField(null=True)
    released_at = models.DateTimeField(null=True)
    dropped_reason = models.CharField(max_length=500, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    octets = models.BigIntegerField(default=0)
    seal = models.CharField(max_length=64, blank=True)
    taken = models.IntegerField(default=0)
    taken_by = models.CharField(max_length=150, blank=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="batch_two_people",
                condition=models.Q(released_by="")
                | (
                    ~models.Q(released_by=models.F("prepared_by"))
                    & ~models.Q(released_by_id=models.F("prepared_by_id"))
                ),
            ),
        ]


class Payment(models.Model):
    """One sum owed to one mailbox, under the key of what it is owed for.

    ``amount`` is in minor units of ``currency``; ``about`` is what the bank tells the payee.
    ``end_to_end`` names this attempt at the bank (``asking.reference_of``). ``payee`` is the
    fingerprint of the account that was last batched or answered for. ``why`` is what it is held
    for, or the bank's code; ``reason`` is a person's, for paying or trying again nevertheless.
    ``suggested`` is the name that the payee's bank gave, sealed. ``booking`` is the bank's own
    reference of the booking. ``told`` is whether whoever asked was told that it is done.
    ``since`` is when it came into its state.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=100, unique=True)
    end_to_end = models.CharField(max_length=35, unique=True)
    attempt = models.SmallIntegerField(default=1)
    mailbox_id = models.BigIntegerField()
    bucket = models.SmallIntegerField()
    address = models.CharField(max_length=254)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    nature = models.CharField(max_length=20)
    about = models.CharField(max_length=140)
    state = models.SmallIntegerField(choices=PaymentState)
    why = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    payee = models.CharField(max_length=32, blank=True)
    answer = models.SmallIntegerField(
        choices=[(one.value, one.name) for one in PayeeAnswer], null=True
    )
    suggested = models.TextField(blank=True)
    batch = models.ForeignKey(Batch, models.DO_NOTHING, related_name="+", null=True)
    booking = models.CharField(max_length=60, blank=True)
    told = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    since = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["state", "id"], name="payments_by_state"),
            models.Index(fields=["mailbox_id"], name="payments_of_mailbox"),
        ]
        constraints = [
            models.CheckConstraint(
                name="payment_amount",
                condition=models.Q(amount__gte=1, amount__lte=99_999_999_999),
            ),
        ]


class Attempt(models.Model):
    """A payment that the bank refused or sent back, kept when it is tried once more."""

    id = models.BigAutoField(primary_key=True)
    payment = models.ForeignKey(Payment, models.DO_NOTHING, related_name="+")
    number = models.SmallIntegerField()
    end_to_end = models.CharField(max_length=35, unique=True)
    batch = models.ForeignKey(Batch, models.DO_NOTHING, related_name="+")
    state = models.SmallIntegerField(choices=PaymentState)
    why = models.CharField(max_length=40)
    ended_at = models.DateTimeField()


class BankFile(models.Model):
    """A file of the bank's, known by its digest; ``applied_at`` is null until it was applied.

    It says ``lines`` things. ``looked`` is what it would have changed when it was looked at.
    ``done`` of them were applied, begun at ``begun_at``; ``counts`` is how many of these did what
    (``effects``), written with what they did, so that whoever goes on goes on from there.
    """

    id = models.BigAutoField(primary_key=True)
    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    message_id = models.CharField(max_length=35)
    octets = models.BigIntegerField()
    received_by = models.CharField(max_length=150)
    received_at = models.DateTimeField()
    applied_by = models.CharField(max_length=150, blank=True)
    applied_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    lines = models.IntegerField(default=0)
    looked = models.JSONField(default=dict)
    looked_at = models.DateTimeField(null=True)
    done = models.IntegerField(default=0)
    begun_at = models.DateTimeField(null=True)


class Stray(models.Model):
    """A line of a bank's file that changed nothing and is not simply known already.

    ``code`` says what it is (``effects.STRAYS``); nothing that the bank says is dropped. ``place``
    counts what the file says from 0; ``line`` is where it says so.
    """

    id = models.BigAutoField(primary_key=True)
    file = models.ForeignKey(BankFile, models.CASCADE, related_name="+")
    place = models.IntegerField()
    line = models.IntegerField()
    end_to_end = models.CharField(max_length=35)
    code = models.CharField(max_length=20)
    said = models.CharField(max_length=20)
    amount = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    text = models.CharField(max_length=500, blank=True)
    handled_by = models.CharField(max_length=150, blank=True)
    handled_reason = models.CharField(max_length=500, blank=True)
    handled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("file", "place", "end_to_end", name="stray_once")]
