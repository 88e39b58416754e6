"""Policies with one thing wrong in each: an edge moved, a bound opened, an amount off by a unit.

Every site is found by walking the tree that ``language.read`` makes, so a part of the language
that is new is mutated as soon as it holds a number, a bound, a comparison or a rounding.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from ristoro.kernel.errors import Place
from ristoro.kernel.money import Rounding
from ristoro.outages.periods import Hours
from ristoro.remedies.language.expressions import Binary, Literal
from ristoro.remedies.language.policy import (
    Allowance,
    Amount,
    Channel,
    DatedNumber,
    Give,
    Limit,
    Measure,
    Policy,
    Remedy,
    Step,
    Table,
)
from ristoro.remedies.language.types import Kind, Number

SECOND = 1_000_000
EDGE_OF_A_SHARE = Fraction(1, 28 * 86_400)
"""A share has no smallest unit; a second of the shortest month is the finest that is measured."""
UNITS = {
    Kind.LENGTH: Fraction(SECOND),
    Kind.RATIO: Fraction(1, 100),
    **dict.fromkeys(
        (Kind.COUNT, Kind.BYTES, Kind.DAYS, Kind.MONTHS, Kind.MONEY, Kind.DAILY, Kind.WORKING),
        Fraction(1),
    ),
}
STRICTER = {">": ">=", ">=": ">", "<": "<=", "<=": "<"}
LENGTHS = ("planned_notice", "merge_gaps")
"""Lengths of a measure that are kept as microseconds, zero and ``None`` being none."""


@dataclass(frozen=True)
class Mutant:
    """A policy with one change; ``name`` is where and what, the same as long as the text is."""

    name: str
    policy: Policy


def mutants(policy: Policy) -> Iterator[Mutant]:
    """Every policy that differs from this one in one edge, bound, rounding, cap or number."""
    for name, changed in _of(policy, policy.name):
        yield Mutant(name.removeprefix(f"{policy.name}."), changed)


def _of(node: Any, path: str) -> Iterator[tuple[str, Any]]:
    """The node with one change in it or below it, and where the change is."""
    yield from _here(node, path)
    if isinstance(node, (Place, Rounding, Number, Limit, Hours, Step, Channel)):
        return
    if dataclasses.is_dataclass(node) and not isinstance(node, type):
        for field in dataclasses.fields(node):
            if isinstance(node, Remedy) and field.name == "paid_within":
                continue  # like the channels it is told to people, and changes no outcome
            for name, changed in _of(getattr(node, field.name), f"{path}.{field.name}"):
                yield name, replace(node, **{field.name: changed})
    elif isinstance(node, Mapping):
        for key, value in node.items():
            for name, changed in _of(value, f"{path}.{key}"):
                yield name, {**node, key: changed}
    elif isinstance(node, tuple):
        for at, item in enumerate(node):
            own = getattr(item, "name", at)
            for name, changed in _of(item, f"{path}.{own}"):
                yield name, (*node[:at], changed, *node[at + 1 :])


def _here(node: Any, path: str) -> Iterator[tuple[str, Any]]:
    match node:
        case Literal(value=Number() as number):
            # nobody writes one unit for nothing at all; what zero bounds is flipped instead
            for sign, moved in _moved(number) if number.value else ():
                yield f"{path} {_said(number)}{sign}", replace(node, value=moved)
        case Literal(value=date() as day) if not isinstance(day, datetime):
            for days in (1, -1):
                yield f"{path} {day}{days:+}d", replace(node, value=day + timedelta(days))
        case Binary(op=op) if op in STRICTER:
            yield f"{path} {op} as {STRICTER[op]}", replace(node, op=STRICTER[op])
        case Limit(value=value, strict=strict):
            yield f"{path} strict", replace(node, strict=not strict)
            step = SECOND if value >= SECOND else 1
            for sign in (step, -step):
                yield f"{path} {sign:+}", replace(node, value=value + sign)
        case Allowance(length=length):
            for sign in (SECOND, -SECOND):
                yield f"{path} {sign:+}", replace(node, length=length + sign)
        case Hours(first=first, after=after, weekdays=weekdays):
            for sign in (1, -1):  # minutes, the unit in which they are written
                yield f"{path}.first {sign:+}", replace(node, first=first + sign)
                yield f"{path}.after {sign:+}", replace(node, after=after + sign)
            for day in sorted(weekdays):
                yield f"{path} without {day}", replace(node, weekdays=weekdays - {day})
        case Rounding():
            for other in Rounding:
                if other is not node:
                    yield f"{path} {node.value} as {other.value}", other
        case Table(steps=steps):
            yield from _edges(node, steps, path)
        case Amount(values=values):
            yield from _dated(node, values, path)
        case Give():
            yield from _give(node, path)
        case Measure():
            for field in LENGTHS:
                if value := getattr(node, field, None):
                    for sign in (SECOND, -SECOND):
                        yield f"{path}.{field} {sign:+}", replace(node, **{field: value + sign})


def _edges(table: Table, steps: tuple[Step, ...], path: str) -> Iterator[tuple[str, Table]]:
    """Each edge between two steps a little up, a little down, and on its other side."""
    for at in range(len(steps) - 1):
        low, high = steps[at], steps[at + 1]
        edge = low.high
        if edge is None or high.low is None:
            continue
        fine = EDGE_OF_A_SHARE if edge.kind is Kind.RATIO else UNITS[edge.kind]
        where = f"{path} edge {_said(edge)}"
        changes = {
            f"{where}+": _pair(low, high, Number(edge.value + fine, edge.kind, edge.currency)),
            f"{where}-": _pair(low, high, Number(edge.value - fine, edge.kind, edge.currency)),
            f"{where} other side": (
                replace(low, high_open=not low.high_open),
                replace(high, low_open=not high.low_open),
            ),
        }
        for name, pair in changes.items():
            yield name, replace(table, steps=(*steps[:at], *pair, *steps[at + 2 :]))
    for at, step in enumerate(steps):
        for name, changed in _of(step.gives, f"{path}.{at}.gives"):
            given = replace(step, gives=changed)
            yield name, replace(table, steps=(*steps[:at], given, *steps[at + 1 :]))


def _pair(low: Step, high: Step, edge: Number) -> tuple[Step, Step]:
    return replace(low, high=edge), replace(high, low=edge)


def _dated(
    amount: Amount, values: tuple[DatedNumber, ...], path: str
) -> Iterator[tuple[str, Amount]]:
    """Each value off by a unit; each but the first a day early and a day late."""
    for at, dated in enumerate(values):
        changes = [(sign, replace(dated, number=moved)) for sign, moved in _moved(dated.number)]
        if at:
            changes += [
                (f"{days:+}d", replace(dated, valid_from=dated.valid_from + timedelta(days)))
                for days in (1, -1)
            ]
        for sign, changed in changes:
            name = f"{path}.{at} {_said(dated.number)}{sign}"
            yield name, replace(amount, values=(*values[:at], changed, *values[at + 1 :]))


def _give(give: Give, path: str) -> Iterator[tuple[str, Give]]:
    for at in range(len(give.at_most)):
        without = (*give.at_most[:at], *give.at_most[at + 1 :])
        yield f"{path}.at_most.{at} gone", replace(give, at_most=without)
    if give.least is not None:
        yield f"{path}.least gone", replace(give, least=None)
        yield f"{path}.least strict", replace(give, least_strict=not give.least_strict)


def _moved(number: Number) -> Iterator[tuple[str, Number]]:
    unit = UNITS[number.kind]
    for sign, value in (("+", number.value + unit), ("-", number.value - unit)):
        yield sign, Number(value, number.kind, number.currency)


def _said(number: Number) -> str:
    scale = {Kind.RATIO: Fraction(100), Kind.LENGTH: Fraction(1, SECOND)}.get(number.kind, 1)
    word = {Kind.RATIO: "%", Kind.LENGTH: "s", Kind.MONEY: "c", Kind.DAILY: "c"}
    value = number.value * scale
    text = str(value.numerator) if value.denominator == 1 else f"{float(value):g}"
    return f"{text}{word.get(number.kind, '')}"
