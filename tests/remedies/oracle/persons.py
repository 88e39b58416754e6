"""What a person keeps of a remedy over all of their mailboxes (chapter 9, *Once a person*)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from tests.remedies.oracle.counting import Mailbox
from tests.remedies.oracle.evaluate import Value
from tests.remedies.oracle.happened import Happened
from tests.remedies.oracle.judge import Case, Judge, Outcome
from tests.remedies.oracle.measures import together
from tests.remedies.oracle.units import Number

BY_PERSON = ("counted", "at_most_a_person")

Outcomes = dict[tuple[str, int], Outcome]
"""By remedy and mailbox."""


def decide(
    policy: Mapping[str, Any],
    happened: Happened,
    estate: Sequence[Mailbox],
    facts: Mapping[int, Mapping[str, Value]],
    today: date,
    of: Sequence[Mailbox] | None = None,
) -> Outcomes:
    """What every remedy owes every mailbox of an estate, or only some of them.

    Where a remedy goes by person, these must be all mailboxes of a person.
    """
    asked = estate if of is None else of
    judges = {
        row["mailbox_id"]: Judge(
            policy, happened, Case(row, estate, facts.get(row["mailbox_id"], {}), today)
        )
        for row in asked
    }
    outcomes: Outcomes = {}
    for mailbox_id, judge in judges.items():
        for name, outcome in judge.outcomes().items():
            outcomes[name, mailbox_id] = outcome
    for remedy in policy["remedies"]:
        for row in asked:
            own = sorted(one["mailbox_id"] for one in asked if together("holder", one, row))
            if row["mailbox_id"] == own[0]:
                _settle(remedy, own, judges[own[0]], outcomes)
    return outcomes


def _settle(
    remedy: Mapping[str, Any], own: Sequence[int], judge: Judge, outcomes: Outcomes
) -> None:
    """One remedy for the mailboxes of one person, in order of their ids."""
    name = remedy["remedy"]

    def nothing(mailbox_id: int, reason: str) -> None:
        before = outcomes[name, mailbox_id]
        outcomes[name, mailbox_id] = replace(
            before, reason=reason, amount=0, base=None, target=None, base_until=None, until=None,
            consent="automatic", deadline=None, trail=f"{before.trail};{reason}",
        )  # fmt: skip

    given = [one for one in own if not outcomes[name, one].reason]
    if remedy.get("counted") == "once a person" and given:
        largest = max(outcomes[name, one].amount for one in given)
        keeps = min(one for one in given if outcomes[name, one].amount == largest)
        for one in given:
            if one != keeps:
                nothing(one, "given-once")
        given = [keeps]
    if "at_most_a_person" not in remedy:
        return
    cap = judge.value(remedy["at_most_a_person"])
    assert isinstance(cap, Number)
    left = int(cap.value)
    for one in given:
        outcome = outcomes[name, one]
        kept = min(left, outcome.amount)
        left -= kept
        if kept == 0:
            nothing(one, "person-cap")
            continue
        cut = outcome.amount - kept
        outcomes[name, one] = replace(
            outcome,
            amount=kept,
            until=None if outcome.until is None else outcome.until - timedelta(days=cut),
            target=None if outcome.target is None else outcome.target - cut,
        )
