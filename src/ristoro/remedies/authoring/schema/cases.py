"""The schema of the cases beside a policy."""

from __future__ import annotations

from ristoro.estate.columns import STANDINGS, WAYS
from ristoro.outages.columns import COMPONENTS
from ristoro.outages.outage import CAUSES, CONDITIONS
from ristoro.remedies.authoring.schema.policy import NUMBER
from ristoro.remedies.authoring.schema.shapes import (
    CODE,
    DRAFT,
    SCALARS,
    Schema,
    choice,
    day,
    instant,
    list_of,
    mapping,
    named,
    one_or_list,
    ref,
    text,
    whole,
)
from ristoro.remedies.columns import CONSENTS, KINDS


def cases_schema() -> Schema:
    """The JSON Schema of ``policies/NAME.cases.yaml``."""
    stated = _stated()
    required = {
        "policy": text("The name of the policy beside this file.", pattern=CODE),
        "cases": list_of(ref("case"), "Examples with what each is owed."),
    }
    defaults = mapping("Fields that every case has unless it states its own.", {}, stated)
    definitions = {
        "case": mapping(
            "One example.",
            {
                "case": text("Its name, its own in the file."),
                "expect": named(ref("expected"), "What is owed, by remedy.", CODE),
            },
            stated,
        ),
        "number": {
            "type": SCALARS[:2],
            "pattern": NUMBER,
            "description": "One number with its unit.",
            "examples": ["19.99 EUR", "6 months", "1 GiB", 3],
        },
        **_mailboxes(),
        **_spans(),
        **_expected(),
    }
    return {
        "$schema": DRAFT,
        "title": "The cases of a policy of Ristoro",
        **mapping("Examples with what each is owed.", required, {"defaults": defaults}),
        "definitions": definitions,
    }


def _stated() -> dict[str, Schema]:
    return {
        "note": text("Why this comes out so."),
        "mailbox": ref("mailbox"),
        "outage": {
            "description": "What failed: a file, seen from this folder, or spans.",
            "anyOf": [text("A file."), list_of(ref("span"), "Spans.")],
        },
        "inputs": {
            "type": "object",
            "description": "The policy's inputs, by name.",
            "additionalProperties": {"type": [*SCALARS, "null"]},
        },
        "today": day("The day of decision; the day after the outage if left out."),
        "others": list_of(ref("others"), "More mailboxes beside it, for populations.", 0),
        "measures": {
            "type": "object",
            "description": "What measures come to, as `measure.attribute`.",
            "propertyNames": {"pattern": r"^[a-z][a-z0-9_]*\.[a-z_]+$"},
            "additionalProperties": ref("number"),
        },
    }


def _fields() -> dict[str, Schema]:
    return {
        "brand": text("The brand; `sample` if left out."),
        "store": text("The server that holds it; `sample` if left out."),
        "holder": text("Who holds it."),
        "locale": text("The holder's language."),
        "standing": choice(STANDINGS, "`good` if left out."),
        "created": instant("When it was opened; in 2010 if left out."),
        "closed": instant("When it was closed."),
        "plan": text("The plan now; `free` if left out."),
        "plan_since": instant("Since when it has this plan."),
        "price": ref("number", "For one billing period; nothing if left out."),
        "billing_months": whole("Months in a billing period; 1 if left out.", 1),
        "paid_until": day("The last day paid for."),
        "storage": ref("number", "The space it has; 1 GiB if left out."),
        "used": ref("number", "The space it uses."),
        "before": ref("before"),
        "ways": one_or_list(choice(WAYS, "A way in."), "What the plan allows; all if left out."),
        "seen": mapping(
            "When each way in was last used.", {}, {way: instant("Last used.") for way in WAYS}
        ),
    }


def _mailboxes() -> Schema:
    fields = _fields()
    kept = ("plan", "price", "storage", "paid_until", "billing_months")
    return {
        "mailbox": mapping("What matters of the mailbox; the rest is ordinary.", {}, fields),
        "before": mapping(
            "What it was before the last change of plan.", {}, {name: fields[name] for name in kept}
        ),
        "others": mapping(
            "Mailboxes that are as the first one but for the fields stated.",
            {"count": whole("How many.", 1, 100_000)},
            fields,
        ),
    }


def _spans() -> Schema:
    return {
        "span": mapping(
            "A time in which something failed, or is excused.",
            {"from": instant("When it began.")},
            {
                "to": instant("When it ended."),
                "lasting": ref("number", "How long it lasted: `433 minutes`."),
                "components": one_or_list(choice(COMPONENTS, "A component."), "All if left out."),
                "brand": text("The mailbox's if left out."),
                "store": text("The mailbox's if left out."),
                "errors": ref("number", "The share of failed requests: degraded, not down."),
                "condition": choice(CONDITIONS, "`down` if left out."),
                "planned": {"type": "boolean", "description": "Planned work."},
                "announced": instant("When the planned work was announced."),
                "excused": choice(CAUSES, "A time to take out instead of a failure."),
            },
            oneOf=[{"required": ["to"]}, {"required": ["lasting"]}],
        )
    }


def _expected() -> Schema:
    return {
        "expected": mapping(
            "What one remedy comes to; a field that is left out is not checked.",
            {
                "owed": {
                    "type": SCALARS[:2],
                    "pattern": rf"{NUMBER}|^nothing$",
                    "description": "An amount with its unit, or `nothing`.",
                    "examples": ["6.00 EUR", "6 months", "nothing"],
                }
            },
            {
                "rule": text("The rule that decides.", pattern=CODE),
                "reason": text("Why nothing is owed, as a code.", pattern=CODE),
                "kind": choice(KINDS, "What is given."),
                "consent": choice(CONSENTS, "Whether a yes or a claim is needed."),
                "deadline": day("By when."),
                "target": ref("number", "The storage that it comes to."),
                "base_until": day("The day that months or days were added to."),
                "until": day("The new last day."),
            },
        )
    }
