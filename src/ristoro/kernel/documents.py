"""YAML 1.2 read as a tree that remembers, for every value, the line and column it stands on.

Scalars stay text until a reader asks for a type, so ``19.99`` never becomes a binary float and
``no`` never becomes a truth value behind anybody's back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ristoro.kernel import clock
from ristoro.kernel.errors import BadInput, Place, bad_input, nearest

MOST_BYTES = 4 * 1024 * 1024
MOST_VALUES = 500_000
"""Values in one document once its aliases are written out, which can be far more than its bytes."""

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")


@dataclass(frozen=True, slots=True)
class Value:
    """One node of the tree: exactly one of ``text``, ``entries``, ``items`` is not ``None``."""

    place: Place
    text: str | None = None
    quoted: bool = False
    entries: dict[str, Value] | None = None
    items: tuple[Value, ...] | None = None

    # What kind it is

    @property
    def is_null(self) -> bool:
        return self.text is not None and not self.quoted and self.text in ("", "~", "null")

    def mapping(self, required: Sequence[str] = (), optional: Sequence[str] = ()) -> Fields:
        """This mapping's fields; missing and unknown ones are refused, with the nearest known."""
        if self.entries is None:
            raise self.wrong("a mapping of fields", "write the fields one a line as `name: value`")
        known = [*required, *optional]
        for name, value in self.entries.items():
            if known and name not in known:
                close = nearest(name, known)
                raise bad_input(
                    "unknown-field",
                    f"there is no field {name!r} here",
                    f"the fields are {', '.join(known)}",
                    f"write {close!r}" if close else "remove it",
                    value.place,
                )
        for name in required:
            if name not in self.entries:
                raise bad_input(
                    "missing-field",
                    f"the field {name!r} is missing",
                    "without it the text has no one meaning",
                    f"add `{name}:`",
                    self.place,
                )
        return Fields(self, self.entries)

    def sequence(self) -> tuple[Value, ...]:
        """This list's items."""
        if self.items is None:
            raise self.wrong("a list", "write the items one a line, each after `- `")
        return self.items

    def list_or_one(self) -> tuple[Value, ...]:
        """The items of a list, or a single value as a list of one."""
        return self.items if self.items is not None else (self,)

    # What it says

    def as_text(self) -> str:
        if self.text is None or self.is_null or not self.text.strip():
            raise self.wrong("a text", "write some words")
        return self.text.strip()

    def as_choice(self, known: Sequence[str]) -> str:
        """One of the known words."""
        text = self.as_text()
        if text not in known:
            close = nearest(text, known)
            raise self.wrong(
                f"one of {', '.join(known)}", f"write {close!r}" if close else "choose one of them"
            )
        return text

    def as_int(self, least: int | None = None, most: int | None = None) -> int:
        text = self.as_text().replace("_", "")
        if not _WHOLE.fullmatch(text):
            raise self.wrong("a whole number", "write digits only, at most 18")
        number = int(text)
        if (least is not None and number < least) or (most is not None and number > most):
            bounds = f"{'' if least is None else least} to {'' if most is None else most}"
            raise self.wrong(f"a whole number ({bounds.strip()})", "write one in that range")
        return number

    def as_decimal(self) -> Decimal:
        text = self.as_text().replace("_", "")
        if not _DECIMAL.fullmatch(text):
            raise self.wrong("a decimal number such as 99.95", "write digits and a point")
        return Decimal(text)

    def as_bool(self) -> bool:
        return self.as_choice(("true", "false")) == "true"

    def as_date(self) -> date:
        try:
            return date.fromisoformat(self.as_text())
        except ValueError:
            raise self.wrong("a day", "write it as 2023-01-31") from None

    def as_instant(self, default_zone: ZoneInfo | None = None) -> datetime:
        try:
            return clock.parse_instant(self.as_text(), default_zone)
        except ValueError as error:
            raise bad_input(
                "wrong-value",
                f"{self.as_text()!r} is not one instant",
                str(error),
                "write it as 2023-01-23T00:00+01:00",
                self.place,
            ) from None

    def as_zone(self) -> ZoneInfo:
        try:
            return clock.zone(self.as_text())
        except ValueError as error:
            raise self.wrong("a time zone", f"write one such as Europe/Rome ({error})") from None

    def wrong(self, wanted: str, todo: str) -> BadInput:
        """The error that here should have stood ``wanted``."""
        if self.entries is not None:
            got = "a mapping"
        elif self.items is not None:
            got = "a list"
        else:
            got = "nothing" if self.is_null else repr(self.text)
        return bad_input("wrong-value", f"this is {got}", f"wants {wanted}", todo, self.place)


class Fields:
    """The fields of one mapping, each read by name."""

    def __init__(self, owner: Value, entries: dict[str, Value]) -> None:
        self.owner = owner
        self._entries = entries

    def __getitem__(self, name: str) -> Value:
        return self._entries[name]

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def get(self, name: str) -> Value | None:
        """The field's value; ``None`` where it is missing or null."""
        value = self._entries.get(name)
        return None if value is None or value.is_null else value

    def items(self) -> Iterator[tuple[str, Value]]:
        return iter(self._entries.items())


def read_file(path: Path) -> Value:
    """The tree of a YAML file. Not there, not readable, too large, not UTF-8: ``BadInput``."""
    return read_bytes(read_raw(path), str(path))


def read_raw(path: Path) -> bytes:
    """The bytes of a file; ``BadInput`` where it is not there or not readable."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise bad_input(
            "unreadable",
            f"cannot read {path}",
            error.strerror or str(error),
            "name a file that is there and that you may read",
            Place(str(path)),
        ) from error


def read_bytes(raw: bytes, name: str) -> Value:
    """The tree of YAML text; ``name`` is the file named in messages."""
    if len(raw) > MOST_BYTES:
        raise bad_input(
            "too-large",
            f"{len(raw)} bytes are too many",
            f"a document has at most {MOST_BYTES} bytes",
            "check that this is the file you meant",
            Place(name),
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise bad_input(
            "not-utf8",
            "a byte here is not UTF-8",
            f"byte 0x{raw[error.start]:02x} at offset {error.start}",
            "save the file as UTF-8",
            Place(name, line),
        ) from error
    yaml = YAML(typ="rt", pure=True)
    try:
        root = yaml.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise bad_input(
            "not-yaml",
            f"this is not YAML: {error.problem or error.context}",
            "the text cannot be read past this point",
            "check indentation, colons and quotes on this line and the one above",
            Place(name, mark.line + 1, mark.column + 1) if mark else Place(name),
        ) from error
    except YAMLError as error:
        raise bad_input(
            "not-yaml", f"this is not YAML: {error}", "it cannot be read", "mend it", Place(name)
        ) from error
    except RecursionError as error:
        raise bad_input(
            "too-deep", "this is nested too deeply", "nobody can read it", "mend it", Place(name)
        ) from error
    if root is None:
        raise bad_input(
            "empty", "the file is empty", "nothing can be read from it", "write it", Place(name)
        )
    return _value(root, name, None, (), iter(range(MOST_VALUES)))


def _value(
    node: Node, name: str, field: str | None, above: tuple[Node, ...], left: Iterator[int]
) -> Value:
    place = Place(name, node.start_mark.line + 1, node.start_mark.column + 1, field)
    if next(left, None) is None:
        raise bad_input(
            "too-many-values",
            f"there are more than {MOST_VALUES} values here",
            "aliases are written out, and these multiply",
            "use fewer aliases, or split the file",
            place,
        )
    if any(node is parent for parent in above):
        raise bad_input(
            "alias-loop", "an alias contains itself", "it has no end", "write it out", place
        )
    below = (*above, node)
    if isinstance(node, ScalarNode):
        text = node.value
        if node.style == ">":
            text = text.replace("\a", "")  # where ruamel.yaml remembers that a line was folded
        return Value(place, text=text, quoted=node.style in ("'", '"', "|", ">"))
    if isinstance(node, SequenceNode):
        return Value(
            place, items=tuple(_value(item, name, field, below, left) for item in node.value)
        )
    assert isinstance(node, MappingNode)
    entries: dict[str, Value] = {}
    for key, item in node.value:
        if not isinstance(key, ScalarNode):
            raise bad_input(
                "wrong-value", "a field's name is not a word", "names are text", "mend it", place
            )
        path = key.value if field is None else f"{field}.{key.value}"
        if key.value in entries:
            raise bad_input(
                "field-twice",
                f"the field {key.value!r} stands here twice",
                "one of the two would be ignored in silence",
                "remove one",
                Place(name, key.start_mark.line + 1, key.start_mark.column + 1, path),
            )
        value = _value(item, name, path, below, left)
        if value.is_null and item.start_mark.index == item.end_mark.index:
            # An empty value is marked where the next thing starts, often lines below its name.
            end = key.end_mark
            value = replace(value, place=Place(name, end.line + 1, end.column + 1, path))
        entries[key.value] = value
    return Value(place, entries=entries)
