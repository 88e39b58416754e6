"""What differs between two policies' texts, in words: each entry new, gone, moved or changed.

Comments, the order of fields and spelling that YAML reads alike make no difference; the order of
rules does, for the first that holds decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from ristoro.kernel import documents
from ristoro.kernel.documents import Value

NAMES = ("remedy", "rule", "from", "below", "over")
"""By what an entry of a list is known, the first of them that it has."""

ADDED, REMOVED, CHANGED, MOVED = "added", "removed", "changed", "moved"


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """One difference: where, and what stood and stands there with its line."""

    how: str
    path: tuple[str, ...]
    before: str = ""
    after: str = ""
    line_before: int | None = None
    line_after: int | None = None

    def words(self) -> str:
        """The difference as a sentence."""
        where = _where(self.path)
        if self.how == ADDED:
            told = f": {self.after}" if self.after else ""
            return f"{where} is new (line {self.line_after}){told}"
        if self.how == REMOVED:
            told = f": {self.before}" if self.before else ""
            return f"{where} is gone (it stood on line {self.line_before}){told}"
        if self.how == MOVED:
            return f"{where} was tried {self.before} and is tried {self.after}"
        return (
            f"{where} was {self.before} (line {self.line_before})"
            f" and is {self.after} (line {self.line_after})"
        )


_SECTIONS = {
    "references": "reference", "inputs": "input", "amounts": "amount", "measures": "measure",
    "values": "value", "tables": "table", "remedies": "remedy", "rules": "rule",
}  # fmt: skip


def _where(path: tuple[str, ...]) -> str:
    """``remedy ristoro, rule plus, give.extension``."""
    parts: list[str] = []
    rest = list(path)
    while len(rest) >= 2 and rest[0] in _SECTIONS:
        parts.append(f"{_SECTIONS[rest[0]]} {rest[1]}")
        rest = rest[2:]
    if rest and rest[0][:1].isdigit():
        parts.append(f"from {rest.pop(0)}")
    if rest:
        parts.append(".".join(rest))
    return ", ".join(parts)


def changes_between(old: Path, new: Path) -> tuple[PolicyChange, ...]:
    """Every difference of the two texts, in the order of the new one, what is gone last."""
    return tuple(_between((), documents.read_file(old), documents.read_file(new)))


@lru_cache(maxsize=64)
def changes_of(old: bytes, new: bytes) -> tuple[PolicyChange, ...]:
    """The same of two texts that are in no file, remembered."""
    before, after = documents.read_bytes(old, "old"), documents.read_bytes(new, "new")
    return tuple(_between((), before, after))


def _between(path: tuple[str, ...], before: Value, after: Value) -> Iterator[PolicyChange]:
    was, now = _parts(before), _parts(after)
    if was is None or now is None:
        if _plain(before) != _plain(after):
            yield PolicyChange(
                CHANGED, path, _plain(before), _plain(after), before.place.line, after.place.line
            )
        return
    for name, value in now.items():
        if name in was:
            yield from _between((*path, name), was[name], value)
        else:
            yield PolicyChange(ADDED, (*path, name), "", _short(value), None, value.place.line)
    if path and path[-1] == "rules":
        yield from _moved(path, list(was), list(now))
    for name, value in was.items():
        if name not in now:
            yield PolicyChange(REMOVED, (*path, name), _short(value), "", value.place.line, None)


def _parts(value: Value) -> Mapping[str, Value] | None:
    """The entries of a mapping, or of a list whose entries have names; else ``None``."""
    if value.entries is not None:
        return value.entries
    if value.items is None:
        return None
    named = {}
    for number, item in enumerate(value.items, 1):
        entries = item.entries or {}
        key = next((name for name in NAMES if name in entries), None)
        text = entries[key].text if key else None
        named[text if key in ("remedy", "rule", "from") and text else f"entry {number}"] = item
    return named


def _moved(path: tuple[str, ...], was: list[str], now: list[str]) -> Iterator[PolicyChange]:
    """Rules that both have and that stand in another order among each other."""
    common = [name for name in was if name in now]
    order = [name for name in now if name in was]
    places = [common.index(name) for name in order]
    if all(first < second for first, second in pairwise(places)):
        return
    for at, name in enumerate(order):
        if common.index(name) != at:
            told = (_ordinal(was.index(name) + 1), _ordinal(now.index(name) + 1))
            yield PolicyChange(MOVED, (*path, name), *told)


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ending}"


def _short(value: Value) -> str:
    """A scalar as it is written; of anything larger only that it is there."""
    return _plain(value) if value.text is not None else ""


def _plain(value: Value) -> str:
    """A value in one spelling, on one line."""
    if value.entries is not None:
        inside = ", ".join(f"{name}: {_plain(one)}" for name, one in sorted(value.entries.items()))
        return f"{{{inside}}}"
    if value.items is not None:
        return f"[{', '.join(_plain(one) for one in value.items)}]"
    return f"`{' '.join((value.text or '').split())}`"
