"""A call from its first word to its end: it is one agent's, about one mailbox, and short.

Before the caller is verified nothing of the mailbox is told; afterwards the call lasts
``VERIFIED_FOR``. An agent has one call: the next ends the last.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from ristoro.fulfilment.callers.finding import Box
from ristoro.fulfilment.callers.models import Call, Deed
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import NotAllowed, Problem
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

UNVERIFIED_FOR = timedelta(minutes=45)
VERIFIED_FOR = timedelta(minutes=20)
KEPT = timedelta(days=90)
MOST_TOLD = 20

LEFT, NEXT, OLD, DENIED = "left", "next", "old", "denied"
"""How a call ended: the agent ended it, or took the next; it was too old; its holder ended it."""

ABOUT = ("must-i", "genuine", "answer", "when", "why", "fault", "damages", "letter", "other")
"""What a call was about, in the order of the keys 1 to 9."""

YES, NO, BACK, FAULT, CALLBACK = "yes", "no", "back", "fault", "callback"
"""What a call may have done."""
LONGEST_KEY = 64


def begin(person: Person, box: Box, at: datetime, callback_id: int | None = None) -> Call:
    """A call about a mailbox that was just found; the agent's last one ends."""
    people.require(person, Role.AGENT)
    try:
        return _begun(person, box, at, callback_id)
    except IntegrityError:
        # The agent began another between our look and our row: now it can be ended.
        return _begun(person, box, at, callback_id)


def _begun(person: Person, box: Box, at: datetime, callback_id: int | None) -> Call:
    with transaction.atomic():
        for last in Call.objects.select_for_update().filter(
            person_id=person.id, ended_at__isnull=True
        ):
            close(last, person.name, NEXT if is_alive(last, at) else OLD, "", at)
        return Call.objects.create(
            person_id=person.id,
            person=person.name,
            mailbox_id=box.mailbox_id,
            address=box.address,
            brand=box.brand,
            locale=box.locale,
            begun_at=at,
            callback_id=callback_id,
        )


def ends_at(call: Call) -> datetime:
    """When it is over, whatever is being said."""
    if call.verified_at is not None:
        return call.verified_at + VERIFIED_FOR
    return call.begun_at + UNVERIFIED_FOR


def is_alive(call: Call, at: datetime) -> bool:
    return call.ended_at is None and at < ends_at(call)


def is_verified(call: Call, at: datetime) -> bool:
    """Whether its agent may see the mailbox now."""
    return call.verified_at is not None and is_alive(call, at)


def own(person: Person, call_id: int, at: datetime) -> Call:
    """The person's own call, while it lasts; ``NotAllowed`` for any other, or none."""
    people.require(person, Role.AGENT)
    call = Call.objects.filter(pk=call_id, person_id=person.id).first()
    if call is None or not is_alive(call, at):
        raise _over(call)
    return call


def present(person: Person, at: datetime) -> Call | None:
    """The call that the person is in."""
    call = Call.objects.filter(person_id=person.id, ended_at__isnull=True).first()
    return call if call is not None and is_alive(call, at) else None


def require_verified(call: Call, at: datetime) -> None:
    """``NotAllowed`` where the caller has not been verified, or too long ago."""
    if not is_verified(call, at):
        raise NotAllowed(
            Problem(
                "not-verified",
                "the caller has not been verified",
                "nobody is told of a mailbox, or answers for it, on having its address",
                "verify the caller first",
            )
        )


def look(call: Call, at: datetime) -> None:
    """Journal that the agent looks at the mailbox, before it is shown."""
    require_verified(call, at)
    told = {"call": call.pk, "mailbox_id": call.mailbox_id, "means": call.means}
    with transaction.atomic():
        append(call.person, names.MAILBOX_LOOKED_AT, f"call {call.pk}", told, at)


def end(person: Person, call_id: int, about: str, at: datetime) -> None:
    """End one's own call, and say what it was about; nothing happens where it has ended."""
    with transaction.atomic():
        call = (
            Call.objects.select_for_update()
            .filter(pk=call_id, person_id=person.id, ended_at__isnull=True)
            .first()
        )
        if call is not None:
            close(call, person.name, LEFT, about if about in ABOUT else "", at)


def did(call: Call, key: str, what: str, number: str, at: datetime) -> bool:
    """Note what the call does, in the transaction that does it; ``False`` for the same form again.

    ``ValueError`` for a form without a key.
    """
    if not key or len(key) > LONGEST_KEY:
        raise ValueError("a form of a call has a key")
    try:
        with transaction.atomic():
            Deed.objects.create(call=call, key=key, what=what, number=number, at=at)
    except IntegrityError:
        return False
    return True


def close(call: Call, actor: str, how: str, about: str, at: datetime) -> None:
    """End a call, in the caller's transaction; ``how`` and ``about`` as above."""
    Call.objects.filter(pk=call.pk).update(ended_at=at, ended=how, about=about, nonce="")
    told = {"call": call.pk, "how": how, "about": about, "verified": bool(call.verified_at)}
    append(actor, names.CALL_ENDED, f"call {call.pk}", told, at)


def deny(address: str, call_id: int, at: datetime) -> bool:
    """The holder, signed in to the mailbox, says that nobody calls for it: the call is over.

    ``False`` where there is no such call any more.
    """
    with transaction.atomic():
        call = (
            Call.objects.select_for_update()
            .filter(pk=call_id, address=address, ended_at__isnull=True)
            .first()
        )
        if call is None or not is_alive(call, at):
            return False
        close(call, "holder", DENIED, "", at)
        told = {"call": call.pk, "person": call.person_id, "mailbox_id": call.mailbox_id}
        append("holder", names.CALLER_DENIED, f"call {call.pk}", told, at)
    return True


def of_mailbox(address: str, at: datetime) -> list[Call]:
    """The calls of the last months about a mailbox in which it was looked at, newest first."""
    found = Call.objects.filter(address=address, begun_at__gt=at - KEPT, verified_at__isnull=False)
    return list(found.order_by("-begun_at").prefetch_related("deeds")[:MOST_TOLD])


def _over(call: Call | None) -> NotAllowed:
    if call is not None and call.ended == DENIED:
        return NotAllowed(
            Problem(
                "holder-denies",
                "the holder said in the webmail that nobody calls for this mailbox",
                "whoever is on the telephone is not they",
                "say goodbye, and tell a supervisor",
            )
        )
    return NotAllowed(
        Problem(
            "call-over",
            "this call has ended",
            "what is seen and done in a call belongs to it",
            "look for the mailbox again",
        )
    )
