"""The arithmetic of a term as with a desk calculator: what was read, then each operation."""

from __future__ import annotations

from collections.abc import Iterator

from ristoro.remedies.explaining.words import Speaker, function
from ristoro.remedies.language.evaluate import Known, chosen_row, evaluate, holds
from ristoro.remedies.language.terms import Term, walk

_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}


def read_values(term: Term, known: Known, speaker: Speaker) -> list[tuple[str, str]]:
    """Every name that the term reads, with the value read; of a sum over windows only the sum."""
    leaves = {leaf.name: leaf.kind for leaf in _leaves(term)}
    return [
        (
            name.removeprefix("input ").removeprefix("amount ").removeprefix("every "),
            speaker.value(known[name], kind),
        )
        for name, kind in leaves.items()
    ]


def _leaves(term: Term) -> Iterator[Term]:
    if term.op in ("read", "every"):
        yield term
        return
    for operand in term.operands:
        yield from _leaves(operand)


def definitions(term: Term, known: Known, speaker: Speaker) -> list[str]:
    """Every named value that the term reads, as defined, with what it came to."""
    named = {part.name: part for part in walk(term) if part.op == "value"}
    return [
        f"{name} = {speaker.term(part.operands[0])}"
        f" → {speaker.value(evaluate(part, known), part.kind)}"
        for name, part in named.items()
    ]


def steps(term: Term, known: Known, speaker: Speaker) -> list[str]:
    """One line for each operation, operands before what uses them, equal lines once."""
    lines: list[str] = []
    _steps(term, known, speaker, lines)
    return list(dict.fromkeys(lines))


def _steps(term: Term, known: Known, speaker: Speaker, lines: list[str]) -> None:
    op, parts = term.op, term.operands
    if op in ("const", "read", "every"):
        return
    if op == "if":
        chosen = 1 if evaluate(parts[0], known) is True else 2
        holds_text = speaker.value(chosen == 1, parts[0].kind)
        found = speaker.value(evaluate(parts[chosen], known), parts[chosen].kind)
        _steps(parts[chosen], known, speaker, lines)
        lines.append(f"{speaker.term(parts[0])}: {holds_text} → {found}")
        return
    if op == "table":
        _table(term, known, speaker, lines)
        return
    if op == "words":
        _words(term, known, speaker, lines)
        return
    for part in parts:
        _steps(part, known, speaker, lines)
    result = speaker.value(evaluate(term, known), term.kind)
    if op == "value":
        lines.append(f"{term.name} = {result}")
        return
    values = [speaker.value(evaluate(part, known), part.kind) for part in parts]
    if op in _SIGNS:
        lines.append(f"{values[0]} {_SIGNS[op]} {values[1]} = {result}")
    elif op.startswith("add_"):
        sign, added = ("−", values[1][1:]) if values[1].startswith("-") else ("+", values[1])
        lines.append(f"{values[0]} {sign} {added} = {result}")
    else:
        lines.append(f"{function(term)}({'; '.join(values)}) = {result}")


def _table(term: Term, known: Known, speaker: Speaker, lines: list[str]) -> None:
    of = term.operands[0]
    _steps(of, known, speaker, lines)
    value = evaluate(of, known)
    for step, gives in zip(term.steps, term.operands[1:], strict=True):
        if value is not None and holds(step, value):
            _steps(gives, known, speaker, lines)
            found = speaker.value(evaluate(gives, known), gives.kind)
            where = speaker.step(step, of.kind).replace("…", speaker.value(value, of.kind))
            lines.append(f"{term.name}: {where} → {found}")


def _words(term: Term, known: Known, speaker: Speaker, lines: list[str]) -> None:
    of, gives = term.operands[0], term.operands[chosen_row(term, known)]
    _steps(of, known, speaker, lines)
    _steps(gives, known, speaker, lines)
    text = speaker.value(evaluate(of, known), of.kind)
    found = speaker.value(evaluate(gives, known), gives.kind)
    lines.append(f"{term.name}: {text} → {found}")
