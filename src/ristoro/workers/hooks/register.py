"""The webhooks there are: added, given a new secret, enabled again, removed; all journaled."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction

from ristoro.journal import names
from ristoro.journal.append import append, current_head
from ristoro.kernel.errors import Missing, NotAllowed, Problem, bad_input, nearest
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers.hooks.events import TYPES
from ristoro.workers.hooks.models import Webhook

PREFIX = "whsec_"
OCTETS = 32
"""Of a secret; Standard Webhooks asks for 24 to 64."""

BOTH = timedelta(hours=24)
"""How long a secret that was replaced goes on signing beside the new one."""

MOST = 20


@dataclass(frozen=True, slots=True)
class Made:
    """A webhook with its secret, which is shown this once."""

    webhook: Webhook
    secret: str = field(repr=False)


def add(
    url: str,
    events: Collection[str],
    person: Person,
    at: datetime,
    check: Callable[[str], None],
) -> Made:
    """Have an address told of these types of events, from now on; of all where none is named.

    ``check`` is the carrier's. ``BadInput`` for an address that it refuses, and an unknown type.
    """
    people.require(person, Role.OPERATOR)
    check(url)
    for name in events:
        if name not in TYPES:
            close = nearest(name, tuple(TYPES))
            raise bad_input(
                "no-event-type",
                f"there is no event {name[:80]!r}",
                f"the events are {', '.join(TYPES)}",
                f"did you mean {close!r}?" if close else "choose among those",
            )
    secret = _new_secret()
    with transaction.atomic():
        if Webhook.objects.count() >= MOST:
            raise NotAllowed(
                Problem(
                    "webhooks-full",
                    f"there are {MOST} webhooks",
                    "each is told of every event, one after another",
                    "remove one that nobody needs",
                )
            )
        head = current_head()
        webhook = Webhook.objects.create(
            url=url,
            events=sorted(set(events)),
            secret=_locked(secret),
            told=0 if head is None else head.number,
            next_at=at,
            added_by=person.name,
            added_at=at,
        )
        data = {"webhook": webhook.pk, "url": url, "events": webhook.events}
        append(person.name, names.WEBHOOK_ADDED, _subject(webhook), data, at)
    return Made(webhook, secret)


def rotate(webhook_id: int, person: Person, at: datetime) -> Made:
    """Sign by a new secret from now on, and by the present one beside it for a day."""
    people.require(person, Role.OPERATOR)
    secret = _new_secret()
    with transaction.atomic():
        webhook = named(webhook_id, lock=True)
        webhook.old_secret, webhook.old_until = webhook.secret, at + BOTH
        webhook.secret = _locked(secret)
        webhook.save(update_fields=["secret", "old_secret", "old_until"])
        data = {"webhook": webhook.pk}
        append(person.name, names.WEBHOOK_ROTATED, _subject(webhook), data, at)
    return Made(webhook, secret)


def enable(webhook_id: int, person: Person, at: datetime) -> Webhook:
    """Try a webhook again at once, from the event that it did not take; nothing is left out."""
    people.require(person, Role.OPERATOR)
    with transaction.atomic():
        webhook = named(webhook_id, lock=True)
        webhook.disabled_at = webhook.failing_since = None
        webhook.tries, webhook.trouble, webhook.next_at = 0, "", at
        webhook.save(update_fields=["disabled_at", "failing_since", "tries", "trouble", "next_at"])
        data = {"webhook": webhook.pk}
        append(person.name, names.WEBHOOK_ENABLED, _subject(webhook), data, at)
    return webhook


def remove(webhook_id: int, person: Person, at: datetime) -> None:
    """Tell it nothing more, and forget its secret."""
    people.require(person, Role.OPERATOR)
    with transaction.atomic():
        webhook = named(webhook_id, lock=True)
        data = {"webhook": webhook.pk, "url": webhook.url}
        subject = _subject(webhook)
        webhook.delete()
        append(person.name, names.WEBHOOK_REMOVED, subject, data, at)


def disable(webhook: Webhook, why: str, at: datetime) -> None:
    """Stop trying, in the caller's transaction, until a person enables it again."""
    Webhook.objects.filter(pk=webhook.pk).update(disabled_at=at)
    data = {"webhook": webhook.pk, "url": webhook.url, "why": why}
    append("webhooks", names.WEBHOOK_DISABLED, _subject(webhook), data, at)


def named(webhook_id: int, lock: bool = False) -> Webhook:
    """The webhook of that number; ``Missing`` when there is none."""
    found = Webhook.objects.filter(pk=webhook_id)
    webhook = (found.select_for_update() if lock else found).first()
    if webhook is None:
        raise Missing(
            Problem(
                "no-webhook",
                f"there is no webhook {webhook_id}",
                "it was never added, or was removed",
                "look at the list: ristoro webhook list",
            )
        )
    return webhook


def secrets_of(webhook: Webhook, at: datetime) -> list[str]:
    """What an event is signed by now: the present secret, and the one before while it counts."""
    found = [_unlocked(webhook.secret)]
    if webhook.old_secret and webhook.old_until is not None and at < webhook.old_until:
        found.append(_unlocked(webhook.old_secret))
    return found


def _new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(OCTETS)).decode("ascii")


def _locked(secret: str) -> str:
    return _lock().encrypt(secret.encode()).decode("ascii")


def _unlocked(locked: str) -> str:
    """``cryptography.fernet.InvalidToken`` where the installation has another key since."""
    return _lock().decrypt(locked).decode("ascii")


def _lock() -> Fernet:
    drawn = HKDF(SHA256(), length=32, salt=None, info=b"ristoro webhooks")
    return Fernet(base64.urlsafe_b64encode(drawn.derive(settings.SECRET_KEY.encode())))


def _subject(webhook: Webhook) -> str:
    return f"webhook {webhook.pk}"
