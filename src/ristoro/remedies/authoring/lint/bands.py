"""Bands with holes or doubled places: steps of tables, and rules that go by ranges of one thing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

from ristoro.kernel.errors import BadInput
from ristoro.remedies.authoring.lint.conditions import TRUE, Box, TooComplex
from ristoro.remedies.authoring.lint.desk import Desk
from ristoro.remedies.authoring.lint.findings import Finding, Findings, found
from ristoro.remedies.authoring.lint.values import Ordered, Values, span, whole
from ristoro.remedies.authoring.lint.words import of_range, of_values
from ristoro.remedies.language.checked import CheckedGive, CheckedRemedy, CheckedRule
from ristoro.remedies.language.expressions import Literal
from ristoro.remedies.language.policy import Step, Table
from ristoro.remedies.language.terms import Term
from ristoro.remedies.language.types import NUMBERS, Kind, Number

_WORSE_WHEN_LESS = frozenset({"uptime"})
_WORSE_WHEN_MORE = frozenset(
    {"total", "longest", "stretches", "days_touched", "whole_days", "windows"}
)


def find(desk: Desk) -> Findings:
    """Everything about bands."""
    for table in desk.policy.tables.values():
        bounds = [each for step in table.steps for each in (step.low, step.high) if each]
        if len({each.kind for each in bounds}) == 1:
            yield from _holes(desk, table, bounds[0].kind)
            yield from _steps(desk, table, bounds[0].kind)
    if desk.whole:
        for remedy in desk.checked.remedies:
            yield from _rule_bands(desk, remedy)


def _values(step: Step) -> Values:
    low = step.low.value if step.low else None
    high = step.high.value if step.high else None
    return span(low, high, step.low_open, step.high_open)


def _holes(desk: Desk, table: Table, kind: Kind) -> Findings:
    """Gaps and overlaps, every one of them; the checker tells of the first."""
    currency = desk.policy.currency
    steps = [step for step in table.steps if not _values(step).empty]
    for before, after in pairwise(steps):
        if before.high is None or after.low is None:
            continue
        hole = span(before.high.value, after.low.value, not before.high_open, not after.low_open)
        if not hole.empty and before.high.value <= after.low.value:
            yield found(
                "tier-gap",
                after.place,
                f"no step of {table.name!r} holds {of_values(hole, kind, currency)}",
                "let the bounds meet: `below: X` and then `from: X`",
            )
        both = _values(before).meet(_values(after))
        if not both.empty and (both.ranges[0].low != both.ranges[0].high or not before.high_open):
            yield found(
                "tier-overlap",
                after.place,
                f"two steps of {table.name!r} hold {of_values(both, kind, currency)}",
                "list the steps from the lowest; `below: X` then `from: X` holds X once",
            )


def _steps(desk: Desk, table: Table, kind: Kind) -> Findings:
    """Steps that hold nothing, that cannot be reached, that repeat, or that give less for worse."""
    currency = desk.policy.currency
    try:
        of = desk.bounds.folded(desk.scope.typed(table.of))
    except BadInput:
        return
    if of.kind is not kind:
        return
    possible = desk.bounds.of(of)
    good = []
    for step in table.steps:
        values = _values(step)
        if values.empty:
            yield found(
                "tier-empty",
                step.place,
                f"a step of {table.name!r} begins where it ends, or above",
                "write the lower bound first, or remove the step",
            )
        elif values.meet(possible).empty:
            yield found(
                "tier-unreachable",
                step.place,
                f"{of_values(values, of.kind, currency)} is beyond what {table.name!r} goes by, "
                f"which is {of_values(possible.known(), of.kind, currency)}",
                "mend the bound or remove the step",
            )
        else:
            good.append(step)
    yield from _what_they_give(desk, table, of, good)


def _what_they_give(desk: Desk, table: Table, of: Term, steps: list[Step]) -> Findings:
    given = [_constant(step) for step in steps]
    for (_, one), (after, two) in pairwise(zip(steps, given, strict=True)):
        if one is not None and one == two:
            yield found(
                "tier-same",
                after.place,
                "this step gives what the step before it gives",
                "make them one step, or mend what one of them gives",
            )
    worse = _direction(of)
    known = [number.value for number in given if number is not None]
    if worse == 0 or len(known) != len(given) or len(known) < 2:
        return
    rises = [worse * (after - before) for before, after in pairwise(known)]
    if any(rise < 0 for rise in rises):
        at = next(n for n, rise in enumerate(rises) if rise < 0)
        step = steps[at + 1]
        yield found(
            "worse-gets-less",
            desk.field(step.place, "gives"),
            f"the worse of two neighbouring steps of {table.name!r} gives less",
            "let what is given grow with what was suffered",
        )


def _constant(step: Step) -> Number | None:
    node = step.gives
    return node.value if isinstance(node, Literal) and isinstance(node.value, Number) else None


def _direction(of: Term) -> int:
    """Whether more of the variable is worse (1), better (-1), or neither (0)."""
    if of.op != "read":
        return 0
    attribute = of.name.partition(".")[2]
    return (attribute in _WORSE_WHEN_MORE) - (attribute in _WORSE_WHEN_LESS)


# Rules that go by ranges


def _rule_bands(desk: Desk, remedy: CheckedRemedy) -> Findings:
    """Rules that differ only in the range of one thing are bands like a table's."""
    boxes = list(_boxes(desk, remedy))
    for thing in {thing: None for _, box in boxes for thing in box if thing.kind in NUMBERS}:
        groups: dict[frozenset[tuple[Term, Values]], list[tuple[CheckedRule, Values]]] = {}
        for rule, box in boxes:
            if thing in box and len(box[thing].ranges) == 1:
                groups.setdefault(_rest(box, thing), []).append((rule, box[thing].known()))
        for group in groups.values():
            giving = [one for one in group if isinstance(one[0].result, CheckedGive)]
            if len(giving) >= 2:
                yield from _gaps(desk, thing, group, giving, boxes)
                yield from _overlaps(desk, thing, giving)


def _boxes(desk: Desk, remedy: CheckedRemedy) -> Iterator[tuple[CheckedRule, Box]]:
    for rule in remedy.rules:
        if rule.when is None:
            continue
        try:
            region = desk.conditions.where(rule.when, TRUE)
        except TooComplex:
            continue
        yield from ((rule, box) for box in region)


def _rest(box: Box, thing: Term) -> frozenset[tuple[Term, Values]]:
    return frozenset((other, values) for other, values in box.items() if other != thing)


def _gaps(
    desk: Desk,
    thing: Term,
    group: list[tuple[CheckedRule, Values]],
    giving: list[tuple[CheckedRule, Values]],
    boxes: list[tuple[CheckedRule, Box]],
) -> Findings:
    held = group[0][1]
    for _, values in group[1:]:
        held = held.join(values)
    for _, box in boxes:
        if set(box) == {thing}:
            held = held.join(box[thing].known())
    possible = desk.bounds.of(thing).known()
    holes = possible.meet(held.but_not().known())
    for hole in holes.ranges:
        if desk.bounds.is_whole(thing) and whole(Values((hole,))).empty:
            continue  # such as between 3 and 4, of what is counted
        below = any(_is_below(v.ranges[0].high, hole.low) for _, v in giving)
        above = [rule for rule, v in giving if _is_below(hole.high, v.ranges[0].low)]
        if not below or not above:
            continue
        rule = above[0]
        yield found(
            "band-gap",
            desk.field(rule.place, "when"),
            f"no rule gives for {of_range(hole, thing.kind, desk.policy.currency)}, between two "
            "that do",
            "let the bounds meet, or write a rule that gives nothing there and says why",
        )


def _is_below(one: Ordered | None, other: Ordered | None) -> bool:
    return one is not None and other is not None and not one > other  # type: ignore[operator]


def _overlaps(
    desk: Desk, thing: Term, giving: list[tuple[CheckedRule, Values]]
) -> Iterator[Finding]:
    """Ranges that share some values, neither inside the other: the first decides, by accident."""
    told: set[str] = set()
    for (earlier, one), (rule, two) in combinations(giving, 2):
        both = one.meet(two)
        if earlier is rule or rule.name in told:
            continue
        if both.empty or one.within(two) or two.within(one):
            continue
        told.add(rule.name)
        yield found(
            "band-overlap",
            desk.field(rule.place, "when"),
            f"{of_values(both, thing.kind, desk.policy.currency)} is in the range of this rule and "
            "of one before it",
            "let the ranges meet without sharing a value, such as `< X` and then `>= X`",
        )
