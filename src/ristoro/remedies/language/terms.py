"""Checked expressions: every name resolved, every operation typed, places kept for explanations.

``check`` makes terms; ``compile`` and ``evaluate`` are two readings of the same few operations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from ristoro.kernel.errors import Place
from ristoro.remedies.language.calendars import Calendar
from ristoro.remedies.language.types import NUMBERS, Kind, Scalar
from ristoro.remedies.language.vocabulary import RUN

OPERATIONS = (
    # leaves: a constant; a field, run constant, input, amount or measure attribute by name
    "const",
    "read",
    # a named value or table, its definition below it
    "value",
    "table",
    # a table by words: the text, what each row gives, and what everything else does
    "words",
    # a table added up over windows or stretches of a measure; its variable and rows below it
    "every",
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
    "day_of",
    "add_length",
    "length_between",
    "add_working_days",
    "working_days_between",
    # choice
    "if",
    "first_known",
)

SIGNED = ("-", "days_between", "working_days_between", "length_between")
"""Those that may come to less than nothing."""


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
    """Of what is read; for ``start_of`` and ``day_of``, the zone."""
    steps: tuple[Bounds, ...] = ()
    """For a table: the first operand is the variable, the others are what each step gives."""
    words: tuple[tuple[str, ...], ...] = ()
    """The same for a table by words; the last operand is given for all other texts."""
    calendar: Calendar | None = None
    """Of working days."""
    place: Place | None = field(default=None, compare=False)
    reading: tuple[str, ...] = field(init=False, compare=False, repr=False)
    """The names of leaves that it reads, each once, in order: asked of every part of every text."""

    def __post_init__(self) -> None:
        own = (self.name,) if self.op in ("read", "every") else ()
        below = (name for operand in self.operands for name in operand.reading)
        object.__setattr__(self, "reading", tuple(dict.fromkeys((*own, *below))))


def walk(term: Term) -> Iterator[Term]:
    """The term and everything below it."""
    yield term
    for operand in term.operands:
        yield from walk(operand)


def reads(*terms: Term | None) -> list[str]:
    """The names of leaves that the terms read, each once, in order."""
    return list(dict.fromkeys(name for term in terms if term for name in term.reading))


def is_fixed(term: Term) -> bool:
    """Depends on no mailbox: constants, dated amounts and what is the run's own."""
    return all(name.startswith("amount ") or name in RUN for name in reads(term))


def conjuncts(term: Term) -> tuple[Term, ...]:
    """The parts of a condition that must all hold, opened through named values."""
    if term.op == "and":
        return tuple(part for operand in term.operands for part in conjuncts(operand))
    if term.op == "value" and term.operands[0].op == "and":
        return conjuncts(term.operands[0])
    return (term,)


def never_negative(term: Term) -> bool:
    """Certainly above zero where it is known, or zero: no difference, no constant below one."""
    if term.op == "const":
        return isinstance(term.constant, Fraction) and term.constant > 0
    if term.op in SIGNED:
        return False
    if term.op == "max":
        return any(never_negative(operand) for operand in term.operands)
    return all(never_negative(operand) or operand.kind not in NUMBERS for operand in term.operands)
