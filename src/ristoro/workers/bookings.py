"""Looking now, and not in an hour, at what was booked or paid elsewhere.

Whoever says that something has ended, a billing system or a bank's file, is not taken at their
word: the chunks of those grants are opened, and a worker looks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from ristoro.edges.billing.heard import Word
from ristoro.fulfilment.extension import grant_of
from ristoro.fulfilment.models import Route
from ristoro.fulfilment.payments.models import Payment
from ristoro.fulfilment.payments.states import ENDED
from ristoro.fulfilment.ways import TRANSFER
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.remedies.models import Run, RunState
from ristoro.workers import shift
from ristoro.workers.models import Act, Heard

KEPT = timedelta(days=1)
"""How long it is known that a message was heard: far longer than it may be told again."""


def hear(word: Word, at: datetime) -> bool:
    """Have workers look at what a message speaks of; whether it was not heard before."""
    with transaction.atomic():
        Heard.objects.filter(at__lt=at - KEPT).delete()
        _, new = Heard.objects.get_or_create(id=word.id, defaults={"at": at})
        if new:
            chunks = look_at(word.keys)
            data = {"message": word.id, "keys": len(word.keys), "chunks": chunks}
            append("billing", names.BILLING_HEARD, "billing", data, at)
    return new


def look_at(keys: Iterable[str]) -> int:
    """Have workers look at the grants with these keys at once; how many chunks that opened.

    Keys that are no grant's are passed over, and grants of runs that do not act.
    """
    by_run: dict[str, list[int]] = defaultdict(list)
    for key in keys:
        if found := grant_of(key):
            by_run[found[0]].append(found[1])
    runs = Run.objects.filter(name__in=list(by_run), state=RunState.ACTING)
    return sum(_open(run_id, by_run[name]) for run_id, name in runs.values_list("id", "name"))


def look_after(at: datetime) -> int:
    """Have workers look at the transfers that ended at this instant, by a bank's file."""
    ended = Payment.objects.filter(since=at, state__in=ENDED)
    return look_at(ended.values_list("key", flat=True).iterator())


def look_at_mailbox(mailbox_id: int) -> int:
    """Have workers look at once at the transfers of a mailbox; how many chunks that opened."""
    waiting = Route.objects.filter(mailbox_id=mailbox_id, channel=TRANSFER)
    by_run: dict[int, list[int]] = defaultdict(list)
    for run_id, grant_id in waiting.values_list("run_id", "grant_id"):
        by_run[run_id].append(grant_id)
    acting = Run.objects.filter(id__in=list(by_run), state=RunState.ACTING)
    return sum(_open(run_id, by_run[run_id]) for run_id in acting.values_list("id", flat=True))


def _open(run_id: int, ids: list[int]) -> int:
    with transaction.atomic():
        return shift.open_now(run_id, Act.GRANTS, ids)
