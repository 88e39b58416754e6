"""Reads a policy's YAML into its tree; what the words mean is ``check``'s business.

Measures have a file of their own, ``read_measures``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ristoro.kernel import documents
from ristoro.kernel.documents import Fields, Value
from ristoro.kernel.errors import bad_input
from ristoro.kernel.money import MINOR_DIGITS
from ristoro.remedies.language.calendars import read_calendar
from ristoro.remedies.language.expressions import parse
from ristoro.remedies.language.policy import (
    OVER,
    Amount,
    DatedNumber,
    Input,
    Policy,
    Step,
    Table,
    WordRow,
)
from ristoro.remedies.language.read_measures import read_measure
from ristoro.remedies.language.read_parts import code, number, reference, words
from ristoro.remedies.language.read_remedies import read_remedy
from ristoro.remedies.language.types import Kind

_NAME = re.compile(r"[a-z][a-z0-9_]*")
T = TypeVar("T")

INPUT_KINDS = {
    "count": Kind.COUNT,
    "bytes": Kind.BYTES,
    "length": Kind.LENGTH,
    "days": Kind.DAYS,
    "money": Kind.MONEY,
    "truth": Kind.TRUTH,
    "text": Kind.TEXT,
    "date": Kind.DAY,
    "instant": Kind.INSTANT,
    "months": Kind.MONTHS,
    "working_days": Kind.WORKING,
}


def read_policy(path: Path) -> Policy:
    """The policy that stands in a file, not yet checked."""
    raw = documents.read_file(path)
    return read_value(raw, hashlib.sha256(path.read_bytes()).hexdigest())


def read_bytes(raw: bytes, name: str) -> Policy:
    """The policy in YAML text; ``name`` is the file named in messages."""
    return read_value(documents.read_bytes(raw, name), hashlib.sha256(raw).hexdigest())


def read_value(root: Value, digest: str) -> Policy:
    """The policy in a tree; ``digest`` is that of its bytes."""
    fields = root.mapping(
        ["policy", "version", "title", "valid_from", "zone", "currency", "references", "remedies"],
        ["inputs", "amounts", "measures", "values", "tables", "used_since", "calendar", "lint"],
    )
    calendar = fields.get("calendar")
    used_since = fields.get("used_since")
    references = {name: value.as_text() for name, value in fields["references"].mapping().items()}
    remedies = tuple(read_remedy(item, references) for item in fields["remedies"].sequence())
    if not remedies:
        raise fields["remedies"].wrong("at least one remedy", "write the first one")
    return Policy(
        name=code(fields["policy"]),
        version=fields["version"].as_int(1),
        title=words(fields["title"]),
        valid_from=fields["valid_from"].as_date(),
        zone=fields["zone"].as_zone(),
        currency=fields["currency"].as_choice(tuple(MINOR_DIGITS)),
        used_since=used_since.as_date() if used_since else None,
        references=references,
        inputs=_named(fields, "inputs", _input),
        amounts=_named(fields, "amounts", lambda name, v: _amount(name, v, references)),
        measures=_named(fields, "measures", read_measure),
        values=_named(fields, "values", lambda name, v: parse(v)),
        tables=_named(fields, "tables", _table),
        remedies=remedies,
        place=root.place,
        digest=digest,
        calendar=read_calendar(calendar) if calendar else None,
    )


def _named(fields: Fields, section: str, reader: Callable[[str, Value], T]) -> dict[str, T]:
    value = fields.get(section)
    if value is None:
        return {}
    found: dict[str, T] = {}
    for name, item in value.mapping().items():
        if not _NAME.fullmatch(name):
            raise bad_input(
                "bad-name",
                f"{name!r} cannot be a name",
                "expressions read names of small letters, digits and underscores",
                "write it like `daily_amount`",
                item.place,
            )
        found[name] = reader(name, item)
    return found


def _input(name: str, value: Value) -> Input:
    fields = value.mapping(["type"], ["default", "title"])
    default, title = fields.get("default"), fields.get("title")
    return Input(
        name,
        INPUT_KINDS[fields["type"].as_choice(tuple(INPUT_KINDS))],
        parse(default) if default else None,
        words(title) if title else {},
        value.place,
    )


def _amount(name: str, value: Value, references: dict[str, str]) -> Amount:
    values: list[DatedNumber] = []
    for item in value.list_or_one():
        fields = item.mapping(["from", "value", "reference"])
        dated = DatedNumber(
            fields["from"].as_date(),
            number(fields["value"]),
            reference(fields["reference"], references),
        )
        if values and dated.valid_from <= values[-1].valid_from:
            raise fields["from"].wrong(
                f"a day after {values[-1].valid_from}", "list the values from the oldest on"
            )
        if values and dated.number.kind is not values[-1].number.kind:
            raise fields["value"].wrong(
                f"{values[-1].number.kind.value}, as before", "use one unit"
            )
        values.append(dated)
    if not values:
        raise value.wrong("at least one dated value", "write `- {from: …, value: …, reference: …}`")
    return Amount(name, tuple(values), value.place)


def _table(name: str, value: Value) -> Table:
    if value.entries is not None and "words" in value.entries:
        return _by_words(name, value)
    fields = value.mapping(["of", "steps"], ["over"])
    over = fields["over"].as_choice(OVER) if "over" in fields else ""
    steps = []
    for item in fields["steps"].sequence():
        step = item.mapping(["gives"], ["from", "over", "below", "to"])
        for one, other in (("from", "over"), ("below", "to")):
            if one in step and other in step:
                raise step[other].wrong(f"either `{one}` or `{other}`", "keep one of the two")
        low, high = step.get("from") or step.get("over"), step.get("below") or step.get("to")
        steps.append(
            Step(
                low=number(low) if low else None,
                low_open="over" in step,
                high=number(high) if high else None,
                high_open="below" in step,
                gives=parse(step["gives"]),
                place=item.place,
            )
        )
    return Table(name, parse(fields["of"]), tuple(steps), value.place, over=over)


def _by_words(name: str, value: Value) -> Table:
    fields = value.mapping(["of", "words", "otherwise"])
    rows: list[WordRow] = []
    seen: set[str] = set()
    for item in fields["words"].sequence():
        row = item.mapping(["is", "gives"])
        texts = tuple(text.as_text() for text in row["is"].list_or_one())
        for text in texts:
            if text in seen:
                raise bad_input(
                    "word-twice",
                    f"the text {text!r} stands twice in this table",
                    "it could give either",
                    "keep it in one row",
                    row["is"].place,
                )
            seen.add(text)
        if not texts:
            raise row["is"].wrong("at least one text", "write `is: [shop, firm]`")
        rows.append(WordRow(texts, parse(row["gives"]), item.place))
    if not rows:
        raise fields["words"].wrong("at least one row", "write `- {is: shop, gives: 2}`")
    return Table(
        name, parse(fields["of"]), (), value.place, tuple(rows), parse(fields["otherwise"])
    )
