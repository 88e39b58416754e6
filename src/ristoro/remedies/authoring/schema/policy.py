"""The schema of a policy file."""

from __future__ import annotations

from ristoro.kernel.money import MINOR_DIGITS
from ristoro.outages.columns import COMPONENTS
from ristoro.outages.outage import CAUSES
from ristoro.remedies.authoring.lint.findings import catalogue
from ristoro.remedies.authoring.schema.remedies import remedy_parts, rule_parts
from ristoro.remedies.authoring.schema.shapes import (
    CODE,
    DRAFT,
    SCALARS,
    Schema,
    choice,
    day,
    expression,
    list_of,
    mapping,
    named,
    one_or_list,
    ref,
    text,
    whole,
)
from ristoro.remedies.language.calendars import NAMED, WEEKDAYS
from ristoro.remedies.language.policy import (
    OVER,
    Window,
)
from ristoro.remedies.language.read import INPUT_KINDS
from ristoro.remedies.language.read_measures import PLAN_WAYS, POPULATIONS, USED_WAYS
from ristoro.remedies.language.types import MICROS, SIZES

LENGTH = rf"\d[\d_]*(\.\d+)? ({'|'.join(MICROS)})s?"
UNIT = "|".join(("percent", "%", "working", "days?", "months?", "bytes?", *SIZES, *MINOR_DIGITS))
NUMBER = rf"^\d[\d_]*(\.\d+)? ?({UNIT}|({'|'.join(MICROS)})s?)?( days?| per day)?$"
PLACES = (*COMPONENTS, PLAN_WAYS, USED_WAYS)


def policy_schema() -> Schema:
    """The JSON Schema of ``policies/NAME.yaml``."""
    required = {
        "policy": text("Its name: that of the file, without `.yaml`.", pattern=CODE),
        "version": whole("Counts up; a policy is never edited once used.", 1),
        "title": ref("words", "What people call it."),
        "valid_from": day("Outages that began before this day are refused."),
        "zone": text(
            "The time zone of every day, month and midnight.", examples=["Europe/Rome", "UTC"]
        ),
        "currency": choice(tuple(MINOR_DIGITS), "The only currency of the policy."),
        "references": {
            "type": "object",
            "description": "Where every number and rule can be read: a name, and a citation.",
            "additionalProperties": {"type": "string", "minLength": 1},
            "minProperties": 1,
        },
        "remedies": list_of(ref("remedy"), "What may be owed; each is decided by itself."),
    }
    optional = {
        "used_since": day("Ways in that were used since this day count as `used ways`."),
        "calendar": ref("calendar"),
        "inputs": named(ref("input"), "Facts that no snapshot has."),
        "amounts": named(ref("amount"), "Numbers, each with the days from which it holds."),
        "measures": named(ref("measure"), "Which of the outage's time counts."),
        "values": named(expression("A named expression."), "Expressions by name."),
        "tables": named(ref("table"), "Step tables, and tables by words."),
        "lint": one_or_list(ref("departure"), "Which findings of the linter it departs from."),
    }
    return {
        "$schema": DRAFT,
        "title": "A policy of Ristoro",
        **mapping("Who is owed what after an outage, why, and how rounded.", required, optional),
        "definitions": {**_parts(), **_measures(), **_tables(), **remedy_parts(), **rule_parts()},
    }


def _parts() -> Schema:
    return {
        "words": mapping(
            "A sentence in both languages.",
            {"it": text("In Italian."), "en": text("In English.")},
            {},
        ),
        "number": {
            "type": SCALARS[:2],
            "pattern": NUMBER,
            "description": "One number with its unit.",
            "examples": ["6.00 EUR", "20 percent", "3 days", "24 hours", "1 GiB", 2],
        },
        "calendar": {
            "description": "By which working days are counted.",
            "anyOf": [choice(tuple(NAMED), "A calendar by name."), ref("own-calendar")],
        },
        "own-calendar": mapping(
            "A country's public holidays, and what else is closed.",
            {"country": text("ISO 3166 code, such as `IT`.")},
            {
                "subdivision": text("ISO 3166 code of a part of it, such as `BZ`."),
                "also": one_or_list(day("A day."), "More days that are not worked."),
                "weekend": one_or_list(
                    choice(WEEKDAYS, "A weekday."), "Not worked; saturday and sunday if left out."
                ),
            },
        ),
        "input": mapping(
            "A fact from a case, or from `ristoro decide --facts`.",
            {"type": choice(tuple(INPUT_KINDS), "What it is.")},
            {
                "default": expression("Where it is not stated; a constant. Without it: null."),
                "title": ref("words", "What people call it."),
            },
        ),
        "departure": mapping(
            "A finding of the linter that is meant.",
            {
                "allow": one_or_list(
                    choice(tuple(catalogue()), "The code of a finding."), "Its code, or several."
                ),
                "because": text("Why it is meant."),
            },
            {},
        ),
        "amount": one_or_list(ref("dated"), "Its values, the oldest first."),
        "dated": mapping(
            "What an amount is from a day on.",
            {
                "from": day("The first day on which it holds."),
                "value": ref("number"),
                "reference": text("Where it can be read: a name from `references`."),
            },
            {},
        ),
    }


def _measures() -> Schema:
    components = text(
        "Which parts of the service: one, `any of a, b` (while at least one fails), or `all of "
        f"a, b` (while all fail at once); of {', '.join(PLACES)}.",
        pattern=rf"^((any|all) of )?({'|'.join(PLACES)})(, *({'|'.join(COMPONENTS)}))*$",
        examples=["webmail", "any of plan ways", "all of webmail, imap"],
    )
    return {
        "measure": mapping(
            "Which of the outage's time counts for a mailbox.",
            {"components": components},
            {
                "counts": text(
                    "What counts as failing; `down` if left out.",
                    pattern=r"^down( or degraded| or errors (over|at least) .+)?$",
                    examples=["down", "down or degraded", "down or errors over 5 percent"],
                ),
                "planned": text(
                    "Whether planned work counts; `counts` if left out.",
                    pattern=r"^(counts|does not count.*)$",
                    examples=[
                        "does not count",
                        "does not count if announced 48 hours before",
                        "does not count, between 21:00 and 06:00 on saturday, sunday",
                    ],
                ),
                "planned_allowance": text(
                    "How much planned time is left out; the rest of it counts.",
                    pattern=rf"^{LENGTH} a (year|month)$",
                    examples=["10 hours a year"],
                ),
                "excused": one_or_list(
                    choice(CAUSES, "A cause."), "Causes whose time is taken out."
                ),
                "merge_gaps": text(
                    "Stretches with a shorter gap between them are one; the gap counts, or not.",
                    pattern=rf"^under {LENGTH}(, *not counted)?$",
                    examples=["under 1 minute", "under 60 minutes, not counted"],
                ),
                "stretch": text(
                    "Shorter stretches do not count.",
                    pattern=rf"^(at least|over) {LENGTH}$",
                    examples=["at least 60 minutes", "over 20 minutes"],
                ),
                "short_stretches": text(
                    "When stretches that `stretch` leaves out count after all.",
                    pattern=r"^count (where (over|at least)|what is over) .+ a day$",
                    examples=[
                        "count where over 5 minutes a day",
                        "count what is over 5 minutes a day",
                    ],
                ),
                "starts": expression(
                    "The clock: time before this date or instant does not count.",
                    "reported_at",
                    "reported_on + 2 working days",
                ),
                "window": choice(
                    [window.value for window in Window],
                    "Over which time it is taken; `outage` if left out.",
                ),
                "population": choice(
                    POPULATIONS, "User-minutes over all mailboxes with the same one."
                ),
            },
            dependencies={"planned_allowance": ["planned"], "short_stretches": ["stretch"]},
        )
    }


def _tables() -> Schema:
    steps = list_of(ref("step"), "The lowest first, without gap or overlap.")
    rows = list_of(ref("word-row"), "Rows by text.")
    of = expression("What the table goes by.", "down.uptime", "plan")
    return {
        "table": {
            "description": "What is given, step by step or text by text.",
            "anyOf": [ref("step-table"), ref("word-table")],
        },
        "step-table": mapping(
            "A table by a number.",
            {"of": of, "steps": steps},
            {
                "over": choice(
                    OVER,
                    "Added up over every window, or every stretch of the worst; else that of it.",
                )
            },
        ),
        "step": mapping(
            "One step: a range, and what it gives.",
            {"gives": expression("A number; all steps give one unit.", "10 percent", "3 days")},
            {
                "from": ref("number", "The lower bound, itself included."),
                "over": ref("number", "The lower bound, itself not included."),
                "below": ref("number", "The upper bound, itself not included."),
                "to": ref("number", "The upper bound, itself included."),
            },
            allOf=[{"not": {"required": list(pair)}} for pair in (("from", "over"), BOUNDS)],
        ),
        "word-table": mapping(
            "A table by a text.",
            {
                "of": of,
                "words": rows,
                "otherwise": expression("What every other text gives.", 1),
            },
            {},
        ),
        "word-row": mapping(
            "Some texts, and what they give.",
            {
                "is": one_or_list(text("A text."), "The texts."),
                "gives": expression("A number; all rows give one unit.", 2),
            },
            {},
        ),
    }


BOUNDS = ("below", "to")
