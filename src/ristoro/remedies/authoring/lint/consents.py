"""A yes that is asked for nothing, deadlines that nobody can meet, and what silence costs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from ristoro.kernel.errors import Place
from ristoro.remedies.authoring.lint.desk import Desk
from ristoro.remedies.authoring.lint.findings import Finding, Findings, found
from ristoro.remedies.language.checked import CheckedGive, CheckedRemedy, CheckedRule
from ristoro.remedies.language.policy import Give
from ristoro.remedies.language.terms import Term

LETTER_DAYS = 7
"""What a letter is given before the first reminder comes, or the last day where none does."""
_NOTHING_TO_SAY = ("storage", "credit", "service-days")
"""Given into what the holder already has, at no cost and no choice."""
_OWED = ("price-reduction", "indemnity", "damages")
_MONTH = Fraction(28)


def find(desk: Desk) -> Findings:
    """Everything about consent, for each rule that gives, and about choices."""
    yield from _lone_choices(desk)
    seen: set[tuple[int | None, int | None]] = set()
    for remedy, rule, give in desk.gives():
        if give.consent == "automatic":
            continue
        own = desk.says(rule.place, "consent")
        place = own.place if own is not None else desk.field(remedy.source.place, "consent")
        if (place.line, place.column) in seen:
            continue
        seen.add((place.line, place.column))
        if give.consent == "confirm":
            yield from _confirm(desk, remedy, rule, give, place)
        yield from _deadline(desk, give, place)


def _lone_choices(desk: Desk) -> Findings:
    for name, positions in desk.policy.choices.items():
        if len(positions) == 1:
            yield found(
                "choice-of-one",
                desk.field(desk.policy.remedies[positions[0]].place, "choice"),
                f"no other remedy is of the choice {name!r}",
                "give the other one the same name, or remove `choice`",
            )


def _has_fallback(desk: Desk, remedy: CheckedRemedy) -> bool:
    """Whether silence gives one of the remedies that it is an alternative to."""
    return any(
        isinstance(rule.result, Give) and rule.result.consent.silence == "give"
        for position in desk.policy.choices.get(remedy.source.choice, ())
        for rule in desk.policy.remedies[position].rules
    )


def _confirm(
    desk: Desk, remedy: CheckedRemedy, rule: CheckedRule, give: CheckedGive, place: Place
) -> Findings:
    if give.kind in _NOTHING_TO_SAY and not remedy.source.choice:
        yield found(
            "confirm-asks-nothing",
            place,
            f"{rule.name!r} gives {give.kind} only after a yes, and there is nothing to choose or "
            "to tell",
            "write `consent: automatic`",
        )
    elif (
        give.silence == "forfeit"
        and remedy.source.accounting in _OWED
        and not _has_fallback(desk, remedy)
    ):
        yield found(
            "silence-forfeits",
            desk.field(place, "confirm", "silence"),
            f"silence loses what is owed as {remedy.source.accounting}",
            "write `silence: give`, or `ask-again` where data are needed",
        )


def _deadline(desk: Desk, give: CheckedGive, place: Place) -> Findings:
    if give.by is None:
        return
    by = desk.bounds.folded(give.by)
    where = desk.field(place, give.consent, "by")
    if by.op == "const":
        yield from _written(desk, give, by, where)
        return
    least, anchored = _days_after(by)
    if not anchored or least is None:
        return
    if least <= 0:
        yield found(
            "deadline-past",
            where,
            "this day is over before anybody is told",
            "write a day after the letters, such as `today + 60 days`",
        )
    elif give.consent == "confirm" and least < least_days(give.remind):
        yield _short(where, least, give)


def _written(desk: Desk, give: CheckedGive, by: Term, where: Place) -> Findings:
    assert isinstance(by.constant, date)
    on = desk.beside.on
    first = desk.policy.valid_from if on is None else max(on, desk.policy.valid_from)
    days = Fraction((by.constant - first).days)
    if days <= 0:
        yield found(
            "deadline-past",
            where,
            f"{by.constant} is not after {first}"
            + (", from when the policy holds" if first == desk.policy.valid_from else ""),
            "write a day after the letters",
        )
    elif give.consent == "confirm" and days < least_days(give.remind):
        yield _short(where, days, give)


def least_days(remind: Sequence[int]) -> int:
    """How many days an answer must have, where reminders come so many days before the last."""
    return max(remind, default=0) + LETTER_DAYS


def _short(where: Place, days: Fraction, give: CheckedGive) -> Finding:
    least = least_days(give.remind)
    return found(
        "deadline-short",
        where,
        f"{days} days are less than the letter and its reminders take, which is {least}",
        f"leave at least {least} days" + (", or remind later" if give.remind else ""),
    )


def _days_after(term: Term) -> tuple[Fraction | None, bool]:
    """At least how many days a deadline comes after the outage, or the decision; and whether it
    is anchored to them at all."""
    op, below = term.op, term.operands
    if op == "read":
        if term.name in ("outage.start_day",):
            return Fraction(0), True
        end = term.name in ("today", "outage.end_day") or term.name.endswith((".end_day",))
        return (Fraction(0), True) if end else (None, False)
    if op in ("add_days", "add_months") and len(below) == 2:
        days, anchored = _days_after(below[0])
        step = below[1].constant if below[1].op == "const" else None
        if days is None or not isinstance(step, Fraction):
            return None, False
        size = (_MONTH if step > 0 else Fraction(31)) if op == "add_months" else 1
        return days + step * size, anchored
    if op == "end_of_month":
        return _days_after(below[0])
    if op in ("max", "first_known", "min"):
        found_in = [_days_after(each) for each in below]
        if not all(anchored for _, anchored in found_in):
            return None, False
        known = [days for days, _ in found_in if days is not None]
        return (max(known) if op == "max" else min(known)), True
    return None, False
