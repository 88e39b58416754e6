"""What a finding offers in kind: checked, chosen by the holder alone, and given as a grant is.

Money is the rule for a proven loss. Months of a subscription, or space, are only ever offered,
instead of a part of the money or besides all of it; nobody is given them unasked, and no yes to
them settles more than the sum that it names. Whoever says no, or nothing by the last day, is paid.
So is whoever said yes to what then cannot be given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ristoro.claims.models import Claim, Finding, Offer
from ristoro.claims.moving import note
from ristoro.claims.terms import Terms
from ristoro.fulfilment.models import GrantKind, GrantState
from ristoro.kernel.errors import Place, Problem

ANSWERED_WITHIN = timedelta(days=10)
"""So that the money is still paid in the 14 days from the decision."""
MOST: Mapping[GrantKind, int] = {GrantKind.EXTENSION: 60, GrantKind.STORAGE: 1 << 40}
"""Months, and bytes: more than that is a slip of the pen."""
UNITS: Mapping[GrantKind, str] = {GrantKind.EXTENSION: "months", GrantKind.STORAGE: "bytes"}
"""As the books' memorandum accounts have them."""


@dataclass(frozen=True, slots=True)
class Gift:
    """Something in kind: months or bytes; ``instead_minor`` is the money in whose place it can be
    had, nought where it is besides all of it."""

    kind: GrantKind
    amount: int
    instead_minor: int = 0

    def as_data(self) -> dict[str, Any]:
        """Plain values, as a finding keeps them."""
        return {
            "kind": self.kind.name.lower(),
            "amount": self.amount,
            "instead_minor": self.instead_minor,
        }


def gift_of(finding: Finding) -> Gift | None:
    """What a finding offers in kind."""
    told = finding.in_kind
    if not told:
        return None
    kind = GrantKind[str(told["kind"]).upper()]
    return Gift(kind, int(told["amount"]), int(told["instead_minor"]))


def wrong(gift: Gift, accepted: bool, pays: int, terms: Terms) -> Iterator[Problem]:
    """What keeps it from being offered beside so much money."""
    if not accepted:
        yield _problem("kind", "nothing is offered with a refusal", "take the offer out")
    if gift.kind not in terms.in_kind:
        yield _problem("kind", "this installation does not offer it", "offer another, or nothing")
    if not 1 <= gift.amount <= MOST.get(gift.kind, 0):
        yield _problem("quantity", f"{gift.amount} cannot be offered", "write how much it is")
    if not 0 <= gift.instead_minor <= pays:
        what = f"{gift.instead_minor} is more than the {pays} that is paid"
        yield _problem("instead", what, "write a part of what is paid, or nothing")


def make(claim: Claim, finding: Finding, gift: Gift, terms: Terms, at: datetime) -> Offer:
    """Put an offer before its holder, in the caller's transaction."""
    note(claim, "offered", f"offered {finding.round}", "ristoro", "", at, shown=True)
    return Offer.objects.create(
        mailbox_id=claim.mailbox_id,
        bucket=claim.bucket,
        claim=claim,
        finding=finding,
        kind=gift.kind,
        amount=gift.amount,
        instead_minor=gift.instead_minor,
        answer_by=answer_by(terms, at),
        since=at,
    )


def answer_by(terms: Terms, at: datetime) -> date:
    """The last day to choose what is offered at this instant."""
    return terms.day(at) + ANSWERED_WITHIN


def of_finding(finding: Finding) -> Offer | None:
    """The offer of a finding that was carried out."""
    return Offer.objects.filter(mailbox_id=finding.mailbox_id, finding=finding).first()


def of_claim(claim: Claim) -> list[Offer]:
    """All that was offered on a claim, the first first."""
    found = Offer.objects.filter(claim=claim, mailbox_id=claim.mailbox_id)
    return list(found.order_by("id"))


def is_open(offer: Offer) -> bool:
    """Whether its holder has not chosen yet."""
    return offer.state == GrantState.WAITING


def _problem(field: str, what: str, todo: str) -> Problem:
    why = "what is offered in kind is offered exactly, and only where money could be had"
    return Problem("claim-in-kind", what, why, todo, Place("form", field=field))
