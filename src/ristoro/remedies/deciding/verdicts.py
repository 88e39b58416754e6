"""How rules may end, and the texts of every row that one rule decides in one way.

Queries give a *verdict*, a number; its texts are the same for all of its rows and are put back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ristoro.remedies.language.checked import (
    BELOW_LEAST,
    CLAIMED_LATE,
    GIVEN_ONCE,
    NOT_CLAIMED,
    NOT_KNOWN,
    PERSON_CAP,
    ZERO_AMOUNT,
    CheckedGive,
    CheckedRemedy,
)
from ristoro.remedies.language.judge import Judged, trail_of, zero

REASONS = (
    "", BELOW_LEAST, ZERO_AMOUNT, NOT_KNOWN, NOT_CLAIMED, CLAIMED_LATE, GIVEN_ONCE, PERSON_CAP,
)  # fmt: skip
"""How a rule that gives may end: owed, or the reason why not."""

CLAIMED = len(REASONS)
"""The ending of what is owed and was claimed already, so that nobody is asked."""

ENDINGS = CLAIMED + 1
"""A verdict is ``rule * ENDINGS + ending``."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The texts of every row that one rule decides in one way."""

    rule: int
    outcome: Judged


def verdicts(remedy: CheckedRemedy, currency: str) -> list[Verdict]:
    """The texts by verdict number; amounts and days of the rows themselves are not in them."""
    found: list[Verdict] = []
    for at, rule in enumerate(remedy.rules):
        give = rule.result
        if not isinstance(give, CheckedGive):
            found.extend([Verdict(at, zero(remedy, at, give.reason, currency))] * ENDINGS)
            continue
        owed = Judged(
            remedy=remedy.name, rule=rule.name, reason="", lane=remedy.source.lane,
            kind=give.kind, amount=0, unit=give.unit,
            currency=currency if give.unit == "minor" else "", base=None, target=None,
            base_until=None, until=None, consent=give.consent, deadline=None,
            trail=trail_of(remedy, at),
        )  # fmt: skip
        zeros = [zero(remedy, at, reason, currency) for reason in REASONS[1:]]
        claimed = replace(owed, consent="automatic")
        found.extend(Verdict(at, one) for one in (owed, *zeros, claimed))
    return found
