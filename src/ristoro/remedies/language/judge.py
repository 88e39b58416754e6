"""Judges one mailbox in Python: the row that ``outcomes.parquet`` has for it, and how it came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from ristoro.kernel.clock import add_months
from ristoro.remedies.language.checked import (
    BELOW_LEAST,
    CLAIMED_LATE,
    NOT_CLAIMED,
    NOT_KNOWN,
    UNIT_OF,
    ZERO_AMOUNT,
    CheckedGive,
    CheckedRemedy,
    CheckedRule,
)
from ristoro.remedies.language.evaluate import Known, evaluate
from ristoro.remedies.language.terms import Term
from ristoro.remedies.language.types import Scalar


@dataclass(frozen=True, slots=True)
class Judged:
    """One outcome; the fields are those of ``columns.OUTCOMES``."""

    remedy: str
    rule: str
    reason: str
    lane: str
    kind: str
    amount: int
    unit: str
    currency: str
    base: int | None
    target: int | None
    base_until: date | None
    until: date | None
    consent: str
    deadline: date | None
    trail: str


@dataclass(frozen=True, slots=True)
class Given:
    """How an amount came about: exact, capped, rounded; ``reason`` where it comes to nothing."""

    exact: Fraction | None
    caps: tuple[Fraction | None, ...]
    least: Fraction | None
    amount: int
    reason: str
    since: date | None
    until: date | None
    deducts: Fraction | None = None


def trail_of(remedy: CheckedRemedy, decided: int, reason: str = "") -> str:
    """The rules tried in order, and what stopped the last: a constant for each ending."""
    tried = [f"{rule.name}=no" for rule in remedy.rules[:decided]]
    tried.append(f"{remedy.rules[decided].name}=yes")
    return ",".join(tried) + (f";{reason}" if reason else "")


def deciding_rule(remedy: CheckedRemedy, known: Known) -> int:
    """The position of the first rule whose condition certainly holds."""
    for at, rule in enumerate(remedy.rules):
        if rule.when is None or evaluate(rule.when, known) is True:
            return at
    raise AssertionError("the last rule has no condition")


def judge(remedy: CheckedRemedy, known: Known, currency: str) -> Judged:
    """The outcome of one remedy for the mailbox whose values are ``known``."""
    at = deciding_rule(remedy, known)
    rule = remedy.rules[at]
    if not isinstance(rule.result, CheckedGive):
        return zero(remedy, at, rule.result.reason, currency)
    given = work_out(rule.result, known)
    if given.reason:
        return zero(remedy, at, given.reason, currency)
    return _owed(remedy, rule, at, given, known, currency)


def zero(remedy: CheckedRemedy, at: int, reason: str, currency: str) -> Judged:
    """A zero outcome with its reason."""
    result = remedy.rules[at].result
    kind = result.kind if isinstance(result, CheckedGive) else remedy.kind
    unit = UNIT_OF[kind][0]
    computed = reason if isinstance(result, CheckedGive) else ""
    return Judged(
        remedy=remedy.name,
        rule=remedy.rules[at].name,
        reason=reason,
        lane=remedy.source.lane,
        kind=kind,
        amount=0,
        unit=unit,
        currency=currency if unit == "minor" else "",
        base=None,
        target=None,
        base_until=None,
        until=None,
        consent="automatic",
        deadline=None,
        trail=trail_of(remedy, at, computed),
    )


def work_out(give: CheckedGive, known: Known) -> Given:
    """The amount: exact, capped, less what is deducted, rounded once, held against the least."""
    exact = _number(give.amount, known)
    caps = tuple(_number(cap, known) for cap in give.at_most)
    least = _number(give.least, known) if give.least else None
    deducts = _number(give.deducts, known) if give.deducts else Fraction(0)
    since = evaluate(give.since, known) if give.since else None
    by = evaluate(give.by, known) if give.by else None
    missing = (
        None in caps
        or (give.least is not None and least is None)
        or (give.since is not None and since is None)
        or (give.by is not None and by is None)
    )

    def ended(reason: str, amount: int = 0) -> Given:
        assert since is None or isinstance(since, date)
        until = None if reason else until_of(give, since, amount)
        return Given(exact, caps, least, amount, reason, since, until, deducts)

    if missing or exact is None or deducts is None:
        return ended(NOT_KNOWN)
    if give.claimed is not None and (late := _late(evaluate(give.claimed, known), by, known)):
        return ended(late)
    lowest = min([exact, *(cap for cap in caps if cap is not None)])
    # a deduction below zero deducts nothing: it never adds to the amount
    deducts = max(Fraction(0), deducts)
    left = max(Fraction(0), lowest - deducts)
    amount = give.rounding.divide(left.numerator, left.denominator)
    if amount == 0:
        return ended(ZERO_AMOUNT)
    if least is not None and not (amount > least if give.least_strict else amount >= least):
        return ended(BELOW_LEAST)
    return ended("", amount)


def _late(claimed: Scalar, by: Scalar, known: Known) -> str:
    """Why a claim gives nothing; empty while one may come, and for one in time."""
    today = known["today"]
    assert isinstance(by, date)
    assert isinstance(today, date)
    if claimed is None:
        return NOT_CLAIMED if today > by else ""
    assert isinstance(claimed, date)
    return CLAIMED_LATE if claimed > by else ""


def until_of(give: CheckedGive, since: date | None, amount: int) -> date | None:
    """The new last day of an extension or of service days."""
    if since is None:
        return None
    return add_months(since, amount) if give.kind == "extension" else since + timedelta(amount)


def _owed(
    remedy: CheckedRemedy, rule: CheckedRule, at: int, given: Given, known: Known, currency: str
) -> Judged:
    give = rule.result
    assert isinstance(give, CheckedGive)
    base = int(_fraction(known["storage"])) if give.kind == "storage" else None
    claimed = give.claimed is not None and evaluate(give.claimed, known) is not None
    by = evaluate(give.by, known) if give.by and not claimed else None
    assert by is None or isinstance(by, date)
    paid = known["paid_until"] if known["paid_until"] is not None else known["before.paid_until"]
    assert paid is None or isinstance(paid, date)
    return Judged(
        remedy=remedy.name,
        rule=rule.name,
        reason="",
        lane=remedy.source.lane,
        kind=give.kind,
        amount=given.amount,
        unit=give.unit,
        currency=currency if give.unit == "minor" else "",
        base=base,
        target=None if base is None else base + given.amount,
        base_until=paid if give.since else None,
        until=given.until,
        consent="automatic" if claimed else give.consent,
        deadline=by,
        trail=trail_of(remedy, at),
    )


def _number(term: Term, known: Known) -> Fraction | None:
    value = evaluate(term, known)
    return None if value is None else _fraction(value)


def _fraction(value: Scalar) -> Fraction:
    assert isinstance(value, Fraction)
    return value
