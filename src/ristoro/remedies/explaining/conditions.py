"""Why a condition holds or not: as it is written, with what was read, name by name."""

from __future__ import annotations

from ristoro.remedies.explaining.arithmetic import definitions, read_values
from ristoro.remedies.explaining.sentences import SENTENCES
from ristoro.remedies.explaining.words import Speaker
from ristoro.remedies.language.checked import CheckedRemedy, CheckedRule
from ristoro.remedies.language.evaluate import Known, evaluate
from ristoro.remedies.language.terms import Term, conjuncts


def stopper(when: Term, known: Known) -> Term | None:
    """The first part of a condition that does not certainly hold; ``None`` where all do."""
    return next((part for part in conjuncts(when) if evaluate(part, known) is not True), None)


def values(term: Term, known: Known, say: Speaker) -> list[str]:
    """Named values as they are defined, and every name read with its value."""
    text = SENTENCES[say.lang].read
    return [
        *definitions(term, known, say),
        *(text.format(name=name, value=value) for name, value in read_values(term, known, say)),
    ]


def tried(remedy: CheckedRemedy, at: int, known: Known, say: Speaker) -> list[str]:
    """Every rule up to the one that decides: whether it holds, by which part, and what was read."""
    lines: list[str] = []
    for number, rule in enumerate(remedy.rules[: at + 1], 1):
        told = _told(rule, known, say)
        lines.append(f"{number}. {rule.name} {told[0]}")
        lines.extend(f"   {line}" for line in told[1:])
    return lines


def _told(rule: CheckedRule, known: Known, say: Speaker) -> list[str]:
    text = SENTENCES[say.lang]
    if rule.when is None:
        return [text.last]
    part = stopper(rule.when, known)
    if part is None:
        return [f"{text.holds}: {say.term(rule.when)}", *values(rule.when, known, say)]
    how = text.unknown if evaluate(part, known) is None else text.fails
    return [how.format(condition=say.term(part)), *values(part, known, say)]
