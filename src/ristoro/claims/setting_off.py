"""What was already given for the same loss, as far as the policy says that it counts.

A policy says so of each remedy by ``other_rights: deducted``; where it says nothing, or ``kept``,
nothing is taken off: damages stand beside what everybody was given. What an earlier decision on the
same claim awarded is always taken off, for it is the same sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ristoro.claims.models import Claim, Settlement
from ristoro.fulfilment.models import Grant
from ristoro.fulfilment.states import MADE
from ristoro.kernel.errors import BadInput
from ristoro.remedies.deciding.decide import POLICY
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.models import Run

DEDUCTED = "deducted"
EARLIER = "earlier decision on this claim"


@dataclass(frozen=True, slots=True)
class Given:
    """A sum that was given for the same loss; ``rule`` is where it is written that it counts."""

    what: str
    amount_minor: int
    currency: str
    rule: str

    def as_data(self) -> dict[str, str | int]:
        """Plain values, as a finding keeps them."""
        return {
            "what": self.what,
            "amount_minor": self.amount_minor,
            "currency": self.currency,
            "rule": self.rule,
        }


def of_claim(claim: Claim) -> tuple[Given, ...]:
    """Every sum to be taken off, in the claim's currency.

    Only what was made counts: a grant that waits, or was taken back, gave nothing. ``BadInput``
    where the policy of a run that gave something cannot be read: nobody guesses what it says.
    """
    found = []
    same = Run.objects.filter(outage_digest=claim.outage_digest).order_by("pk")
    for run in same:
        made = Grant.objects.filter(
            mailbox_id=claim.mailbox_id, run_id=run.pk, state__in=MADE, currency=claim.currency
        )
        grants = list(made.order_by("remedy"))
        if not grants:
            continue
        policy = load_policy(Path(run.directory) / POLICY).policy
        for grant in grants:
            remedy = policy.remedies[grant.remedy]
            if remedy.other_rights == DEDUCTED:
                title = remedy.title.get(claim.locale) or remedy.name
                rule = f"{policy.name} {policy.version}, {remedy.name}: other_rights: deducted"
                found.append(Given(title, grant.amount, grant.currency, rule))
    earlier = Settlement.objects.filter(
        claim=claim, mailbox_id=claim.mailbox_id, currency=claim.currency
    ).exclude(state="reversed")
    for one in earlier.order_by("id"):
        found.append(Given(EARLIER, one.amount, one.currency, one.key))
    return tuple(found)


def readable(claim: Claim) -> tuple[tuple[Given, ...], bool]:
    """The sums for a page, and whether they could be read; a decision asks ``of_claim``."""
    try:
        return of_claim(claim), True
    except BadInput:
        return (), False
