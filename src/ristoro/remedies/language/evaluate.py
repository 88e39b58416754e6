"""Computes a term for one mailbox in exact fractions: it explains, and it judges the compiler."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from ristoro.kernel.clock import MICROSECOND, add_months, days_in_month, zone
from ristoro.remedies.language.calendars import WorkingDays, working_days
from ristoro.remedies.language.local_days import day_of, start_of
from ristoro.remedies.language.terms import Bounds, Term
from ristoro.remedies.language.types import Scalar

Known = Mapping[str, Scalar]
"""The values of leaves by name; a name that is not there is an error, not *not known*."""

FARTHEST = 10**17
"""How far an instant is moved at most, in microseconds: more than three thousand years."""

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}


def evaluate(term: Term, known: Known) -> Scalar:
    """The term's value, ``None`` where it is not known (three-valued, as SQL has it)."""
    op = term.op
    if op == "const":
        return term.constant
    if op in ("read", "every"):
        return known[term.name]
    if op == "value":
        return evaluate(term.operands[0], known)
    if op in ("and", "or"):
        return _junction(op, [evaluate(operand, known) for operand in term.operands])
    if op == "if":
        chosen = 1 if evaluate(term.operands[0], known) is True else 2
        return evaluate(term.operands[chosen], known)
    if op == "table":
        return _table(term, known)
    if op == "words":
        return evaluate(term.operands[chosen_row(term, known)], known)
    values = [evaluate(operand, known) for operand in term.operands]
    if op in ("unknown", "known"):
        return (values[0] is None) == (op == "unknown")
    if op == "first_known":
        return next((value for value in values if value is not None), None)
    if op in ("min", "max"):
        there: list[Any] = [value for value in values if value is not None]
        return None if not there else min(there) if op == "min" else max(there)
    if any(value is None for value in values):
        return None
    return _strict(term, values)


def _strict(term: Term, values: list[Any]) -> Scalar:
    """Operations that know nothing where an operand is not known; division by zero likewise."""
    op, first = term.op, values[0]
    if op in _COMPARE:
        return _COMPARE[op](first, values[1])
    if op == "not":
        return not first
    if op == "among":
        return first in values[1:]
    if op == "starts_with":
        return bool(first.startswith(values[1]))
    if op in ("+", "-", "*", "/"):
        return _arithmetic(op, first, values[1])
    if op in ("units", "units_started"):
        step = values[1]
        if step == 0:
            return None
        whole, rest = divmod(max(Fraction(0), first), step)
        return Fraction(whole + (1 if op == "units_started" and rest else 0))
    if op == "start_of":
        return start_of(first, zone(term.name))
    if op == "day_of":
        return day_of(first, zone(term.name))
    if op == "add_length":
        return _moved(first, int(values[1]))
    if op == "length_between":
        return Fraction((values[1] - first) // MICROSECOND)
    if term.calendar is not None:
        return _working(op, first, values[1], working_days(term.calendar))
    return _calendar(op, first, values[1] if len(values) > 1 else None)


def _arithmetic(op: str, a: Fraction, b: Fraction) -> Fraction | None:
    if op == "+":
        return a + b
    if op == "-":
        return a - b
    if op == "*":
        return a * b
    return None if b == 0 else a / b


def _calendar(op: str, day: date, other: Any) -> Scalar:
    if op == "add_months":
        return add_months(day, int(other))
    if op == "add_days":
        return day + timedelta(days=int(other))
    if op == "days_between":
        return Fraction((other - day).days)
    length = days_in_month(day.year, day.month)
    if op == "days_in_month":
        return Fraction(length)
    assert op == "end_of_month", op
    return day.replace(day=length)


def _moved(at: datetime, length: int) -> datetime | None:
    """An instant moved by microseconds; not known where no calendar would still have a word."""
    return at + timedelta(microseconds=length) if abs(length) <= FARTHEST else None


def _working(op: str, day: date, other: Any, days: WorkingDays) -> Scalar:
    if op == "add_working_days":
        return days.after(day, int(other))
    assert op == "working_days_between", op
    count = days.between(day, other)
    return None if count is None else Fraction(count)


def _junction(op: str, values: list[Scalar]) -> bool | None:
    deciding = op == "or"
    if any(value is deciding for value in values):
        return deciding
    return None if any(value is None for value in values) else not deciding


def _table(term: Term, known: Known) -> Scalar:
    value = evaluate(term.operands[0], known)
    if value is None:
        return None
    for step, gives in zip(term.steps, term.operands[1:], strict=True):
        if holds(step, value):
            return evaluate(gives, known)
    return None


def chosen_row(term: Term, known: Known) -> int:
    """Which operand of a table by words is given: the last for a text that no row has."""
    text = evaluate(term.operands[0], known)
    found = (at for at, texts in enumerate(term.words, 1) if text in texts)
    return next(found, len(term.words) + 1)


def holds(step: Bounds, value: Any) -> bool:
    """Whether a step's range has the value; the ends are open or closed as written."""
    low, high = step.low, step.high
    above = low is None or (value > low if step.low_open else value >= low)
    return above and (high is None or (value < high if step.high_open else value <= high))
