"""Reads a policy's cases: mailboxes, outages and what is expected, as a support lead writes them.

The form is chapter 10 of ``docs/policy-language.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from ristoro.estate.columns import SNAPSHOT, STANDINGS, WAYS, ways_mask
from ristoro.kernel.clock import EPOCH
from ristoro.kernel.documents import Fields, Value, read_bytes, read_raw
from ristoro.kernel.errors import bad_input, nearest
from ristoro.kernel.keys import bucket_of
from ristoro.outages import versions
from ristoro.outages.declare import read_outage
from ristoro.outages.outage import Outage
from ristoro.remedies.authoring.case_outages import spans_outage
from ristoro.remedies.columns import CONSENTS, KINDS, UNITS
from ristoro.remedies.language.expressions import Literal, parse
from ristoro.remedies.language.policy import Policy
from ristoro.remedies.language.types import Kind, Number, Scalar

SAMPLE = "sample"
_MAILBOX = (
    "brand", "store", "holder", "locale", "standing", "created", "closed", "plan", "plan_since",
    "price", "billing_months", "paid_until", "storage", "used", "before", "ways", "seen",
)  # fmt: skip
_BEFORE = ("plan", "price", "storage", "paid_until", "billing_months")
_CASE = ("note", "mailbox", "outage", "inputs", "today", "others", "measures")
_EXPECT = (
    "owed", "until", "base_until", "target", "rule", "reason", "consent", "deadline", "kind",
)  # fmt: skip
Row = Mapping[str, Any]
"""One snapshot row: a value for each column of ``estate.columns.SNAPSHOT``."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a case says of one remedy; a field that it does not state is not checked."""

    remedy: str
    fields: Mapping[str, int | str | date]
    place: Value


@dataclass(frozen=True, slots=True)
class Case:
    """One example with what is owed."""

    name: str
    rows: tuple[Row, ...]
    """The mailbox first, then the others."""
    outage: Outage
    inputs: Mapping[str, Scalar]
    today: date | None
    measures: Mapping[str, Number]
    expected: tuple[Expected, ...]
    place: Value


@dataclass(frozen=True, slots=True)
class _Maker:
    policy: Policy
    find: Callable[[Value], Path]
    """The file of an outage that a case names."""
    default_mailbox: Mapping[str, Value]
    outages: dict[Path, Outage]

    def money(self, value: Value) -> int:
        number = self.number(value)
        if number.kind is not Kind.MONEY or number.currency != self.policy.currency:
            raise value.wrong(f"money in {self.policy.currency}", "write it like `19.99 EUR`")
        return int(number.value)

    def bytes(self, value: Value) -> int:
        number = self.number(value)
        if number.kind is not Kind.BYTES:
            raise value.wrong("a size", "write it like `1 GiB`")
        return int(number.value)

    @staticmethod
    def number(value: Value) -> Number:
        node = parse(value)
        if not isinstance(node, Literal) or not isinstance(node.value, Number):
            raise value.wrong("a number with its unit", "write it like `6 months`")
        return node.value

    def instant(self, value: Value) -> datetime:
        return value.as_instant(self.policy.zone).replace(tzinfo=None)


def read_cases(path: Path, policy: Policy, declared: Path | None = None) -> tuple[Case, ...]:
    """The cases in a file, for the policy beside it.

    An outage that a case names is a file, from the folder of the cases; or, where the folder of
    the ``declared`` ones is given, the last version of the one that has the file's name.
    """
    return cases_of(read_raw(path), str(path), policy, path.parent, declared)


def cases_of(
    raw: bytes, name: str, policy: Policy, folder: Path, declared: Path | None = None
) -> tuple[Case, ...]:
    """The cases of a text; ``name`` is the file named in messages, the rest as ``read_cases``."""
    fields = read_bytes(raw, name).mapping(["policy", "cases"], ["defaults"])
    if fields["policy"].as_text() != policy.name:
        raise fields["policy"].wrong(f"{policy.name!r}, the policy beside it", "write its name")
    defaults = fields["defaults"].mapping([], _CASE) if "defaults" in fields else None
    mailbox: dict[str, Value] = {}
    if defaults is not None and "mailbox" in defaults:
        mailbox = dict(defaults["mailbox"].mapping([], _MAILBOX).items())
    find = partial(_beside, folder) if declared is None else partial(_declared, declared)
    maker = _Maker(policy, find, mailbox, {})
    cases = tuple(_case(item, defaults, maker) for item in fields["cases"].sequence())
    names: set[str] = set()
    for case in cases:
        if case.name in names:
            raise case.place.wrong(f"a name other than {case.name!r}", "every case has its own")
        names.add(case.name)
    return cases


def _case(value: Value, defaults: Fields | None, maker: _Maker) -> Case:
    fields = value.mapping(["case", "expect"], _CASE)

    def field(name: str) -> Value | None:
        if name in fields:
            return fields[name]
        return defaults[name] if defaults is not None and name in defaults else None

    own = fields["mailbox"].mapping([], _MAILBOX) if "mailbox" in fields else None
    stated = {**maker.default_mailbox, **(dict(own.items()) if own else {})}
    rows = [mailbox_row(stated, maker, 1)]
    others = field("others")
    for item in others.sequence() if others else ():
        more = item.mapping(["count"], _MAILBOX)
        fields_of_more = {**stated, **{n: v for n, v in more.items() if n != "count"}}
        for _ in range(more["count"].as_int(1, 100_000)):
            rows.append(mailbox_row(fields_of_more, maker, len(rows) + 1))
    told = field("outage")
    if told is None:
        raise value.wrong("an `outage`", "name a file, or list spans")
    inputs, today, measures = field("inputs"), field("today"), field("measures")
    return Case(
        name=fields["case"].as_text(),
        rows=tuple(rows),
        outage=_outage(told, maker, rows),
        inputs=_inputs(inputs, maker) if inputs else {},
        today=today.as_date() if today else None,
        measures={n: maker.number(v) for n, v in measures.mapping().items()} if measures else {},
        expected=tuple(
            _expected(name, item, maker) for name, item in fields["expect"].mapping().items()
        ),
        place=value,
    )


def mailbox_row(stated: Mapping[str, Value], maker: _Maker, mailbox_id: int) -> Row:
    """An ordinary mailbox but for the fields stated."""
    readers = {
        "brand": ("brand", Value.as_text),
        "store": ("store", Value.as_text),
        "holder": ("holder_id", Value.as_text),
        "locale": ("locale", Value.as_text),
        "standing": ("standing", lambda v: v.as_choice(STANDINGS)),
        "created": ("created_at", maker.instant),
        "closed": ("closed_at", maker.instant),
        "plan": ("plan", Value.as_text),
        "plan_since": ("plan_since", maker.instant),
        "price": ("price_minor", maker.money),
        "billing_months": ("billing_months", Value.as_int),
        "paid_until": ("paid_until", Value.as_date),
        "storage": ("storage_bytes", maker.bytes),
        "used": ("used_bytes", maker.bytes),
    }
    row: dict[str, Any] = dict.fromkeys(SNAPSHOT.names)
    row |= {
        "mailbox_id": mailbox_id,
        "bucket": bucket_of(mailbox_id),
        "address": f"{mailbox_id}@example.org",
        "brand": SAMPLE,
        "store": SAMPLE,
        "holder_id": SAMPLE,
        "locale": "it",
        "standing": "good",
        "created_at": EPOCH.replace(year=2010, tzinfo=None),
        "plan": "free",
        "price_minor": 0,
        "currency": maker.policy.currency,
        "billing_months": 1,
        "storage_bytes": 1 << 30,
        "used_bytes": 0,
        "ways": ways_mask(WAYS),
    }
    for name, (column, reader) in readers.items():
        if name in stated and not stated[name].is_null:
            row[column] = reader(stated[name])
        elif name in stated and SNAPSHOT.field(column).nullable:
            row[column] = None
    if "ways" in stated:
        named = stated["ways"].list_or_one()
        row["ways"] = ways_mask(tuple(way.as_choice(WAYS) for way in named))
    if "seen" in stated:
        for way, value in stated["seen"].mapping([], WAYS).items():
            row[f"seen_{way}"] = maker.instant(value)
    if "before" in stated:
        for name, value in stated["before"].mapping([], _BEFORE).items():
            column, reader = readers[name]
            row[f"before_{column}"] = reader(value)
    if row["plan_since"] is None:
        row["plan_since"] = row["created_at"]
    return row


def _outage(value: Value, maker: _Maker, rows: list[Row]) -> Outage:
    if value.text is None:
        return spans_outage(value, maker.policy, rows)
    path = maker.find(value)
    if path not in maker.outages:
        maker.outages[path] = read_outage(path)
    return maker.outages[path]


def _beside(folder: Path, value: Value) -> Path:
    return (folder / value.as_text()).resolve()


def _declared(folder: Path, value: Value) -> Path:
    """The last version of a declared outage; a path says no more than its name."""
    name = PurePosixPath(value.as_text()).stem
    known = versions.names(folder)
    if name not in known:
        close = nearest(name, known)
        raise bad_input(
            "unknown-outage",
            f"no outage {name!r} has been declared here",
            "a case that names an outage is judged by the one that was declared",
            f"write {close!r}" if close else "declare it first, or write the case's own spans",
            value.place,
        )
    return versions.path_of(folder, name, versions.count(folder, name))


def _inputs(value: Value, maker: _Maker) -> dict[str, Scalar]:
    fields = value.mapping([], list(maker.policy.inputs)) if maker.policy.inputs else None
    if fields is None:
        raise value.wrong("no inputs, for the policy declares none", "remove them")
    return {
        f"input {name}": _scalar(item, maker.policy.inputs[name].kind, maker)
        for name, item in fields.items()
        if not item.is_null
    }


def _scalar(value: Value, kind: Kind, maker: _Maker) -> Scalar:
    if kind is Kind.DAY:
        return value.as_date()
    if kind is Kind.INSTANT:
        return value.as_instant(maker.policy.zone)
    if kind is Kind.TRUTH:
        return value.as_bool()
    if kind is Kind.TEXT:
        return value.as_text()
    number = maker.number(value)
    if number.kind is not kind:
        raise value.wrong(f"a {kind.value}", "write it with that unit")
    return number.value


def _expected(name: str, value: Value, maker: _Maker) -> Expected:
    if name not in [remedy.name for remedy in maker.policy.remedies]:
        raise bad_input(
            "unknown-remedy",
            f"the policy has no remedy {name!r}",
            "a case expects something of a remedy of its policy",
            f"name one of {', '.join(remedy.name for remedy in maker.policy.remedies)}",
            value.place,
        )
    fields = value.mapping(["owed"], _EXPECT)
    found: dict[str, int | str | date] = {}
    for field, item in fields.items():
        if field == "owed":
            found |= _owed(item, maker)
        elif field in ("until", "base_until", "deadline"):
            found[field] = item.as_date()
        elif field == "target":
            found[field] = maker.bytes(item)
        elif field in ("consent", "kind"):
            found[field] = item.as_choice(CONSENTS if field == "consent" else KINDS)
        else:
            found[field] = item.as_text()
    return Expected(name, found, value)


def _owed(value: Value, maker: _Maker) -> dict[str, int | str]:
    if value.as_text() == "nothing":
        return {"amount": 0}
    number = maker.number(value)
    units = dict(zip((Kind.BYTES, Kind.MONTHS, Kind.DAYS, Kind.MONEY), UNITS, strict=True))
    if number.kind not in units:
        raise value.wrong("bytes, months, days or money", "write it like `6 months`, or `nothing`")
    owed: dict[str, int | str] = {"amount": int(number.value), "unit": units[number.kind]}
    if number.currency:
        owed["currency"] = number.currency
    return owed
