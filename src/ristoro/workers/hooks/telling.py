"""Telling webhooks what the journal says: each in the journal's order, each event until it is had.

A webhook that does not take an event is asked again later and later, and gets nothing else before
that one; after days it is disabled, with an entry in the journal. A process that ends between the
sending and the noting of it has the event sent again, under the same id.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event as Stop

from cryptography.fernet import InvalidToken
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction
from django.db.models import Q, QuerySet

from ristoro.edges.webhooks.contract import GONE, Carrier, Letter
from ristoro.journal.append import current_head
from ristoro.journal.models import Entry
from ristoro.kernel.outcome import Ending, Result
from ristoro.workers.hooks import register
from ristoro.workers.hooks.events import KINDS, TYPES, event_of
from ristoro.workers.hooks.models import Webhook

LEASE = timedelta(seconds=60)
IDLE = 1.0
"""Seconds between two looks into the journal."""

AT_ONCE = 20
"""Events for one webhook before the next one's turn: within a lease at the carrier's patience."""

STEP = 1_000
"""Entries that are looked through at once for one that is wanted."""

LATER = (
    *(timedelta(seconds=seconds) for seconds in (5, 30)),
    *(timedelta(minutes=minutes) for minutes in (2, 10, 30)),
    *(timedelta(hours=hours) for hours in (1, 2, 4)),
)
"""How long after the first, second, … try in vain the next one comes; the last again and again."""

PATIENCE = timedelta(days=5)
"""How long a webhook may fail before it is disabled."""

_log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


def run(owner: str, stop: Stop, clock: Clock, carrier: Carrier, until_idle: bool = False) -> int:
    """Tell whoever is due until told to stop, or until nobody is; how many events were taken."""
    told = 0
    while not stop.is_set():
        try:
            webhook = lease(owner, clock())
            if webhook is not None:
                told += tell(webhook, stop, clock, carrier)
                continue
        except DatabaseError:
            _log.exception("the webhooks wait for the database")
            connection.close()  # one that broke is not mended by itself
        if until_idle:
            break
        stop.wait(IDLE)
    return told


def lease(owner: str, at: datetime) -> Webhook | None:
    """Take a webhook that is due and has something to be told; ``None`` where there is none."""
    head = current_head()
    if head is None:
        return None
    free = Q(lease_until=None) | Q(lease_until__lt=at)
    due = Webhook.objects.filter(free, disabled_at=None, next_at__lte=at, told__lt=head.number)
    for found in due.order_by("next_at", "id"):
        same = Webhook.objects.filter(
            pk=found.pk, owner=found.owner, lease_until=found.lease_until, told=found.told
        )
        if same.update(owner=owner, lease_until=at + LEASE):
            found.owner, found.lease_until = owner, at + LEASE
            return found
    return None


def tell(webhook: Webhook, stop: Stop, clock: Clock, carrier: Carrier) -> int:
    """Tell a leased webhook what comes next, until it has all, fails, or others are to have a turn.

    The lease is given back. How many events it took.
    """
    told = 0
    while told < AT_ONCE and not stop.is_set():
        entry = _next(webhook)
        if entry is None:
            break
        result = _carried(webhook, entry, clock(), carrier)
        if not result.done:
            _failed(webhook, result, clock())
            return told
        if not _had(webhook, entry, clock()):
            return told
        told += 1
    at = clock()
    _held(webhook).update(owner="", lease_until=None, next_at=at)
    return told


def _next(webhook: Webhook) -> Entry | None:
    """The next entry that the webhook asks for; what it does not ask for is passed over."""
    wanted = {TYPES[one] for one in webhook.events} if webhook.events else set(KINDS)
    while True:
        later = Entry.objects.filter(number__gt=webhook.told).order_by("number")
        step = list(later.values_list("number", "name")[:STEP])
        if not step:
            return None
        found = next((number for number, name in step if name in wanted), None)
        passed = step[-1][0] if found is None else found - 1
        if passed > webhook.told and not _held(webhook).update(told=passed):
            return None
        webhook.told = passed
        if found is not None:
            return Entry.objects.get(number=found)


def _carried(webhook: Webhook, entry: Entry, at: datetime, carrier: Carrier) -> Result:
    event = event_of(entry)
    try:
        secrets = register.secrets_of(webhook, at)
    except (InvalidToken, ImproperlyConfigured):
        why = "the installation has no secret key, or another since: rotate the webhook's secret"
        return Result(Ending.DEFERRED, "webhook-secret", why)
    return carrier.carry(Letter(webhook.url, event.id, event.body, secrets), at)


def _had(webhook: Webhook, entry: Entry, at: datetime) -> bool:
    """Note that it has the event; ``False`` where the lease was lost meanwhile."""
    webhook.tries, webhook.told = 0, entry.number
    lease_until = at + LEASE
    noted = _held(webhook).update(
        told=entry.number,
        tries=0,
        failing_since=None,
        trouble="",
        delivered_at=at,
        lease_until=lease_until,
    )
    return bool(noted)


def _failed(webhook: Webhook, result: Result, at: datetime) -> None:
    """Note why it did not take the event, and when it is tried again, if at all."""
    since = webhook.failing_since or at
    later = LATER[min(webhook.tries, len(LATER) - 1)]
    trouble = f"{result.code}: {result.text}"[:300]
    with transaction.atomic():
        kept = _held(webhook).update(
            tries=webhook.tries + 1,
            failing_since=since,
            trouble=trouble,
            next_at=at + later,
            owner="",
            lease_until=None,
        )
        if kept and (result.code == GONE or at - since >= PATIENCE):
            register.disable(webhook, trouble, at)


def _held(webhook: Webhook) -> QuerySet[Webhook]:
    """The webhook's row, while this process has its lease."""
    return Webhook.objects.filter(pk=webhook.pk, owner=webhook.owner)
