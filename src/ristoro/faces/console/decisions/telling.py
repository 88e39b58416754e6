"""Figures and findings of a decision in the reader's words, as filters for its templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from django import template
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ristoro.faces.console.decisions.frozen import UNITS
from ristoro.faces.said import Lazy, amount, day, lang, number
from ristoro.kernel.money import Money
from ristoro.remedies.comparing import diff as differing
from ristoro.remedies.explaining.sentences import SENTENCES
from ristoro.remedies.folder import again
from ristoro.remedies.folder.figures import Extremes
from ristoro.remedies.folder.samples import Drawn, Sample
from ristoro.remedies.language.checked import UNIT_OF

register = template.Library()

CHECKS: Mapping[str, Lazy] = {
    again.INPUTS: _("The estate, the outage and the policy are those that were decided on."),
    again.FILES: _("The estate and the outcomes, read whole, have their digests."),
    again.DECIDED_AGAIN: _("Decided again, the outcomes are the same."),
    again.TOTALS: _("Decided again, the totals are the same."),
    again.DRAWN_AGAIN: _("Drawn again, samples and figures are the same."),
}


class Apart(Protocol):
    """What two policies give to some mailboxes."""

    kind_before: str
    kind_after: str
    currency: str
    before: int
    after: int


@register.filter
def unit_name(line: Mapping[str, Any]) -> Lazy:
    """What the amount of a line of totals is of."""
    return UNITS[line["unit"]]


@register.filter
def unit_head(unit: tuple[str, str]) -> str:
    """The head of a column of amounts."""
    return f"{UNITS[unit[0]]} ({unit[1]})" if unit[1] else str(UNITS[unit[0]])


@register.filter
def exactly(line: Mapping[str, Any]) -> str:
    """The amount to the last byte or cent."""
    if line["unit"] == "bytes":
        return f"{number(line['amount'])} {gettext('bytes')}"
    return amount(line["amount"], line["unit"], line["currency"])


@register.filter
def money(minor: int, currency: str) -> str:
    """``€ 1.234,56``."""
    return Money(minor, currency).words(lang())


@register.filter
def title_of(totals: Mapping[str, Any], remedy_no: int) -> Mapping[str, str]:
    """The title of a remedy by its position, in both languages."""
    title: Mapping[str, str] = totals["remedies"][remedy_no]["title"]
    return title


@register.filter
def least(one: Extremes) -> str:
    return amount(one.least, one.unit, one.currency)


@register.filter
def most(one: Extremes) -> str:
    return amount(one.most, one.unit, one.currency)


@register.filter
def own_or_plain(name: Mapping[str, str] | str) -> str:
    """A title in the reader's language, or a plain name as it is."""
    return name if isinstance(name, str) else name[lang()]


@register.filter
def zero_reason(reason: str) -> str:
    """Why nothing is owed, where the policy has no words for it."""
    return SENTENCES[lang()].reasons.get(reason, reason)


@register.filter
def amount_of(sample: Sample, row: Drawn) -> str:
    """What a mailbox gets."""
    return amount(row.amount, sample.unit, sample.currency)


@register.filter
def before(row: Drawn) -> str:
    """The space or the last day before."""
    return _standing(row.base, row.base_until)


@register.filter
def after(row: Drawn) -> str:
    """The space or the last day after."""
    return _standing(row.target, row.until)


def _standing(size: int | None, last: str) -> str:
    if size is not None:
        return amount(size, "bytes")
    return day(date.fromisoformat(last)) if last else "–"


@register.filter
def check_name(name: str) -> Lazy:
    """What a check of a proof held against what."""
    return CHECKS.get(name, name)


@register.filter
def change(what: str, count: int) -> str:
    """``120 changed plan``."""
    return _changed(what, count) % {"n": number(count)}


def _changed(what: str, n: int) -> str:
    match what:
        case "gone":
            return ngettext("%(n)s is not in it", "%(n)s are not in it", n)
        case "closed":
            return ngettext("%(n)s was closed", "%(n)s were closed", n)
        case "reopened":
            return ngettext("%(n)s was opened again", "%(n)s were opened again", n)
        case "plan":
            return ngettext("%(n)s changed plan", "%(n)s changed their plan", n)
        case "price":
            return ngettext("%(n)s changed price", "%(n)s changed their price", n)
        case "paid-until":
            return ngettext(
                "%(n)s is paid until another day", "%(n)s are paid until another day", n
            )
        case "storage":
            return ngettext("%(n)s has another space", "%(n)s have another space", n)
        case "standing":
            return ngettext("%(n)s is in another standing", "%(n)s are in another standing", n)
        case "address":
            return ngettext("%(n)s has another address", "%(n)s have another address", n)
        case "store":
            return ngettext("%(n)s moved to another store", "%(n)s moved to other stores", n)
        case "holder":
            return ngettext("%(n)s has another holder", "%(n)s have another holder", n)
        case "language":
            return ngettext("%(n)s has another language", "%(n)s have another language", n)
        case "ways":
            return ngettext("%(n)s has other ways in", "%(n)s have other ways in", n)
        case _:
            return ngettext("%(n)s has another past", "%(n)s have another past", n)


@register.filter
def effect(what: str, count: int) -> str:
    """``120 gain``."""
    told = {
        differing.GAINS: ngettext("%(n)s gains", "%(n)s gain", count),
        differing.LOSES: ngettext("%(n)s loses", "%(n)s lose", count),
        differing.OTHER_KIND: ngettext(
            "%(n)s gets something of another kind", "%(n)s get something of another kind", count
        ),
        differing.TOLD_OTHERWISE: ngettext(
            "%(n)s gets the same on other grounds", "%(n)s get the same on other grounds", count
        ),
    }
    return told[what] % {"n": number(count)}


@register.filter
def written(text: str) -> str:
    """What a policy says at a place, as it is written there; ``…`` for more than one value."""
    return text.strip("`") or "…"


@register.filter
def rules(line: differing.Line) -> str:
    """The rule that decides, or both where another does now."""
    was, now = line.rule_before or "–", line.rule_after or "–"
    return was if was == now else f"{was} → {now}"


@register.filter
def was(one: Any) -> str:
    """What is given as decided."""
    line = _first(one)
    return _given(one.before, line.kind_before, line.currency)


@register.filter
def is_now(one: Any) -> str:
    """What the other policy gives."""
    line = _first(one)
    return _given(one.after, line.kind_after, line.currency)


@register.filter
def apart(one: Any) -> str:
    """The difference with its sign, where both are of one kind."""
    line = _first(one)
    if one.effect == differing.OTHER_KIND:
        return "–"
    sign = "−" if one.after < one.before else "+"
    return f"{sign}{_given(abs(one.after - one.before), line.kind_after, line.currency)}"


def _first(one: Any) -> Apart:
    """A line or a sample itself; of lines summed up the first, for all are of its kind."""
    lines: tuple[Apart, ...] = getattr(one, "lines", (one,))
    return lines[0]


def _given(value: int, kind: str, currency: str) -> str:
    unit = UNIT_OF[kind][0]
    return amount(value, unit, currency if unit == "minor" else "")
