"""One remedy of one mailbox, told from the amount down: rule, reference, arithmetic, reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction
from typing import Any

from ristoro.remedies.explaining import (
    amounts,
    conditions,
    nothing,
    payment,
    person,
    source,
    times,
)
from ristoro.remedies.explaining.sentences import SENTENCES
from ristoro.remedies.explaining.words import Speaker
from ristoro.remedies.folder.find import OneOf
from ristoro.remedies.language.checked import UNIT_OF, CheckedGive, CheckedRemedy, CheckedRule
from ristoro.remedies.language.judge import Judged, deciding_rule


@dataclass(frozen=True, slots=True)
class RemedyExplained:
    """One remedy of one mailbox: the outcome, stored and computed again, and why.

    ``lines[0]`` is what is owed, ``lines[1]`` the rule and where it stands, ``lines[2]`` its
    reference where it has one.
    """

    remedy: str
    stored: Judged
    recomputed: Judged
    rule: str
    line: int | None
    reference: str
    lines: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        return self.stored == self.recomputed

    def as_dict(self) -> dict[str, Any]:
        """For machines: days in ISO form."""
        return {
            "remedy": self.remedy,
            "agrees": self.agrees,
            "rule": {"name": self.rule, "line": self.line, "reference": self.reference},
            "lines": list(self.lines),
            "outcome": plain(self.stored),
        }


def plain(outcome: Judged) -> dict[str, Any]:
    """An outcome by field, days in ISO form."""
    values = {field.name: getattr(outcome, field.name) for field in fields(outcome)}
    return {n: v.isoformat() if isinstance(v, date) else v for n, v in values.items()}


def headline(remedy: CheckedRemedy, outcome: Judged, rule: CheckedRule, say: Speaker) -> str:
    """What is owed, or that nothing is and why, in one line."""
    text, title = SENTENCES[say.lang], remedy.source.title[say.lang]
    if outcome.reason:
        because = text.reasons.get(outcome.reason)
        if because is None:
            words: Mapping[str, str] = getattr(rule.result, "because", {})
            because = words.get(say.lang, "")
        return text.nothing.format(title=title, because=because, reason=outcome.reason)
    return text.owed.format(title=title, gift=gift(outcome, say))


def gift(outcome: Judged, say: Speaker) -> str:
    """What an outcome gives: amount, kind and last day."""
    amount = say.value(Fraction(outcome.amount), UNIT_OF[outcome.kind][1])
    return amounts.gift_of(outcome.kind, amount, outcome.until, say)


def tell(remedy: CheckedRemedy, one: OneOf, say: Speaker) -> RemedyExplained:
    """Explain one remedy of one mailbox, having judged it again.

    Where nothing is stored of the mailbox, what it would get is told, held against nothing.
    """
    text, policy = SENTENCES[say.lang], one.run.checked.policy
    recomputed = one.judged(remedy)
    stored = one.stored.get(remedy.name, recomputed)
    at = deciding_rule(remedy, one.known)
    rule = remedy.rules[at]
    lines = [headline(remedy, stored, rule, say)]
    if stored != recomputed:
        lines.extend(f"  {line}" for line in _differing(stored, recomputed, say))
    lines.extend(f"  {line}" for line in _rule(rule, one, say))
    lines.extend(f"    {line}" for line in source.numbered(one.run.policy_text, rule.place))
    lines.extend(f"  {line}" for line in _result(remedy, at, recomputed, one, say))
    lines.append(f"  {text.why_rule}:")
    lines.extend(f"    {line}" for line in conditions.tried(remedy, at, one.known, say))
    read = [rule.when for rule in remedy.rules[: at + 1]]
    give = rule.result if isinstance(rule.result, CheckedGive) else None
    timed = times.told([*read, *(give.terms() if give else ())], one, say)
    if timed:
        lines.append(f"  {text.times}:")
        lines.extend(f"    {line}" for line in timed)
    if stored == recomputed and one.stored:
        lines.append(f"  {text.same}")
    reference = policy.references[rule.reference] if rule.reference else ""
    return RemedyExplained(
        remedy.name, stored, recomputed, rule.name, rule.place.line, reference, tuple(lines)
    )


def _rule(rule: CheckedRule, one: OneOf, say: Speaker) -> list[str]:
    """The rule and its line, its reference, and who decided it where somebody did."""
    text = SENTENCES[say.lang]
    where = text.otherwise if rule.when is None else text.rule
    lines = [where.format(name=rule.name, file=one.run.policy_name, line=rule.place.line)]
    if rule.reference:
        reference = one.run.checked.policy.references[rule.reference]
        lines.append(text.reference.format(text=reference))
    if rule.goodwill is not None:
        made = rule.goodwill
        because = made.because[say.lang]
        lines.append(text.author.format(author=made.author, day=say.day(made.on), because=because))
    return lines


def _result(
    remedy: CheckedRemedy, at: int, recomputed: Judged, one: OneOf, say: Speaker
) -> list[str]:
    """How it is given and reckoned, or what would have had to be different."""
    text, rule, policy = SENTENCES[say.lang], remedy.rules[at], one.run.checked.policy
    if not isinstance(rule.result, CheckedGive) or one.own(remedy).reason:
        lines = [f"{text.different}:"]
        lines.extend(f"  {line}" for line in nothing.different(remedy, at, one.known, say))
        return lines
    give, lines = rule.result, []
    if not recomputed.reason:
        lines.extend(payment.told(remedy, recomputed, give, one.known, say))
    lines.append(f"{text.arithmetic}:")
    told = amounts.told(give, recomputed, one.known, say, policy, rule.reference)
    lines.extend(f"  {line}" for line in told)
    lines.extend(f"  {line}" for line in person.told(remedy, one, say))
    return lines


def _differing(stored: Judged, recomputed: Judged, say: Speaker) -> list[str]:
    """Loudly, each field that is not what it was decided to be."""
    text, was, now = SENTENCES[say.lang], plain(stored), plain(recomputed)
    differ = [name for name in was if was[name] != now[name]]
    return [
        text.differs,
        text.stored.format(outcome=", ".join(f"{name} = {was[name]}" for name in differ)),
        text.again.format(outcome=", ".join(f"{name} = {now[name]}" for name in differ)),
    ]
