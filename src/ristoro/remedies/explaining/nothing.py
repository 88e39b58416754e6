"""Why nothing: for each rule that gives, what would have had to be different."""

from __future__ import annotations

from fractions import Fraction

from ristoro.remedies.explaining.amounts import because_of, gift_of, worked_out
from ristoro.remedies.explaining.conditions import stopper, values
from ristoro.remedies.explaining.sentences import SENTENCES
from ristoro.remedies.explaining.words import Speaker
from ristoro.remedies.language.checked import UNIT_OF, CheckedGive, CheckedRemedy, CheckedRule
from ristoro.remedies.language.evaluate import Known, evaluate
from ristoro.remedies.language.judge import work_out


def different(remedy: CheckedRemedy, at: int, known: Known, say: Speaker) -> list[str]:
    """A few lines for each rule that gives; ``at`` is the rule that decided, and gave nothing."""
    giving = [rule for rule in remedy.rules if isinstance(rule.result, CheckedGive)]
    if not giving:
        return [SENTENCES[say.lang].no_giving]
    lines: list[str] = []
    for rule in giving:
        lines.extend(_one(remedy, rule, at, known, say))
    return lines


def _one(
    remedy: CheckedRemedy, rule: CheckedRule, at: int, known: Known, say: Speaker
) -> list[str]:
    text, give, decider = SENTENCES[say.lang], rule.result, remedy.rules[at]
    assert isinstance(give, CheckedGive)
    where = {"name": rule.name, "line": str(rule.place.line)}
    part = stopper(rule.when, known) if rule.when is not None else None
    if part is not None:
        how = text.would_unknown if evaluate(part, known) is None else text.would_stop
        head = how.format(condition=say.term(part), **where)
        return [head, *(f"   {line}" for line in values(part, known, say))]
    given = work_out(give, known)
    if given.reason:
        how = text.own_zero if rule is decider else text.would_zero
        head = how.format(because=because_of(given.reason, say), **where)
        return [head, *(f"   {line}" for line in worked_out(give, known, say))]
    amount = say.value(Fraction(given.amount), UNIT_OF[give.kind][1])
    gift = gift_of(give.kind, amount, given.until, say)
    lines = [text.would_give.format(gift=gift, decider=decider.name, **where)]
    if decider.when is not None:
        lines.append(f"   {text.holds}: {say.term(decider.when)}")
        lines.extend(f"   {line}" for line in values(decider.when, known, say))
    return lines
