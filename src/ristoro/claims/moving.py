"""One step of a claim: a lawful move of its locked row, and what the journal and its diary say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ristoro.claims import states
from ristoro.claims.models import Claim, ClaimState, Note
from ristoro.journal.append import append
from ristoro.kernel.errors import NotAllowed, Problem
from ristoro.staff.people import Person


def locked(claim: Claim) -> Claim:
    """The claim as it is now, its row locked until the transaction ends."""
    return Claim.objects.select_for_update().get(pk=claim.pk)


def move(claim: Claim, to: ClaimState, at: datetime, **also: Any) -> None:
    """Move a locked claim; ``NotAllowed`` where that is not lawful from where it stands."""
    before = ClaimState(claim.state)
    if not states.may(before, to):
        raise moved(claim)
    values = {"state": to, "since": at, **also}
    Claim.objects.filter(pk=claim.pk).update(**values)
    for name, value in values.items():
        setattr(claim, name, value)


def journal(claim: Claim, name: str, person: Person, data: dict[str, Any], at: datetime) -> None:
    """An entry about the claim, in the caller's transaction: last, as ``append`` asks."""
    append(person.name, name, f"claim {claim.number}", {"person": person.id, **data}, at)


def note(
    claim: Claim, what: str, key: str, by: str, text: str, at: datetime, *, shown: bool
) -> None:
    """A line of the claim's diary, once for each key; the holder reads it where it is ``shown``."""
    Note.objects.get_or_create(
        mailbox_id=claim.mailbox_id,
        claim=claim,
        key=key[:64],
        defaults={
            "bucket": claim.bucket,
            "what": what,
            "by": by,
            "text": text,
            "shown": shown,
            "at": at,
        },
    )


def moved(claim: Claim) -> NotAllowed:
    """Why nothing was done to a claim that is not where the page had it."""
    return NotAllowed(
        Problem(
            "claim-moved",
            f"claim {claim.number} is {ClaimState(claim.state).name.lower()} now",
            "somebody decided or changed it since this page was made",
            "see where it stands",
        )
    )
