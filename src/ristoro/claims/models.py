"""Claims for damages and what belongs to them: rows keyed by mailbox, each written by few hands."""

from __future__ import annotations

from django.db import models

from ristoro.fulfilment.models import GrantKind, GrantState
from ristoro.remedies.models import Run


class ClaimState(models.IntegerChoices):
    """Where a claim stands; ``claims.states.MOVES`` has the lawful moves."""

    DRAFT = 1
    FILED = 2
    EXAMINED = 3
    """A finding is written, and waits for a second person, or to be carried out."""
    SETTLED = 4
    REFUSED = 5
    APPEALED = 6
    WITHDRAWN = 7


class Lost(models.IntegerChoices):
    """What the holder says was lost; ``NOT_SAID`` only as long as the claim is a draft."""

    NOT_SAID = 0
    MAIL_NEVER_CAME = 1
    MAIL_CAME_LATE = 2
    COULD_NOT_SEND = 3
    COULD_NOT_SIGN_IN = 4
    OTHER = 5


class CostKind(models.IntegerChoices):
    """What the amount is made of; ``NOT_SAID`` only as long as the claim is a draft."""

    NOT_SAID = 0
    PAID = 1
    """Money that was spent, or had to be paid."""
    LOST_EARNINGS = 2
    """Money that did not come: a job, a sale, a prize."""
    OTHER = 3


class Claim(models.Model):
    """What one mailbox's holder says that an outage cost them, from the first word typed.

    ``key`` is that of the form that began it, so that it is begun once. ``number``, as
    ``R-2023-000123``, is empty until it is filed. ``outage`` and ``outage_digest`` are of the
    outage's file as the run was decided on it; ``run`` is null where no run has it. ``cost_minor``
    is in minor units of ``currency``. ``evidence_digest`` is of the row of ``Evidence`` that was
    frozen when it was filed, empty before. ``since`` is when it came into its state.
    ``appeal_of`` is the finding that the last appeal is against, null where there is none.
    """

    id = models.BigAutoField(primary_key=True)
    mailbox_id = models.BigIntegerField()
    bucket = models.SmallIntegerField()
    key = models.CharField(max_length=64)
    number = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=254)
    brand = models.CharField(max_length=40)
    locale = models.CharField(max_length=5)
    outage = models.CharField(max_length=80)
    outage_digest = models.CharField(max_length=64)
    run = models.ForeignKey(
        Run, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, null=True
    )
    lost = models.SmallIntegerField(choices=Lost, default=Lost.NOT_SAID)
    counterparty = models.CharField(max_length=254, blank=True)
    happened_on = models.DateField(null=True)
    cost_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    cost_kind = models.SmallIntegerField(choices=CostKind, default=CostKind.NOT_SAID)
    how = models.TextField(blank=True)
    state = models.SmallIntegerField(choices=ClaimState)
    since = models.DateTimeField()
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    filed_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    evidence_digest = models.CharField(max_length=64, blank=True)
    appeal_of = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("mailbox_id", "key", name="claim_once"),
            models.CheckConstraint(
                name="claim_numbered",
                condition=models.Q(state=ClaimState.DRAFT, number="", filed_at__isnull=True)
                | (~models.Q(state=ClaimState.DRAFT) & ~models.Q(number="")),
            ),
        ]
        indexes = [
            models.Index(fields=["number"], name="claims_by_number"),
            models.Index(fields=["address", "-id"], name="claims_by_address"),
            models.Index(fields=["state", "due_on", "id"], name="claims_by_due"),
            # Lists of several states, by the clock: without it each page would sort all of them.
            models.Index(
                fields=["due_on", "id"],
                name="claims_undecided_by_due",
                condition=models.Q(
                    state__in=[ClaimState.FILED, ClaimState.EXAMINED, ClaimState.APPEALED]
                ),
            ),
        ]


class Numbering(models.Model):
    """The last number given to a claim in a year; its row is locked while the next is given."""

    year = models.SmallIntegerField(primary_key=True)
    last = models.IntegerField()


class Document(models.Model):
    """One file that a holder adds to a claim, as it was sent.

    ``digest`` is the SHA-256 of its bytes, ``size`` their number, ``kind`` the type that the bytes
    show, ``name`` what the holder calls it. The bytes lie encrypted in a file that is named
    ``sealed``, the SHA-256 of that file; ``secret`` opens it, so that a row that is gone leaves
    nothing to read. ``scan`` is of ``claims.scanning.Verdict``.
    """

    id = models.BigAutoField(primary_key=True)
    mailbox_id = models.BigIntegerField()
    bucket = models.SmallIntegerField()
    claim = models.ForeignKey(Claim, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    sealed = models.CharField(max_length=64)
    secret = models.BinaryField(max_length=32)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    size = models.BigIntegerField()
    scan = models.CharField(max_length=20)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("mailbox_id", "claim", "digest", name="document_once"),
        ]


class Evidence(models.Model):
    """What was found for a mailbox and a window when a claim was filed, never changed.

    ``body`` is canonical JSON, ``digest`` its SHA-256.
    """

    id = models.BigAutoField(primary_key=True)
    mailbox_id = models.BigIntegerField()
    bucket = models.SmallIntegerField()
    claim = models.ForeignKey(Claim, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    body = models.TextField()
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("mailbox_id", "claim", "digest", name="evidence_once"),
        ]


class Note(models.Model):
    """One line of a claim's own diary: ``what`` happened, by whom, and what was written of it.

    ``by`` is ``holder``, ``ristoro`` or the name of a person who works here; ``shown`` says whether
    the holder reads it too. ``key`` makes what a form sends twice stand once.
    """

    id = models.BigAutoField(primary_key=True)
    mailbox_id = models.BigIntegerField()
    bucket = models.SmallIntegerField()
    claim = models.ForeignKey(Claim, models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    what = models.CharField(max_length=40)
    by = models.CharField(max_length=150)
    text = models.TextField(blank=True)
    shown = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("mailbox_id", "claim", "key", name="note_once")]


class Finding(models.Model):
    """What a person found of a claim, and decided; a new one for every appeal (``round`` from 1).

    ``amount_minor`` is what is owed before the set-off, ``set_off_minor`` what was already given
    for the same loss. ``reasons`` is what the holder reads. A second person agrees or sends it
    back (``agreed_by``); the constraint holds two people apart against every path.
    ``outcome`` is of ``claims.reasons.Outcome``, ``codes`` of its closed list; ``words`` is what
    the examiner wrote beside them. ``given`` lists what was set off. ``second`` says whether it
    waits for a second person, ``sent_back_at`` that it was sent back, and never carried out.
    ``together`` is the decision for identical facts that it is part of. ``in_kind`` is what it
    offers in kind (``claims.offers.Gift``), empty where nothing.
    """

    id = models.BigAutoField(primary_key=True)
    mailbox_id = models.BigIntegerField()
    bucket = models.SmallIntegerField()
    claim = models.ForeignKey(Claim, models.CASCADE, related_name="+")
    round = models.SmallIntegerField()
    accepted = models.BooleanField()
    amount_minor = models.BigIntegerField()
    set_off_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reasons = models.TextField()
    outcome = models.CharField(max_length=20, default="")
    codes = models.JSONField(default=list)
    words = models.TextField(blank=True, default="")
    given = models.JSONField(default=list)
    evidence_digest = models.CharField(max_length=64, blank=True, default="")
    in_kind = models.JSONField(default=dict)
    second = models.BooleanField(default=False)
    sent_back_at = models.DateTimeField(null=True)
    together = models.BigIntegerField(null=True)
    found_by = models.CharField(max_length=150)
    found_by_id = models.BigIntegerField()
    found_at = models.DateTimeField()
    agreed_by = models.CharField(max_length=150, blank=True)
    agreed_by_id = models.BigIntegerField(null=True)
    agreed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("mailbox_id", "claim", "round", name="finding_once"),
            models.CheckConstraint(
                name="finding_two_people",
                condition=models.Q(agreed_by="")
                | (
                    ~models.Q(agreed_by=models.F("found_by"))
                    & ~models.Q(agreed_by_id=models.F("found_by_id"))
                ),
            ),
        ]


class Settlement(models.Model):
    """A sum that is owed for a finding, of nature damages, and how its payment stands.

    ``amount`` is in minor units of ``currency``. ``key`` is what the payment is known by at the
    bank; ``state`` and ``result`` say how it stands. The sum in whose place an ``Offer`` can be had
    has a row of its own: it waits for the choice, and is replaced by a yes.
    """

    id = models.BigAutoField(primary_key=True)
    mailbox_id = models.BigIntegerField()
    bucket = models.SmallIntegerField()
    claim = models.ForeignKey(Claim, models.CASCADE, related_name="+")
    finding = models.ForeignKey(Finding, models.CASCADE, related_name="+")
    how = models.CharField(max_length=20)
    kind = models.SmallIntegerField(null=True)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3, blank=True)
    key = models.CharField(max_length=35)
    state = models.CharField(max_length=20)
    result = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("mailbox_id", "key", name="settlement_key_once"),
        ]


class Offer(models.Model):
    """Something in kind that a finding offers, instead of ``instead_minor`` or besides all money.

    It is given only to a holder who says yes by ``answer_by``; else the money is paid. Its state
    and figures are as a ``fulfilment.models.Grant``'s: an absolute target from a base that was read
    before the act, ``base`` and ``target`` in bytes, ``base_until`` and ``until`` in days.
    """

    id = models.BigAutoField(primary_key=True)
    mailbox_id = models.BigIntegerField()
    bucket = models.SmallIntegerField()
    claim = models.ForeignKey(Claim, models.CASCADE, related_name="+")
    finding = models.ForeignKey(Finding, models.CASCADE, related_name="+")
    kind = models.SmallIntegerField(choices=GrantKind)
    amount = models.BigIntegerField()
    instead_minor = models.BigIntegerField()
    answer_by = models.DateField()
    answered_at = models.DateTimeField(null=True)
    base = models.BigIntegerField(null=True)
    target = models.BigIntegerField(null=True)
    base_until = models.DateField(null=True)
    until = models.DateField(null=True)
    state = models.SmallIntegerField(choices=GrantState, default=GrantState.WAITING)
    result = models.CharField(max_length=40, blank=True)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("mailbox_id", "claim", "finding", name="offer_once"),
        ]
        indexes = [models.Index(fields=["state", "id"], name="offers_by_state")]


class Taken(models.Model):
    """Who examines a claim: it is nobody else's to decide until they give it back."""

    id = models.BigAutoField(primary_key=True)
    claim = models.OneToOneField(Claim, models.CASCADE, related_name="+")
    person = models.CharField(max_length=150)
    person_id = models.BigIntegerField()
    at = models.DateTimeField()


class Trait(models.Model):
    """One thing by which a claim may be like another: a number, of one ``twins.Sign``."""

    id = models.BigAutoField(primary_key=True)
    claim = models.ForeignKey(Claim, models.CASCADE, related_name="+")
    sign = models.SmallIntegerField()
    value = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint("claim", "sign", "value", name="trait_once"),
        ]
        indexes = [models.Index(fields=["sign", "value", "-claim"], name="traits_by_value_newest")]


class TogetherState(models.IntegerChoices):
    """Where a decision for identical facts stands."""

    PREPARED = 1
    RELEASED = 2
    DROPPED = 3


class Together(models.Model):
    """One decision for claims whose facts are identical: prepared by one person on a sample.

    ``facts`` is the digest of the facts that ``claims``, by id, share; ``sample`` are those that
    must be opened first, drawn at random, and ``opened`` those that were. Another person releases
    it; the constraint holds the two apart against every path.
    """

    id = models.BigAutoField(primary_key=True)
    facts = models.CharField(max_length=64)
    key = models.CharField(max_length=64, unique=True)
    claims = models.JSONField()
    sample = models.JSONField()
    opened = models.JSONField(default=list)
    state = models.SmallIntegerField(choices=TogetherState)
    outcome = models.CharField(max_length=20, blank=True)
    codes = models.JSONField(default=list)
    words = models.TextField(blank=True)
    amount_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    made_by = models.CharField(max_length=150)
    made_by_id = models.BigIntegerField()
    made_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=150, blank=True)
    released_by_id = models.BigIntegerField(null=True)
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="together_two_people",
                condition=models.Q(released_by="")
                | (
                    ~models.Q(released_by=models.F("made_by"))
                    & ~models.Q(released_by_id=models.F("made_by_id"))
                ),
            ),
        ]
