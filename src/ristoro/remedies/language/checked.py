"""A policy that has passed the check: its rules with every expression a typed term."""

from __future__ import annotations

from dataclasses import dataclass

from ristoro.kernel.errors import Place
from ristoro.kernel.money import Rounding
from ristoro.remedies.language.policy import Nothing, Policy, Remedy, Words
from ristoro.remedies.language.terms import Term
from ristoro.remedies.language.types import Kind

UNIT_OF = {
    "storage": ("bytes", Kind.BYTES),
    "extension": ("months", Kind.MONTHS),
    "service-days": ("days", Kind.DAYS),
    "credit": ("minor", Kind.MONEY),
    "refund": ("minor", Kind.MONEY),
    "indemnity": ("minor", Kind.MONEY),
}
"""The unit of each kind of grant in ``outcomes.parquet``, and in the language."""

BELOW_LEAST = "below-least"
NOT_KNOWN = "not-known"
ZERO_AMOUNT = "zero-amount"
"""Reasons for zero that no rule writes: under the minimum issue, a needed value missing, or an
amount that comes to nothing."""


@dataclass(frozen=True, slots=True)
class CheckedGive:
    """What a rule gives, typed; ``since`` and ``by`` are days."""

    kind: str
    unit: str
    amount: Term
    rounding: Rounding
    at_most: tuple[Term, ...]
    least: Term | None
    least_strict: bool
    since: Term | None
    consent: str
    by: Term | None
    silence: str
    place: Place


@dataclass(frozen=True, slots=True)
class CheckedRule:
    """One row of a remedy; ``when`` is ``None`` for the last."""

    name: str
    when: Term | None
    result: CheckedGive | Nothing
    title: Words
    reference: str
    place: Place


@dataclass(frozen=True, slots=True)
class CheckedRemedy:
    """A remedy with its typed rules; ``source`` has its lane, channel and words."""

    source: Remedy
    rules: tuple[CheckedRule, ...]

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def kind(self) -> str:
        """The kind that its zero outcomes carry: that of the first rule which gives."""
        for rule in self.rules:
            if isinstance(rule.result, CheckedGive):
                return rule.result.kind
        return "indemnity"

    def terms(self) -> list[Term]:
        """Every term of its rules."""
        found: list[Term] = []
        for rule in self.rules:
            give = rule.result if isinstance(rule.result, CheckedGive) else None
            parts = (
                (rule.when,)
                if give is None
                else (rule.when, give.amount, *give.at_most, give.least, give.since, give.by)
            )
            found.extend(part for part in parts if part is not None)
        return found


@dataclass(frozen=True, slots=True)
class Checked:
    """A policy fit to be decided by."""

    policy: Policy
    remedies: tuple[CheckedRemedy, ...]

    def terms(self) -> list[Term]:
        """Every term of the policy that decides something."""
        return [term for remedy in self.remedies for term in remedy.terms()]
