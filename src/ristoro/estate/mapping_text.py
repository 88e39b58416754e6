"""A mapping's text, written from choices: for each target a column, or what is the same for all."""

from __future__ import annotations

import json
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass

from ristoro.estate.columns import SNAPSHOT
from ristoro.estate.mapping import OPTIONAL, PRICES, TARGETS, Mapping


@dataclass(frozen=True, slots=True)
class Choice:
    """Where one target's value comes from: a column, or one text for every mailbox."""

    source: str = ""
    constant: str = ""
    missing: str = ""
    """Stands for an empty value of the column."""


_DECIMAL = {minor: decimal for decimal, minor in PRICES.items()}
ASKED = tuple(
    name
    for target in TARGETS
    if target not in PRICES
    for name in (target, *([_DECIMAL[target]] if target in _DECIMAL else []))
)
"""The targets of which a person is asked, a price in both its units."""

NEEDED = tuple(name for name in SNAPSHOT.names if name not in (*OPTIONAL, "bucket", "mailbox_id"))
"""Those of them without which there is no mailbox."""


def guessed(columns: Sequence[str]) -> dict[str, Choice]:
    """The choices that the columns' own names make, capitals and hyphens aside."""
    plain = {_plain(column): column for column in columns}
    return {name: Choice(plain[name]) for name in TARGETS if name in plain}


def choices_of(mapping: Mapping) -> dict[str, Choice]:
    """The choices of a mapping, as far as they are plain ones."""
    return {
        name: Choice(rule.source or "", rule.constant or "", rule.missing or "")
        for name, rule in mapping.rules.items()
    }


def has_more(mapping: Mapping) -> bool:
    """Whether a mapping says something that choices do not: words translated, or a query."""
    rules = mapping.rules.values()
    told = any(rule.values or rule.otherwise is not None or rule.times != 1 for rule in rules)
    return told or mapping.query is not None


def text_of(choices: Map[str, Choice], zone: str) -> str:
    """The YAML text of these choices; ``zone`` is of instants without an offset, if any."""
    lines = ["# Where each field of a mailbox is read from."]
    if zone:
        lines += [f"zone: {_quoted(zone)}", ""]
    lines.append("columns:")
    for name in ASKED:
        choice = choices.get(name, Choice())
        if choice.source and choice.missing:
            told = f"{{ from: {_quoted(choice.source)}, missing: {_quoted(choice.missing)} }}"
        elif choice.source:
            told = _quoted(choice.source)
        elif choice.constant:
            told = f"{{ value: {_quoted(choice.constant)} }}"
        else:
            continue
        lines.append(f"  {name}: {told}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A text in double quotes, as JSON and YAML both have it."""
    return json.dumps(text, ensure_ascii=False)


def _plain(column: str) -> str:
    return column.strip().lower().replace("-", "_").replace(" ", "_")
