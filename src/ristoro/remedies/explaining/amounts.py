"""What is owed and how it was reckoned, one operation a line, as on a desk calculator."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from ristoro.remedies.deciding.setting import in_force
from ristoro.remedies.explaining.arithmetic import read_values, steps
from ristoro.remedies.explaining.sentences import SENTENCES
from ristoro.remedies.explaining.words import Speaker
from ristoro.remedies.language.checked import CheckedGive
from ristoro.remedies.language.evaluate import Known, evaluate
from ristoro.remedies.language.judge import Given, Judged, work_out
from ristoro.remedies.language.policy import Policy
from ristoro.remedies.language.terms import Term, reads
from ristoro.remedies.language.types import Kind


def gift_of(kind: str, amount: str, until: date | None, say: Speaker) -> str:
    """The amount with what it is: ``6 months more of the subscription, until 29 Feb 2024``."""
    text = SENTENCES[say.lang]
    last = text.until.format(day=say.day(until)) if until is not None else ""
    return text.gifts[kind].format(amount=amount) + last


def because_of(reason: str, say: Speaker) -> str:
    """The sentence for a zero that no rule writes."""
    return SENTENCES[say.lang].reasons[reason]


def told(
    give: CheckedGive, stored: Judged, known: Known, say: Speaker, policy: Policy, reference: str
) -> list[str]:
    """Dated amounts, values read, every operation, cap, rounding, minimum, before and after."""
    return [
        *dated(give.terms(), known, say, policy, reference),
        *worked_out(give, known, say),
        *_before_and_after(give, stored, known, say),
    ]


def dated(
    terms: list[Term], known: Known, say: Speaker, policy: Policy, told_already: str
) -> list[str]:
    """The amounts of the policy that the terms read: the value in force, since when, and where.

    Each with its reference, unless that is ``told_already``.
    """
    lines = []
    text, first = SENTENCES[say.lang], known["outage.start_day"]
    assert isinstance(first, date)
    for name in reads(*terms):
        if not name.startswith("amount "):
            continue
        amount = policy.amounts[name.removeprefix("amount ")]
        found = in_force(amount, first)
        value = say.value(known[name], found.number.kind)
        lines.append(
            text.in_force.format(
                name=amount.name, value=value, day=say.day(found.valid_from),
                line=amount.place.line,
            )
        )  # fmt: skip
        if found.reference != told_already:
            lines.append("  " + text.reference.format(text=policy.references[found.reference]))
    return lines


def worked_out(give: CheckedGive, known: Known, say: Speaker) -> list[str]:
    """The values read and each operation to the rounded amount, equal lines once."""
    lines = [
        f"{name} = {value}"
        for term in give.terms()
        for name, value in read_values(term, known, say)
        if f"amount {name}" not in reads(term)
    ]
    if give.amount.op == "const":
        value = say.value(give.amount.constant, give.amount.kind)
        lines.append(SENTENCES[say.lang].fixed.format(value=value))
    lines.extend(steps(give.amount, known, say))
    given = work_out(give, known)
    lines.extend(_bounded(give, given, known, say))
    if give.since is not None:
        lines.extend(steps(give.since, known, say))
    return list(dict.fromkeys(lines))


def _bounded(give: CheckedGive, given: Given, known: Known, say: Speaker) -> list[str]:
    """Caps, then the one rounding, then the minimum."""
    text, kind, lines = SENTENCES[say.lang], give.amount.kind, []
    exact = given.exact
    for cap, term in zip(given.caps, give.at_most, strict=True):
        lines.extend(steps(term, known, say))
        if exact is None or cap is None:
            continue
        low = min(exact, cap)
        lines.append(
            text.lowest.format(
                amount=say.value(exact, kind), cap=say.value(cap, kind), value=say.value(low, kind)
            )
        )
        exact = low
    if exact is None:
        return lines
    if give.deducts is not None and given.deducts is not None:
        lines.extend(steps(give.deducts, known, say))
        amount, deducts = say.value(exact, kind), say.value(given.deducts, kind)
        exact -= given.deducts
        value = say.value(exact, kind)
        lines.append(text.deducted.format(amount=amount, deducts=deducts, value=value))
    if exact < 0:
        lines.append(text.below_zero.format(exact=say.value(exact, kind)))
    elif exact.denominator != 1:
        lines.append(
            text.rounded.format(
                exact=say.value(exact, kind),
                how=text.roundings[give.rounding],
                value=say.value(_rounded(give, exact), kind),
            )
        )
    if given.least is not None:
        whole = _rounded(give, max(exact, Fraction(0)))
        enough = whole > given.least if give.least_strict else whole >= given.least
        how = text.least_over if give.least_strict else text.least_from
        lines.append(
            how.format(value=say.value(given.least, kind), holds=say.value(enough, Kind.TRUTH))
        )
    return lines


def _rounded(give: CheckedGive, exact: Fraction) -> Fraction:
    return Fraction(give.rounding.divide(exact.numerator, exact.denominator))


def _before_and_after(give: CheckedGive, stored: Judged, known: Known, say: Speaker) -> list[str]:
    text, lines = SENTENCES[say.lang], []
    if stored.base is not None and stored.target is not None:
        base, amount, target = (
            say.value(Fraction(number), Kind.BYTES)
            for number in (stored.base, stored.amount, stored.target)
        )
        lines.append(text.storage.format(base=base, amount=amount, target=target))
    if stored.until is not None and give.since is not None:
        before = say.day(stored.base_until) if stored.base_until else text.no_paid
        lines.append(
            text.paid.format(
                day=say.value(evaluate(give.since, known), Kind.DAY),
                amount=say.value(Fraction(stored.amount), give.amount.kind),
                until=say.day(stored.until),
                before=before,
            )
        )
    return lines
