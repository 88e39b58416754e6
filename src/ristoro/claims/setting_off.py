"""What was already given for the same loss, as far as the policy says that it counts.

A policy says so of each remedy by ``other_rights: deducted``; where it says nothing, or ``kept``,
nothing is taken off: damages stand beside what everybody was given. What an earlier decision on the
same claim awarded is always taken off, for it is the same sum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ristoro.claims.models import Claim, Settlement
from ristoro.fulfilment.models import Grant
from ristoro.fulfilment.states import MADE
from ristoro.kernel.errors import BadInput
from ristoro.remedies.deciding.decide import POLICY
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.language.policy import Policy
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
    return tuple(of_claims([claim]).get(claim.pk, ()))


def of_claims(claims: Sequence[Claim]) -> dict[int, list[Given]]:
    """The same of many, by claim; those without a sum are not in it."""
    found: dict[int, list[Given]] = defaultdict(list)
    mailboxes = {one.mailbox_id for one in claims}
    outages = {one.outage_digest for one in claims}
    runs = Run.objects.filter(outage_digest__in=outages).order_by("pk").in_bulk()
    made = Grant.objects.filter(mailbox_id__in=mailboxes, run_id__in=runs, state__in=MADE)
    grants: dict[int, list[Grant]] = defaultdict(list)
    for grant in made.order_by("run_id", "remedy"):
        grants[grant.mailbox_id].append(grant)
    for claim in claims:
        for grant in grants.get(claim.mailbox_id, ()):
            run = runs[grant.run_id]
            same = (run.outage_digest, grant.currency) == (claim.outage_digest, claim.currency)
            given = same and _given(claim, grant, _policy(run.directory))
            if given:
                found[claim.pk].append(given)
    earlier = Settlement.objects.filter(
        claim__in=[one.pk for one in claims], mailbox_id__in=mailboxes
    ).exclude(state="reversed")
    currencies = {one.pk: one.currency for one in claims}
    for one in earlier.order_by("id"):
        if one.currency == currencies[one.claim_id]:
            found[one.claim_id].append(Given(EARLIER, one.amount, one.currency, one.key))
    return found


def _given(claim: Claim, grant: Grant, policy: Policy) -> Given | None:
    remedy = policy.remedies[grant.remedy]
    if remedy.other_rights != DEDUCTED:
        return None
    title = remedy.title.get(claim.locale) or remedy.name
    rule = f"{policy.name} {policy.version}, {remedy.name}: other_rights: deducted"
    return Given(title, grant.amount, grant.currency, rule)


@lru_cache(maxsize=16)
def _policy(directory: str) -> Policy:
    """The policy of a run's folder, which never changes."""
    return load_policy(Path(directory) / POLICY).policy


def readable(claim: Claim) -> tuple[tuple[Given, ...], bool]:
    """The sums for a page, and whether they could be read; a decision asks ``of_claim``."""
    try:
        return of_claim(claim), True
    except BadInput:
        return (), False
