"""Which browsers are told when a letter has come to a mailbox."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ristoro.edges.push.contract import Target
from ristoro.edges.push.places import origin_of
from ristoro.edges.push.vapid import from_url, in_url
from ristoro.kernel.errors import bad_input
from ristoro.notices.push.models import PushSubscription

MOST = 10
"""Browsers of one mailbox; one more takes the place of the oldest."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One browser, in its holder's language."""

    target: Target
    home: str
    locale: str


def target_of(endpoint: str, p256dh: str, auth: str, allowed: Sequence[str]) -> Target:
    """What a browser told of its subscription; ``BadInput`` where it cannot be one."""
    origin_of(endpoint, allowed)
    try:
        return Target(endpoint, from_url(p256dh), from_url(auth))
    except ValueError as error:
        raise bad_input(
            "push-keys",
            "this push subscription's keys are not keys",
            str(error),
            "subscribe again",
        ) from error


def subscribe(address: str, subscriber: Subscriber, now: datetime) -> None:
    """Tell this browser from now on. It belongs to whoever subscribed it last."""
    target = subscriber.target
    with transaction.atomic():
        PushSubscription.objects.update_or_create(
            endpoint=target.endpoint,
            defaults={
                "p256dh": in_url(target.p256dh),
                "auth": in_url(target.auth),
                "address": address.casefold(),
                "home": subscriber.home,
                "locale": subscriber.locale,
                "created_at": now,
            },
        )
        mine = PushSubscription.objects.filter(address=address.casefold())
        kept = mine.order_by("-created_at", "-id").values_list("id", flat=True)[:MOST]
        mine.exclude(id__in=list(kept)).delete()


def unsubscribe(address: str, endpoint: str = "") -> int:
    """Tell one browser of a mailbox, or none at all, no more; how many there were."""
    mine = PushSubscription.objects.filter(address=address.casefold())
    if endpoint:
        mine = mine.filter(endpoint=endpoint)
    return mine.delete()[0]


def count(address: str) -> int:
    """How many browsers are told of this mailbox's letters."""
    return PushSubscription.objects.filter(address=address.casefold()).count()


def subscribers(addresses: Iterable[str]) -> list[Subscriber]:
    """The browsers of these mailboxes."""
    wanted = {address.casefold() for address in addresses}
    rows = PushSubscription.objects.filter(address__in=wanted).order_by("id")
    return [
        Subscriber(
            Target(row.endpoint, from_url(row.p256dh), from_url(row.auth)), row.home, row.locale
        )
        for row in rows
    ]


def forget(endpoints: Iterable[str]) -> int:
    """Drop subscriptions that are over; how many there were."""
    return PushSubscription.objects.filter(endpoint__in=list(endpoints)).delete()[0]
