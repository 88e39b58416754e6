"""A policy that has passed the check: its rules with every expression a typed term."""

from __future__ import annotations

from dataclasses import dataclass

from ristoro.kernel.errors import Place
from ristoro.kernel.money import Rounding
from ristoro.remedies.language.policy import Goodwill, Nothing, Policy, Remedy, Words
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
NOT_CLAIMED = "not-claimed"
CLAIMED_LATE = "claimed-late"
"""Of a rule that gives on a claim and names the input that says when it was made."""
GIVEN_ONCE = "given-once"
PERSON_CAP = "person-cap"
"""Of a remedy that is counted a person: another mailbox has it, or the others have used it up."""


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
    deducts: Term | None = None
    """Taken off after the caps."""
    claimed: Term | None = None
    """The day of the claim, where a missing or late one gives nothing."""
    remind: tuple[int, ...] = ()
    """Days before the last one on which whoever has not answered is reminded, longest first."""

    def terms(self) -> list[Term]:
        """Every term that the amount and its days are worked out from."""
        parts = (
            self.amount, *self.at_most, self.deducts, self.least, self.since, self.by, self.claimed,
        )  # fmt: skip
        return [part for part in parts if part is not None]


@dataclass(frozen=True, slots=True)
class CheckedChannel:
    """One way of paying; ``over`` is money that is the same for everybody."""

    name: str
    over: Term | None
    when_closed: bool


@dataclass(frozen=True, slots=True)
class CheckedRule:
    """One row of a remedy; ``when`` is ``None`` for the last."""

    name: str
    when: Term | None
    result: CheckedGive | Nothing
    title: Words
    reference: str
    place: Place
    goodwill: Goodwill | None = None


@dataclass(frozen=True, slots=True)
class CheckedRemedy:
    """A remedy with its typed rules; ``source`` has its lane, channel and words."""

    source: Remedy
    rules: tuple[CheckedRule, ...]
    person_cap: Term | None = None
    """The most that one holder's mailboxes get together; the same for everybody."""
    channels: tuple[CheckedChannel, ...] = ()

    @property
    def once_a_person(self) -> bool:
        """Only one of a holder's mailboxes keeps what it is given."""
        return self.source.counted == "once a person"

    @property
    def by_person(self) -> bool:
        """What a mailbox gets depends on the holder's other ones."""
        return self.once_a_person or self.person_cap is not None

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
        bounds = (self.person_cap, *(channel.over for channel in self.channels))
        found: list[Term] = [term for term in bounds if term is not None]
        for rule in self.rules:
            found.extend([rule.when] if rule.when else [])
            if isinstance(rule.result, CheckedGive):
                found.extend(rule.result.terms())
        return found


@dataclass(frozen=True, slots=True)
class Checked:
    """A policy fit to be decided by."""

    policy: Policy
    remedies: tuple[CheckedRemedy, ...]

    def terms(self) -> list[Term]:
        """Every term of the policy that decides something."""
        return [term for remedy in self.remedies for term in remedy.terms()]
