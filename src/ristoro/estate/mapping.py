"""The mapping: a YAML text that says how a directory's columns become a mailbox's.

Without one, a directory has a snapshot's own column names. ``MAPPINGS`` are those that come with
Ristoro, by name.
"""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from ristoro.estate.columns import SNAPSHOT
from ristoro.kernel.documents import Fields, Value, read_bytes, read_file
from ristoro.kernel.errors import BadInput, Place, bad_input, nearest
from ristoro.kernel.keys import digest_of

PRICES = {"price": "price_minor", "before_price": "before_price_minor"}
"""Targets in units of the currency (19.99), each for one in minor units (1999)."""

TARGETS = (*(name for name in SNAPSHOT.names if name != "bucket"), *PRICES)

OPTIONAL = tuple(column.name for column in SNAPSHOT if column.nullable)

FOLDER = Path(__file__).parent / "mappings"
MAPPINGS = tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@dataclass(frozen=True, slots=True)
class Rule:
    """How one target is read.

    ``source`` is a column of the directory, ``None`` where ``constant`` stands for every row.
    ``values`` translates texts, ``otherwise`` stands for those it does not name and ``missing``
    for empty ones; ``times`` multiplies a whole number.
    """

    source: str | None = None
    constant: str | None = None
    values: Map[str, str] = field(default_factory=dict)
    otherwise: str | None = None
    missing: str | None = None
    times: int = 1

    @property
    def plain(self) -> bool:
        """Whether texts are read as they stand."""
        return not self.values and self.otherwise is None and self.times == 1


@dataclass(frozen=True, slots=True)
class Mapping:
    """One rule a target; ``query`` for a database; ``zone`` for instants without an offset."""

    rules: Map[str, Rule]
    query: str | None = None
    zone: ZoneInfo | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """The columns that are read, each once."""
        named = (rule.source for rule in self.rules.values())
        return tuple(dict.fromkeys(name for name in named if name is not None))

    def digest(self) -> str:
        """The same for mappings that mean the same."""
        return digest_of(
            {
                "query": self.query,
                "rules": {
                    name: [
                        rule.source, rule.constant, dict(rule.values), rule.otherwise,
                        rule.missing, rule.times,
                    ]
                    for name, rule in self.rules.items()
                },
                "zone": self.zone.key if self.zone else None,
            }
        )  # fmt: skip

    def check(self, columns: tuple[str, ...], name: str) -> None:
        """``BadInput`` where it reads a column that the directory does not have."""
        for target, rule in self.rules.items():
            if rule.source is not None and rule.source not in columns:
                close = nearest(rule.source, columns)
                raise bad_input(
                    "unknown-column",
                    f"there is no column {rule.source!r}, from which {target} is read",
                    f"the columns are {', '.join(columns)}",
                    f"write {close!r} in the mapping" if close else "mend the mapping",
                    Place(name, field=target),
                )


def by_name(columns: tuple[str, ...], name: str) -> Mapping:
    """The mapping of a directory ``name`` whose columns have a snapshot's names.

    ``BadInput`` where one is unknown (and so would be dropped unread) or missing. A ``bucket`` is
    not read: it follows from the mailbox_id.
    """
    for column in columns:
        if column not in TARGETS and column != "bucket":
            close = nearest(column, TARGETS)
            raise bad_input(
                "unknown-column",
                f"there is no place for a column {column!r}",
                f"a mailbox has {', '.join(TARGETS)}",
                f"name it {close!r}, or write a mapping"
                if close
                else "remove it, or write a mapping",
                Place(name, field=column),
            )
    rules = {column: Rule(source=column) for column in columns if column != "bucket"}
    _check_whole(rules, Place(name))
    return Mapping(rules)


def read_mapping(source: str) -> Mapping:
    """A ready mapping by its name, or one from a YAML file."""
    path = FOLDER / f"{source}.yaml" if source in MAPPINGS else Path(source)
    return _mapping(read_file(path))


def mapping_of(raw: bytes, name: str) -> Mapping:
    """The mapping of a YAML text; ``name`` is the file named in messages."""
    return _mapping(read_bytes(raw, name))


def _mapping(root: Value) -> Mapping:
    top = root.mapping(required=("columns",), optional=("table", "query", "zone"))
    table, query, zone = top.get("table"), top.get("query"), top.get("zone")
    if table and query:
        raise bad_input(
            "field-twice",
            "both a table and a query are given",
            "rows are read from one of them",
            "keep the query, or the table",
            query.place,
        )
    text = query.as_text() if query else table_query(table.as_text()) if table else None
    columns = top["columns"]
    rules = {
        target: _rule(target, value) for target, value in columns.mapping(optional=TARGETS).items()
    }
    _check_whole(rules, columns.place)
    return Mapping(rules, text, zone.as_zone() if zone else None)


def table_query(table: str) -> str:
    """The query of all rows of a table, whose schema may stand before it with a point."""
    quoted = ".".join('"' + part.replace('"', '""') + '"' for part in table.split("."))
    return f"SELECT * FROM {quoted}"  # noqa: S608 - the name is quoted


def _rule(target: str, value: Value) -> Rule:
    if value.text is not None:
        return Rule(source=value.as_text())
    fields = value.mapping(optional=("from", "value", "values", "otherwise", "missing", "times"))
    source, constant = fields.get("from"), fields.get("value")
    if (source is None) == (constant is None):
        raise bad_input(
            "wrong-value",
            f"{target} has {'both' if source else 'neither'} of `from` and `value`",
            "a value is either read from a column or the same for every mailbox",
            "write `from: column` or `value: text`",
            value.place,
        )
    if constant is not None:
        return Rule(constant=constant.as_text())
    assert source is not None
    times = fields.get("times")
    return Rule(
        source=source.as_text(),
        values=_values(fields),
        otherwise=_text(fields, "otherwise"),
        missing=_text(fields, "missing"),
        times=times.as_int(least=1, most=1 << 40) if times else 1,
    )


def _values(fields: Fields) -> dict[str, str]:
    values = fields.get("values")
    if values is None:
        return {}
    return {name: value.as_text() for name, value in values.mapping().items()}


def _text(fields: Fields, name: str) -> str | None:
    value = fields.get(name)
    return value.as_text() if value else None


def _check_whole(rules: Map[str, Rule], place: Place) -> None:
    for decimal, minor in PRICES.items():
        if decimal in rules and minor in rules:
            raise _incomplete(
                place, decimal, f"both {decimal} and {minor} are there", "keep one of them"
            )
    given = {PRICES.get(name, name) for name in rules}
    for column in SNAPSHOT.names:
        if column in given or column in OPTIONAL or column in ("bucket", "mailbox_id"):
            continue
        shown = "price_minor (or price)" if column == "price_minor" else column
        raise _incomplete(
            place,
            column,
            f"nothing says what a mailbox's {shown} is",
            "add the column, or write a mapping that has it or gives its `value:`",
        )


def _incomplete(place: Place, field_name: str, what: str, todo: str) -> BadInput:
    return bad_input(
        "missing-column",
        what,
        "a decision could not be made, or would be made on a guess",
        todo,
        Place(place.file, place.line, place.column, field_name),
    )
