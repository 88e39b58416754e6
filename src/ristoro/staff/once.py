"""Keys of programs: what is asked for twice with one key is done once, and answered the same.

As the draft standard of the header ``Idempotency-Key`` has it (draft-ietf-httpapi-idempotency-key-
header). What is done and the answer to it are one transaction: there is never one without the
other. A refusal changes nothing, so it uses no key.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from ristoro.kernel.errors import NotAllowed, Problem
from ristoro.staff.models import Ask
from ristoro.staff.people import Person

KEPT = timedelta(hours=24)
ABANDONED = timedelta(minutes=5)
"""An asking that began longer ago than this has lost its process: it may be begun again. The
process that was only slow then finds the key taken over, and what it did is rolled back."""


class GoesOn(NotAllowed):
    """The same is being asked for by the same key at this moment."""


class UsedOtherwise(NotAllowed):
    """The key was used to ask for something else."""


@dataclass(frozen=True, slots=True)
class Held:
    """A key that is held while what it asks for is being done."""

    ask_id: int
    begun_at: datetime


def begin(person: Person, key: str, fingerprint: str, at: datetime) -> Held | bytes:
    """Hold a key, or the answer that was given to it. To be committed before anything is done.

    ``UsedOtherwise`` where another fingerprint was asked for by it in the last day, ``GoesOn``
    while the same is going on.
    """
    Ask.objects.filter(begun_at__lt=at - KEPT).delete()
    ask, made = Ask.objects.get_or_create(
        person_id=person.id, key=key, defaults={"fingerprint": fingerprint, "begun_at": at}
    )
    if made:
        return Held(ask.pk, at)
    if ask.fingerprint != fingerprint:
        raise UsedOtherwise(
            Problem(
                "key-used",
                "this key was used to ask for something else",
                "a key stands for one request, so that asking twice is asking once",
                "ask with a new key",
            )
        )
    if ask.answer:
        return _opened(bytes(ask.answer))
    stale = Ask.objects.filter(pk=ask.pk, begun_at=ask.begun_at, answer=b"")
    if ask.begun_at > at - ABANDONED or not stale.update(begun_at=at):
        raise _goes_on()
    return Held(ask.pk, at)


def end(held: Held, answer: bytes) -> None:
    """Keep the answer, in the transaction of what was done. ``GoesOn`` if another took over."""
    same = Ask.objects.filter(pk=held.ask_id, begun_at=held.begun_at, answer=b"")
    if not same.update(answer=_lock().encrypt(answer)):
        raise _goes_on()


def drop(held: Held) -> None:
    """Nothing was done: the key is as if it had not been used."""
    Ask.objects.filter(pk=held.ask_id, begun_at=held.begun_at, answer=b"").delete()


def _goes_on() -> GoesOn:
    return GoesOn(
        Problem(
            "key-going-on",
            "the same is being asked for at this moment by this key",
            "it is done once",
            "ask again in a second, with the same key",
        )
    )


def _opened(answer: bytes) -> bytes:
    try:
        return _lock().decrypt(answer)
    except InvalidToken as error:
        raise NotAllowed(
            Problem(
                "answer-lost",
                "this was done, and what was answered cannot be read any more",
                "the installation has another secret key since",
                "look at what there is, and ask with a new key for what is not",
            )
        ) from error


def _lock() -> Fernet:
    drawn = HKDF(SHA256(), length=32, salt=None, info=b"ristoro staff once")
    return Fernet(base64.urlsafe_b64encode(drawn.derive(settings.SECRET_KEY.encode())))
