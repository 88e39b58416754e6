"""How a remedy is booked and paid: lanes that mix, channels that do not fit, currencies, units."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from ristoro.kernel.errors import Place, nearest
from ristoro.remedies.authoring.lint.conditions import Region, TooComplex
from ristoro.remedies.authoring.lint.desk import Desk, nodes_in, terms_in, values_of
from ristoro.remedies.authoring.lint.findings import Findings, found
from ristoro.remedies.language.checked import CheckedGive, CheckedRemedy, CheckedRule
from ristoro.remedies.language.expressions import names_in
from ristoro.remedies.language.terms import Term, walk

_MONEY = ("credit", "refund", "indemnity")
_LANES = {
    "refund": (("price-reduction", "service-credit"), ("refund", "credit")),
    "damages": (("damages",), ("indemnity", "credit")),
    "indemnity": (
        ("goodwill", "service-credit", "price-reduction", "indemnity"),
        ("storage", "extension", "service-days", "credit", "indemnity"),
    ),
}
"""For each lane, the accountings and the kinds that belong to it."""
_SET = {"storage": "space", "extension": "last day", "service-days": "last day"}
"""What each kind of grant sets, from what was recorded when it was decided."""
_DECIMAL = re.compile(r"\d\s*(kB|MB|GB|TB)\b")
_BINARY = re.compile(r"\d\s*(KiB|MiB|GiB|TiB)\b")
_PLANS = ("plan", "then.plan", "before.plan")


def find(desk: Desk) -> Findings:
    """Everything about booking and paying."""
    for remedy in desk.checked.remedies:
        yield from _lane(desk, remedy)
        yield from _rights(desk, remedy)
        yield from _channel(desk, remedy)
    yield from _colliding(desk)
    yield from _sizes(desk)
    yield from _sold(desk)
    yield from _plans(desk)


def _lane(desk: Desk, remedy: CheckedRemedy) -> Findings:
    source = remedy.source
    accountings, kinds = _LANES[source.lane]
    if source.accounting not in accountings:
        yield found(
            "lane-mixed",
            desk.field(source.place, "accounting"),
            f"{source.accounting} does not belong into the lane of {source.lane}",
            f"write one of {', '.join(accountings)}, or another lane",
        )
        return
    for rule in remedy.rules:
        give = rule.result
        if isinstance(give, CheckedGive) and give.kind not in kinds:
            yield found(
                "lane-mixed",
                desk.field(rule.place, "give"),
                f"{give.kind} does not belong into the lane of {source.lane}",
                f"give one of {', '.join(kinds)}, or make it a remedy in another lane",
            )


def _rights(desk: Desk, remedy: CheckedRemedy) -> Findings:
    source = remedy.source
    if source.accounting == "goodwill" and source.other_rights == "deducted":
        yield found(
            "gift-deducted",
            desk.field(source.place, "other_rights"),
            "a gift that nobody asked for is taken off what the holder may claim",
            "write `other_rights: kept`",
        )


def _channel(desk: Desk, remedy: CheckedRemedy) -> Findings:
    source = remedy.source
    channels = [channel.name for channel in source.channels]
    stated = desk.says(source.place, "channel") is not None
    place = desk.field(source.place, "channel")
    if all(channel.over is not None or channel.when_closed for channel in source.channels):
        yield found(
            "channel-gap",
            place,
            "every channel has a condition, and who meets none of them is paid by none",
            "end the list with a channel that is open to everybody",
        )
    told: set[str] = set()
    for rule in remedy.rules:
        give = rule.result
        if not isinstance(give, CheckedGive):
            continue
        money = give.kind in _MONEY
        unfit = [name for name in channels if (name == "mailbox") == money]
        if unfit and "unfit" not in told:
            told.add("unfit")
            yield found(
                "channel-unfit",
                place,
                f"{give.kind} cannot be given by the channel {unfit[0]}"
                if stated
                else f"nothing says how {give.kind} is paid out",
                "write `channel: bill`, `credit` or `transfer`" if money
                else "leave out `channel`: it is given in the mailbox",
            )  # fmt: skip
        if channels[0] == "transfer" and money and give.consent == "automatic":
            yield from _unasked(desk, rule, place, told)


def _unasked(desk: Desk, rule: CheckedRule, place: Place, told: set[str]) -> Findings:
    if "unasked" not in told:
        told.add("unasked")
        yield found(
            "transfer-unasked",
            place,
            f"{rule.name!r} pays by transfer without asking, and nobody has the account's number",
            "write `consent: {confirm: {by: …, silence: ask-again}}`, or pay on the bill",
        )


def _colliding(desk: Desk) -> Findings:
    """Two remedies that set the same thing of one mailbox, each from where it stands now."""
    given = [(desk.reached.get((remedy.name, rule.name)), remedy, rule, give)
             for remedy, rule, give in desk.gives() if give.kind in _SET]  # fmt: skip
    told: set[str] = set()
    for (here, one, _, give), (there, two, rule, other) in combinations(given, 2):
        if one is two or two.name in told or _SET[give.kind] != _SET[other.kind]:
            continue
        if not here or not there or not _meet(desk, here, there):
            continue
        told.add(two.name)
        yield found(
            "grants-collide",
            desk.field(rule.place, "give"),
            f"{one.name!r} and {two.name!r} can both set the {_SET[give.kind]} of one mailbox, and "
            "one of them is lost",
            "give both in one rule, or say in the rules that nobody is for both",
        )


def _meet(desk: Desk, here: Region, there: Region) -> bool:
    try:
        return bool(desk.conditions.both(here, there))
    except TooComplex:
        return False


def _sizes(desk: Desk) -> Findings:
    """Sizes in powers of 1000 and of 1024 in one policy."""
    binary = False
    decimal = None
    for name, section in (desk.tree.entries or {}).items():
        if name in ("title", "references"):
            continue
        for value in values_of(section):
            text = value.text or ""
            binary = binary or _BINARY.search(text) is not None
            if decimal is None and _DECIMAL.search(text):
                decimal = value.place
    if binary and decimal is not None:
        yield found(
            "mixed-sizes",
            decimal,
            "sizes of powers of 1000 stand beside sizes of powers of 1024",
            "write all of them in GiB (1024) or all in GB (1000)",
        )


# Currencies


def _sold(desk: Desk) -> Findings:
    """Plans that the policy names and that are sold in another currency than it speaks of."""
    if not _about_money(desk):
        return
    told: set[str] = set()
    for term in (part for each in terms_in(desk.checked.remedies) for part in walk(each)):
        for plan in _named_plans(term):
            currencies = desk.beside.sold.get(plan, frozenset())
            if plan in told or not currencies or desk.policy.currency in currencies:
                continue
            told.add(plan)
            yield found(
                "currency-not-sold",
                desk.field(desk.tree.place, "currency"),
                f"the plan {plan!r} is sold in {', '.join(sorted(currencies))}, and the policy "
                f"speaks of {desk.policy.currency}: its price is not known here",
                "write a policy in that currency",
            )
    if not told and desk.beside.sold and not _names_plans(desk):
        everywhere = frozenset().union(*desk.beside.sold.values())
        if everywhere and desk.policy.currency not in everywhere:
            yield found(
                "currency-not-sold",
                desk.field(desk.tree.place, "currency"),
                f"no plan is sold in {desk.policy.currency}, only in "
                f"{', '.join(sorted(everywhere))}: no price is known here",
                "write a policy in that currency",
            )


def _plans(desk: Desk) -> Findings:
    """Plans that the policy names and that nobody in the estate has or had."""
    told: set[str] = set()
    for term in (part for each in terms_in(desk.checked.remedies) for part in walk(each)):
        for plan in _named_plans(term):
            if plan in told or not desk.beside.plans or plan in desk.beside.plans:
                continue
            told.add(plan)
            close = nearest(plan, sorted(desk.beside.plans))
            yield found(
                "plan-not-there",
                term.place or desk.tree.place,
                f"nobody in the estate has or had the plan {plan!r}",
                f"write {close!r}" if close else "mend the name, or remove it",
            )


def _about_money(desk: Desk) -> bool:
    named = {name for node in nodes_in(desk.policy.values) for name in names_in(node)}
    named |= {name for node in nodes_in(desk.policy.remedies) for name in names_in(node)}
    return bool(named & {"price", "then.price"})


def _names_plans(desk: Desk) -> bool:
    return any(
        True
        for each in terms_in(desk.checked.remedies)
        for part in walk(each)
        for _ in _named_plans(part)
    )


def _named_plans(term: Term) -> Iterator[str]:
    if term.op not in ("=", "among"):
        return
    if any(each.op == "read" and each.name in _PLANS for each in term.operands):
        yield from (str(each.constant) for each in term.operands if each.op == "const")
