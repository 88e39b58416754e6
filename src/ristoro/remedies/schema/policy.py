"""The schema of a policy file."""

from __future__ import annotations

from ristoro.kernel.money import MINOR_DIGITS, Rounding
from ristoro.outages.columns import COMPONENTS
from ristoro.outages.outage import CAUSES
from ristoro.remedies.columns import LANES
from ristoro.remedies.language.calendars import NAMED, WEEKDAYS
from ristoro.remedies.language.policy import (
    ACCOUNTING,
    CHANNELS,
    COUNTED,
    FALLBACKS,
    OVER,
    RIGHTS,
    Window,
)
from ristoro.remedies.language.read import INPUT_KINDS
from ristoro.remedies.language.read_measures import PLAN_WAYS, POPULATIONS, USED_WAYS
from ristoro.remedies.language.types import MICROS, SIZES
from ristoro.remedies.lint.findings import catalogue
from ristoro.remedies.schema.shapes import (
    DRAFT,
    SCALARS,
    Schema,
    choice,
    day,
    exactly_one,
    expression,
    list_of,
    mapping,
    named,
    one_or_list,
    ref,
    text,
    whole,
)

CODE = r"^[a-z][a-z0-9-]*$"
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
        "definitions": {**_parts(), **_measures(), **_tables(), **_remedies(), **_rules()},
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


def _remedies() -> Schema:
    required = {
        "remedy": text("Its name.", pattern=CODE),
        "title": ref("words", "What people call it."),
        "lane": choice(LANES, "What kind of debt it is; lanes never mix."),
        "accounting": choice(ACCOUNTING, "What it is in the books."),
        "rules": list_of(ref("rule"), "In order: the first whose condition holds decides."),
        "otherwise": ref("otherwise"),
    }
    optional = {
        "other_rights": choice(RIGHTS, "Whether damages may be claimed besides; `kept`."),
        "deducts": expression("Money already got for the same loss, taken off.", "already_paid"),
        "channel": one_or_list(
            text(
                f"One of {', '.join(CHANNELS)}; also `transfer over 100.00 EUR`, `transfer when "
                "closed`.",
                pattern=rf"^({'|'.join(CHANNELS)})( over .+| when closed)?$",
                examples=[*CHANNELS, "transfer over 100.00 EUR"],
            ),
            "How it is paid, the preferred first; `mailbox` if left out.",
        ),
        "consent": ref("consent", "Whether somebody must say yes, for rules that state nothing."),
        "paid_within": ref("number", "The payer's deadline: days, working days or months."),
        "counted": choice(COUNTED, "Whether one holder's mailboxes are given each or once."),
        "at_most_a_person": expression("The most that one holder's mailboxes get.", "100.00 EUR"),
        "at_most_a_month": expression("The most of a month's incidents.", "50.00 EUR"),
        "at_most_a_year": expression("The most of a year's incidents.", "300.00 EUR"),
        "already": {
            "description": "The input with what earlier incidents gave.",
            "anyOf": [{"type": "string"}, ref("already-each")],
        },
    }
    return {
        "remedy": mapping(
            "What may be owed, and its rules.",
            required,
            optional,
            dependencies={
                "at_most_a_month": ["already"],
                "at_most_a_year": ["already"],
                "deducts": ["other_rights"],
            },
        ),
        "already-each": mapping(
            "The inputs where a month and a year are both capped.",
            {
                "month": expression("What the month's incidents gave."),
                "year": expression("What the year's incidents gave."),
            },
            {},
        ),
        "consent": {
            "description": "Whether somebody must say yes, by when, and what silence means.",
            "anyOf": [
                choice(("automatic",), "Given without asking."),
                ref("asked-consent"),
            ],
        },
        "asked-consent": mapping(
            "Exactly one of a yes and a claim.",
            {},
            {"confirm": ref("confirm"), "claim": ref("claim")},
            oneOf=exactly_one("confirm", "claim"),
        ),
        "confirm": mapping(
            "A yes is asked for.",
            {
                "by": expression("The deadline, a day.", "2023-04-30"),
                "silence": choice(FALLBACKS, "What happens at the deadline without an answer."),
            },
            {},
        ),
        "claim": mapping(
            "Only on a claim.",
            {"by": expression("The last day of a claim.", "outage.end_day + 30 days")},
            {
                "otherwise": choice(("forfeit",), "What a claim that is missing means."),
                "claimed": expression(
                    "The input that says when it was claimed: missing or late gives nothing.",
                    "claimed_on",
                ),
            },
        ),
    }


def _rules() -> Schema:
    result = {
        "give": ref("give"),
        "nothing": text("Why nothing is given, as a code.", pattern=CODE),
        "because": ref("words", "Why nothing is given, as whoever asks is told."),
        "consent": ref("consent", "Of this rule alone."),
        "title": ref("words", "What people call the rule."),
    }
    either = {
        "oneOf": exactly_one("give", "nothing"),
        "dependencies": {"nothing": ["because"]},
    }
    reference = text("Where it can be read: a name from `references`.")
    return {
        "rule": mapping(
            "A condition, and what follows where it holds.",
            {
                "rule": text("Its name in the remedy.", pattern=CODE),
                "when": expression("The condition.", "down.total > 60 minutes"),
                "reference": reference,
            },
            {**result, "goodwill": ref("goodwill")},
            **either,
        ),
        "otherwise": mapping(
            "What follows where no condition holds.",
            {},
            {**result, "reference": reference},
            **either,
        ),
        "goodwill": mapping(
            "Who decided to give more than the rules say.",
            {
                "author": text("Name and office."),
                "on": day("When it was decided."),
                "because": ref("words", "Why."),
            },
            {},
        ),
        "give": _give(),
    }


def _give() -> Schema:
    amounts = {
        "storage": expression("Bytes, added to the present storage.", "20 percent of storage"),
        "extension": expression("Months added to a day.", "6 months"),
        "service_days": expression("Days added to a day.", "credit_days"),
        "credit": expression("Money, as a credit.", "share of a_month"),
        "refund": expression("Money, paid back.", "price"),
        "indemnity": expression("Money, as an indemnity.", "daily * down.days_touched"),
    }
    more = {
        "from": expression("The day that months or days are added to.", "paid_until"),
        "rounding": choice(
            [rounding.value for rounding in Rounding], "Once, at the end; in the smallest unit."
        ),
        "at_most": one_or_list(
            expression("A cap.", "100.00 EUR"), "Caps, in the amount's unit; before rounding."
        ),
        "least": text(
            "The minimum issue; compared after rounding.",
            pattern=r"^(over|at least) .+$",
            examples=["over 1.00 EUR", "at least 1.00 EUR"],
        ),
    }
    return mapping(
        "What is given: exactly one amount.", {}, {**amounts, **more}, oneOf=exactly_one(*amounts)
    )
