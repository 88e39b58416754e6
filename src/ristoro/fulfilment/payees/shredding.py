"""Forgetting accounts that are of no use any more: once every payment of the mailbox has ended, and
the configured days have gone, the row is deleted with the salt of its key; and so is one that a
bank refused, as long ago.

The journal keeps how many were shredded. A copy of the database that was made before still has the
sealed text: it is opened by the installation's key alone, and goes when the copy goes.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from ristoro.fulfilment.payees.models import Account, Place
from ristoro.fulfilment.payments.models import Payment
from ristoro.fulfilment.payments.states import ENDED
from ristoro.journal import names
from ristoro.journal.append import append

AT_ONCE = 500
ACTOR = "payees"


def shred(at: datetime) -> int:
    """Shred what is of no use any more, and accounts whose successor is usable; how many."""
    done = 0
    while found := _spent(at):
        with transaction.atomic():
            gone, _ = Account.objects.filter(pk__in=found).delete()
            if gone:
                append(ACTOR, names.PAYEE_SHREDDED, "payees", {"accounts": gone}, at)
        done += gone
        if not gone:
            break
    return done


def _spent(at: datetime) -> list[int]:
    before = at - settings.PAYEE_KEPT
    of_mailbox = Payment.objects.filter(mailbox_id=OuterRef("mailbox_id"))
    going = of_mailbox.exclude(state__in=ENDED)
    lately = of_mailbox.filter(since__gt=before)
    newer = Account.objects.filter(
        Q(given_at__gt=before) | Q(usable_from__gt=at), mailbox_id=OuterRef("mailbox_id")
    )
    useless = Account.objects.exclude(Exists(newer) | Exists(going) | Exists(lately))
    refused = Account.objects.filter(refused_at__lte=before)
    successor = Account.objects.filter(
        mailbox_id=OuterRef("mailbox_id"),
        place=Place.PRESENT,
        usable_from__lte=at,
        told_at__lte=at,
    )
    replaced = Account.objects.filter(Exists(successor), place=Place.FORMER)
    ids = (useless | replaced | refused).order_by("id").values_list("id", flat=True)
    return list(ids[:AT_ONCE])
