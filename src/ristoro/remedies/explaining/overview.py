"""What a policy says, remedy by remedy, before any mailbox is judged: whom, what, how, by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ristoro.remedies.explaining.sentences import SENTENCES
from ristoro.remedies.explaining.words import Speaker
from ristoro.remedies.language.checked import (
    Checked,
    CheckedChannel,
    CheckedGive,
    CheckedRemedy,
    CheckedRule,
)
from ristoro.remedies.language.policy import Policy
from ristoro.remedies.language.terms import Term, reads, walk


@dataclass(frozen=True, slots=True)
class RuleTold:
    """One rule in words: when it decides, and what comes of it."""

    name: str
    line: int | None
    when: str
    """The condition as it is written; empty for the last rule, which has none."""
    gives: str
    """What is given; empty where nothing is."""
    because: str
    """Why nothing is given, as the holder reads it; empty where something is."""
    consent: str
    reference: str


@dataclass(frozen=True, slots=True)
class AmountTold:
    """What a number of the policy is from a day on."""

    name: str
    value: str
    since: date
    line: int | None


@dataclass(frozen=True, slots=True)
class RemedyTold:
    """One remedy in words."""

    name: str
    title: str
    line: int | None
    lane: str
    rules: tuple[RuleTold, ...]
    amounts: tuple[AmountTold, ...]
    named: tuple[tuple[str, str], ...]
    """The values and tables that its rules name, as they are defined."""
    about: tuple[str, ...]
    """The ways of payment, their deadline, the accounting and what becomes of other rights."""


def overview(checked: Checked, lang: str) -> tuple[RemedyTold, ...]:
    """Every remedy in ``it`` or ``en``."""
    policy = checked.policy
    say = Speaker(lang, policy.currency, policy.zone)
    return tuple(_remedy(remedy, policy, say) for remedy in checked.remedies)


def _remedy(remedy: CheckedRemedy, policy: Policy, say: Speaker) -> RemedyTold:
    source = remedy.source
    return RemedyTold(
        remedy.name,
        source.title[say.lang],
        source.place.line,
        source.lane,
        tuple(_rule(rule, policy, say) for rule in remedy.rules),
        _amounts(remedy, policy, say),
        tuple(_named(remedy, say).items()),
        tuple(_about(remedy, say)),
    )


def _rule(rule: CheckedRule, policy: Policy, say: Speaker) -> RuleTold:
    give = rule.result if isinstance(rule.result, CheckedGive) else None
    return RuleTold(
        rule.name,
        rule.place.line,
        "" if rule.when is None else say.term(rule.when),
        "" if give is None else _gift(give, policy, say),
        rule.result.because[say.lang] if not isinstance(rule.result, CheckedGive) else "",
        "" if give is None else _consent(give, say),
        policy.references[rule.reference] if rule.reference else "",
    )


def _gift(give: CheckedGive, policy: Policy, say: Speaker) -> str:
    text = SENTENCES[say.lang]
    told = text.gifts[give.kind].format(amount=_amount(give.amount, policy, say))
    bounds = [f"≤ {say.term(cap)}" for cap in give.at_most]
    if give.least is not None:
        bounds.append(f"{'>' if give.least_strict else '≥'} {say.term(give.least)}")
    return f"{told} ({', '.join(bounds)})" if bounds else told


def _amount(term: Term, policy: Policy, say: Speaker) -> str:
    """A term as it is written; of a named amount that never changes, what it is."""
    name = term.name.removeprefix("amount ") if term.op == "read" else ""
    if name in policy.amounts and len(policy.amounts[name].values) == 1:
        number = policy.amounts[name].values[0].number
        return say.value(number.value, number.kind)
    return say.term(term)


def _consent(give: CheckedGive, say: Speaker) -> str:
    text = SENTENCES[say.lang]
    told = text.consents[give.consent]
    if give.by is not None:
        told += text.by.format(day=say.term(give.by))
    if give.consent == "confirm":
        told += text.silences[give.silence]
    elif give.consent == "claim":
        told += text.unclaimed
    return told


def _amounts(remedy: CheckedRemedy, policy: Policy, say: Speaker) -> tuple[AmountTold, ...]:
    named = [name.partition(" ")[2] for name in reads(*remedy.terms()) if name[:7] == "amount "]
    return tuple(
        AmountTold(name, say.value(one.number.value, one.number.kind), one.valid_from, line)
        for name, line in ((name, policy.amounts[name].place.line) for name in named)
        for one in policy.amounts[name].values
    )


def _named(remedy: CheckedRemedy, say: Speaker) -> dict[str, str]:
    """Named values, then tables, each before what it is made of."""
    parts = [part for term in remedy.terms() for part in walk(term)]
    named = {part.name: say.term(part.operands[0]) for part in parts if part.op == "value"}
    tables = {part.name: _table(part, say) for part in parts if part.op in ("table", "words")}
    return named | tables


def _table(term: Term, say: Speaker) -> str:
    of, *gives = term.operands
    if term.op == "table":
        rows = [say.step(step, of.kind) for step in term.steps]
    else:
        rows = [", ".join(say.value(text, of.kind) for text in row) for row in term.words]
        rows.append("…")
    told = [f"{row} → {say.term(one)}" for row, one in zip(rows, gives, strict=True)]
    return f"{say.term(of)}: {'; '.join(told)}"


def _about(remedy: CheckedRemedy, say: Speaker) -> list[str]:
    text, source = SENTENCES[say.lang], remedy.source
    lines = [text.choice.format(name=source.choice)] if source.choice else []
    ways = [_channel(channel, say) for channel in remedy.channels]
    ways = ways or [text.channels[source.channel]]
    lines.append(text.paid_by.format(channels=text.ways.join(ways)))
    if source.paid_within is not None:
        within = say.value(source.paid_within.value, source.paid_within.kind)
        lines.append(text.paid_within.format(time=within))
    if remedy.once_a_person:
        lines.append(text.once)
    if remedy.person_cap is not None:
        lines.append(text.person_cap.format(cap=say.term(remedy.person_cap)))
    rights = text.rights[source.other_rights]
    lines.append(text.nature.format(nature=text.natures[source.accounting], rights=rights))
    return lines


def _channel(channel: CheckedChannel, say: Speaker) -> str:
    text = SENTENCES[say.lang]
    name = text.channels[channel.name]
    if channel.over is not None:
        name = text.channel_over.format(channel=name, amount=say.term(channel.over))
    return text.channel_closed.format(channel=name) if channel.when_closed else name
