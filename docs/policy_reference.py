"""The reference of the policy language, made of its schemas, its vocabulary and its codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from docs.error_codes import PROBLEM, codes
from docs.markdown_table import table

from ristoro.remedies.authoring.schema.cases import cases_schema
from ristoro.remedies.authoring.schema.policy import policy_schema
from ristoro.remedies.authoring.schema.shapes import day
from ristoro.remedies.language import checked
from ristoro.remedies.language.calendars import NAMED
from ristoro.remedies.language.types import MICROS, SIZES, Kind
from ristoro.remedies.language.vocabulary import ATTRIBUTES, FIELDS, FUNCTIONS, RUN

READ: Mapping[str, str] = {
    "brand": "the brand",
    "store": "the server that holds it",
    "holder": "who holds it",
    "locale": "the holder's language",
    "standing": "how the holder stands with the provider",
    "created": "when it was opened",
    "closed": "when it was closed; null where it is open",
    "plan": "the plan now",
    "plan_since": "since when it has this plan",
    "price": "for one billing period; null in another currency than the policy's",
    "billing_months": "months in a billing period",
    "paid_until": "the last day paid for; null where there is none",
    "storage": "the space it has now",
    "used": "the space it uses",
    "before.plan": "the plan before the last change",
    "before.storage": "the space before it",
    "before.paid_until": "the last day paid for before it",
    "then.plan": "the plan when the outage began",
    "then.price": "its price",
    "then.billing_months": "its billing period",
    "then.paid_until": "the last day paid for then",
    "then.storage": "the space then",
    "outage.start": "the first instant of the outage",
    "outage.end": "its last",
    "outage.start_day": "the day of its first instant",
    "outage.end_day": "the day of its last",
    "today": "the day of decision: the snapshot's",
}
WAYS = {
    "seen": "when this way in was last used; null for never",
    "allows": "whether the plan allows it",
}
MEASURED: Mapping[str, str] = {
    "total": "all the time that counts, in the window",
    "longest": "the longest stretch",
    "stretches": "how many stretches",
    "windows": "how many windows have any",
    "days_touched": "calendar days with any of it",
    "whole_days": "calendar days that it fills from midnight to midnight",
    "uptime": "(window − total) ÷ window, exact",
    "window": "the window's own length",
    "start": "the first instant of it; null where nothing counts",
    "end": "the last instant of it",
    "start_day": "the day of the first",
    "end_day": "the day of the last",
}
REASONS: Mapping[str, str] = {
    checked.BELOW_LEAST: "it comes to less than the minimum issue",
    checked.NOT_KNOWN: "a value that it needs is not known",
    checked.ZERO_AMOUNT: "the amount comes to nothing",
    checked.NOT_CLAIMED: "nobody claimed it in time",
    checked.CLAIMED_LATE: "it was claimed after the last day",
    checked.GIVEN_ONCE: "another mailbox of the same holder has it",
    checked.PERSON_CAP: "the holder's cap is used up",
}
DEFINITIONS: Mapping[str, Any] = {
    **cases_schema()["definitions"],
    **policy_schema()["definitions"],
}
MANY = 30
"""Words above which a list is that of the linter's codes, which have a page of their own."""


def policy_language(made: str) -> str:
    """The page; ``made`` says that it is not to be edited."""
    lines = ["# The policy language: reference", "", made, ""]
    lines += [
        "What each thing means is told in [Writing a policy](../policy-language.md); how to",
        "",
    ]
    lines[-1:] = [
        "begin, in [the guide](../policy-guide.md). The JSON Schemas of `schemas/` have the"
    ]
    lines += ["same fields. Findings of the linter have [a page of their own](../linter.md).", ""]
    for title, schema in (("Policies", policy_schema()), ("Cases", cases_schema())):
        lines += [f"## {title}", "", *_mapping(schema, schema["description"])]
        for name, part in schema["definitions"].items():
            if "properties" in part:
                lines += [f"### `{name}`", "", *_mapping(part, part["description"])]
    return "\n".join([*lines, *_expressions(), *_codes()])


def _mapping(part: Mapping[str, Any], said: str) -> list[str]:
    needed = part["required"]
    rows = (
        (f"`{name}`", "yes" if name in needed else "", _takes(field), _said(field))
        for name, field in part["properties"].items()
    )
    lines = [said, "", *table(("field", "must", "takes", "what it says"), rows), ""]
    if "oneOf" in part:
        either = ", ".join(f"`{one['required'][0]}`" for one in part["oneOf"])
        lines += [f"Exactly one of {either}.", ""]
    return lines


def _said(field: Mapping[str, Any]) -> str:
    if "$ref" in field:
        field = DEFINITIONS[field["$ref"].rpartition("/")[2]]
    found = str(field.get("description", ""))
    if (examples := field.get("examples")) and examples != day("")["examples"]:
        found += f" Such as {', '.join(f'`{one}`' for one in examples)}."
    return found.strip()


def _takes(field: Mapping[str, Any]) -> str:
    """What may stand there, in few words."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        target = DEFINITIONS[name]
        return f"[`{name}`](#{name})" if "properties" in target else _takes(target)
    if "allOf" in field:
        return _takes(field["allOf"][0])
    if len(field.get("enum", ())) > MANY:
        return "a code of [the linter](../linter.md)"
    if "enum" in field:
        return ", ".join(f"`{word}`" for word in field["enum"])
    if "anyOf" in field:
        return " or ".join(_takes(one) for one in field["anyOf"])
    if field["type"] == "array":
        return f"a list of {_takes(field['items'])}"
    if field["type"] == "object":
        inner = field.get("additionalProperties")
        return f"names, each with {_takes(inner)}" if isinstance(inner, dict) else "fields"
    if isinstance(field["type"], list):
        return "a number with its unit" if "pattern" in field else "an expression"
    if field.get("examples") == day("")["examples"]:
        return "a day"
    return {"integer": "a whole number", "boolean": "`true`, `false`"}.get(field["type"], "text")


def _expressions() -> Iterator[str]:
    yield from ("## Units", "")
    yield from (f"Kinds of value: {', '.join(kind.value for kind in Kind)}.", "")
    yield from (f"Lengths of time: {', '.join(f'`{word}s`' for word in MICROS)}.", "")
    sizes = ((f"`{word}`", f"{size:,}") for word, size in SIZES.items())
    yield from (*table(("size", "bytes"), sizes), "")
    yield from (f"Calendars: {', '.join(f'`{name}`' for name in NAMED)}.", "")
    yield from ("## Functions", "")
    rows = ((f"`{name}`", said) for name, said in FUNCTIONS.items())
    yield from (*table(("function", "what it gives"), rows), "")
    yield from ("## What can be read", "", "Of the mailbox:", "")
    fields = (
        (f"`{name}`", field.kind.value, _meaning(name) + _words(field.words))
        for name, field in FIELDS.items()
    )
    yield from (*table(("name", "kind", "what it is"), fields), "")
    run = ((f"`{name}`", kind.value, READ[name]) for name, kind in RUN.items())
    yield from ("Of the run:", "", *table(("name", "kind", "what it is"), run), "")
    of = ((f"`.{name}`", kind.value, MEASURED[name]) for name, kind in ATTRIBUTES.items())
    yield from ("Of a measure:", "", *table(("attribute", "kind", "what it is"), of), "")


def _meaning(name: str) -> str:
    head = name.partition(".")[0]
    return READ[name] if name in READ else WAYS[head]


def _words(words: tuple[str, ...]) -> str:
    return f": {', '.join(f'`{word}`' for word in words)}" if words else ""


def _codes() -> Iterator[str]:
    yield from ("## Reasons that no rule writes", "")
    rows = ((f"`{code}`", said) for code, said in REASONS.items())
    yield from (*table(("reason", "why nothing is given"), rows), "")
    yield from ("## Refusals", "", "What a policy or its cases can be refused for.", "")
    found: dict[str, list[str]] = {}
    for one in codes():
        parts = ("remedies/language/", "remedies/case_", "remedies/setting", "remedies/starter")
        if one.kind == PROBLEM and one.file.startswith(parts):
            found.setdefault(one.code, []).append(one.text)
    refusals = (
        (f"`{code}`", _plain("; ".join(dict.fromkeys(said)))) for code, said in found.items()
    )
    yield from (*table(("code", "what it says"), refusals), "")


def _plain(text: str) -> str:
    return text.replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
