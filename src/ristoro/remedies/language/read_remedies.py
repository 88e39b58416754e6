"""Reads the remedies of a policy: rules in order, what each gives, and how it reaches people."""

from __future__ import annotations

from collections.abc import Mapping

from ristoro.kernel.documents import Fields, Value
from ristoro.kernel.errors import bad_input
from ristoro.kernel.money import Rounding
from ristoro.remedies.columns import LANES
from ristoro.remedies.language.expressions import parse, parse_text
from ristoro.remedies.language.policy import (
    ACCOUNTING,
    CHANNELS,
    COUNTED,
    FALLBACKS,
    MOST_REMINDERS,
    REMIND,
    RIGHTS,
    Channel,
    Consent,
    Give,
    Goodwill,
    Nothing,
    PeriodCap,
    Remedy,
    Rule,
)
from ristoro.remedies.language.read_parts import code, number, reference, words
from ristoro.remedies.language.types import Kind, Number

GIVES = {
    "storage": "storage",
    "extension": "extension",
    "service_days": "service-days",
    "credit": "credit",
    "refund": "refund",
    "indemnity": "indemnity",
}
"""The word in a policy, and the kind in ``outcomes.parquet``."""

_ROUNDINGS = tuple(rounding.value for rounding in Rounding)


_OPTIONAL = (
    "other_rights", "deducts", "channel", "consent", "paid_within", "counted", "at_most_a_person",
    "at_most_a_month", "at_most_a_year", "already", "choice",
)  # fmt: skip


def read_remedy(value: Value, references: Mapping[str, str]) -> Remedy:
    """One remedy; the fields that it may leave out have a stated default."""
    fields = value.mapping(
        ["remedy", "title", "lane", "accounting", "rules", "otherwise"], _OPTIONAL
    )
    consent = _consent(fields["consent"]) if "consent" in fields else None
    rules = [_rule(item, consent, references) for item in fields["rules"].sequence()]
    rules.append(_otherwise(fields["otherwise"], consent, references))
    seen: dict[str, Rule] = {}
    for rule in rules:
        if rule.name in seen:
            raise bad_input(
                "rule-twice",
                f"the rule {rule.name!r} stands twice in this remedy",
                f"the first is on line {seen[rule.name].place.line}; outcomes name their rule",
                "give one of them another name",
                rule.place,
            )
        seen[rule.name] = rule
    right = fields["other_rights"].as_choice(RIGHTS) if "other_rights" in fields else "kept"
    if "deducts" in fields and right != "deducted":
        raise fields["deducts"].wrong(
            "a remedy with `other_rights: deducted`", "add it, or remove `deducts`"
        )
    person = fields.get("at_most_a_person")
    return Remedy(
        name=code(fields["remedy"]),
        title=words(fields["title"]),
        lane=fields["lane"].as_choice(LANES),
        accounting=fields["accounting"].as_choice(ACCOUNTING),
        other_rights=right,
        channels=_channels(fields["channel"]) if "channel" in fields else _mailbox(value),
        rules=tuple(rules),
        place=value.place,
        counted=fields["counted"].as_choice(COUNTED) if "counted" in fields else COUNTED[0],
        at_most_a_person=parse(person) if person else None,
        period_caps=_period_caps(fields),
        deducts=parse(fields["deducts"]) if "deducts" in fields else None,
        paid_within=_paid_within(fields["paid_within"]) if "paid_within" in fields else None,
        choice=code(fields["choice"]) if "choice" in fields else "",
    )


def _mailbox(value: Value) -> tuple[Channel, ...]:
    return (Channel("mailbox", None, False, value.place),)


def _channels(value: Value) -> tuple[Channel, ...]:
    """``bill``, or ``[bill, transfer over 100.00 EUR, transfer when closed]``."""
    found: list[Channel] = []
    for item in value.list_or_one():
        text = item.as_text()
        name, _, rest = text.partition(" ")
        if name not in CHANNELS:
            raise item.wrong(f"one of {', '.join(CHANNELS)}", "choose one of them")
        over, when_closed = None, rest == "when closed"
        if rest.startswith("over "):
            over = parse_text(rest.removeprefix("over "), item)
        elif rest and not when_closed:
            raise item.wrong(
                f"`{name}`, `{name} over 100.00 EUR` or `{name} when closed`", "write one of them"
            )
        if any((one.name, one.over, one.when_closed) == (name, over, when_closed) for one in found):
            raise item.wrong("a channel that does not stand above already", "remove one of the two")
        found.append(Channel(name, over, when_closed, item.place))
    if not found:
        raise value.wrong("at least one channel", f"choose among {', '.join(CHANNELS)}")
    return tuple(found)


def _paid_within(value: Value) -> Number:
    term = number(value)
    if term.kind not in (Kind.DAYS, Kind.WORKING, Kind.MONTHS) or term.value == 0:
        raise value.wrong("days, working days or months", "write it like `90 days`")
    return term


def _period_caps(fields: Fields) -> tuple[PeriodCap, ...]:
    """``at_most_a_month`` and ``at_most_a_year``, each with what was given already."""
    named = [name for name in ("at_most_a_month", "at_most_a_year") if name in fields]
    if "already" not in fields:
        for name in named:
            raise bad_input(
                "missing-field",
                f"`{name}` says nothing of what earlier incidents gave",
                "one run knows one outage alone",
                "add `already: INPUT`, an input of the amount's unit",
                fields[name].place,
            )
        return ()
    already = fields["already"]
    if not named:
        raise already.wrong("`at_most_a_month` or `at_most_a_year` beside it", "add one of them")
    if len(named) == 1:
        return (
            PeriodCap(named[0].removeprefix("at_most_a_"), parse(fields[named[0]]), parse(already)),
        )
    each = already.mapping(["month", "year"])
    return tuple(
        PeriodCap(period, parse(fields[f"at_most_a_{period}"]), parse(each[period]))
        for period in ("month", "year")
    )


_RESULT = ("give", "nothing", "because", "consent")


def _otherwise(value: Value, consent: Consent | None, references: Mapping[str, str]) -> Rule:
    fields = value.mapping([], [*_RESULT, "reference", "title"])
    return Rule(
        "otherwise",
        None,
        _result(value, fields, consent),
        words(fields["title"]) if "title" in fields else {},
        reference(fields["reference"], references) if "reference" in fields else "",
        value.place,
    )


def _rule(value: Value, consent: Consent | None, references: Mapping[str, str]) -> Rule:
    fields = value.mapping(["rule", "when", "reference"], [*_RESULT, "title", "goodwill"])
    return Rule(
        code(fields["rule"]),
        parse(fields["when"]),
        _result(value, fields, consent),
        words(fields["title"]) if "title" in fields else {},
        reference(fields["reference"], references),
        value.place,
        _goodwill(fields["goodwill"]) if "goodwill" in fields else None,
    )


def _goodwill(value: Value) -> Goodwill:
    fields = value.mapping(["author", "on", "because"])
    return Goodwill(
        fields["author"].as_text(), fields["on"].as_date(), words(fields["because"]), value.place
    )


def _result(value: Value, fields: Fields, consent: Consent | None) -> Give | Nothing:
    if ("give" in fields) == ("nothing" in fields):
        raise value.wrong(
            "exactly one of `give` and `nothing`", "say what is given, or why nothing is"
        )
    if "nothing" in fields:
        if "because" not in fields:
            raise bad_input(
                "missing-field",
                "the field 'because' is missing",
                "whoever gets nothing is told why, in both languages",
                "add `because: {it: …, en: …}`",
                value.place,
            )
        return Nothing(code(fields["nothing"]), words(fields["because"]), fields["nothing"].place)
    own = _consent(fields["consent"]) if "consent" in fields else consent
    if own is None:
        raise bad_input(
            "missing-field",
            "nothing says whether this needs a yes",
            "consent is automatic, confirm or claim, stated by the rule or by its remedy",
            "add `consent: automatic`",
            value.place,
        )
    return _give(fields["give"], own)


def _give(value: Value, consent: Consent) -> Give:
    fields = value.mapping([], [*GIVES, "rounding", "at_most", "least", "from"])
    named = [word for word in GIVES if word in fields]
    if len(named) != 1:
        raise value.wrong(f"exactly one of {', '.join(GIVES)}", "one rule gives one thing")
    rounding, least, since = fields.get("rounding"), fields.get("least"), fields.get("from")
    caps = fields["at_most"].list_or_one() if "at_most" in fields else ()
    least_text, strict = "", False
    if least is not None:
        least_text = least.as_text()
        for head, is_strict in (("at least ", False), ("over ", True)):
            if least_text.startswith(head):
                least_text, strict = least_text.removeprefix(head), is_strict
                break
        else:
            raise least.wrong("`over …` or `at least …`", "say whether the bound itself is given")
    return Give(
        kind=GIVES[named[0]],
        amount=parse(fields[named[0]]),
        rounding=Rounding(rounding.as_choice(_ROUNDINGS)) if rounding else None,
        at_most=tuple(parse(cap) for cap in caps),
        least=parse_text(least_text, least) if least else None,
        least_strict=strict,
        since=parse(since) if since else None,
        consent=consent,
        place=value.place,
    )


def _consent(value: Value) -> Consent:
    if value.entries is None:
        if value.as_text() != "automatic":
            raise value.wrong(
                "`automatic`, or `{confirm: {by: …, silence: …}}`, or `{claim: {by: …}}`",
                "a yes or a claim has a deadline",
            )
        return Consent()
    fields = value.mapping([], ["confirm", "claim"])
    if len(list(fields)) != 1:
        raise value.wrong("exactly one of `confirm` and `claim`", "keep one")
    how = next(iter(fields))
    if how == "confirm":
        inner = fields[how].mapping(["by", "silence"], ["remind"])
        silence = inner["silence"].as_choice(FALLBACKS)
        remind = _remind(inner["remind"], silence) if "remind" in inner else REMIND
        return Consent(how, parse(inner["by"]), silence, remind=remind)
    inner = fields[how].mapping(["by"], ["otherwise", "claimed", "remind"])
    claimed = parse(inner["claimed"]) if "claimed" in inner else None
    silence = inner["otherwise"].as_choice(("forfeit",)) if "otherwise" in inner else "forfeit"
    remind = _remind(inner["remind"], silence) if "remind" in inner else REMIND
    return Consent(how, parse(inner["by"]), silence, claimed, remind)


def _remind(value: Value, silence: str) -> tuple[int, ...]:
    """``[14 days, 3 days]``: how long before the deadline; nobody forfeits unheard."""
    found: list[int] = []
    for item in value.sequence():
        term = number(item)
        if term.kind is not Kind.DAYS or term.value.denominator != 1 or term.value < 1:
            raise item.wrong("whole days before the deadline", "write it like `14 days`")
        if found and term.value >= found[-1]:
            raise item.wrong("fewer days than the reminder above", "put the longest first")
        found.append(int(term.value))
    if len(found) > MOST_REMINDERS:
        raise value.wrong(f"at most {MOST_REMINDERS} reminders", "leave some out")
    if not found and silence != "give":
        raise value.wrong(
            "at least one reminder where silence does not give", "write it like `[14 days, 3 days]`"
        )
    return tuple(found)
