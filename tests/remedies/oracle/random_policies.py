"""Random policies as their documents, with every field of the language by chance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from tests.remedies.oracle.random_estates import Scene, days
from tests.remedies.oracle.random_expressions import (
    ATTRIBUTES,
    DAY,
    INSTANT,
    NUMBERS,
    TEXT,
    TRUTH,
    Names,
    Written,
    reads,
)
from tests.remedies.oracle.random_measures import measures
from tests.remedies.oracle.units import (
    BYTES,
    COUNT,
    DAYS,
    LENGTH,
    MONEY,
    MONTHS,
    SHARE,
    WORKING_DAYS,
)

WORDS = {"it": "Perché sì.", "en": "Because."}
INPUTS = {
    "count": COUNT, "bytes": BYTES, "length": LENGTH, "days": DAYS, "money": MONEY,
    "truth": TRUTH, "text": TEXT, "date": DAY, "instant": INSTANT, "months": MONTHS,
    "working_days": WORKING_DAYS,
}  # fmt: skip
CALENDARS = (
    "italy", "england", "united-states",
    {"country": "IT", "subdivision": "BZ", "also": ["2026-05-13", "2026-12-07"]},
    {"country": "DE", "weekend": ["friday", "sunday"]},
)  # fmt: skip
ROUNDINGS = ("up", "down", "half-up", "half-even", "half-even")
DEPTH = 2


@st.composite
def policies(draw: st.DrawFn, scene: Scene) -> dict[str, Any]:
    """A policy's document, lawful by ``docs/policy-language.md``."""
    currency = draw(st.sampled_from(("EUR", "EUR", "GBP", "JPY")))
    zone = draw(st.sampled_from((scene.zone, scene.zone, "Europe/Rome")))
    names = Names(scene, currency, zone)
    written = Written(draw, names)
    policy: dict[str, Any] = {
        "policy": "random",
        "version": "1",
        "title": WORDS,
        "valid_from": "2020-01-01",
        "zone": zone,
        "currency": currency,
        "used_since": draw(days(scene)).isoformat(),
        "references": {"here": "By chance"},
    }
    policy["calendar"] = draw(st.sampled_from(CALENDARS))
    policy["inputs"] = _inputs(draw, written)
    policy["amounts"] = _amounts(draw, written)
    policy["measures"] = _measures(draw, written)
    policy["values"] = _values(draw, written)
    policy["tables"] = {
        **_tables(draw, written),
        **_tables_by_words(draw, written),
        **_tables_over_windows(draw, written, policy),
    }
    policy["remedies"] = [
        _remedy(written, policy, number) for number in range(draw(st.integers(1, 2)))
    ]
    for section in ("inputs", "amounts", "measures", "values", "tables"):
        if not policy[section]:
            del policy[section]
    return policy


ANSWERS = {
    "total": "units({}, 0.000001 seconds) * 1 days",
    "longest": "units({}, 0.000001 seconds) * 1 days",
    "window": "units({}, 0.000001 seconds) * 1 days",
    "stretches": "{} * 1 days",
    "windows": "{} * 1 days",
    "days_touched": "{}",
    "whole_days": "{}",
    "uptime": "{} * 1000000 days",
    "start": "units(length_between(2000-01-01T00:00Z, {}), 1 seconds) * 1 days",
    "end": "units(length_between(2000-01-01T00:00Z, {}), 1 seconds) * 1 days",
    "start_day": "days_between(2000-01-01, {})",
    "end_day": "days_between(2000-01-01, {})",
}
"""What a measure answers, as a number of days that can be given."""


@st.composite
def measuring_policies(draw: st.DrawFn, scene: Scene) -> dict[str, Any]:
    """A policy that gives what its one measure answers, so that every answer can be seen."""
    policy = draw(policies(scene))
    names = Names(scene, policy["currency"], policy["zone"])
    for name, told in policy.get("inputs", {}).items():
        names.add(INPUTS[told["type"]], name)
    for part in ("values", "tables", "amounts"):
        policy.pop(part, None)
    policy["measures"] = _measures(draw, Written(draw, names), most=1)
    measure = policy["measures"]["m0"]
    answers = ["uptime"] if "population" in measure else list(ANSWERS)
    gives = {one.replace("_", "-"): ANSWERS[one].format(f"m0.{one}") for one in answers}
    policy["tables"] = _tables_over_windows(draw, Written(draw, names), policy, gives=DAYS)
    if policy["tables"]:
        gives["every"] = "every"
    policy["remedies"] = [
        {
            "remedy": name,
            "title": WORDS,
            "lane": "indemnity",
            "accounting": "goodwill",
            "consent": "automatic",
            "rules": [],
            "otherwise": {"give": {"service_days": amount, "rounding": "down"}},
        }
        for name, amount in gives.items()
    ]
    return policy


@st.composite
def person_policies(draw: st.DrawFn, scene: Scene) -> dict[str, Any]:
    """A policy of one remedy with plain amounts, which is counted or capped by person."""
    policy = draw(policies(scene))
    names = Names(scene, policy["currency"], policy["zone"])
    written = Written(draw, names)
    for part in ("inputs", "values", "tables", "amounts", "measures"):
        policy.pop(part, None)
    amounts = ("price", "price / 2", "price / 3", "5 percent of price", written.constant(MONEY))
    give = {"credit": "0", "rounding": written.pick(*ROUNDINGS)}
    remedy: dict[str, Any] = {
        "remedy": "by-person",
        "title": WORDS,
        "lane": "refund",
        "accounting": "goodwill",
        "consent": "automatic",
        "rules": [
            {
                "rule": "one",
                "when": written.words(),
                "give": {**give, "credit": written.pick(*amounts)},
                "reference": "here",
            }
        ],
        "otherwise": {"give": {**give, "credit": written.pick(*amounts)}},
    }
    if not written.one_in(3):
        remedy["counted"] = "once a person"
    if not written.one_in(3):
        remedy["at_most_a_person"] = written.constant(MONEY)
    policy["remedies"] = [remedy]
    return policy


def _inputs(draw: st.DrawFn, written: Written) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind in draw(st.lists(st.sampled_from(tuple(INPUTS)), max_size=3, unique=True)):
        name, unit = f"in_{kind}", INPUTS[kind]
        found[name] = {"type": kind}
        if draw(st.booleans()):
            constant = written.pick("true", "false") if unit == TRUTH else written.constant(unit)
            found[name]["default"] = constant
        written.names.add(unit, name)
    return found


def _amounts(draw: st.DrawFn, written: Written) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for unit in draw(st.lists(st.sampled_from(NUMBERS), max_size=2, unique=True)):
        name = "amount_" + unit.replace(" ", "_")
        scene = written.names.scene.day
        later = (scene - timedelta(days=40), scene + timedelta(days=1))
        found[name] = [
            {"from": day.isoformat(), "value": written.constant(unit), "reference": "here"}
            for day in (date(2019, 1, 1), *(later if draw(st.booleans()) else ()))
        ]
        written.names.add(unit, name)
    return found


def _measures(draw: st.DrawFn, written: Written, most: int = 2) -> dict[str, Any]:
    found: dict[str, Any] = {}
    own = Names(written.names.scene, written.names.currency, written.names.zone)
    own.read = {unit: list(names) for unit, names in written.names.read.items()}
    for number in range(draw(st.integers(1, most))):
        name = f"m{number}"
        found[name] = draw(measures())
        if "population" in found[name]:
            found[name].pop("starts", None)
        elif draw(st.integers(0, 4)) == 0:
            # a clock goes by the mailbox, its inputs and the run, and by no measure
            found[name]["starts"] = Written(draw, own).text(
                draw(st.sampled_from((DAY, INSTANT))), 1
            )
        for unit, attributes in ATTRIBUTES.items():
            for attribute in attributes:
                if attribute == "uptime" or "population" not in found[name]:
                    written.names.add(unit, f"{name}.{attribute}")
    return found


def _values(draw: st.DrawFn, written: Written) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number in range(draw(st.integers(0, 2))):
        unit = draw(st.sampled_from((*NUMBERS, DAY, TRUTH)))
        found[f"v{number}"] = written.text(unit, DEPTH)
        written.names.add(unit, f"v{number}", defined=True)
    return found


BOUNDS = {
    SHARE: ("0%", "50 percent", "95 percent", "99 percent", "99.9 percent", "100%"),
    LENGTH: ("0 minutes", "60 minutes", "2 hours", "24 hours", "200 hours"),
    DAYS: ("0 days", "1 days", "2 days", "30 days"),
    COUNT: ("0", "1", "3", "12"),
}


def _tables(draw: st.DrawFn, written: Written) -> dict[str, Any]:
    if draw(st.integers(0, 2)) == 0:
        return {}
    of = draw(st.sampled_from((SHARE, SHARE, LENGTH, LENGTH, DAYS, COUNT, MONEY)))
    gives = draw(st.sampled_from((SHARE, MONEY, DAYS, COUNT)))
    variable = written.text(of, 1)
    money = tuple(f"{n} {written.names.currency}" for n in (0, 1, 20, 60))
    bounds = money if of == MONEY else BOUNDS[of]
    steps = _steps(written, bounds, lambda: written.text(gives, 1))
    written.names.add(gives, "steps", defined=True)
    return {"steps": {"of": variable, "steps": steps}}


def _steps(
    written: Written, bounds: tuple[str, ...], gives: Callable[[], str]
) -> list[dict[str, str]]:
    """Steps that leave nothing out and hold nothing twice; the first bound is zero."""
    draw = written.draw
    steps: list[dict[str, str]] = []
    low = {"from": bounds[0]} if draw(st.integers(0, 3)) == 0 else {}
    for bound in bounds[1:]:
        if draw(st.booleans()):
            closed = draw(st.booleans())
            steps.append({**low, "to" if closed else "below": bound, "gives": gives()})
            low = {"over" if closed else "from": bound}
    steps.append({**low, "gives": gives()})
    return steps


def _tables_by_words(draw: st.DrawFn, written: Written) -> dict[str, Any]:
    if draw(st.integers(0, 2)):
        return {}
    unit = draw(st.sampled_from((SHARE, MONEY, DAYS, COUNT)))
    words = [
        {"is": is_one, "gives": written.text(unit, 1)}
        for is_one in (["plus", "it's"], "odd")[: draw(st.integers(1, 2))]
    ]
    table = {"of": written.pick("plan", "then.plan", *written.names.read.get(TEXT, [])),
             "words": words, "otherwise": written.text(unit, 1)}  # fmt: skip
    written.names.add(unit, "by_words", defined=True)
    return {"by_words": table}


def _tables_over_windows(
    draw: st.DrawFn, written: Written, policy: dict[str, Any], gives: str = ""
) -> dict[str, Any]:
    fit = [
        name
        for name, measure in policy["measures"].items()
        if "population" not in measure and measure.get("window", "outage") != "outage"
    ]
    if not fit or draw(st.booleans()):
        return {}
    attribute, unit = draw(
        st.sampled_from((("uptime", SHARE), ("total", LENGTH), ("days_touched", DAYS)))
    )
    gives = gives or draw(st.sampled_from((SHARE, MONEY, DAYS, COUNT)))
    fixed = [name for name in written.names.read.get(gives, []) if name.startswith("amount_")]
    steps = _steps(written, BOUNDS[unit], lambda: written.pick(*fixed, written.constant(gives)))
    written.names.add(gives, "every", defined=True)
    of = f"{draw(st.sampled_from(fit))}.{attribute}"
    return {"every": {"of": of, "over": "every window", "steps": steps}}


# Remedies


def _remedy(written: Written, policy: dict[str, Any], number: int) -> dict[str, Any]:
    draw = written.draw
    words = ("storage", "extension", "service_days", "credit", "credit", "refund", "indemnity")
    remedy: dict[str, Any] = {
        "remedy": f"remedy-{number}",
        "title": WORDS,
        "lane": written.pick("indemnity", "refund", "damages"),
        "accounting": written.pick("goodwill", "service-credit"),
        "consent": _consent(written),
    }
    if draw(st.booleans()):
        # what is of the remedy is in one unit
        words = draw(st.sampled_from((("storage",), ("service_days",), ("credit", "refund"))))
        remedy |= _of_the_remedy(written, policy, WORD_UNITS.get(words[0], MONEY))
    rules = []
    for rule in range(draw(st.integers(1, 3))):
        when = written.text(TRUTH, DEPTH + 1)
        if not reads(when, policy):
            when = f"({when}) and storage >= 0 bytes"
        result = _result(written, rule, words)
        if "give" in result and written.one_in(4):
            result["goodwill"] = {"author": "Anna", "on": "2026-01-01", "because": WORDS}
        rules.append({"rule": f"r{rule}", "when": when, "reference": "here", **result})
    otherwise = _result(written, 9, words)
    gives = [one for one in (*rules, otherwise) if "give" in one]
    if not gives:
        otherwise = {"give": _give(written, words)}
    return {**remedy, "rules": rules, "otherwise": otherwise}


def _of_the_remedy(written: Written, policy: dict[str, Any], unit: str) -> dict[str, Any]:
    """What a remedy says of a person, of a month and a year, and of what is set off."""
    found: dict[str, Any] = {}
    if written.one_in(2):
        found["counted"] = written.pick("once a person", "each mailbox")
    if written.one_in(2):
        found["at_most_a_person"] = written.constant(unit)
    kind = {BYTES: "bytes", DAYS: "days", MONEY: "money"}[unit]
    if f"in_{kind}" in policy["inputs"]:
        way = written.draw(st.integers(0, 3))
        if way in (1, 2):
            period = written.pick("month", "year")
            found |= {f"at_most_a_{period}": written.text(unit, 1), "already": f"in_{kind}"}
        if way == 3:
            found["at_most_a_month"] = written.constant(unit)
            found["at_most_a_year"] = written.text(unit, 1)
            found["already"] = {"month": f"in_{kind}", "year": f"in_{kind}"}
    if written.one_in(3):
        found |= {"other_rights": "deducted", "deducts": written.text(unit, 1)}
    if written.one_in(3) and unit == MONEY:
        found["channel"] = ["bill", f"transfer over {written.constant(unit)}", "credit"]
        found["paid_within"] = "30 working days"
    return found


WORD_UNITS = {"storage": BYTES, "service_days": DAYS}


def _result(written: Written, number: int, words: tuple[str, ...]) -> dict[str, Any]:
    if written.one_in(4):
        return {"nothing": f"nothing-{number}", "because": WORDS}
    result: dict[str, Any] = {"give": _give(written, words)}
    if written.one_in(3):
        result["consent"] = _consent(written)
    return result


def _consent(written: Written) -> Any:
    way = written.draw(st.integers(0, 3))
    if way <= 1:
        return "automatic"
    by = written.text(DAY, 1)
    if way == 2:
        return {"confirm": {"by": by, "silence": written.pick("give", "ask-again", "forfeit")}}
    terms = {"by": by}
    if "in_date" in written.names.read.get(DAY, []) and written.one_in(2):
        terms |= {"claimed": "in_date", "otherwise": "forfeit"}
    return {"claim": terms}


def _give(written: Written, words: tuple[str, ...]) -> dict[str, Any]:
    word = written.pick(*words)
    if word == "extension":
        fixed = [name for name in written.names.read.get(MONTHS, []) if name.startswith("amount")]
        amount = written.pick(*fixed, written.constant(MONTHS), "6 months")
        return {word: amount, "from": written.text(DAY, DEPTH)}
    unit = WORD_UNITS.get(word, MONEY)
    amount = written.text(unit, DEPTH + 1 if written.one_in(2) else 0)
    # halves, for the roundings to differ
    amount = written.pick("{}", "{}", "({}) / 2", "50 percent of ({})").format(amount)
    give: dict[str, Any] = {word: amount}
    give["rounding"] = written.pick(*ROUNDINGS)
    if written.one_in(3):
        caps = [written.text(unit, 1) for _ in range(written.draw(st.integers(1, 2)))]
        give["at_most"] = caps[0] if len(caps) == 1 else caps
    if written.one_in(3):
        give["least"] = f"{written.pick('over', 'at least')} {written.text(unit, 1)}"
    if word == "service_days" and written.one_in(2):
        give["from"] = written.text(DAY, DEPTH)
    return give
