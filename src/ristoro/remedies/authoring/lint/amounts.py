"""Amounts that come to nothing, to more than anybody meant, or from no dated number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise

from ristoro.kernel.errors import BadInput, Place
from ristoro.remedies.authoring.lint.conditions import TooComplex
from ristoro.remedies.authoring.lint.desk import Desk
from ristoro.remedies.authoring.lint.findings import Finding, Findings, found
from ristoro.remedies.authoring.lint.values import span
from ristoro.remedies.authoring.lint.words import written
from ristoro.remedies.language.checked import CheckedGive, CheckedRemedy, CheckedRule
from ristoro.remedies.language.policy import Window
from ristoro.remedies.language.terms import Term, reads
from ristoro.remedies.language.types import Kind

_PRICED = frozenset({"price", "then.price"})
_PERIODS = frozenset({"billing_months", "then.billing_months"})
_PRICE_BACK = ("price-reduction", "service-credit")
"""Accountings that give a price back, so that more than the price is a mistake."""
_PROMISES = frozenset({Kind.MONEY, Kind.DAILY, Kind.BYTES})
"""Units whose numbers are somebody's promise, not a step or a conversion."""
_BASES = frozenset({"price", "storage", "then.price", "then.storage"})
"""What a share of is a promise too."""
_GROWING = frozenset({Kind.LENGTH, Kind.DAYS, Kind.WORKING, Kind.COUNT})
_ONE = Fraction(1)
_TABLES = frozenset({"table", "words", "every"})


def find(desk: Desk) -> Findings:
    """Everything about amounts."""
    yield from _dated(desk)
    yield from _over_the_whole(desk)
    for remedy, rule, give in desk.gives():
        yield from _undated(desk, rule, give)
        nothing = list(_nothing(desk, remedy, rule, give))
        yield from nothing
        if not nothing:
            yield from _uncapped(desk, remedy, rule, give)
        yield from _unknown(desk, remedy, rule, give)
        yield from _by_period(desk, remedy, rule, give)
        yield from _unreferenced(desk, rule)


# Dated amounts


def _dated(desk: Desk) -> Findings:
    policy = desk.policy
    for name, amount in policy.amounts.items():
        listed = desk.tree.entries and desk.tree.entries["amounts"].entries
        items = listed[name].list_or_one() if listed and name in listed else ()
        places = [item.place for item in items] or [amount.place] * len(amount.values)
        first = amount.values[0].valid_from
        if first > policy.valid_from:
            yield found(
                "amount-starts-late",
                places[0],
                f"{name!r} has no value from {policy.valid_from}, when the policy begins to hold, "
                f"to {first}",
                "add the value that held then, or let the policy hold from the later day",
            )
        for (_, place), (after, _) in pairwise(zip(amount.values, places, strict=False)):
            if after.valid_from <= policy.valid_from:
                yield found(
                    "amount-superseded",
                    place,
                    f"{name!r} has this value only before {after.valid_from}, and the policy holds "
                    f"from {policy.valid_from}",
                    "remove the value, or let the policy hold from an earlier day",
                )


# Percentages


def _over_the_whole(desk: Desk) -> Findings:
    for name, amount in desk.policy.amounts.items():
        for dated in amount.values:
            if dated.number.kind is Kind.RATIO and dated.number.value > 1:
                yield _over(amount.place, name, dated.number.value)
    told: set[tuple[int | None, int | None]] = set()
    for name in desk.policy.tables:
        try:
            term = desk.scope.table(name)
        except BadInput:
            continue
        yield from _ratios(term.operands[1:], told)
    for _, _, give in desk.gives():
        yield from _ratios((give.amount, *give.at_most), told)
    for measure in desk.policy.measures.values():
        if measure.error_rate is not None and measure.error_rate.value >= 1000:
            place = desk.field(measure.place, "counts")
            yield _over(place, "errors", Fraction(measure.error_rate.value, 1000))


def _ratios(terms: Iterable[Term], told: set[tuple[int | None, int | None]]) -> Findings:
    for term in terms:
        for part in _outside_comparisons(term):
            place = part.place
            if part.op != "const" or part.kind is not Kind.RATIO or place is None:
                continue
            at = (place.line, place.column)
            if isinstance(part.constant, Fraction) and part.constant > 1 and at not in told:
                told.add(at)
                yield _over(place, "this share", part.constant)


def _over(place: Place, name: str, value: Fraction) -> Finding:
    return found(
        "percentage-over-100",
        place,
        f"{name} is {written(value, Kind.RATIO, '')}, more than the whole",
        "write a share of at most 100 percent, or multiply by a count",
    )


def _outside_comparisons(term: Term, tables: bool = True) -> Iterator[Term]:
    """The term and what is below it, without conditions and what tables go by; or no tables."""
    table = term.op in _TABLES
    if term.kind is Kind.TRUTH or (table and not tables):
        return
    yield term
    for operand in term.operands[1:] if table or term.op == "if" else term.operands:
        yield from _outside_comparisons(operand, tables)


# Numbers without a day


def _undated(desk: Desk, rule: CheckedRule, give: CheckedGive) -> Findings:
    """A promised number that stands in a rule has no day; goodwill has the day of its decision."""
    if rule.goodwill is not None:
        return
    for part in _promised(give.amount):
        if part.place is not None:
            yield found(
                "undated-amount",
                part.place,
                f"{written(part.constant, part.kind, desk.policy.currency)} stands in the rule "
                f"{rule.name!r} without a day from which it holds",
                "put it under `amounts` with `from` and `reference`, and write its name here",
            )
            return


def _promised(amount: Term) -> Iterator[Term]:
    if amount.op == "const" and amount.constant != 0:
        yield amount
        return
    for part in _outside_comparisons(amount, tables=False):
        if part.op == "const" and part.kind in _PROMISES and part.constant != 0:
            yield part
        elif part.op == "*" and any(each.name in _BASES for each in part.operands):
            yield from (
                each for each in part.operands if each.op == "const" and each.kind is Kind.RATIO
            )


# Nothing is given


def _nothing(desk: Desk, remedy: CheckedRemedy, rule: CheckedRule, give: CheckedGive) -> Findings:
    """Caps below the least, and amounts that cannot be over it."""
    bounds = [*give.at_most, *([remedy.person_cap] if remedy.person_cap else [])]
    caps = [desk.bounds.ends(desk.bounds.folded(cap))[1] for cap in bounds]
    cap = min((each for each in caps if each is not None), default=None)
    least = desk.bounds.ends(desk.bounds.folded(give.least))[0] if give.least else None
    most = desk.bounds.ends(desk.bounds.folded(give.amount))[1]
    currency = desk.policy.currency
    if cap is not None and least is not None and _fails(cap, least, give.least_strict):
        yield found(
            "cap-below-least",
            desk.field(rule.place, "give", "at_most"),
            f"at most {written(cap, give.amount.kind, currency)} is given, and less than "
            f"{written(least, give.amount.kind, currency)} is not given at all",
            "raise the cap or lower the least",
        )
    elif cap is not None and cap <= 0:
        yield _never(desk, rule, "at_most", "its cap is zero")
    elif most is not None and most <= 0:
        yield _never(desk, rule, "", "the amount is never over zero")
    elif most is not None and least is not None and _fails(most, least, give.least_strict):
        text = written(most, give.amount.kind, currency)
        yield _never(desk, rule, "least", f"the amount is at most {text}")


def _fails(amount: Fraction, least: Fraction, strict: bool) -> bool:
    return not (amount > least if strict else amount >= least)


def _never(desk: Desk, rule: CheckedRule, field: str, why: str) -> Finding:
    return found(
        "never-given",
        desk.field(rule.place, "give", field) if field else desk.field(rule.place, "give"),
        f"{rule.name!r} never gives anything: {why}",
        "mend the amount, or write `nothing:` with its reason",
    )


# A price for longer than is measured


def _by_period(desk: Desk, remedy: CheckedRemedy, rule: CheckedRule, give: CheckedGive) -> Findings:
    """A share of a price by what happened in a month: the price is for a whole billing period."""
    region = desk.reached[remedy.name, rule.name] if desk.whole else None
    names = set(reads(give.amount, rule.when))
    months = {
        name for name, measure in desk.policy.measures.items() if measure.window is Window.MONTH
    }
    if not region or not names & _PRICED or not {name.split(".")[0] for name in names} & months:
        return
    for priced in sorted(names & _PRICED):
        field = "then.billing_months" if priced == "then.price" else "billing_months"
        periods = Term("read", Kind.COUNT, name=field)
        longer = ({periods: span(Fraction(1), None, low_open=True)},)
        if names & _PERIODS or not desk.conditions.both(region, longer):
            continue
        yield found(
            "price-of-period",
            desk.field(rule.place, "give"),
            f"{priced!r} is for a whole billing period, which may be a year, and what is measured "
            "is a month",
            f"write `{priced} / {field}`, or say in the rules that the period is a month",
        )


# No cap


def _uncapped(desk: Desk, remedy: CheckedRemedy, rule: CheckedRule, give: CheckedGive) -> Findings:
    """A price that is given back without a bound, or an input that is paid for without one."""
    source = remedy.source
    if give.at_most or remedy.person_cap is not None:
        return
    amount = desk.bounds.folded(give.amount)
    if source.accounting in _PRICE_BACK:
        times = _times_the_price(desk, amount)
        if times is not None and (times[0] is None or times[0] > 1):
            yield found(
                "missing-cap",
                desk.field(rule.place, "give"),
                "more than the whole price may be given back"
                + (f": it is multiplied by {times[1]}" if times[1] else ""),
                "add `at_most: then.price`, or the fee of the period",
            )
        return
    if source.accounting != "goodwill" or give.kind == "extension":
        return
    grows = _unbounded(desk, amount)
    if grows:
        yield found(
            "missing-cap",
            desk.field(rule.place, "give"),
            f"what is given grows with {grows} and has no bound",
            "add `at_most:`",
        )


def _times_the_price(desk: Desk, term: Term) -> tuple[Fraction | None, str] | None:
    """By what the price is multiplied at most (``None``: no bound); ``None`` where it is not."""
    if term.op == "read":
        return (_ONE, "") if term.name in _PRICED else None
    below = term.operands
    if term.op == "*":
        for at in (0, 1):
            times = _times_the_price(desk, below[at])
            if times is None:
                continue
            most = _most_a_window(desk, below[1 - at])
            if most is None or times[0] is None:
                return None, times[1] or _unbounded(desk, below[1 - at])
            return times[0] * most, ""
        return None
    if term.op == "/":
        times = _times_the_price(desk, below[0])
        if times is None or times[0] is None:
            return times
        least = desk.bounds.ends(below[1])[0]
        return (times[0] / least if least and least >= 1 and below[1].kind is Kind.COUNT
                else times[0]), ""  # fmt: skip
    if term.op == "min":
        parts = [_times_the_price(desk, each) for each in below]
        priced = [each for each in parts if each is not None]
        if priced and any(desk.bounds.ends(each)[1] is not None for each in below):
            return _ONE, ""
        bounded = [each for each in priced if each[0] is not None]
        first = bounded or priced
        return first[0] if first else None
    if term.op in ("max", "first_known", "if", "+"):
        parts = [_times_the_price(desk, each) for each in below if each.kind is term.kind]
        return next((p for p in parts if p and p[0] is None), next((p for p in parts if p), None))
    return None


def _most_a_window(desk: Desk, term: Term) -> Fraction | None:
    """The most that a factor can be; of a table that is added up, in one window of it."""
    if term.op != "every":
        return desk.bounds.ends(term)[1]
    rows = [desk.bounds.ends(row)[1] for row in term.operands[1:]]
    known = [row for row in rows if row is not None]
    return max(known) if known and len(known) == len(rows) else None


def _unbounded(desk: Desk, term: Term) -> str:
    """What makes a term grow without a bound, in words; empty where nothing does."""
    if desk.bounds.ends(term)[1] is not None or term.kind is Kind.TRUTH:
        return ""
    for part in _outside_comparisons(term):
        if part.op != "read" or part.kind not in _GROWING:
            continue
        head = part.name.split(".")[0]
        if part.name.startswith("input ") or head in desk.policy.measures:
            return repr(part.name.removeprefix("input "))
    return ""


# Not known


def _unknown(desk: Desk, remedy: CheckedRemedy, rule: CheckedRule, give: CheckedGive) -> Findings:
    """An input that nobody reported makes the whole amount unknown, and nothing is given."""
    region = desk.reached[remedy.name, rule.name] if desk.whole else None
    if region is None:
        return
    told: set[str] = set()
    parts = (give.amount, *give.at_most, give.least, give.since, give.by)
    for term in (part for part in parts if part is not None):
        for leaf in _strict_inputs(term):
            if leaf.name in told or not desk.bounds.may_be_unknown(leaf):
                continue
            try:
                here = desk.conditions.both(region, desk.conditions.unknown(leaf))
            except TooComplex:
                continue
            if here:
                told.add(leaf.name)
                name = leaf.name.removeprefix("input ")
                yield found(
                    "input-may-be-missing",
                    leaf.place or desk.field(rule.place, "give"),
                    f"where {name!r} is not reported nothing is given, for the reason `not-known`",
                    f"give {name!r} a default, write `first_known({name}, …)`, or write a rule "
                    f"for `{name} is null`",
                )


def _strict_inputs(term: Term) -> Iterator[Term]:
    """The inputs without which the term is not known."""
    if term.op in ("first_known", "min", "max", "if", "unknown", "known", "and", "or"):
        return
    if term.op == "read" and term.name.startswith("input "):
        yield term
    if term.op == "words":
        return  # a text that is not known is every other text
    for operand in term.operands[:1] if term.op in _TABLES else term.operands:
        yield from _strict_inputs(operand)


def _unreferenced(desk: Desk, rule: CheckedRule) -> Findings:
    if rule.when is None and not rule.reference:
        yield found(
            "missing-reference",
            rule.place,
            "the `otherwise` gives, and nothing says where that is promised",
            "add `reference:`",
        )
