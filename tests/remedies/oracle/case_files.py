"""The cases beside a policy (chapter 10), read anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tests.remedies.oracle import calendar, happened
from tests.remedies.oracle.calendar import Part
from tests.remedies.oracle.evaluate import Place, Value, evaluate
from tests.remedies.oracle.expressions import parse
from tests.remedies.oracle.happened import COMPONENTS, WAYS, Excuse, Failure, Happened
from tests.remedies.oracle.judge import Case
from tests.remedies.oracle.units import Number


class Told(NamedTuple):
    """One case as its author wrote it, made into what a judge takes."""

    name: str
    happened: Happened
    case: Case
    expect: Mapping[str, Mapping[str, str]]
    measures: Mapping[str, str]


def read(path: Path, policy: Mapping[str, Any]) -> list[Told]:
    """The cases of a file, in its order."""
    document = happened.load(path)
    defaults = document.get("defaults", {})
    return [_case(path, policy, told, defaults) for told in document["cases"]]


def _case(
    path: Path, policy: Mapping[str, Any], told: Mapping[str, Any], defaults: Mapping[str, Any]
) -> Told:
    zone = ZoneInfo(policy["zone"])
    stated = {**defaults.get("mailbox", {}), **told.get("mailbox", {})}
    estate = [mailbox(stated, policy, 1)]
    for more in told.get("others", defaults.get("others", [])):
        for _ in range(int(more["count"])):
            estate.append(mailbox({**stated, **more}, policy, len(estate) + 1))
    outage = told.get("outage", defaults.get("outage"))
    if isinstance(outage, str):
        what = declared((path.parent / outage).resolve())
    else:
        what = spans(outage, zone, estate[0])
    today = told.get("today", defaults.get("today"))
    if today is None:
        # the day after the one in which the last instant of the outage is its end
        day = calendar.local_day(what.whole.end, zone) + timedelta(days=1)
    else:
        day = date.fromisoformat(today)
    inputs = {
        name: input_value(value, policy["inputs"][name]["type"], zone)
        for name, value in told.get("inputs", defaults.get("inputs", {})).items()
    }
    return Told(
        told["case"],
        what,
        Case(estate[0], estate, inputs, day),
        told["expect"],
        told.get("measures", defaults.get("measures", {})),
    )


@lru_cache(maxsize=16)
def declared(path: Path) -> Happened:
    return happened.happened(happened.load(path))


def input_value(text: str, kind: str, zone: ZoneInfo) -> Value:
    """A fact, as its type is written."""
    if text in ("", "null", "~"):
        return None
    if kind == "text":
        return text
    if kind == "date":
        return date.fromisoformat(text)
    if kind == "instant":
        return happened.local(text, zone)
    if kind == "truth":
        return text == "true"
    return constant(text)


def constant(text: str) -> Number:
    value = evaluate(parse(text), lambda name: None, Place(ZoneInfo("UTC")))
    assert isinstance(value, Number), text
    return value


def whole(text: str) -> int:
    """A constant in its base unit: bytes, minor units."""
    value = constant(text).value
    assert value.denominator == 1
    return int(value)


def mailbox(stated: Mapping[str, Any], policy: Mapping[str, Any], number: int) -> dict[str, Any]:
    """An ordinary mailbox but for what is stated."""
    zone = ZoneInfo(policy["zone"])

    def at(text: str) -> datetime:
        return happened.local(text, zone).replace(tzinfo=None)

    created = at(stated["created"]) if "created" in stated else datetime(2010, 1, 1)  # noqa: DTZ001
    before, seen = stated.get("before", {}), stated.get("seen", {})
    allowed = stated.get("ways", list(WAYS))
    allowed = [allowed] if isinstance(allowed, str) else allowed

    def plan(fields: Mapping[str, str], prefix: str, ordinary: Mapping[str, Any]) -> dict[str, Any]:
        """The columns of the plan now, or of the plan before."""
        readers: dict[str, tuple[str, Any]] = {
            "plan": ("plan", str),
            "price": ("price_minor", whole),
            "billing_months": ("billing_months", int),
            "paid_until": ("paid_until", date.fromisoformat),
            "storage": ("storage_bytes", whole),
        }
        return {
            prefix + column: read(fields[name])
            if fields.get(name, "null") not in ("null", "~", "")
            else ordinary.get(name)
            for name, (column, read) in readers.items()
        }

    free = {"plan": "free", "price": 0, "billing_months": 1, "storage": 1 << 30}
    return {
        "mailbox_id": number,
        "brand": stated.get("brand", "sample"),
        "store": stated.get("store", "sample"),
        "holder_id": stated.get("holder", "sample"),
        "locale": stated.get("locale", "it"),
        "standing": stated.get("standing", "good"),
        "created_at": created,
        "closed_at": at(stated["closed"]) if "closed" in stated else None,
        "plan_since": at(stated["plan_since"]) if "plan_since" in stated else created,
        "currency": policy["currency"],
        "used_bytes": whole(stated["used"]) if "used" in stated else 0,
        "ways": sum(1 << WAYS.index(way) for way in allowed),
        **plan(stated, "", free),
        **plan(before, "before_", {}),
        **{f"seen_{way}": at(seen[way]) if way in seen else None for way in WAYS},
    }


def spans(told: list[Mapping[str, Any]], zone: ZoneInfo, first: Mapping[str, Any]) -> Happened:
    """An outage told by a few spans."""
    failures, excuses = [], []
    for span in told:
        start = happened.local(span["from"], zone)
        if "to" in span:
            end = happened.local(span["to"], zone)
        else:
            end = start + timedelta(microseconds=whole(span["lasting"]))
        named = span.get("components", list(COMPONENTS))
        rate: Fraction | None = Fraction(1)
        if span.get("condition") == "degraded":
            rate = None
        if "errors" in span:
            rate = constant(span["errors"]).value
        announced = happened.local(span["announced"], zone) if "announced" in span else None
        brand, store = span.get("brand", first["brand"]), span.get("store", first["store"])
        for component in [named] if isinstance(named, str) else named:
            cell, time = (component, brand, store), Part(start, end)
            if "excused" in span:
                excuses.append(Excuse(*cell, time, span["excused"]))
                continue
            planned = span.get("planned") == "true"
            failures.append(Failure(*cell, time, rate, planned, announced))
    return Happened(failures, excuses)
