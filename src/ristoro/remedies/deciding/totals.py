"""Totals of a run: counts and amounts by remedy, rule, plan and brand, zero outcomes by reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ristoro.kernel.money import Money
from ristoro.remedies.deciding.verdicts import Verdict
from ristoro.remedies.language.checked import Checked
from ristoro.remedies.language.policy import Nothing

UNIT_WORDS = {"bytes": "bytes", "months": "months", "days": "days"}


@dataclass(frozen=True, slots=True)
class Line:
    """Mailboxes of one remedy, verdict, brand and plan, and what they are owed together."""

    remedy_no: int
    verdict: int
    brand: str
    plan: str
    count: int
    amount: int


@dataclass(slots=True)
class Tally:
    """Adds up lines as the decision proceeds; the parts and the totals are one sum."""

    verdicts: Sequence[Sequence[Verdict]]
    _sums: dict[tuple[int, int, str, str], tuple[int, int]] = field(default_factory=dict)

    def add(self, line: Line) -> None:
        key = (line.remedy_no, line.verdict, line.brand, line.plan)
        count, amount = self._sums.get(key, (0, 0))
        self._sums[key] = (count + line.count, amount + line.amount)

    def lines(self) -> list[Line]:
        """Every line once, in order."""
        return [Line(*key, *sums) for key, sums in sorted(self._sums.items())]


def totals(checked: Checked, tally: Tally, mailboxes: int) -> dict[str, Any]:
    """What ``totals.json`` says; amounts are whole units, as text where they are shown."""
    remedies = []
    whole: dict[tuple[str, str], int] = {}
    grants = 0
    for number, remedy in enumerate(checked.remedies):
        owed: list[dict[str, Any]] = []
        nothing: dict[tuple[str, str], int] = {}
        for line in tally.lines():
            if line.remedy_no != number:
                continue
            outcome = tally.verdicts[number][line.verdict].outcome
            if outcome.reason:
                key = (outcome.rule, outcome.reason)
                nothing[key] = nothing.get(key, 0) + line.count
                continue
            grants += line.count
            unit = (outcome.unit, outcome.currency)
            whole[unit] = whole.get(unit, 0) + line.amount
            owed.append(
                {
                    "rule": outcome.rule, "kind": outcome.kind, "consent": outcome.consent,
                    "brand": line.brand, "plan": line.plan, "count": line.count,
                    "amount": line.amount, "unit": outcome.unit, "currency": outcome.currency,
                }
            )  # fmt: skip
        remedies.append(
            {
                "remedy": remedy.name,
                "title": dict(remedy.source.title),
                "lane": remedy.source.lane,
                "accounting": remedy.source.accounting,
                "channel": remedy.source.channel,
                **({"choice": remedy.source.choice} if remedy.source.choice else {}),
                "owed": owed,
                "nothing": [
                    {
                        "rule": rule,
                        "reason": reason,
                        "count": count,
                        **_because(checked, number, rule),
                    }
                    for (rule, reason), count in sorted(nothing.items())
                ],
            }
        )
    return {
        "policy": checked.policy.name,
        "policy_version": checked.policy.version,
        "mailboxes": mailboxes,
        "grants": grants,
        "amounts": [
            {"unit": unit, "currency": currency, "amount": amount}
            for (unit, currency), amount in sorted(whole.items())
        ],
        "remedies": remedies,
        "approval_total": approval_total(grants, whole),
    }


def approval_total(grants: int, amounts: dict[tuple[str, str], int]) -> str:
    """The one line that an approver retypes: every grant and every amount of the run."""
    parts = [
        f"{Money(amount, currency).plain()} {currency}" if currency else f"{amount} {unit}"
        for (unit, currency), amount in sorted(amounts.items())
    ]
    return ", ".join([f"{grants} grants", *parts])


def _because(checked: Checked, number: int, rule: str) -> dict[str, Any]:
    for one in checked.remedies[number].rules:
        if one.name == rule and isinstance(one.result, Nothing):
            return {"because": dict(one.result.because)}
    return {}
