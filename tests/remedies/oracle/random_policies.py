"""Random policies as their documents, with every field of the language by chance."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from tests.remedies.oracle.happened import COMPONENTS
from tests.remedies.oracle.random_estates import Scene, days
from tests.remedies.oracle.random_expressions import (
    ATTRIBUTES,
    DAY,
    NUMBERS,
    TEXT,
    TRUTH,
    Names,
    Written,
    reads,
)
from tests.remedies.oracle.random_outages import CAUSES
from tests.remedies.oracle.units import (
    BYTES,
    COUNT,
    DAYS,
    LENGTH,
    MONEY,
    MONTHS,
    SHARE,
)

WORDS = {"it": "Perché sì.", "en": "Because."}
INPUTS = {
    "count": COUNT, "bytes": BYTES, "length": LENGTH, "days": DAYS, "money": MONEY,
    "truth": TRUTH, "text": TEXT, "date": DAY,
}  # fmt: skip
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
    policy["inputs"] = _inputs(draw, written)
    policy["amounts"] = _amounts(draw, written)
    policy["measures"] = _measures(draw, names)
    policy["values"] = _values(draw, written)
    policy["tables"] = _tables(draw, written)
    policy["remedies"] = [
        _remedy(written, policy, number) for number in range(draw(st.integers(1, 2)))
    ]
    for section in ("inputs", "amounts", "measures", "values", "tables"):
        if not policy[section]:
            del policy[section]
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
        first = written.names.scene.day - timedelta(days=40)
        found[name] = [
            {"from": day.isoformat(), "value": written.constant(unit), "reference": "here"}
            for day in (
                date(2019, 1, 1),
                *([first, first + timedelta(41)] if draw(st.booleans()) else []),
            )
        ]
        written.names.add(unit, name)
    return found


def _measures(draw: st.DrawFn, names: Names) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number in range(draw(st.integers(1, 2))):
        name = f"m{number}"
        found[name] = draw(measures())
        for unit, attributes in ATTRIBUTES.items():
            for attribute in attributes:
                if attribute == "uptime" or "population" not in found[name]:
                    names.add(unit, f"{name}.{attribute}")
    return found


@st.composite
def measures(draw: st.DrawFn) -> dict[str, Any]:
    """One measure with any of its fields."""
    named = draw(st.lists(st.sampled_from(COMPONENTS), min_size=1, max_size=3, unique=True))
    which = draw(st.sampled_from(("any of ", "any of ", "all of ")))
    what = draw(st.sampled_from(("plan ways", "plan ways", "used ways", ", ".join(named))))
    measure: dict[str, Any] = {"components": which + what}
    optional = {
        "counts": (
            "down", "down or degraded", "down or errors over 5 percent",
            "down or errors at least 5 percent", "down or errors over 4.9%",
        ),
        "planned": (
            "counts", "does not count", "does not count if announced 48 hours before",
            "does not count if announced 60 minutes before",
        ),
        "excused": (["force-majeure"], list(CAUSES), "attack"),
        "merge_gaps": ("under 1 minute", "under 60 minutes", "under 61 seconds", "under 24 hours"),
        "stretch": (
            "at least 60 minutes", "over 60 minutes", "over 50 seconds", "at least 1 minute",
        ),
        "window": ("outage", "calendar month", "four months", "calendar day"),
        "population": ("holder", "store", "brand", "everyone"),
    }  # fmt: skip
    for field, choices in optional.items():
        if draw(st.integers(0, 4 if field == "population" else 2)) == 0:
            measure[field] = draw(st.sampled_from(choices))
    return measure


def _values(draw: st.DrawFn, written: Written) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number in range(draw(st.integers(0, 2))):
        unit = draw(st.sampled_from((*NUMBERS, DAY, TRUTH)))
        found[f"v{number}"] = written.text(unit, DEPTH)
        written.names.add(unit, f"v{number}", defined=True)
    return found


def _tables(draw: st.DrawFn, written: Written) -> dict[str, Any]:
    if draw(st.integers(0, 2)) == 0:
        return {}
    of = draw(st.sampled_from((SHARE, SHARE, LENGTH, LENGTH, DAYS, COUNT, MONEY)))
    gives = draw(st.sampled_from((SHARE, MONEY, DAYS, COUNT)))
    variable = written.text(of, 1)
    bounds = {
        SHARE: ("0%", "50 percent", "95 percent", "99 percent", "99.9 percent", "100%"),
        LENGTH: ("0 minutes", "60 minutes", "2 hours", "24 hours", "200 hours"),
        DAYS: ("0 days", "1 days", "2 days", "30 days"),
        COUNT: ("0", "1", "3", "12"),
        MONEY: tuple(f"{n} {written.names.currency}" for n in (0, 1, 20, 60)),
    }[of]
    chosen = [bound for bound in bounds[1:] if draw(st.booleans())]
    steps: list[dict[str, str]] = []
    low = {"from": bounds[0]} if draw(st.integers(0, 3)) == 0 else {}
    for bound in chosen:
        closed = draw(st.booleans())
        steps.append({**low, "to" if closed else "below": bound, "gives": written.text(gives, 1)})
        low = {"over" if closed else "from": bound}
    steps.append({**low, "gives": written.text(gives, 1)})
    written.names.add(gives, "steps", defined=True)
    return {"steps": {"of": variable, "steps": steps}}


# Remedies


def _remedy(written: Written, policy: dict[str, Any], number: int) -> dict[str, Any]:
    draw = written.draw
    rules = []
    for rule in range(draw(st.integers(1, 3))):
        when = written.text(TRUTH, DEPTH + 1)
        if not reads(when, policy):
            when = f"({when}) and storage >= 0 bytes"
        rules.append(
            {"rule": f"r{rule}", "when": when, "reference": "here", **_result(written, rule)}
        )
    remedy: dict[str, Any] = {
        "remedy": f"remedy-{number}",
        "title": WORDS,
        "lane": written.pick("indemnity", "refund", "damages"),
        "accounting": written.pick("goodwill", "price-reduction", "service-credit"),
        "consent": _consent(written),
        "rules": rules,
        "otherwise": _result(written, 9),
    }
    return remedy


def _result(written: Written, number: int) -> dict[str, Any]:
    if written.one_in(4):
        return {"nothing": f"nothing-{number}", "because": WORDS}
    result: dict[str, Any] = {"give": _give(written)}
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
    return {"claim": {"by": by}}


def _give(written: Written) -> dict[str, Any]:
    word = written.pick(
        "storage", "extension", "service_days", "credit", "credit", "refund", "indemnity"
    )
    if word == "extension":
        fixed = [name for name in written.names.read.get(MONTHS, []) if name.startswith("amount")]
        amount = written.pick(*fixed, written.constant(MONTHS), "6 months")
        return {word: amount, "from": written.text(DAY, DEPTH)}
    unit = {"storage": BYTES, "service_days": DAYS}.get(word, MONEY)
    give: dict[str, Any] = {word: written.text(unit, DEPTH + 1)}
    give["rounding"] = written.pick("up", "down", "half-up", "half-even")
    if written.one_in(3):
        caps = [written.text(unit, 1) for _ in range(written.draw(st.integers(1, 2)))]
        give["at_most"] = caps[0] if len(caps) == 1 else caps
    if written.one_in(3):
        give["least"] = f"{written.pick('over', 'at least')} {written.text(unit, 1)}"
    if word == "service_days" and written.one_in(2):
        give["from"] = written.text(DAY, DEPTH)
    return give
