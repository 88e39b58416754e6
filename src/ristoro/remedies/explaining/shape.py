"""The sentences that an explanation is made of, by name: each language has all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ristoro.kernel.money import Rounding

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences of one language; braces are filled with texts ready to be read."""

    head: str
    mailbox: str
    owed: str
    nothing: str
    rule: str
    otherwise: str
    reference: str
    author: str
    reasons: Words
    """Of the zeros that no rule writes."""
    gifts: Words
    """The amount by kind of grant."""
    until: str
    consents: Words
    by: str
    silences: Words
    """After a confirmation that never came."""
    choice: str
    claimed: str
    unclaimed: str
    natures: Words
    nature: str
    rights: Words
    channels: Words
    paid_by: str
    ways: str
    """Between two ways of payment."""
    channel_over: str
    channel_closed: str
    paid_within: str
    arithmetic: str
    fixed: str
    in_force: str
    lowest: str
    deducted: str
    rounded: str
    roundings: Mapping[Rounding, str]
    below_zero: str
    least_over: str
    least_from: str
    storage: str
    paid: str
    no_paid: str
    once: str
    person_cap: str
    person_one: str
    person_more: str
    why_rule: str
    holds: str
    fails: str
    unknown: str
    read: str
    last: str
    different: str
    would_stop: str
    would_unknown: str
    would_give: str
    would_zero: str
    own_zero: str
    no_giving: str
    times: str
    never: str
    window: str
    counted: str
    nothing_counted: str
    over: str
    populations: Words
    clock: str
    no_clock: str
    cycle: str
    no_cycle: str
    life: str
    excused: str
    causes: Words
    planned: str
    over_allowance: str
    gap_counts: str
    gap_not_counted: str
    too_short: str
    restored: str
    other_window: str
    days: str
    every_window: str
    every_stretch: str
    same: str
    differs: str
    stored: str
    again: str
    checked: str
    proven: str
    unproven: str
    no_trace: str
    as_decided: str
    what_if: str
    why_if: str
    by_rule: str
    consent: str
    asked: Words
    deadline: str
    none: str
