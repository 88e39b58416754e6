"""The parts of a policy's schema that remedies are made of: rules, consent, and what is given."""

from __future__ import annotations

from ristoro.kernel.money import Rounding
from ristoro.remedies.authoring.schema.shapes import (
    CODE,
    Schema,
    choice,
    day,
    exactly_one,
    expression,
    list_of,
    mapping,
    one_or_list,
    ref,
    text,
)
from ristoro.remedies.columns import LANES
from ristoro.remedies.language.policy import (
    ACCOUNTING,
    CHANNELS,
    COUNTED,
    FALLBACKS,
    MOST_REMINDERS,
    RIGHTS,
)


def remedy_parts() -> Schema:
    """Remedies, how they are counted and paid, and who must say yes."""
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
        "choice": text(
            "A choice that it is one of: of remedies with the same name, a mailbox is given one.",
            pattern=CODE,
        ),
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
            {"remind": _reminders()},
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
                "remind": _reminders(),
            },
        ),
    }


def _reminders() -> Schema:
    return {
        "type": "array",
        "items": ref("number"),
        "maxItems": MOST_REMINDERS,
        "description": "Days before the deadline on which whoever has not answered is "
        "reminded, longest first; `[14 days, 3 days]` if left out.",
    }


def rule_parts() -> Schema:
    """Rules, and what they give."""
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
