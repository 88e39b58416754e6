"""Checked expressions: every name resolved, every operation typed, places kept for explanations.

``check`` makes terms; ``compile`` and ``evaluate`` are two readings of the same few operations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ristoro.kernel.errors import Place
from ristoro.remedies.language.types import Kind, Scalar

OPERATIONS = (
    # leaves: a constant; a field, run constant, input, amount or measure attribute by name
    "const",
    "read",
    # a named value or table, its definition below it
    "value",
    "table",
    # truth
    "not",
    "and",
    "or",
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "among",
    "unknown",
    "known",
    "starts_with",
    # numbers
    "+",
    "-",
    "*",
    "/",
    "min",
    "max",
    "units",
    "units_started",
    # days and instants
    "add_months",
    "add_days",
    "days_between",
    "days_in_month",
    "end_of_month",
    "start_of",
    # choice
    "if",
    "first_known",
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """One step of a table: bounds in the variable's base unit, ``None`` for no bound."""

    low: Scalar
    low_open: bool
    high: Scalar
    high_open: bool


@dataclass(frozen=True, slots=True)
class Term:
    """One operation on checked operands."""

    op: str
    kind: Kind
    operands: tuple[Term, ...] = ()
    constant: Scalar = None
    name: str = ""
    """Of what is read; for ``start_of``, the zone."""
    steps: tuple[Bounds, ...] = ()
    """For a table: the first operand is the variable, the others are what each step gives."""
    place: Place | None = field(default=None, compare=False)


def walk(term: Term) -> Iterator[Term]:
    """The term and everything below it."""
    yield term
    for operand in term.operands:
        yield from walk(operand)


def reads(*terms: Term | None) -> list[str]:
    """The names of leaves that the terms read, each once, in order."""
    found = (part.name for term in terms if term for part in walk(term) if part.op == "read")
    return list(dict.fromkeys(found))


def conjuncts(term: Term) -> tuple[Term, ...]:
    """The parts of a condition that must all hold, opened through named values."""
    if term.op == "and":
        return tuple(part for operand in term.operands for part in conjuncts(operand))
    if term.op == "value" and term.operands[0].op == "and":
        return conjuncts(term.operands[0])
    return (term,)
