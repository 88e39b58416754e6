"""States of a mailbox that a policy which gives leaves to accident instead of deciding them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ristoro.estate.columns import STANDINGS
from ristoro.kernel.errors import Place
from ristoro.remedies.authoring.lint.desk import Desk
from ristoro.remedies.authoring.lint.findings import Findings, found
from ristoro.remedies.language.checked import CheckedGive, CheckedRemedy, CheckedRule
from ristoro.remedies.language.terms import Term, reads, walk

_DATED = ("extension", "service-days")
_NOW = {
    "plan": "then.plan",
    "price": "then.price",
    "billing_months": "then.billing_months",
    "storage": "then.storage",
}
"""What a holder has now, and what says what it was when the outage began."""
_THE_END = frozenset({"today", "outage.end_day"})


def find(desk: Desk) -> Findings:
    """Every state that is left undefined."""
    if not desk.whole:
        return
    gives = {remedy.name: remedy for remedy, _, _ in desk.gives()}
    yield from _standing(desk, list(gives.values()))
    for remedy in gives.values():
        giving = [rule for rule in remedy.rules if isinstance(rule.result, CheckedGive)]
        yield from _life(desk, remedy, giving)
        yield from _bought(desk, remedy, giving)
        for rule in remedy.rules:
            yield from _now_for_then(desk, rule)
        for rule in giving:
            assert isinstance(rule.result, CheckedGive)
            yield from _from(desk, rule, rule.result)
        yield from _personal(desk, remedy)


def _conditions(remedy: CheckedRemedy) -> list[Term]:
    return [rule.when for rule in remedy.rules if rule.when is not None]


def _measured(desk: Desk, terms: Iterable[Term]) -> bool:
    """The terms go by the mailbox's own time in the outage."""
    return any(name.split(".")[0] in desk.policy.measures for name in reads(*terms))


# Standing


def _standing(desk: Desk, giving: list[CheckedRemedy]) -> Findings:
    """Gifts and fixed grants need a word on each standing; what is owed is owed to everybody."""
    asked = [remedy for remedy in giving if _is_gift(remedy)]
    for word in STANDINGS:
        silent = [remedy for remedy in asked if not _decides(remedy, word)]
        if silent and word != "good":
            yield found(
                f"{word}-undefined",
                silent[0].source.place,
                f"nothing says what {silent[0].name!r} does with a mailbox whose standing is "
                f"{word!r}",
                f"write a rule for `standing = '{word}'`, or allow the finding and say why it "
                "makes no difference",
            )


def _is_gift(remedy: CheckedRemedy) -> bool:
    kinds = {rule.result.kind for rule in remedy.rules if isinstance(rule.result, CheckedGive)}
    return remedy.source.accounting == "goodwill" or bool(kinds & {"storage", "extension"})


def _decides(remedy: CheckedRemedy, word: str) -> bool:
    """A condition compares the standing with the word, or parts the good from all others."""
    for part in (part for when in _conditions(remedy) for part in walk(when)):
        if any(each.op == "read" and each.name == "standing" for each in part.operands):
            named = {each.constant for each in part.operands if each.op == "const"}
            if named & {word, "good"}:
                return True
    return False


# Created and closed


def _life(desk: Desk, remedy: CheckedRemedy, giving: list[CheckedRule]) -> Findings:
    """What is given once, whatever the mailbox's own time, needs a word on when it was there."""
    names = reads(*_conditions(remedy))
    fixed = [rule for rule in giving if _is_fixed(desk, remedy, rule)]
    if not fixed:
        return
    at = fixed[0]
    give = at.result
    assert isinstance(give, CheckedGive)
    place = desk.field(at.place, "give")
    what = {"storage": "space", "extension": "months"}.get(give.kind, "days")
    if "closed" not in names:
        yield found(
            "closed-undefined",
            place,
            f"nothing says whether a mailbox that has been closed gets the {what}",
            "write a rule for `closed is not null`",
        )
    if "created" not in names:
        yield found(
            "created-undefined",
            place,
            f"nothing says whether a mailbox opened during the outage or after it gets the {what}",
            "write a rule for `created >= outage.start`",
        )


def _is_fixed(desk: Desk, remedy: CheckedRemedy, rule: CheckedRule) -> bool:
    give = rule.result
    assert isinstance(give, CheckedGive)
    if give.kind not in ("storage", "extension", "service-days"):
        return False
    return not _measured(desk, [give.amount])


# Plan then and plan now


def _bought(desk: Desk, remedy: CheckedRemedy, giving: list[CheckedRule]) -> Findings:
    """A programme by plans needs a word on who bought or changed one while the outage went on."""
    names = set(reads(*_conditions(remedy)))
    if "then.plan" not in names or names & {"plan_since", "plan"}:
        return
    at = next((r for r in giving if r.when is not None and "then.plan" in reads(r.when)), None)
    if at is None:
        return
    yield found(
        "bought-undefined",
        desk.field(at.place, "when"),
        "nothing says what becomes of who bought or changed a plan during the outage",
        "write who counts: `plan_since > outage.start and plan_since < outage.end`",
    )


def _now_for_then(desk: Desk, rule: CheckedRule) -> Findings:
    """Entitlement goes by what a holder had when the outage began."""
    give = rule.result if isinstance(rule.result, CheckedGive) else None
    dated = "plan_since" in reads(rule.when, give.amount if give else None)
    if dated:
        return
    parts: list[tuple[Term | None, str]] = [(rule.when, "when")]
    if give is not None:
        parts += [(give.amount, "give"), *((cap, "give") for cap in give.at_most)]
    told: set[str] = set()
    for term, field in parts:
        for name in reads(term):
            if name in _NOW and name not in told:
                told.add(name)
                yield found(
                    "now-for-then",
                    _place_of(term, name) or desk.field(rule.place, field),
                    f"{name!r} is what it is on the day of decision",
                    f"write `{_NOW[name]}`, or say by `plan_since` whose plan is meant",
                )


def _place_of(term: Term | None, name: str) -> Place | None:
    if term is None:
        return None
    places = (part.place for part in walk(term) if part.op == "read" and part.name == name)
    return next((place for place in places if place is not None), None)


# The day that a grant is added to


def _from(desk: Desk, rule: CheckedRule, give: CheckedGive) -> Findings:
    """A grant of time must not end up in the past, nor before what is already paid for."""
    if give.since is None or give.kind not in _DATED:
        return
    since = desk.bounds.folded(give.since)
    place = desk.field(rule.place, "give", "from")
    if not _not_before(since, _is_the_end, desk):
        yield found(
            "lapsed-undefined",
            place,
            "a plan that lapsed before the outage's end gets days that are already over",
            "write `later(paid_until, outage.end_day)`",
        )
    if not _not_before(since, _is_paid, desk):
        yield found(
            "extension-shortens",
            place,
            "this day may be before the last one paid for, so what is added is lost or less",
            "write `later(paid_until, outage.end_day)`",
        )


def _is_paid(term: Term, desk: Desk) -> bool:
    return term.op == "read" and term.name == "paid_until"


def _is_the_end(term: Term, desk: Desk) -> bool:
    """Runs no earlier than the mailbox's outage: its end, or a day of a later report or claim."""
    if term.op != "read":
        return False
    head, _, attribute = term.name.partition(".")
    if head in desk.policy.measures:
        return attribute == "end_day"
    return term.name in _THE_END or term.name.startswith("input ")


def _not_before(term: Term, anchor: Callable[[Term, Desk], bool], desk: Desk) -> bool:
    """The term is never earlier than the anchor, as far as its shape tells."""
    if anchor(term, desk):
        return True
    op, below = term.op, term.operands
    if op == "max":
        return any(_not_before(each, anchor, desk) for each in below)
    if op == "first_known" and anchor is _is_paid:
        return _not_before(below[0], anchor, desk)  # known wherever something is paid for
    if op in ("min", "first_known"):
        return all(_not_before(each, anchor, desk) for each in below)
    if op == "if":
        return all(_not_before(each, anchor, desk) for each in below[1:])
    if op in ("add_days", "add_months", "add_working_days") and below:
        low, _ = desk.bounds.ends(below[1]) if len(below) > 1 else (None, None)
        return low is not None and low >= 0 and _not_before(below[0], anchor, desk)
    return op == "end_of_month" and _not_before(below[0], anchor, desk)


# What must not make a difference


def _personal(desk: Desk, remedy: CheckedRemedy) -> Findings:
    """Nobody gets more or less by language, or by the day on which the run happens to be made."""
    for rule in remedy.rules:
        give = rule.result if isinstance(rule.result, CheckedGive) else None
        for term in (rule.when, give.amount if give else None):
            place = _place_of(term, "locale")
            if place is not None:
                yield found(
                    "decides-by-language",
                    place,
                    "what is owed depends on the language that the holder reads",
                    "go by plan, brand or what happened",
                )
            yield from _by_today(desk, rule, term)


def _by_today(desk: Desk, rule: CheckedRule, term: Term | None) -> Findings:
    if term is None or "today" not in reads(term):
        return
    if any(name.startswith("input ") for name in reads(term)):
        return
    yield found(
        "decides-by-today",
        _place_of(term, "today") or desk.field(rule.place, "when"),
        "what is owed depends on the day on which the run is made",
        "go by the outage's days, or by the day of a claim",
    )
