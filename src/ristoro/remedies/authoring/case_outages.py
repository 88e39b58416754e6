"""An outage told in a case by a few spans, made into the outage that a file would declare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ristoro.kernel.clock import micros
from ristoro.kernel.documents import Fields, Value
from ristoro.outages.columns import COMPONENTS
from ristoro.outages.outage import CAUSES, CONDITIONS, Exclusion, Outage, Window
from ristoro.remedies.language.expressions import Literal, parse
from ristoro.remedies.language.policy import Policy
from ristoro.remedies.language.types import Kind, Number

_SPAN = (
    "to", "lasting", "components", "brand", "store", "errors", "condition", "planned",
    "announced", "excused",
)  # fmt: skip


def spans_outage(value: Value, policy: Policy, rows: Sequence[Mapping[str, Any]]) -> Outage:
    """The outage of a list of spans; brand and store are the first mailbox's unless stated."""
    windows: list[Window] = []
    exclusions: list[Exclusion] = []
    for item in value.sequence():
        fields = item.mapping(["from"], _SPAN)
        span = _ends(item, fields, policy)
        named = fields.get("components")
        components = (
            tuple(c.as_choice(COMPONENTS) for c in named.list_or_one()) if named else COMPONENTS
        )
        brand, store = (
            fields[name].as_text() if name in fields else str(rows[0][name])
            for name in ("brand", "store")
        )
        for component in components:
            if "excused" in fields:
                cause = fields["excused"].as_choice(CAUSES)
                exclusions.append(Exclusion(component, brand, store, *span, cause, "as told"))
            else:
                windows.append(_window(fields, policy, (component, brand, store), span))
    if not windows:
        raise value.wrong("at least one span that failed", "add one without `excused`")
    stores: dict[str, tuple[str, ...]] = {}
    places = [(row["brand"], row["store"]) for row in rows]
    for brand, store in dict.fromkeys([*places, *((w.brand, w.store) for w in windows)]):
        stores[brand] = (*stores.get(brand, ()), store)
    return Outage(
        name="case",
        version=1,
        title={"it": "caso", "en": "case"},
        zone=policy.zone,
        stores=stores,
        windows=tuple(windows),
        exclusions=tuple(exclusions),
        corrects=None,
        reason="",
        sources=(),
    )


def _window(
    fields: Fields, policy: Policy, cell: tuple[str, str, str], span: tuple[int, int]
) -> Window:
    condition, rate = "down", None
    if "condition" in fields:
        condition = fields["condition"].as_choice(CONDITIONS)
    if "errors" in fields:
        condition, rate = "degraded", _rate(fields["errors"])
    announced = fields.get("announced")
    return Window(
        *cell,
        *span,
        condition=condition,
        error_permille=1000 if condition == "down" else rate,
        planned="planned" in fields and fields["planned"].as_bool(),
        announced_at=micros(announced.as_instant(policy.zone)) if announced else None,
        source="case",
    )


def _rate(value: Value) -> int:
    permille = _literal(value, Kind.RATIO).value * 1000
    if permille.denominator != 1:
        raise value.wrong("a percentage with at most one decimal", "round it")
    return int(permille)


def _ends(item: Value, fields: Fields, policy: Policy) -> tuple[int, int]:
    start = micros(fields["from"].as_instant(policy.zone))
    if ("to" in fields) == ("lasting" in fields):
        raise item.wrong("exactly one of `to` and `lasting`", "say how it ends")
    if "to" in fields:
        end = micros(fields["to"].as_instant(policy.zone))
    else:
        end = start + int(_literal(fields["lasting"], Kind.LENGTH).value)
    if end <= start:
        raise item.wrong("a span that ends after it starts", "mend its ends")
    return start, end


def _literal(value: Value, kind: Kind) -> Number:
    node = parse(value)
    if isinstance(node, Literal) and isinstance(node.value, Number) and node.value.kind is kind:
        return node.value
    raise value.wrong(f"a {kind.value}", "write it with its unit")
