"""Collects everything that the reader and the checker refuse in a policy, not only the first.

What was refused is put aside or made good in the tree, and the rest is read again, until there is
nothing more to refuse. What follows from something put aside is not told again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from ristoro.kernel.documents import Value
from ristoro.kernel.errors import BadInput, Place, Problem
from ristoro.remedies.language.check import check
from ristoro.remedies.language.checked import Checked, CheckedRemedy
from ristoro.remedies.language.policy import Policy
from ristoro.remedies.language.read import read_value

MOST_TURNS = 200
T = TypeVar("T")
_SECTIONS = ("inputs", "amounts", "measures", "values", "tables", "references")
_DROPPED_WITH = ("rules", "remedies", *_SECTIONS)
"""What holds the parts that are put aside whole where something in them cannot be read."""
_CASCADES = ("unknown-name", "unknown-reference", "unknown-attribute")
_QUOTED = re.compile(r"'([^']+)'")

_WORDS: Mapping[str, object] = {"it": "Testo mancante.", "en": "A missing text."}
_STAND_INS: Mapping[str, object] = {
    "policy": "unnamed",
    "version": "1",
    "title": _WORDS,
    "because": _WORDS,
    **_WORDS,
    "valid_from": "2000-01-01",
    "zone": "UTC",
    "currency": "EUR",
    "references": {"unnamed": "A missing reference"},
    "remedy": "unnamed",
    "lane": "indemnity",
    "accounting": "indemnity",
    "otherwise": {"nothing": "unnamed", "because": _WORDS},
    "consent": "automatic",
    "by": "today + 60 days",
    "silence": "give",
    "components": "webmail",
}
"""Values for compulsory fields that are missing or wrong, so that the rest can be read."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What could be read of a policy, what could be checked of it, and all that was refused."""

    policy: Policy | None
    checked: Checked | None
    problems: tuple[Problem, ...]


def collect(tree: Value, digest: str) -> Collected:
    """Read and check a tree as far as that goes."""
    mending = _Mending(tree)
    policy = None
    for _ in range(MOST_TURNS):
        try:
            policy = read_value(mending.tree, digest)
            break
        except BadInput as error:
            if not mending.after(error.problems):
                break
    if policy is None:
        return Collected(None, None, tuple(mending.problems))
    try:
        checked = check(policy)
    except BadInput as error:
        mending.problems.extend(p for p in error.problems if not mending.follows(p))
        checked = _partly(policy, error.problems)
    return Collected(policy, checked, tuple(dict.fromkeys(mending.problems)))


def _partly(policy: Policy, problems: tuple[Problem, ...]) -> Checked:
    """The remedies that nothing is wrong with, faulty parts of the policy put aside."""
    faulty = {problem.place.field for problem in problems if problem.place is not None}

    def kept(section: str, parts: Mapping[str, T]) -> dict[str, T]:
        heads = {".".join((field or "").split(".")[:2]) for field in faulty}
        return {name: part for name, part in parts.items() if f"{section}.{name}" not in heads}

    policy = replace(
        policy,
        inputs=kept("inputs", policy.inputs),
        amounts=kept("amounts", policy.amounts),
        measures=kept("measures", policy.measures),
        values=kept("values", policy.values),
        tables=kept("tables", policy.tables),
    )
    good: list[CheckedRemedy] = []
    for remedy in policy.remedies:
        try:
            good.extend(check(replace(policy, remedies=(remedy,))).remedies)
        except BadInput:
            continue
    return Checked(policy, tuple(good))


class _Mending:
    """A tree, what was found wrong with it, and what was put aside."""

    def __init__(self, tree: Value) -> None:
        self.tree = tree
        self.problems: list[Problem] = []
        self._aside: set[str] = set()

    def follows(self, problem: Problem) -> bool:
        """The problem is only that something put aside is not there."""
        named = {name.split(".")[0] for name in _QUOTED.findall(problem.what)}
        return problem.code in _CASCADES and bool(named & self._aside)

    def after(self, problems: tuple[Problem, ...]) -> bool:
        """Take the problems down and mend the tree; ``False`` where that is not possible."""
        before = self.tree
        for problem in problems:
            if not self.follows(problem):
                self.problems.append(problem)
            if problem.place is None:
                return False
            path = list(_path_to(self.tree, problem.place))
            if not path:
                return False
            self.tree = self._mended(path, problem)
        return self.tree != before

    def _mended(self, path: list[tuple[str | int, Value]], problem: Problem) -> Value:
        owner = path[-1][1]
        if problem.code == "missing-field" and owner.entries is not None:
            field = next(iter(_QUOTED.findall(problem.what)), "consent")
            if field == "reference":
                self._stand_in_reference()
            if field in _STAND_INS or field == "reference":
                stand_in = _made(_STAND_INS.get(field, "unnamed"), owner.place)
                mended = replace(owner, entries={**owner.entries, field: stand_in})
                return self._with(path, mended)
        if problem.code == "unknown-field" and len(path) > 1:
            return self._with(path, None)
        return self._without(path)

    def _stand_in_reference(self) -> None:
        entries = self.tree.entries or {}
        references = entries.get("references")
        if references is not None and references.entries is not None:
            made = _made("A missing reference", references.place)
            known = replace(references, entries={**references.entries, "unnamed": made})
            self.tree = replace(self.tree, entries={**entries, "references": known})

    def _without(self, path: list[tuple[str | int, Value]]) -> Value:
        """The tree without the smallest part that can be left out, or with a stand-in for it."""
        steps = [step for step, _ in path]
        for at in range(len(path) - 1, 0, -1):
            holder = steps[at - 1] if at > 1 else ""
            step = steps[at]
            if holder in _DROPPED_WITH and not (holder == "remedies" and at < len(path) - 1):
                self._aside.add(str(step))
                return self._with(path[: at + 1], None)
            if step in _STAND_INS:
                return self._with(path[: at + 1], _made(_STAND_INS[str(step)], path[at][1].place))
            if step in ("channel", "other_rights", "calendar", "used_since", "counted"):
                return self._with(path[: at + 1], None)
        for at in range(len(path) - 1, 0, -1):
            if steps[at - 1] == "remedies":
                return self._with(path[: at + 1], None)
        return self.tree

    def _with(self, path: list[tuple[str | int, Value]], mended: Value | None) -> Value:
        """The tree with another value at the end of the path, or none."""
        if len(path) == 1:
            return mended or self.tree
        # what stands in another part of the tree may have changed since the path was made
        new = mended
        for at in range(len(path) - 1, 0, -1):
            step, owner = path[at][0], path[at - 1][1] if at > 1 else self.tree
            new = _replaced(owner, step, new)
        return new or self.tree


def _replaced(owner: Value, step: str | int, new: Value | None) -> Value:
    if isinstance(step, str):
        entries = dict(owner.entries or {})
        entries.pop(step, None)
        if new is not None:
            entries[step] = new
        return replace(owner, entries=entries)
    items = list(owner.items or ())
    items[step : step + 1] = [] if new is None else [new]
    return replace(owner, items=tuple(items))


def _made(thing: object, place: Place) -> Value:
    """A value as if it stood in the file at a place."""
    if isinstance(thing, Mapping):
        return Value(place, entries={name: _made(each, place) for name, each in thing.items()})
    return Value(place, text=str(thing))


def _path_to(tree: Value, place: Place) -> Iterator[tuple[str | int, Value]]:
    """From the root to the value that a problem speaks of: the last that begins at or before it."""
    best: list[tuple[str | int, Value]] = []
    line, column = place.line or 1, place.column or 1
    for path in _paths(tree, "", []):
        value = path[-1][1]
        if value.place.field != place.field:
            continue
        if value.place.line == line and (value.place.column or 1) <= column:
            best = path
    yield from best


def _paths(
    value: Value, step: str | int, above: list[tuple[str | int, Value]]
) -> Iterator[list[tuple[str | int, Value]]]:
    path = [*above, (step, value)]
    yield path
    for name, below in (value.entries or {}).items():
        yield from _paths(below, name, path)
    for at, below in enumerate(value.items or ()):
        yield from _paths(below, at, path)
