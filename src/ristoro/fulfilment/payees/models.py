"""The accounts that holders gave: one that counts for a mailbox, and the one it took the place of.

The number and the name are in ``sealed`` alone. A row that is shredded is deleted, with its salt.
"""

from __future__ import annotations

from django.db import models


class Place(models.IntegerChoices):
    """``FORMER`` was usable before the present one, and comes back if that is undone in time."""

    PRESENT = 1
    FORMER = 2


class Account(models.Model):
    """An account as it was given: nothing is paid to it before ``usable_from``, nor before
    ``told_at``, when the letter about it was in the mailbox, nor after ``refused_at``, when a bank
    did not take a transfer to it.

    ``salt`` makes the key that opens ``sealed`` (``payees.sealing``), both in hexadecimal.
    ``browser`` and ``origin`` say from where it was given; they are shown to the holder alone.
    """

    id = models.BigAutoField(primary_key=True)
    mailbox_id = models.BigIntegerField()
    bucket = models.SmallIntegerField()
    address = models.CharField(max_length=254)
    brand = models.CharField(max_length=40)
    locale = models.CharField(max_length=5)
    place = models.SmallIntegerField(choices=Place)
    salt = models.CharField(max_length=64)
    sealed = models.CharField(max_length=600)
    given_at = models.DateTimeField()
    usable_from = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    browser = models.CharField(max_length=80, blank=True)
    origin = models.CharField(max_length=45, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("mailbox_id", "place", name="payee_once"),
        ]
        indexes = [
            models.Index("id", name="payees_untold", condition=models.Q(told_at=None)),
        ]

    def __repr__(self) -> str:
        return f"<Account of mailbox {self.mailbox_id}, {Place(self.place).name.lower()}>"

    def __str__(self) -> str:
        return repr(self)
