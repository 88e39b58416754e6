"""Types the calls of an expression: which operands each function of the language takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from ristoro.kernel.errors import BadInput, bad_input, nearest
from ristoro.remedies.language.calendars import Calendar
from ristoro.remedies.language.expressions import Call, Node
from ristoro.remedies.language.terms import Term, never_negative
from ristoro.remedies.language.types import NUMBERS, Kind
from ristoro.remedies.language.vocabulary import FUNCTIONS

_DAY, _INSTANT = Kind.DAY, Kind.INSTANT
_OF_DATES = {
    "days_between": ([_DAY, _DAY], Kind.DAYS),
    "working_days_between": ([_DAY, _DAY], Kind.WORKING),
    "length_between": ([_INSTANT, _INSTANT], Kind.LENGTH),
    "days_in_month": ([_DAY], Kind.COUNT),
    "end_of_month": ([_DAY], _DAY),
    "start_of": ([_DAY], _INSTANT),
    "day_of": ([_INSTANT], _DAY),
}
"""Functions of dates and instants: what they take and what they give."""


def typed(node: Call, operands: tuple[Term, ...], zone: str, calendar: Calendar | None) -> Term:
    """The typed call; ``BadInput`` where its operands do not fit."""
    if node.function not in FUNCTIONS:
        close = nearest(node.function, list(FUNCTIONS))
        raise bad_input(
            "unknown-function",
            f"there is no function {node.function!r}",
            f"functions are {', '.join(FUNCTIONS)}",
            f"write {close!r}" if close else "use one of them",
            node.place,
        )
    kinds = [operand.kind for operand in operands]
    name = node.function
    if name in _OF_DATES:
        return _of_dates(node, operands, zone, calendar)
    op, result = name, Kind.COUNT
    if name in ("min", "max", "earlier", "later", "first_known"):
        fit = len(kinds) >= 2 and len(set(kinds)) == 1
        if name in ("min", "max"):
            fit = fit and kinds[0] in NUMBERS
        elif name != "first_known":
            fit = fit and kinds[0] in (_DAY, _INSTANT)
            op = "min" if name == "earlier" else "max"
        result = kinds[0] if kinds else Kind.COUNT
    elif name == "if":
        fit = len(kinds) == 3 and kinds[0] is Kind.TRUTH and kinds[1] is kinds[2]
        result = kinds[-1] if kinds else Kind.COUNT
    elif name in ("units", "units_started"):
        fit = len(kinds) == 2 and kinds[0] is kinds[1] and kinds[0] in NUMBERS
        fit = fit and never_negative(operands[1])
    else:
        assert name == "starts_with", name
        fit, result = kinds == [Kind.TEXT, Kind.TEXT], Kind.TRUTH
        fit = fit and operands[1].op == "const"
    if not fit:
        _refuse(node, kinds)
    return Term(op, result, operands, place=node.place)


def _of_dates(node: Call, operands: tuple[Term, ...], zone: str, calendar: Calendar | None) -> Term:
    kinds = [operand.kind for operand in operands]
    wanted, result = _OF_DATES[node.function]
    if kinds != wanted:
        _refuse(node, kinds)
    working = node.function == "working_days_between"
    if working and calendar is None:
        raise missing_calendar(node)
    return Term(
        node.function,
        result,
        operands,
        name=zone if node.function in ("start_of", "day_of") else "",
        calendar=calendar if working else None,
        place=node.place,
    )


def missing_calendar(node: Node) -> BadInput:
    """Why working days cannot be counted."""
    return bad_input(
        "missing-calendar",
        "working days are counted, and no calendar says which they are",
        "public holidays differ from country to country",
        "add `calendar: italy` (or another) to the policy",
        node.place,
    )


def _refuse(node: Call, kinds: Sequence[Kind]) -> NoReturn:
    raise bad_input(
        "wrong-operands",
        f"{node.function}({', '.join(kind.value for kind in kinds)}) has no meaning",
        FUNCTIONS[node.function],
        "mend its operands",
        node.place,
    )
