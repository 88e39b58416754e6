"""The value of an expression for one mailbox; ``None`` is *not known*, and spreads (chapter 3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tests.remedies.oracle import calendar
from tests.remedies.oracle.expressions import Tree
from tests.remedies.oracle.units import (
    COUNT,
    DAYS,
    LENGTH,
    MONTHS,
    WORKING_DAYS,
    Number,
    add,
    divide,
    multiply,
    number,
    same_unit,
    subtract,
)

Value = Number | str | bool | date | datetime | None
LookUp = Callable[[str], Value]


class Place(NamedTuple):
    """Whose days they are."""

    zone: ZoneInfo
    worked: calendar.Worked | None = None


def evaluate(tree: Tree, look_up: LookUp, place: Place) -> Value:
    """The value of a tree whose names ``look_up`` knows."""
    operation, operands = tree[0], tree[1:]
    if operation in ("number", "text", "truth", "day", "instant"):
        value: Value = operands[0]
        return value
    if operation == "name":
        return look_up(operands[0])
    if operation == "if":
        condition = evaluate(operands[0], look_up, place)
        return evaluate(operands[1] if condition is True else operands[2], look_up, place)
    values = [evaluate(operand, look_up, place) for operand in operands]
    if operation == "and":
        return False if False in values else None if None in values else True
    if operation == "or":
        return True if True in values else None if None in values else False
    if operation == "known":
        return values[0] is not None
    if operation == "unknown":
        return values[0] is None
    known = [value for value in values if value is not None]
    if operation == "first_known":
        return known[0] if known else None
    if operation in ("min", "max", "earlier", "later"):
        return _extreme(operation, known)
    if len(known) < len(values):
        return None
    return _of_known(operation, values, place)


def _extreme(operation: str, known: list[Any]) -> Value:
    """The smallest or largest of what is known; nothing is known of nothing."""
    found = known[0] if known else None
    for value in known[1:]:
        smaller = _less(value, found)
        if smaller if operation in ("min", "earlier") else _less(found, value):
            found = value
    return found


def _less(a: Any, b: Any) -> bool:
    if isinstance(a, Number):
        return a.value < same_unit(a, b).value
    return bool(a < b)


def _of_known(operation: str, values: list[Any], place: Place) -> Value:
    a, b = values[0], values[1] if len(values) > 1 else None
    if operation == "not":
        return not a
    if operation == "in":
        return any(_equal(a, item) for item in values[1:])
    if operation == "starts_with":
        return bool(a.startswith(b))
    if operation in ("=", "!="):
        return _equal(a, b) == (operation == "=")
    if operation in ("<", ">="):
        return _less(a, b) == (operation == "<")
    if operation in (">", "<="):
        return _less(b, a) == (operation == ">")
    if operation in ("+", "-"):
        return _moved(a, b, 1 if operation == "+" else -1, place)
    if operation == "*":
        return multiply(a, b)
    if operation == "/":
        return divide(a, b)
    if operation in ("units", "units_started"):
        return _units(a, b, operation == "units_started")
    return _of_days(operation, a, b, place)


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, Number):
        return a.value == same_unit(a, b).value
    return bool(a == b)


def _moved(a: Any, b: Number, sign: int, place: Place) -> Value:
    """A sum; a date so many days or months on; an instant so much later."""
    if isinstance(a, Number):
        return add(a, b) if sign == 1 else subtract(a, b)
    count = sign * int(b.value)  # a fraction of a day or of a microsecond is left out
    if b.unit == LENGTH:
        assert isinstance(a, datetime), f"{a} plus {b}"
        return a + timedelta(microseconds=count)
    assert isinstance(a, date), f"{a} plus {b}"
    assert not isinstance(a, datetime), f"{a} plus {b}"
    if b.unit == MONTHS:
        return calendar.months_later(a, count)
    if b.unit == WORKING_DAYS:
        assert place.worked is not None
        return place.worked.later(a, count)
    assert b.unit == DAYS, f"{a} plus {b}"
    return a + timedelta(days=count)


def _units(of: Number, step: Number, started: bool) -> Value:
    """How many steps are in it; a begun one counts only where it says so."""
    same_unit(of, step)
    if step.value == 0:
        return None
    whole = max(0, of.value) // step.value
    rest = max(0, of.value) - whole * step.value
    return number(whole + (1 if started and rest > 0 else 0), COUNT)


def _of_days(operation: str, a: Any, b: Any, place: Place) -> Value:
    if operation == "days_between":
        return number((b - a).days, DAYS)
    if operation == "working_days_between":
        assert place.worked is not None
        count = place.worked.between(a, b)
        return None if count is None else number(count, WORKING_DAYS)
    if operation == "length_between":
        return number(calendar.micros(b - a), LENGTH)
    if operation == "day_of":
        local = calendar.local_day(a, place.zone)
        return local if 1970 <= local.year <= 2060 else None
    if operation == "days_in_month":
        return number(calendar.month_length(a), COUNT)
    if operation == "end_of_month":
        day: date = a.replace(day=calendar.month_length(a))
        return day
    assert operation == "start_of", operation
    return calendar.midnight(a, place.zone)
