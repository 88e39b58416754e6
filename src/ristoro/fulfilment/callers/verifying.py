"""Verifying a caller: by a code that only a signed-in holder of the mailbox is shown.

The code is made for one call, is good for ten minutes and for one use, and five wrong ones spend
it. It is derived from a secret and the call's nonce, so that no table has it.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import Sum

from ristoro.fulfilment.callers import calls
from ristoro.fulfilment.callers.means import Means
from ristoro.fulfilment.callers.models import Call, Callback
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import NotAllowed, Problem
from ristoro.staff.people import Person

DIGITS = 6
GOOD_FOR = timedelta(minutes=10)
MOST_TRIES = 5
MOST_CODES = 3
MOST_A_DAY = 12
"""Codes: three a call and twelve a mailbox and day leave a guess one chance in sixteen thousand."""
CODE = "code"


@dataclass(frozen=True, slots=True)
class Asking:
    """A call that a holder is shown: who asks, since when, and the code while there is one.

    ``callback`` is the number of the holder's own request that the call answers.
    """

    call_id: int
    person: str
    begun_at: datetime
    code: str
    until: datetime | None
    verified_at: datetime | None
    means: str
    callback: int | None


def ask(person: Person, call_id: int, at: datetime) -> Call:
    """Make a code for the call; the one before is worth nothing. Nobody is told it here.

    Calls of others about the mailbox whose caller is not verified end: one of them is not with its
    holder, and of two codes the holder could read the wrong one.
    """
    with transaction.atomic():
        call = _own(person, call_id, at)
        if call.verified_at is not None:
            return call
        day = Call.objects.filter(address=call.address, begun_at__gt=at - timedelta(days=1))
        made = day.aggregate(made=Sum("codes"))["made"] or 0
        if call.codes >= MOST_CODES or made >= MOST_A_DAY:
            raise _refused(
                "codes-too-many",
                f"{call.codes} codes were made in this call, {made} for this mailbox in a day",
                "with many codes one of them could be guessed",
                "end the call; a holder who cannot open the webmail is helped in another way",
            )
        others = Call.objects.select_for_update().filter(
            address=call.address, ended_at__isnull=True, verified_at__isnull=True
        )
        for other in others.exclude(pk=call.pk).order_by("pk"):
            calls.close(other, person.name, calls.OLD, "", at)
        call.nonce, call.code_at, call.tries = secrets.token_hex(16), at, 0
        call.codes += 1
        call.save(update_fields=["nonce", "code_at", "tries", "codes"])
        told = {"call": call.pk, "person": person.id, "mailbox_id": call.mailbox_id}
        append(person.name, names.CALLER_CODE_MADE, f"call {call.pk}", told, at)
    return call


def verify(person: Person, call_id: int, typed: str, secret: bytes, at: datetime) -> Call:
    """Verify the caller by the code that they read out; ``NotAllowed`` where it is not the one.

    A wrong one is counted and journaled before it is refused.
    """
    with transaction.atomic():
        call = _own(person, call_id, at)
        if call.verified_at is not None:
            return call
        wrong = _wrong(call, typed, secret, at)
        if wrong is None:
            _verified(call, person, CODE, "", at)
        elif wrong == "code-wrong":
            call.tries += 1
            call.save(update_fields=["tries"])
            told = {"call": call.pk, "person": person.id, "tries": call.tries}
            append(person.name, names.CALLER_CODE_WRONG, f"call {call.pk}", told, at)
    if wrong is None:
        return call
    left = MOST_TRIES - call.tries
    if wrong == "code-wrong" and left:
        raise _refused(
            "code-wrong",
            "this is not the code that the webmail shows",
            f"{left} tries are left",
            "have the caller read it again",
        )
    raise _refused(
        "code-spent",
        "there is no code that could be right",
        f"a code is good for {GOOD_FOR.seconds // 60} minutes, one use and {MOST_TRIES} tries",
        "make another code",
    )


def verify_otherwise(
    person: Person, call_id: int, means: Means, reference: str, at: datetime
) -> Call:
    """Verify the caller by one of the brand's own means, with a word that says by which document.

    The agent answers for it: it is journaled with the agent's name, and the holder is shown it.
    """
    reference = " ".join(reference.split())[:200]
    with transaction.atomic():
        call = _own(person, call_id, at)
        if not reference:
            raise _refused(
                "means-reference",
                "nothing says what the caller was compared with",
                "the agent answers for it, and must be able to later",
                "write where you compared it, never the number itself",
            )
        if call.verified_at is None:
            _verified(call, person, means.code, reference, at)
    return call


def for_holder(address: str, secret: bytes, at: datetime) -> Asking | None:
    """The call that a signed-in holder is told of: the one with a code, or a verified one."""
    found = Call.objects.filter(address=address, ended_at__isnull=True, begun_at__gt=at - _LONGEST)
    for call in found.order_by("-begun_at")[:5]:
        if not calls.is_alive(call, at):
            continue
        digits = code_of(call, secret) if _has_code(call, at) else ""
        if digits or call.verified_at is not None:
            until = call.code_at + GOOD_FOR if digits and call.code_at else None
            return Asking(
                call.pk,
                call.person,
                call.begun_at,
                digits,
                until,
                call.verified_at,
                call.means,
                _own_request(call),
            )
    return None


def code_of(call: Call, secret: bytes) -> str:
    """The call's present code, six digits."""
    digest = hmac.digest(secret, f"ristoro call\0{call.pk}\0{call.nonce}".encode(), sha256)
    return f"{int.from_bytes(digest[:8]) % 10**DIGITS:0{DIGITS}}"


_LONGEST = max(calls.UNVERIFIED_FOR + calls.VERIFIED_FOR, GOOD_FOR)


def _has_code(call: Call, at: datetime) -> bool:
    return (
        bool(call.nonce)
        and call.verified_at is None
        and call.tries < MOST_TRIES
        and call.code_at is not None
        and call.code_at <= at < call.code_at + GOOD_FOR
    )


def _own_request(call: Call) -> int | None:
    """The holder's request that this call answers, where it is about the same mailbox."""
    if call.callback_id is None:
        return None
    asked = Callback.objects.filter(pk=call.callback_id, address=call.address)
    return asked.values_list("pk", flat=True).first()


def _wrong(call: Call, typed: str, secret: bytes, at: datetime) -> str | None:
    if not _has_code(call, at):
        return "code-spent"
    digits = "".join(one for one in typed if not one.isspace() and one not in "-–.")
    right = hmac.compare_digest(digits.encode(), code_of(call, secret).encode())
    return None if right else "code-wrong"


def _verified(call: Call, person: Person, means: str, reference: str, at: datetime) -> None:
    call.verified_at, call.means, call.nonce = at, means, ""
    call.save(update_fields=["verified_at", "means", "nonce"])
    told = {
        "call": call.pk,
        "person": person.id,
        "mailbox_id": call.mailbox_id,
        "means": means,
        "reference": reference,
    }
    append(person.name, names.CALLER_VERIFIED, f"call {call.pk}", told, at)


def _own(person: Person, call_id: int, at: datetime) -> Call:
    calls.own(person, call_id, at)
    return Call.objects.select_for_update().get(pk=call_id)


def _refused(code: str, what: str, why: str, todo: str) -> NotAllowed:
    return NotAllowed(Problem(code, what, why, todo))
