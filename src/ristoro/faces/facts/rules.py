"""The rules of a policy as sentences: what each gives, to whom, for what consent, on what ground.

Nothing is computed here: an amount that is the same for everybody is read, and one that depends
on the mailbox is told as the policy's own formula.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ristoro.faces import said
from ristoro.faces.facts.sources import Sources
from ristoro.faces.said import Lazy
from ristoro.notices import words
from ristoro.remedies.explaining.words import Speaker
from ristoro.remedies.language.checked import CheckedGive, CheckedRule
from ristoro.remedies.language.evaluate import evaluate
from ristoro.remedies.language.policy import Nothing
from ristoro.remedies.language.terms import Term, reads, walk
from ristoro.remedies.language.types import Kind

FIELDS: Mapping[str, Lazy] = {
    "storage": gettext_lazy("the space that the mailbox has"),
    "then.storage": gettext_lazy("the space that the mailbox had during the outage"),
    "price": gettext_lazy("the price of the plan"),
    "then.price": gettext_lazy("the price of the plan held during the outage"),
}
"""What a share may be of, for a sentence; anything else is told as the formula it is."""

GIVES: Mapping[str, Lazy] = {
    "storage": gettext_lazy("The mailbox gets more space: %(amount)s."),
    "extension": gettext_lazy("The subscription is made longer, at no cost: %(amount)s."),
    "service-days": gettext_lazy("Days of service are added, at no cost: %(amount)s."),
    "credit": gettext_lazy("A credit: %(amount)s."),
    "refund": gettext_lazy("A refund: %(amount)s."),
    "indemnity": gettext_lazy("An indemnity: %(amount)s."),
}


@dataclass(frozen=True, slots=True)
class Gives:
    """A rule that gives: its sentence, its exact text, and how many mailboxes it decided."""

    rule: str
    title: str
    sentence: str
    consent: str
    by: date | None
    silence: str
    reference: str
    exact: tuple[str, ...]
    lines: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Gets:
    """Why nothing is given, and to how many mailboxes."""

    reason: str
    because: str
    reference: str
    mailboxes: int


@dataclass(frozen=True, slots=True)
class Told:
    """One remedy: its rules that give, and every reason for nothing."""

    title: str
    rights_kept: bool
    gives: tuple[Gives, ...]
    nothing: tuple[Gets, ...]
    alternatives: tuple[str, ...]
    """The titles of the remedies that may be chosen instead."""


def told(sources: Sources, totals: Mapping[str, Any]) -> tuple[Told, ...]:
    """Every remedy of the policy in the reader's language, with the figures of the totals."""
    policy, lang = sources.checked.policy, said.lang()
    counted = {one["remedy"]: one for one in totals.get("remedies", ())}
    found = []
    for number, remedy in enumerate(sources.checked.remedies):
        figures = counted.get(remedy.name, {})
        references = policy.references
        found.append(
            Told(
                title=remedy.source.title[lang],
                rights_kept=remedy.source.other_rights == "kept",
                gives=tuple(
                    _gives(sources, rule, rule.result, figures.get("owed", ()))
                    for rule in remedy.rules
                    if isinstance(rule.result, CheckedGive)
                ),
                nothing=tuple(
                    _nothing(remedy.rules, references, one) for one in figures.get("nothing", ())
                ),
                alternatives=tuple(
                    policy.remedies[other].title[lang] for other in sorted(policy.others(number))
                ),
            )
        )
    return tuple(found)


def _gives(
    sources: Sources, rule: CheckedRule, give: CheckedGive, owed: list[dict[str, Any]]
) -> Gives:
    policy, lang = sources.checked.policy, said.lang()
    by = _constant(give.by, sources)
    return Gives(
        rule=rule.name,
        title=rule.title.get(lang, ""),
        sentence=GIVES[give.kind] % {"amount": _amount(give.amount, sources)},
        consent=give.consent,
        by=by if isinstance(by, date) else None,
        silence=give.silence,
        reference=policy.references.get(rule.reference, ""),
        exact=tuple(_exact(sources, rule, give)),
        lines=tuple(one for one in owed if one["rule"] == rule.name),
    )


def _exact(sources: Sources, rule: CheckedRule, give: CheckedGive) -> list[str]:
    """A rule as the policy's language has it, for whoever wants to check the sentence."""
    speaker = _speaker(sources)
    parts = [("when", rule.when), (give.kind, give.amount)]
    parts += [("at most", cap) for cap in give.at_most]
    parts += [("less", give.deducts), ("at least", give.least)]
    parts += [("from", give.since), ("by", give.by), ("claimed", give.claimed)]
    terms = [term for _name, term in parts if term is not None]
    named = {one.name: one.operands[0] for term in terms for one in walk(term) if one.op == "value"}
    return [
        *(f"{name}: {speaker.term(term)}" for name, term in parts if term is not None),
        *(f"{name} = {speaker.term(term)}" for name, term in named.items()),
    ]


def _speaker(sources: Sources) -> Speaker:
    policy = sources.checked.policy
    return Speaker(said.lang(), policy.currency, policy.zone)


def _constant(term: Term | None, sources: Sources) -> Any:
    """The value of a term that is the same for every mailbox; ``None`` for any other."""
    if term is None or not set(reads(term)) <= set(sources.bound.known):
        return None
    return evaluate(term, sources.bound.known)


def _amount(term: Term, sources: Sources) -> str:
    speaker = _speaker(sources)
    value = _constant(term, sources)
    if value is not None:
        whole = int(value) if value == int(value) else None
        if whole is not None and term.kind in (Kind.MONTHS, Kind.DAYS):
            return words.count(whole, term.kind.value, said.lang())
        if whole is not None and term.kind is Kind.BYTES:
            return words.size(whole, said.lang())
        return speaker.value(value, term.kind)
    if term.op == "*":
        share = next((one for one in term.operands if one.kind is Kind.RATIO), None)
        whole_of = next((one for one in term.operands if one.name in FIELDS), None)
        value = _constant(share, sources)
        if share is not None and whole_of is not None and value is not None:
            what = FIELDS[whole_of.name]
            return _("%(share)s of %(what)s") % {
                "share": speaker.value(value, share.kind),
                "what": what,
            }
    return _("by the formula “%(formula)s”") % {"formula": speaker.term(term)}


def _nothing(
    rules: tuple[CheckedRule, ...], references: Mapping[str, str], one: Mapping[str, Any]
) -> Gets:
    rule = next(rule for rule in rules if rule.name == one["rule"])
    because = str(COMPUTED.get(one["reason"], one["reason"]))
    if isinstance(rule.result, Nothing):
        because = rule.result.because[said.lang()]
    return Gets(one["reason"], because, references.get(rule.reference, ""), one["count"])


COMPUTED: Mapping[str, Lazy] = {
    "below-least": gettext_lazy("The amount does not reach the minimum."),
    "zero-amount": gettext_lazy("The calculation comes to nothing."),
    "not-known": gettext_lazy("A value that the calculation needs is not known."),
    "not-claimed": gettext_lazy("It was not asked for in time."),
    "claimed-late": gettext_lazy("It was asked for after the last day."),
    "given-once": gettext_lazy("It is given once a person, and another mailbox has it."),
    "person-cap": gettext_lazy("The person's other mailboxes have already reached the cap."),
}


def answer(gives: Gives) -> str:
    """Whether the holder must do something for what a rule gives, in sentences."""
    if gives.consent == "automatic":
        return _("No, nothing: it is given by itself, and a letter in the mailbox says so.")
    if gives.consent == "claim":
        asked = _("Only whoever wants it asks for it, in the webmail or by customer service.")
        silence = _("After that day it can no longer be asked for.")
    else:
        asked = _(
            "Yes, answer: open the webmail as you always do, or speak to customer service at the"
            " number that you already know."
        )
        silence = str(SILENCES.get(gives.silence, ""))
    if gives.by is None:
        return _("%(asked)s Your letter names the last day.") % {"asked": asked}
    return _("%(asked)s Last day: %(day)s, included. %(silence)s") % {
        "asked": asked,
        "day": said.day(gives.by),
        "silence": silence,
    }


def begins(gives: Gives, since: date) -> str:
    """From when what a rule gives is given; ``since`` is the day on which it became public."""
    return BEGINS[gives.consent] % {"day": said.day(since)}


BEGINS: Mapping[str, Lazy] = {
    "automatic": gettext_lazy(
        "From %(day)s on, one mailbox after another; the letter comes once it is done."
    ),
    "confirm": gettext_lazy("From %(day)s on, as soon as the holder says yes."),
    "claim": gettext_lazy("From %(day)s on, once it has been asked for."),
}

SILENCES: Mapping[str, Lazy] = {
    "give": gettext_lazy("If you do nothing, it is then given to you anyway."),
    "forfeit": gettext_lazy("If you do nothing, the offer ends after that day."),
    "ask-again": gettext_lazy("If you do nothing, you lose nothing: you are asked again."),
}
