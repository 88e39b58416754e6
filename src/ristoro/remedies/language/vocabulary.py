"""The names that every policy may read: fields of a mailbox, of its plan then, and of the outage.

Each field has its type and the SQL that reads it from a snapshot row ``m``; ``fields_of`` is the
same for one mailbox in Python, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from ristoro.estate.columns import LOCALES, STANDINGS, WAYS
from ristoro.kernel.clock import instant
from ristoro.remedies.language.types import Kind, Scalar


@dataclass(frozen=True, slots=True)
class Field:
    """One readable field: its type, its SQL, the snapshot columns it needs, and its only words."""

    kind: Kind
    sql: str
    columns: tuple[str, ...]
    words: tuple[str, ...] = ()


def _same(kind: Kind, column: str, words: tuple[str, ...] = ()) -> Field:
    return Field(kind, f"m.{column}", (column,), words)


def _chosen_then(column: str) -> str:
    """The present plan's where it was already the one at the outage's start, else that before;
    nothing where there was no mailbox yet."""
    return (
        f"CASE WHEN m.plan_since <= {{start}} THEN m.{column}"
        f" WHEN m.created_at <= {{start}} THEN m.before_{column} END"
    )


def _then(kind: Kind, column: str) -> Field:
    return Field(
        kind,
        _chosen_then(column),
        ("plan_since", "created_at", column, f"before_{column}"),
    )


def _money(prefix: str, then: bool) -> Field:
    """A price is read only in the policy's currency; another currency's is not known."""
    price = _chosen_then("price_minor") if then else "m.price_minor"
    columns: tuple[str, ...] = ("price_minor", "currency")
    if then:
        columns += ("plan_since", "created_at", "before_price_minor")
    return Field(Kind.MONEY, f"CASE WHEN m.currency = {{currency}} THEN {price} END", columns)


FIELDS: Mapping[str, Field] = {
    "brand": _same(Kind.TEXT, "brand"),
    "store": _same(Kind.TEXT, "store"),
    "holder": _same(Kind.TEXT, "holder_id"),
    "locale": _same(Kind.TEXT, "locale", LOCALES),
    "standing": _same(Kind.TEXT, "standing", STANDINGS),
    "created": _same(Kind.INSTANT, "created_at"),
    "closed": _same(Kind.INSTANT, "closed_at"),
    "plan": _same(Kind.TEXT, "plan"),
    "plan_since": _same(Kind.INSTANT, "plan_since"),
    "price": _money("price", then=False),
    "billing_months": _same(Kind.COUNT, "billing_months"),
    "paid_until": _same(Kind.DAY, "paid_until"),
    "storage": _same(Kind.BYTES, "storage_bytes"),
    "used": _same(Kind.BYTES, "used_bytes"),
    "before.plan": _same(Kind.TEXT, "before_plan"),
    "before.storage": _same(Kind.BYTES, "before_storage_bytes"),
    "before.paid_until": _same(Kind.DAY, "before_paid_until"),
    "then.plan": _then(Kind.TEXT, "plan"),
    "then.price": _money("price", then=True),
    "then.billing_months": _then(Kind.COUNT, "billing_months"),
    "then.paid_until": _then(Kind.DAY, "paid_until"),
    "then.storage": _then(Kind.BYTES, "storage_bytes"),
    **{f"seen.{way}": _same(Kind.INSTANT, f"seen_{way}") for way in WAYS},
    **{
        f"allows.{way}": Field(Kind.TRUTH, f"((m.ways & {1 << bit}) <> 0)", ("ways",))
        for bit, way in enumerate(WAYS)
    },
}

RUN: Mapping[str, Kind] = {
    "outage.start": Kind.INSTANT,
    "outage.end": Kind.INSTANT,
    "outage.start_day": Kind.DAY,
    "outage.end_day": Kind.DAY,
    "today": Kind.DAY,
}
"""The same for every mailbox of a run; days are local days of the policy's zone."""

ATTRIBUTES: Mapping[str, Kind] = {
    "total": Kind.LENGTH,
    "longest": Kind.LENGTH,
    "stretches": Kind.COUNT,
    "days_touched": Kind.DAYS,
    "whole_days": Kind.DAYS,
    "uptime": Kind.RATIO,
    "window": Kind.LENGTH,
    "start": Kind.INSTANT,
    "end": Kind.INSTANT,
    "start_day": Kind.DAY,
    "end_day": Kind.DAY,
    "windows": Kind.COUNT,
}
"""What a measure can be asked; read as ``measure.attribute``."""

FUNCTIONS: Mapping[str, str] = {
    "min": "the smallest of two or more numbers of one unit, leaving out those not known",
    "max": "the largest of them",
    "earlier": "the earliest of two or more dates or instants, leaving out those not known",
    "later": "the latest of them",
    "first_known": "the first of its operands that is known",
    "if": "if(condition, a, b): a where the condition holds, else b",
    "units": "units(x, step): how many whole steps are in x",
    "units_started": "units_started(x, step): the same, a begun step counted as one",
    "days_between": "days_between(a, b): calendar days from date a to date b",
    "working_days_between": "working_days_between(a, b): working days after date a, to b with it",
    "length_between": "length_between(a, b): elapsed time from instant a to instant b",
    "day_of": "day_of(instant): its date in the policy's zone",
    "days_in_month": "days_in_month(date): 28 to 31",
    "end_of_month": "end_of_month(date): the last day of its month",
    "start_of": "start_of(date): the first instant of that day in the policy's zone",
    "starts_with": "starts_with(text, 'prefix')",
}


def fields_of(row: Mapping[str, Any], start: int, currency: str) -> dict[str, Scalar]:
    """The fields of one snapshot row; ``start`` is the outage's, in microseconds."""
    began = instant(start).replace(tzinfo=None)
    values: dict[str, Scalar] = {}
    for name, field in FIELDS.items():
        if name.startswith("allows."):
            values[name] = bool(row["ways"] >> WAYS.index(name.removeprefix("allows.")) & 1)
            continue
        column = {"price": "price_minor", "then.price": "price_minor"}.get(name, field.columns[-1])
        if name.startswith("then."):
            plain = column.removeprefix("before_")
            column = plain if row["plan_since"] <= began else f"before_{plain}"
        value = row[column]
        if name.startswith("then.") and row["plan_since"] > began and row["created_at"] > began:
            value = None  # there was no mailbox yet
        if field.kind is Kind.MONEY and row["currency"] != currency:
            value = None
        values[name] = _scalar(value)
    return values


def _scalar(value: Any) -> Scalar:
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    assert value is None or isinstance(value, (str, bool, date))
    return value
