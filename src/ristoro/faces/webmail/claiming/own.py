"""The claims of the mailbox that is signed in, and of no other."""

from __future__ import annotations

from django.http import Http404

from ristoro.claims.models import Claim, ClaimState
from ristoro.faces.webmail.doors import Holder


def claim_of(held: Holder, claim_id: int) -> Claim:
    """One claim; the same 404 for another mailbox's and for none at all."""
    found = Claim.objects.filter(pk=claim_id, address=held.address).first()
    if found is None:
        raise Http404
    return found


def draft_of(held: Holder, claim_id: int) -> Claim:
    """One claim that is not filed yet; 404 otherwise."""
    found = claim_of(held, claim_id)
    if found.state != ClaimState.DRAFT:
        raise Http404
    return found


def filed(held: Holder) -> list[Claim]:
    """What the mailbox has claimed, the newest first."""
    found = Claim.objects.filter(address=held.address).exclude(state=ClaimState.DRAFT)
    return list(found.order_by("-id")[:100])


def drafts(held: Holder) -> list[Claim]:
    """What is not filed yet, the newest first."""
    found = Claim.objects.filter(address=held.address, state=ClaimState.DRAFT)
    return list(found.order_by("-saved_at"))
