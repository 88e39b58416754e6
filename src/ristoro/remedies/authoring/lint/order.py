"""The order of rules: conditions that never or always hold, and rules that nobody gets to."""

from __future__ import annotations

from collections.abc import Iterator

from ristoro.kernel.errors import Place
from ristoro.remedies.authoring.lint.conditions import (
    COMPARISONS,
    FALSE,
    NOT_TRUE,
    TRUE,
    UNKNOWN,
    Region,
    TooComplex,
)
from ristoro.remedies.authoring.lint.desk import Desk
from ristoro.remedies.authoring.lint.findings import Finding, Findings, found
from ristoro.remedies.authoring.lint.values import Values
from ristoro.remedies.language.checked import CheckedGive, CheckedRemedy, CheckedRule
from ristoro.remedies.language.expressions import Literal, Node
from ristoro.remedies.language.terms import Term, conjuncts, walk
from ristoro.remedies.language.types import Kind, Number

_ASKS = COMPARISONS | {"among", "unknown", "known"}


def find(desk: Desk) -> Findings:
    """Everything about single conditions, then about their order in each remedy."""
    told: set[tuple[int | None, int | None]] = set()
    for remedy in desk.checked.remedies:
        for rule in remedy.rules:
            dead = list(_comparisons(desk, rule, told))
            yield from dead
            if not dead and rule.when is not None:
                yield from _conditions(desk, rule, rule.when)
        if desk.whole:
            yield from _order(desk, remedy)
    if desk.whole:
        yield from _steps_never_reached(desk)
        yield from _repeated_remedies(desk)


# Single conditions


def _comparisons(
    desk: Desk, rule: CheckedRule, told: set[tuple[int | None, int | None]]
) -> Iterator[Finding]:
    """Comparisons anywhere in the rule that can come out only one way."""
    give = rule.result if isinstance(rule.result, CheckedGive) else None
    amounts = () if give is None else (give.amount, *give.at_most)
    terms = [part for each in (rule.when, *amounts) if each for part in walk(each)]
    between = {part.place for part in terms if part.op == "and" and _is_between(part)}
    for term in terms:
        place = term.place
        if term.op not in _ASKS or place is None or (place.line, place.column) in told:
            continue
        verdict = _verdict(desk, term)
        if verdict is None or (verdict and place in between):
            continue  # `between 0 and x` names the lower end for its reader
        told.add((place.line, place.column))
        if verdict:
            yield found(
                "always-holds",
                place,
                f"this comparison always holds: {_what_it_is(desk, term)}",
                "remove it, or mend its bound",
            )
        else:
            yield found(
                "never-holds",
                place,
                f"this comparison can never hold: {_what_it_is(desk, term)}",
                "mend its bound, or remove what hangs on it",
            )


def _is_between(term: Term) -> bool:
    return all(each.place == term.place for each in term.operands)


def _verdict(desk: Desk, term: Term) -> bool | None:
    """Whether it always holds (``True``) or never does; ``None`` where both can be."""
    try:
        if not desk.conditions.where(term, TRUE):
            return False
        if not desk.conditions.where(term, FALSE) and not desk.conditions.where(term, UNKNOWN):
            return True
    except TooComplex:
        return None
    return None


def _what_it_is(desk: Desk, term: Term) -> str:
    of = desk.bounds.folded(term.operands[0])
    values = desk.bounds.of(of)
    name = of.name.removeprefix("input ").removeprefix("amount ") or "what it compares"
    if term.op in ("unknown", "known"):
        return f"{name} is always known" if not values.unknown else f"{name} is never known"
    if values.words is not None and not values.but:
        return f"{name} is one of {', '.join(sorted(str(word) for word in values.words))}"
    if of.kind is Kind.RATIO:
        return f"{name} is between 0 and 100 percent"
    return f"{name} is never below zero" if _from_zero(values) else "both sides are fixed"


def _from_zero(values: Values) -> bool:
    return bool(values.ranges) and values.ranges[0].low == 0


def _conditions(desk: Desk, rule: CheckedRule, when: Term) -> Iterator[Finding]:
    """Comparisons that contradict each other, or together leave nobody out."""
    for part in dict.fromkeys((when, *conjuncts(when))):
        verdict = None if part.op in _ASKS else _verdict(desk, part)
        if verdict is not None:
            place = desk.field(rule.place, "when") if part is when else part.place
            yield _one_way(rule, verdict, _opened(part) or place or rule.place)
            return


def _opened(term: Term) -> Place | None:
    """Where the definition of a named value stands."""
    while term.op == "value":
        term = term.operands[0]
        if term.op != "value":
            return term.place
    return None


def _one_way(rule: CheckedRule, verdict: bool, place: Place) -> Finding:
    if verdict:
        return found(
            "always-holds",
            place,
            f"this condition of {rule.name!r} leaves nobody out",
            "remove the parts that cancel each other, or make this the `otherwise`",
        )
    return found(
        "never-holds",
        place,
        f"the parts of the condition of {rule.name!r} contradict each other",
        "mend one of them; `and` asks for all at once",
    )


# Order


def _order(desk: Desk, remedy: CheckedRemedy) -> Findings:
    """Rules that nobody gets to; where nobody is left at all, one of them speaks for the rest."""
    unreached: list[int] = []
    for at, rule in enumerate(remedy.rules):
        if rule.when is not None and _verdict(desk, rule.when) is False:
            continue  # told of the condition itself
        if _unreached(desk, remedy, at) and not _always_before(desk, remedy, at):
            unreached.append(at)
    if not unreached or unreached[-1] != len(remedy.rules) - 1:
        for at in unreached:
            yield from _told(desk, remedy, at)
        return
    start = len(remedy.rules)
    while start - 1 in unreached:
        start -= 1
    for at in (each for each in unreached if each < start):
        yield from _told(desk, remedy, at)
    tail = range(start, len(remedy.rules))
    giving = [at for at in tail if isinstance(remedy.rules[at].result, CheckedGive)]
    yield from _told(desk, remedy, (giving or [start])[0])


def _unreached(desk: Desk, remedy: CheckedRemedy, at: int) -> bool:
    region = desk.reached[remedy.name, remedy.rules[at].name]
    if region is not None:
        return not region
    return _covering(desk, remedy, at) is not None


def _always_before(desk: Desk, remedy: CheckedRemedy, at: int) -> bool:
    """A rule before it holds for everybody, which is told there."""
    return any(
        rule.when is not None and _verdict(desk, rule.when) is True for rule in remedy.rules[:at]
    )


def _covering(desk: Desk, remedy: CheckedRemedy, at: int) -> CheckedRule | None:
    """An earlier rule that alone holds wherever this one does."""
    when = remedy.rules[at].when
    for earlier in remedy.rules[:at]:
        if when is None or earlier.when is None:
            continue
        try:
            here = desk.conditions.where(when, TRUE)
            if not desk.conditions.both(here, desk.conditions.where(earlier.when, NOT_TRUE)):
                return earlier
        except TooComplex:
            continue
    return None


def _told(desk: Desk, remedy: CheckedRemedy, at: int) -> Findings:
    rule, earlier = remedy.rules[at], _covering(desk, remedy, at)
    takes = "the rules before it take" if earlier is None else f"{earlier.name!r} takes"
    what = f"nobody gets to {rule.name!r}: {takes} everybody that it is for"
    place = desk.field(rule.place, "when")
    gives = isinstance(rule.result, CheckedGive)
    taken = not any(isinstance(each.result, CheckedGive) for each in remedy.rules[:at])
    if gives and taken:
        yield found(
            "remedy-removed",
            place,
            f"{what}, and gives nothing" if earlier else f"{what}, and give nothing",
            "put this rule before them, or make theirs narrower",
        )
    elif rule.when is None:
        yield found(
            "unreachable-otherwise",
            place,
            what,
            "remove the condition of the last rule and make it the `otherwise`",
        )
    else:
        yield found(
            "unreachable-rule",
            place,
            what,
            "put the narrower rule first, or remove one of the two",
        )


# Steps


def _steps_never_reached(desk: Desk) -> Findings:
    """Steps of tables that the rules which read them never get to."""
    areas: dict[str, list[tuple[Term, Region | None]]] = {}
    for remedy in desk.checked.remedies:
        for rule in remedy.rules:
            give = rule.result if isinstance(rule.result, CheckedGive) else None
            region = desk.reached[remedy.name, rule.name]
            terms = [] if give is None else [give.amount, *give.at_most]
            used = [(part, region) for each in terms for part in walk(each) if part.op == "table"]
            asked = [part for part in walk(rule.when) if part.op == "table"] if rule.when else []
            for part, area in (*used, *((each, None) for each in asked)):
                areas.setdefault(part.name, []).append((part, area))
    for name, uses in areas.items():
        if any(region is None for _, region in uses):
            continue
        yield from _unreached_steps(desk, name, uses)


def _unreached_steps(desk: Desk, name: str, uses: list[tuple[Term, Region | None]]) -> Findings:
    for at, step in enumerate(desk.policy.tables[name].steps):
        if _is_zero(step.gives):
            continue  # a table is complete, so it has a row for those who get nothing
        reached = False
        for table, region in uses:
            of = desk.bounds.folded(table.operands[0])
            if of.kind in (Kind.TEXT, Kind.TRUTH) or at >= len(table.steps):
                return
            try:
                inside = desk.conditions.in_step(of, table.steps[at])
                possible = bool(inside)
                reached |= bool(desk.conditions.both(region or (), inside)) or not region
            except TooComplex:
                reached = True
            if not possible:
                reached = True  # beyond what the variable can be: told of the table itself
        if not reached:
            yield found(
                "step-never-reached",
                step.place,
                f"no rule that reads {name!r} is for whoever falls into this step",
                "widen the rule's condition, or remove the step",
            )


def _is_zero(node: Node) -> bool:
    return isinstance(node, Literal) and isinstance(node.value, Number) and node.value.value == 0


# Remedies


def _repeated_remedies(desk: Desk) -> Findings:
    """Two remedies with the same rules, so that everybody gets the same thing twice."""
    seen: list[CheckedRemedy] = []
    for remedy in desk.checked.remedies:
        for other in seen:
            if _same(remedy, other):
                yield found(
                    "given-twice",
                    remedy.source.place,
                    f"{remedy.name!r} gives what {other.name!r} gives, by the same rules",
                    "remove one of them, or say in its rules whom it is for",
                )
                break
        seen.append(remedy)


def _same(one: CheckedRemedy, other: CheckedRemedy) -> bool:
    def meaning(remedy: CheckedRemedy) -> list[object]:
        return [
            (rule.when, rule.result.kind, rule.result.amount, rule.result.since)
            for rule in remedy.rules
            if isinstance(rule.result, CheckedGive)
        ]

    return (
        bool(meaning(one))
        and meaning(one) == meaning(other)
        and (one.source.lane == other.source.lane)
    )
