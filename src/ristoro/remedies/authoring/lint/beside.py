"""What stands beside a policy and tells more of it: its cases, and an estate."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ristoro.kernel import frames
from ristoro.kernel.documents import Value, read_file
from ristoro.kernel.errors import BadInput
from ristoro.kernel.money import MINOR_DIGITS

_PRICE = re.compile(r"\d\s*([A-Z]{3})$")
_ANY_PLAN = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of a policy's surroundings."""

    sold: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The currencies that each plan is sold in."""
    asked: frozenset[str] = frozenset()
    """The measures that its cases ask."""
    plans: frozenset[str] = frozenset()
    """Every plan of an estate, where one was read."""
    on: date | None = None
    """The day on which deadlines must still be ahead, where one is given."""

    def and_(self, other: Beside) -> Beside:
        """Both together; where both know a plan, or a day, the first one's word holds."""
        return Beside(
            {**other.sold, **self.sold},
            self.asked | other.asked,
            self.plans | other.plans,
            self.on or other.on,
        )


NOTHING = Beside()


def in_cases(path: Path) -> Beside:
    """What a file of cases tells; nothing where there is none, or it cannot be read."""
    if not path.exists():
        return NOTHING
    try:
        tree = read_file(path)
    except BadInput:  # the cases' own matter, told where they are run
        return NOTHING
    sold: dict[str, frozenset[str]] = {}
    for plan, currency in _prices(tree):
        sold[plan] = sold.get(plan, frozenset()) | {currency}
    return Beside(sold, frozenset(_asked(tree)))


def _prices(value: Value, plan: str = _ANY_PLAN) -> Iterator[tuple[str, str]]:
    entries = value.entries or {}
    named = entries.get("plan")
    here = plan if named is None or named.text is None else named.text
    price = entries.get("price")
    match = _PRICE.search((price.text or "").strip()) if price is not None else None
    if match is not None and match[1] in MINOR_DIGITS:
        yield here, match[1]
    for below in (*entries.values(), *(value.items or ())):
        yield from _prices(below, here)


def _asked(value: Value) -> Iterator[str]:
    entries = value.entries or {}
    measures = entries.get("measures")
    for name in (measures.entries or {}) if measures is not None else ():
        yield name.partition(".")[0]
    for below in (*entries.values(), *(value.items or ())):
        yield from _asked(below)


def in_estate(path: Path) -> Beside:
    """The plans of an estate's snapshot, and in which currencies each is sold at a price."""
    sold: dict[str, frozenset[str]] = {}
    plans: set[str] = set()
    with frames.connect(frames.Limits(threads=1), reads=[path]) as con:
        rows = con.execute(
            "SELECT DISTINCT plan, currency, price_minor > 0 FROM read_parquet($path) UNION "
            "SELECT DISTINCT before_plan, currency, before_price_minor > 0 FROM read_parquet($path)"
            " WHERE before_plan IS NOT NULL",
            {"path": str(path)},
        ).fetchall()
    for plan, currency, priced in rows:
        plans.add(plan)
        if priced:
            sold[plan] = sold.get(plan, frozenset()) | {currency}
    return Beside(sold, plans=frozenset(plans))
