"""Reads a policy's YAML into its tree; what the words mean is ``check``'s business.

Measures have a file of their own, ``read_measures``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ristoro.kernel import documents
from ristoro.kernel.documents import Fields, Value
from ristoro.kernel.errors import bad_input
from ristoro.kernel.money import MINOR_DIGITS, Rounding
from ristoro.remedies.columns import LANES
from ristoro.remedies.language.expressions import Literal, Node, parse, parse_text
from ristoro.remedies.language.policy import (
    ACCOUNTING,
    CHANNELS,
    FALLBACKS,
    RIGHTS,
    Amount,
    Consent,
    DatedNumber,
    Give,
    Input,
    Nothing,
    Policy,
    Remedy,
    Rule,
    Step,
    Table,
    Words,
)
from ristoro.remedies.language.read_measures import read_measure
from ristoro.remedies.language.types import Kind, Number

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CODE = re.compile(r"[a-z][a-z0-9-]*")
T = TypeVar("T")

INPUT_KINDS = {
    "count": Kind.COUNT,
    "bytes": Kind.BYTES,
    "length": Kind.LENGTH,
    "days": Kind.DAYS,
    "money": Kind.MONEY,
    "truth": Kind.TRUTH,
    "text": Kind.TEXT,
    "date": Kind.DAY,
}
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


def read_policy(path: Path) -> Policy:
    """The policy that stands in a file, not yet checked."""
    raw = documents.read_file(path)
    return read_value(raw, hashlib.sha256(path.read_bytes()).hexdigest())


def read_bytes(raw: bytes, name: str) -> Policy:
    """The policy in YAML text; ``name`` is the file named in messages."""
    return read_value(documents.read_bytes(raw, name), hashlib.sha256(raw).hexdigest())


def read_value(root: Value, digest: str) -> Policy:
    """The policy in a tree; ``digest`` is that of its bytes."""
    fields = root.mapping(
        ["policy", "version", "title", "valid_from", "zone", "currency", "references", "remedies"],
        ["inputs", "amounts", "measures", "values", "tables", "used_since"],
    )
    used_since = fields.get("used_since")
    references = {name: value.as_text() for name, value in fields["references"].mapping().items()}
    remedies = tuple(_remedy(item, references) for item in fields["remedies"].sequence())
    if not remedies:
        raise fields["remedies"].wrong("at least one remedy", "write the first one")
    return Policy(
        name=_code(fields["policy"]),
        version=fields["version"].as_int(1),
        title=_words(fields["title"]),
        valid_from=fields["valid_from"].as_date(),
        zone=fields["zone"].as_zone(),
        currency=fields["currency"].as_choice(tuple(MINOR_DIGITS)),
        used_since=used_since.as_date() if used_since else None,
        references=references,
        inputs=_named(fields, "inputs", _input),
        amounts=_named(fields, "amounts", lambda name, v: _amount(name, v, references)),
        measures=_named(fields, "measures", read_measure),
        values=_named(fields, "values", lambda name, v: parse(v)),
        tables=_named(fields, "tables", _table),
        remedies=remedies,
        place=root.place,
        digest=digest,
    )


def _named(fields: Fields, section: str, reader: Callable[[str, Value], T]) -> dict[str, T]:
    value = fields.get(section)
    if value is None:
        return {}
    found: dict[str, T] = {}
    for name, item in value.mapping().items():
        if not _NAME.fullmatch(name):
            raise bad_input(
                "bad-name",
                f"{name!r} cannot be a name",
                "expressions read names of small letters, digits and underscores",
                "write it like `daily_amount`",
                item.place,
            )
        found[name] = reader(name, item)
    return found


def _code(value: Value) -> str:
    text = value.as_text()
    if not _CODE.fullmatch(text):
        raise value.wrong("a code of small letters, digits and hyphens", "write it like `not-then`")
    return text


def _words(value: Value) -> Words:
    fields = value.mapping(["it", "en"])
    return {lang: fields[lang].as_text() for lang in ("it", "en")}


def _reference(value: Value, references: dict[str, str]) -> str:
    """A name from ``references``."""
    name = value.as_text()
    if name not in references:
        raise bad_input(
            "unknown-reference",
            f"there is no reference {name!r}",
            "every number and rule says where it comes from",
            f"use one of {', '.join(references)}, or add it to `references`",
            value.place,
        )
    return name


def _number(value: Value) -> Number:
    node = parse(value)
    if not isinstance(node, Literal) or not isinstance(node.value, Number):
        raise value.wrong("one number with its unit", "write it like `6.00 EUR` or `3 days`")
    return node.value


def _input(name: str, value: Value) -> Input:
    fields = value.mapping(["type"], ["default", "title"])
    default, title = fields.get("default"), fields.get("title")
    return Input(
        name,
        INPUT_KINDS[fields["type"].as_choice(tuple(INPUT_KINDS))],
        parse(default) if default else None,
        _words(title) if title else {},
        value.place,
    )


def _amount(name: str, value: Value, references: dict[str, str]) -> Amount:
    values: list[DatedNumber] = []
    for item in value.list_or_one():
        fields = item.mapping(["from", "value", "reference"])
        dated = DatedNumber(
            fields["from"].as_date(),
            _number(fields["value"]),
            _reference(fields["reference"], references),
        )
        if values and dated.valid_from <= values[-1].valid_from:
            raise fields["from"].wrong(
                f"a day after {values[-1].valid_from}", "list the values from the oldest on"
            )
        if values and dated.number.kind is not values[-1].number.kind:
            raise fields["value"].wrong(
                f"{values[-1].number.kind.value}, as before", "use one unit"
            )
        values.append(dated)
    if not values:
        raise value.wrong("at least one dated value", "write `- {from: …, value: …, reference: …}`")
    return Amount(name, tuple(values), value.place)


def _table(name: str, value: Value) -> Table:
    fields = value.mapping(["of", "steps"])
    steps = []
    for item in fields["steps"].sequence():
        step = item.mapping(["gives"], ["from", "over", "below", "to"])
        for one, other in (("from", "over"), ("below", "to")):
            if one in step and other in step:
                raise step[other].wrong(f"either `{one}` or `{other}`", "keep one of the two")
        low, high = step.get("from") or step.get("over"), step.get("below") or step.get("to")
        steps.append(
            Step(
                low=_number(low) if low else None,
                low_open="over" in step,
                high=_number(high) if high else None,
                high_open="below" in step,
                gives=parse(step["gives"]),
                place=item.place,
            )
        )
    return Table(name, parse(fields["of"]), tuple(steps), value.place)


# Remedies and rules


def _remedy(value: Value, references: dict[str, str]) -> Remedy:
    fields = value.mapping(
        ["remedy", "title", "lane", "accounting", "rules", "otherwise"],
        ["other_rights", "channel", "consent"],
    )
    consent = _consent(fields["consent"]) if "consent" in fields else None
    rules = [_rule(item, consent, references) for item in fields["rules"].sequence()]
    last = fields["otherwise"]
    last_fields = last.mapping([], [*_RESULT, "reference", "title"])
    rules.append(
        Rule(
            "otherwise",
            None,
            _result(last, last_fields, consent),
            _words(last_fields["title"]) if "title" in last_fields else {},
            _reference(last_fields["reference"], references) if "reference" in last_fields else "",
            last.place,
        )
    )
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
    right, channel = fields.get("other_rights"), fields.get("channel")
    return Remedy(
        name=_code(fields["remedy"]),
        title=_words(fields["title"]),
        lane=fields["lane"].as_choice(LANES),
        accounting=fields["accounting"].as_choice(ACCOUNTING),
        other_rights=right.as_choice(RIGHTS) if right else "kept",
        channel=channel.as_choice(CHANNELS) if channel else "mailbox",
        rules=tuple(rules),
        place=value.place,
    )


_RESULT = ("give", "nothing", "because", "consent")


def _rule(value: Value, consent: Consent | None, references: dict[str, str]) -> Rule:
    fields = value.mapping(["rule", "when", "reference"], [*_RESULT, "title"])
    return Rule(
        _code(fields["rule"]),
        parse(fields["when"]),
        _result(value, fields, consent),
        _words(fields["title"]) if "title" in fields else {},
        _reference(fields["reference"], references),
        value.place,
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
        return Nothing(_code(fields["nothing"]), _words(fields["because"]), fields["nothing"].place)
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
    inner = fields[how].mapping(["by", *(["silence"] if how == "confirm" else [])])
    by: Node = parse(inner["by"])
    return Consent(
        how, by, inner["silence"].as_choice(FALLBACKS) if how == "confirm" else "forfeit"
    )
