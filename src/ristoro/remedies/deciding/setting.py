"""What is the same for every mailbox of a run: the outage's ends, the day, the amounts in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ristoro.kernel.clock import instant
from ristoro.kernel.errors import bad_input
from ristoro.outages.outage import Outage
from ristoro.remedies.language.evaluate import evaluate
from ristoro.remedies.language.policy import Amount, DatedNumber, Policy
from ristoro.remedies.language.terms import Term
from ristoro.remedies.language.types import Scalar
from ristoro.remedies.language.typing import Scope
from ristoro.remedies.measuring.exposure import Sight, Summed


@dataclass(frozen=True, slots=True)
class Setting:
    """A policy bound to an outage and a day."""

    policy: Policy
    sight: Sight
    today: date
    known: Mapping[str, Scalar]
    """Run constants and ``amount …`` by name."""
    defaults: Mapping[str, Scalar]
    """Inputs by name, as they are where nobody states them."""
    clocks: Mapping[str, Term]
    """When measures start, by the name of the measure; those without a clock are not here."""
    every: Mapping[str, Summed]
    """The tables over every window or stretch, by the name of their leaf, ``every …``."""


def setting(policy: Policy, outage: Outage, today: date, until: int | None = None) -> Setting:
    """Bind a policy; ``BadInput`` where it was not in force or has no amount for the outage.

    ``until`` ends an outage that is still going; ``ValueError`` where that is missing.
    """
    sight = Sight.of(outage, until, policy.zone)
    hull = sight.hull
    start, end = instant(hull.start), instant(hull.end)
    first = start.astimezone(policy.zone).date()
    last = instant(max(hull.start, hull.end - 1)).astimezone(policy.zone).date()
    if first < policy.valid_from:
        raise bad_input(
            "not-in-force",
            f"the policy {policy.name} holds from {policy.valid_from}",
            f"the outage {outage.name} began on {first}",
            "use the version that was in force then",
            policy.place,
        )
    known: dict[str, Scalar] = {
        "outage.start": start,
        "outage.end": end,
        "outage.start_day": first,
        "outage.end_day": last,
        "today": today,
    }
    for name, amount in policy.amounts.items():
        known[f"amount {name}"] = in_force(amount, first).number.value
    scope = Scope(policy)
    defaults: dict[str, Scalar] = {}
    for name, given in policy.inputs.items():
        term: Term | None = scope.typed(given.default) if given.default is not None else None
        defaults[f"input {name}"] = evaluate(term, known) if term else None
    clocks = {
        name: scope.typed(measure.starts)
        for name, measure in policy.measures.items()
        if measure.starts is not None
    }
    return Setting(policy, sight, today, known, defaults, clocks, _every(policy, scope, known))


def _every(policy: Policy, scope: Scope, known: Mapping[str, Scalar]) -> dict[str, Summed]:
    """The tables that are sums, with what each step gives on the outage's first day."""
    found = {}
    for name, table in policy.tables.items():
        if table.over:
            term = scope.table(name)
            gives = [evaluate(operand, known) for operand in term.operands[1:]]
            measure, _, attribute = term.operands[0].name.partition(".")
            found[term.name] = Summed(
                policy.measures[measure],
                attribute,
                term.steps,
                table.over == "every stretch",
                tuple(give for give in gives if isinstance(give, Fraction)),
            )
    return found


def in_force(amount: Amount, day: date) -> DatedNumber:
    """The amount's value on a day; ``BadInput`` before its first."""
    found = [dated for dated in amount.values if dated.valid_from <= day]
    if not found:
        raise bad_input(
            "no-amount",
            f"{amount.name} has no value on {day}",
            f"its first value holds from {amount.values[0].valid_from}",
            "add the value that held then, with its reference",
            amount.place,
        )
    return found[-1]
